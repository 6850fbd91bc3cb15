//! Lists of proposals and their numbers, by whatever a moderator or a quota asks.

use diesel::prelude::*;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;

use crate::schema::{patch_care, patches};
use crate::tx::{Tx, each};
use crate::{PatchRecord, StoreError};

/// Which patches a list is about; `None` leaves a question open.
#[derive(Debug, Clone, Default)]
pub struct PatchFilter {
    /// Of one dataset.
    pub dataset: Option<i64>,
    /// Of one of these; `None`: of any.
    pub datasets: Option<Vec<i64>>,
    /// In one of these states; none named: in any.
    pub statuses: Vec<String>,
    /// `in` or `out`.
    pub direction: Option<String>,
    /// By one actor.
    pub proposer: Option<String>,
    /// By actors and visitors of one instance.
    pub proposer_host: Option<String>,
    /// By one visitor.
    pub visitor: Option<String>,
    /// Only visitors, or only people with an account.
    pub by_visitors: Option<bool>,
    /// Made before this.
    pub created_before: Option<Timestamp>,
    /// Made at this time or later.
    pub created_since: Option<Timestamp>,
    /// That do this, among other things.
    pub act: Option<Act>,
    /// That this person looks after.
    pub assignee: Option<i64>,
    /// That nobody looks after.
    pub unassigned: bool,
    /// That report this problem.
    pub problem: Option<String>,
    /// Set aside as parts of a burst, or not.
    pub set_aside: Option<bool>,
    /// Of one burst.
    pub burst: Option<String>,
}

/// What an operation does, as it stands in a stored patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Changes a cell.
    Set,
    /// Adds a row.
    Add,
    /// Deletes a row.
    Del,
}

impl Act {
    /// Quotes inside a value are escaped, so no value reads like this.
    fn pattern(self) -> &'static str {
        match self {
            Self::Set => r#"%"op":"set"%"#,
            Self::Add => r#"%"op":"add"%"#,
            Self::Del => r#"%"op":"del"%"#,
        }
    }
}

/// What became of a sender's proposals here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SenderRecord {
    /// Accepted, corrected ones included.
    pub accepted: i64,
    /// Refused.
    pub refused: i64,
    /// When the first one came.
    pub first: Option<Timestamp>,
}

/// Whose waiting proposals are counted for a quota (`protocol.md` §5); `None` leaves a question open.
#[derive(Debug, Clone, Default)]
pub struct PendingCount {
    /// To one dataset.
    pub dataset: Option<i64>,
    /// By one actor.
    pub proposer: Option<String>,
    /// By actors and visitors of one instance.
    pub host: Option<String>,
    /// By one visitor.
    pub visitor: Option<String>,
    /// By visitors only.
    pub visitors_only: bool,
}

/// A boxed query with the filter's conditions; a macro, because its type differs by engine.
macro_rules! matching {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if let Some(dataset) = $filter.dataset {
            query = query.filter(patches::dataset.eq(dataset));
        }
        if let Some(datasets) = &$filter.datasets {
            query = query.filter(patches::dataset.eq_any(datasets.clone()));
        }
        if !$filter.statuses.is_empty() {
            query = query.filter(patches::status.eq_any($filter.statuses.clone()));
        }
        if let Some(direction) = &$filter.direction {
            query = query.filter(patches::direction.eq(direction));
        }
        if let Some(proposer) = &$filter.proposer {
            query = query.filter(patches::proposer.eq(proposer));
        }
        if let Some(host) = &$filter.proposer_host {
            query = query.filter(patches::proposer_host.eq(host));
        }
        if let Some(visitor) = &$filter.visitor {
            query = query.filter(patches::visitor.eq(visitor));
        }
        match $filter.by_visitors {
            Some(true) => query = query.filter(patches::proposer.is_null()),
            Some(false) => query = query.filter(patches::proposer.is_not_null()),
            None => {}
        }
        if let Some(before) = $filter.created_before {
            query = query.filter(patches::created.lt(before.seconds()));
        }
        if let Some(since) = $filter.created_since {
            query = query.filter(patches::created.ge(since.seconds()));
        }
        if let Some(act) = $filter.act {
            query = query.filter(patches::operations.like(act.pattern()));
        }
        let cared = patch_care::table.select(patch_care::patch);
        if let Some(assignee) = $filter.assignee {
            let theirs = cared.filter(patch_care::assignee.eq(assignee));
            query = query.filter(patches::id.eq_any(theirs));
        }
        if $filter.unassigned {
            let taken = cared.filter(patch_care::assignee.is_not_null());
            query = query.filter(patches::id.ne_all(taken));
        }
        if let Some(problem) = &$filter.problem {
            let reported = cared.filter(patch_care::problem.eq(problem));
            query = query.filter(patches::id.eq_any(reported));
        }
        let aside = cared.filter(patch_care::burst.is_not_null());
        match $filter.set_aside {
            Some(true) => query = query.filter(patches::id.eq_any(aside)),
            Some(false) => query = query.filter(patches::id.ne_all(aside)),
            None => {}
        }
        if let Some(burst) = &$filter.burst {
            let together = cared.filter(patch_care::burst.eq(burst));
            query = query.filter(patches::id.eq_any(together));
        }
        query
    }};
}

