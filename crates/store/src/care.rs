//! What the people of this instance keep about a proposal: who looks after it, what was reported, the burst that it
//! came in, and their notes. All of it is private to this instance.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{patch_care, patch_notes, patches};
use crate::tx::{Tx, each};

/// What is kept about a proposal beside the proposal.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = patch_care)]
pub struct CareRecord {
    /// The proposal.
    #[diesel(deserialize_as = Col<PatchId>)]
    pub patch: PatchId,
    /// Who looks after it.
    pub assignee: Option<i64>,
    /// What a visitor reported: a word of the app.
    pub problem: Option<String>,
    /// The burst that it came in, where it was set aside.
    pub burst: Option<String>,
    /// The proposal that this one undoes.
    #[diesel(deserialize_as = Maybe<PatchId>)]
    pub undoes: Option<PatchId>,
    /// The entries that had added the rows which it deleted, as JSON by row.
    pub added: Option<String>,
    /// The language in which a visitor wants the answer.
    pub lang: Option<String>,
    /// When moderators were told that it expires soon.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub reminded_at: Option<Timestamp>,
}

impl CareRecord {
    /// Nothing is kept yet.
    pub fn none(patch: PatchId) -> Self {
        Self {
            patch,
            assignee: None,
            problem: None,
            burst: None,
            undoes: None,
            added: None,
            lang: None,
            reminded_at: None,
        }
    }
}

/// An internal note about a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = patch_notes)]
pub struct PatchNoteRecord {
    /// The store's own number.
    pub id: i64,
    /// Who wrote it; `None` where the account is gone.
    pub author: Option<i64>,
    /// What it says.
    pub content: String,
    /// When it was written.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// What is kept about a proposal; nothing where nobody said anything.
    pub fn find_care(&mut self, patch: PatchId) -> Result<CareRecord, StoreError> {
        let found = each!(self, |c| patch_care::table
            .find(patch.to_string())
            .select(CareRecord::as_select())
            .get_result(c)
            .optional())?;
        Ok(found.unwrap_or_else(|| CareRecord::none(patch)))
    }

    /// What is kept about several proposals; those without anything are left out.
    pub fn list_cares(&mut self, ids: &[PatchId]) -> Result<Vec<CareRecord>, StoreError> {
        let ids: Vec<String> = ids.iter().map(PatchId::to_string).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(500) {
            let page: Vec<CareRecord> = each!(self, |c| patch_care::table
                .filter(patch_care::patch.eq_any(ids))
                .select(CareRecord::as_select())
                .load(c))?;
            found.extend(page);
        }
        Ok(found)
    }

    /// Writes what is kept about a proposal.
    pub fn put_care(&mut self, care: &CareRecord) -> Result<(), StoreError> {
        self.raise_ceilings();
        each!(self, |c| diesel::insert_into(patch_care::table)
            .values((
                patch_care::patch.eq(care.patch.to_string()),
                patch_care::assignee.eq(care.assignee),
                patch_care::problem.eq(care.problem.as_deref()),
                patch_care::burst.eq(care.burst.as_deref()),
                patch_care::undoes.eq(care.undoes.map(|id| id.to_string())),
                patch_care::added.eq(care.added.as_deref()),
                patch_care::lang.eq(care.lang.as_deref()),
                patch_care::reminded_at.eq(care.reminded_at.map(Timestamp::seconds)),
            ))
            .on_conflict(patch_care::patch)
            .do_update()
            .set((
                patch_care::assignee.eq(excluded(patch_care::assignee)),
                patch_care::problem.eq(excluded(patch_care::problem)),
                patch_care::burst.eq(excluded(patch_care::burst)),
                patch_care::undoes.eq(excluded(patch_care::undoes)),
                patch_care::added.eq(excluded(patch_care::added)),
                patch_care::lang.eq(excluded(patch_care::lang)),
                patch_care::reminded_at.eq(excluded(patch_care::reminded_at)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The proposal that undid this one.
    pub fn find_undoing(&mut self, patch: PatchId) -> Result<Option<PatchId>, StoreError> {
        let found: Option<String> = each!(self, |c| patch_care::table
            .filter(patch_care::undoes.eq(patch.to_string()))
            .select(patch_care::patch)
            .order(patch_care::patch)
            .limit(1)
            .load(c))?
        .pop();
        Ok(found.and_then(|id: String| id.parse().ok()))
    }

    /// The bursts of which proposals wait: id, dataset, how many wait; the largest first.
    pub fn list_bursts(&mut self) -> Result<Vec<(String, i64, i64)>, StoreError> {
        let found: Vec<(Option<String>, i64)> = each!(self, |c| patch_care::table
            .inner_join(patches::table.on(patches::id.eq(patch_care::patch)))
            .filter(patch_care::burst.is_not_null())
            .filter(patches::direction.eq("in"))
            .filter(patches::status.eq_any(["pending", "conflict"]))
            .select((patch_care::burst, patches::dataset))
            .load(c))?;
        let mut counts = std::collections::BTreeMap::new();
        for (burst, dataset) in found {
            let Some(burst) = burst else { continue };
            *counts.entry((burst, dataset)).or_insert(0) += 1;
        }
        let mut bursts: Vec<_> = counts
            .into_iter()
            .map(|((burst, dataset), count)| (burst, dataset, count))
            .collect();
        bursts.sort_by_key(|(_, _, count)| -count);
        Ok(bursts)
    }

    /// Adds an internal note.
    pub fn insert_patch_note(
        &mut self,
        patch: PatchId,
        author: i64,
        content: &str,
        created: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(patch_notes::table)
            .values((
                patch_notes::patch.eq(patch.to_string()),
                patch_notes::author.eq(author),
                patch_notes::content.eq(content),
                patch_notes::created.eq(created.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The internal notes about a proposal, the oldest first.
    pub fn list_patch_notes(&mut self, patch: PatchId) -> Result<Vec<PatchNoteRecord>, StoreError> {
        each!(self, |c| patch_notes::table
            .filter(patch_notes::patch.eq(patch.to_string()))
            .order((patch_notes::created, patch_notes::id))
            .select(PatchNoteRecord::as_select())
            .load(c))
    }
}