impl Tx<'_> {
    /// Patches, newest first, after one of them (its creation and id).
    pub fn list_patches(
        &mut self,
        filter: &PatchFilter,
        after: Option<(Timestamp, PatchId)>,
        limit: i64,
    ) -> Result<Vec<PatchRecord>, StoreError> {
        each!(self, |c| {
            let mut query = matching!(
                patches::table.select(PatchRecord::as_select()).into_boxed(),
                filter
            );
            if let Some((created, id)) = after {
                let created = created.seconds();
                let older = patches::created
                    .eq(created)
                    .and(patches::id.lt(id.to_string()));
                query = query.filter(patches::created.lt(created).or(older));
            }
            query
                .order((patches::created.desc(), patches::id.desc()))
                .limit(limit)
                .load(c)
        })
    }

    /// As [`Tx::list_patches`], the oldest first.
    pub fn list_oldest_patches(
        &mut self,
        filter: &PatchFilter,
        after: Option<(Timestamp, PatchId)>,
        limit: i64,
    ) -> Result<Vec<PatchRecord>, StoreError> {
        each!(self, |c| {
            let mut query = matching!(
                patches::table.select(PatchRecord::as_select()).into_boxed(),
                filter
            );
            if let Some((created, id)) = after {
                let created = created.seconds();
                let newer = patches::created
                    .eq(created)
                    .and(patches::id.gt(id.to_string()));
                query = query.filter(patches::created.gt(created).or(newer));
            }
            query
                .order((patches::created.asc(), patches::id.asc()))
                .limit(limit)
                .load(c)
        })
    }

    /// How many received proposals wait for a decision, those in conflict included.
    pub fn count_pending_patches(&mut self, count: &PendingCount) -> Result<i64, StoreError> {
        self.count_patches(&PatchFilter {
            dataset: count.dataset,
            statuses: vec!["pending".to_owned(), "conflict".to_owned()],
            direction: Some("in".to_owned()),
            proposer: count.proposer.clone(),
            proposer_host: count.host.clone(),
            visitor: count.visitor.clone(),
            by_visitors: count.visitors_only.then_some(true),
            ..PatchFilter::default()
        })
    }

    /// How many patches match, for quotas and badges.
    pub fn count_patches(&mut self, filter: &PatchFilter) -> Result<i64, StoreError> {
        each!(self, |c| matching!(
            patches::table.count().into_boxed(),
            filter
        )
        .get_result(c))
    }

    /// True where at least so many match; reads no more than that many.
    pub fn has_patches(&mut self, filter: &PatchFilter, least: i64) -> Result<bool, StoreError> {
        let found: Vec<i64> = each!(self, |c| matching!(
            patches::table.select(patches::created).into_boxed(),
            filter
        )
        .order(patches::created.desc())
        .limit(least)
        .load(c))?;
        Ok(i64::try_from(found.len()).is_ok_and(|count| count >= least))
    }

    /// The instances from which received proposals wait, in order.
    pub fn list_waiting_hosts(&mut self) -> Result<Vec<String>, StoreError> {
        each!(self, |c| patches::table
            .filter(patches::direction.eq("in"))
            .filter(patches::status.eq_any(["pending", "conflict"]))
            .select(patches::proposer_host)
            .distinct()
            .order(patches::proposer_host)
            .load(c))
    }

    /// What became of the proposals that match, and when the first of them came.
    pub fn sender_record(&mut self, sender: &PatchFilter) -> Result<SenderRecord, StoreError> {
        let with = |statuses: &[&str]| PatchFilter {
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
            ..sender.clone()
        };
        let first = self.list_oldest_patches(sender, None, 1)?.pop();
        Ok(SenderRecord {
            accepted: self.count_patches(&with(&["accepted", "amended"]))?,
            refused: self.count_patches(&with(&["refused"]))?,
            first: first.map(|patch| patch.created),
        })
    }
}
