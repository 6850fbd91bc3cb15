//! Proposals: those that our datasets received, and those that people here made to datasets elsewhere.

use diesel::prelude::*;
use rustine_domain::ids::{DatasetUid, Hash, PatchId, Salt};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::{patch_digests, patches, undone_offers};
use crate::tx::{Tx, each};

/// A proposal. `name` and `email` are private and never leave this instance.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = patches)]
pub struct PatchRecord {
    /// Its id, chosen by the proposer's instance.
    #[diesel(deserialize_as = Col<PatchId>)]
    pub id: PatchId,
    /// The dataset here: ours, or our copy.
    pub dataset: i64,
    /// The uid that it was made for.
    #[diesel(deserialize_as = Col<DatasetUid>)]
    pub uid: DatasetUid,
    /// `in`, or `out` where we offered it to an origin elsewhere.
    pub direction: String,
    /// A word of `protocol.md` §4, or of the app while it is being offered.
    pub status: String,
    /// The proposer's actor URL; `None` for a visitor.
    pub proposer: Option<String>,
    /// The `host[:port]` of the proposer's instance, ours included.
    pub proposer_host: String,
    /// The 16 opaque characters that stand for a visitor.
    pub visitor: Option<String>,
    /// What a visitor called themselves. Private.
    pub name: Option<String>,
    /// Where a visitor wants the answer. Private.
    pub email: Option<String>,
    /// What the proposer says about it.
    pub summary: Option<String>,
    /// The schema that it was made against.
    #[diesel(deserialize_as = Col<Hash>)]
    pub schema_hash: Hash,
    /// The offer's nonce; erased with the values it covers.
    #[diesel(deserialize_as = Maybe<Salt>)]
    pub nonce: Option<Salt>,
    /// The digest of its current version.
    #[diesel(deserialize_as = Col<Hash>)]
    pub digest: Hash,
    /// Offered operations as JSON.
    #[diesel(column_name = operations)]
    pub ops: String,
    /// What was applied instead, as JSON, where it was amended.
    pub applied: Option<String>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// Problems and conflicts as JSON.
    pub report: Option<String>,
    /// The entry that applied it.
    pub result_seq: Option<i64>,
    /// Its entry hash.
    #[diesel(deserialize_as = Maybe<Hash>)]
    pub result_entry: Option<Hash>,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
    /// When it was decided.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub decided_at: Option<Timestamp>,
    /// Who decided: a local path or an actor URL.
    pub decided_by: Option<String>,
    /// The hash of the token of its private status page.
    pub token_hash: Option<Vec<u8>>,
    /// The id of the activity that carried it.
    pub offer_id: Option<String>,
    /// The activity that answered it, as JSON.
    pub answer: Option<String>,
}

impl Tx<'_> {
    /// Adds a patch and its digest. [`StoreError::UniqueViolation`] where the id, or the digest for that dataset and
    /// direction, is known.
    pub fn insert_patch(&mut self, patch: &PatchRecord) -> Result<(), StoreError> {
        self.raise_ceilings();
        each!(self, |c| diesel::insert_into(patches::table)
            .values((
                patches::id.eq(patch.id.to_string()),
                patches::dataset.eq(patch.dataset),
                patches::uid.eq(patch.uid.to_string()),
                patches::direction.eq(&patch.direction),
                patches::created.eq(patch.created.seconds()),
                Changing::of(patch),
                Identity::of(patch),
            ))
            .execute(c))?;
        self.put_patch_digest(patch)
    }

    /// Writes what may change of a patch; a new digest is added to those it had.
    pub fn update_patch(&mut self, patch: &PatchRecord) -> Result<(), StoreError> {
        self.raise_ceilings();
        let stored: (Option<String>, String, Vec<u8>, Option<String>) =
            each!(self, |c| patches::table
                .find(patch.id.to_string())
                .select((
                    patches::proposer,
                    patches::proposer_host,
                    patches::digest,
                    patches::offer_id
                ))
                .get_result(c)
                .optional())?
            .ok_or(StoreError::NotFound)?;
        let (changing, identity) = (Changing::of(patch), Identity::of(patch));
        // An index is written again for each of its columns that is set, changed or not: four stand on these, which
        // hardly ever change.
        let known = Identity {
            proposer: stored.0.as_deref(),
            proposer_host: &stored.1,
            digest: &stored.2,
            offer_id: stored.3.as_deref(),
        };
        if known == identity {
            each!(self, |c| diesel::update(
                patches::table.find(patch.id.to_string())
            )
            .set(&changing)
            .execute(c))?;
            return Ok(());
        }
        each!(self, |c| diesel::update(
            patches::table.find(patch.id.to_string())
        )
        .set((&changing, &identity))
        .execute(c))?;
        self.put_patch_digest(patch)
    }

    fn put_patch_digest(&mut self, patch: &PatchRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(patch_digests::table)
            .values((
                patch_digests::dataset.eq(patch.dataset),
                patch_digests::digest.eq(patch.digest.as_bytes()),
                patch_digests::patch.eq(patch.id.to_string()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(())
    }

    /// Turns a patch that we offered elsewhere into one that we decide on, or back, as when its dataset moves.
    pub fn turn_patch(&mut self, id: PatchId, direction: &str) -> Result<(), StoreError> {
        self.raise_ceilings();
        each!(self, |c| diesel::update(
            patches::table.find(id.to_string())
        )
        .set(patches::direction.eq(direction))
        .execute(c))?;
        Ok(())
    }

    /// A patch by its id. In a writing transaction nobody else decides it before the end.
    pub fn find_patch(&mut self, id: PatchId) -> Result<Option<PatchRecord>, StoreError> {
        if !self.lock_patch(&id.to_string())? {
            return Ok(None);
        }
        each!(self, |c| patches::table
            .find(id.to_string())
            .select(PatchRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// As [`Tx::find_patch`]; [`StoreError::NotFound`] without it.
    pub fn load_patch(&mut self, id: PatchId) -> Result<PatchRecord, StoreError> {
        self.find_patch(id)?.ok_or(StoreError::NotFound)
    }

    /// A patch that was found otherwise than by its id, read again once nobody else can decide it.
    fn held(&mut self, found: Option<PatchRecord>) -> Result<Option<PatchRecord>, StoreError> {
        match found {
            Some(patch) if self.locks_rows() => self.find_patch(patch.id),
            found => Ok(found),
        }
    }

    /// The patch that has or had a digest; held as by [`Tx::find_patch`].
    pub fn find_patch_by_digest(
        &mut self,
        dataset: i64,
        digest: Hash,
    ) -> Result<Option<PatchRecord>, StoreError> {
        let found = each!(self, |c| patch_digests::table
            .inner_join(patches::table.on(patches::id.eq(patch_digests::patch)))
            .filter(patch_digests::dataset.eq(dataset))
            .filter(patch_digests::digest.eq(digest.as_bytes()))
            .select(PatchRecord::as_select())
            .get_result(c)
            .optional())?;
        self.held(found)
    }

    /// Every digest that a patch has or had.
    pub fn list_patch_digests(&mut self, id: PatchId) -> Result<Vec<Hash>, StoreError> {
        let raw: Vec<Vec<u8>> = each!(self, |c| patch_digests::table
            .filter(patch_digests::patch.eq(id.to_string()))
            .order(patch_digests::digest)
            .select(patch_digests::digest)
            .load(c))?;
        Ok(raw
            .iter()
            .filter_map(|digest| Hash::from_bytes(digest))
            .collect())
    }

    /// The patches of a dataset that name a text in their operations, such as a row's id, or that gave one of these
    /// entries.
    pub fn list_patches_touching(
        &mut self,
        dataset: i64,
        text: &str,
        entries: &[i64],
    ) -> Result<Vec<PatchRecord>, StoreError> {
        let pattern = format!("%{text}%");
        let mut found: Vec<PatchRecord> = each!(self, |c| patches::table
            .filter(patches::dataset.eq(dataset))
            .filter(
                patches::operations
                    .like(&pattern)
                    .or(patches::applied.like(&pattern))
            )
            .select(PatchRecord::as_select())
            .load(c))?;
        for entries in entries.chunks(500) {
            let made: Vec<PatchRecord> = each!(self, |c| patches::table
                .filter(patches::dataset.eq(dataset))
                .filter(patches::result_seq.eq_any(entries.to_vec()))
                .select(PatchRecord::as_select())
                .load(c))?;
            for patch in made {
                if !found.iter().any(|known| known.id == patch.id) {
                    found.push(patch);
                }
            }
        }
        Ok(found)
    }

    /// The patch of a private status page.
    pub fn find_patch_by_token(
        &mut self,
        token_hash: &[u8],
    ) -> Result<Option<PatchRecord>, StoreError> {
        let found = each!(self, |c| patches::table
            .filter(patches::token_hash.eq(token_hash))
            .select(PatchRecord::as_select())
            .get_result(c)
            .optional())?;
        self.held(found)
    }

    /// The patch that an activity carried.
    pub fn find_patch_by_offer(
        &mut self,
        offer_id: &str,
    ) -> Result<Option<PatchRecord>, StoreError> {
        let found = each!(self, |c| patches::table
            .filter(patches::offer_id.eq(offer_id))
            .select(PatchRecord::as_select())
            .get_result(c)
            .optional())?;
        self.held(found)
    }

    /// Remembers an Undo whose Offer has not come yet.
    pub fn remember_undone_offer(
        &mut self,
        offer_id: &str,
        actor: &str,
        received: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(undone_offers::table)
            .values((
                undone_offers::offer_id.eq(offer_id),
                undone_offers::actor.eq(actor),
                undone_offers::received.eq(received.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(())
    }

    /// True where this actor, and not just anybody, undid the offer before it came; then that is forgotten.
    pub fn take_undone_offer(&mut self, offer_id: &str, actor: &str) -> Result<bool, StoreError> {
        let undone = undone_offers::table.find((offer_id, actor));
        Ok(each!(self, |c| diesel::delete(undone).execute(c))? > 0)
    }

    /// Forgets Undos that waited long enough; returns how many.
    pub fn delete_undone_offers_before(
        &mut self,
        received: Timestamp,
    ) -> Result<usize, StoreError> {
        let old = undone_offers::table.filter(undone_offers::received.lt(received.seconds()));
        each!(self, |c| diesel::delete(old).execute(c))
    }

    /// Forgets the names and addresses of the visitors whose patches are answered; returns of how many.
    pub fn forget_answered_senders(&mut self) -> Result<usize, StoreError> {
        let nobody = (
            patches::name.eq(None::<String>),
            patches::email.eq(None::<String>),
        );
        each!(self, |c| {
            let answered = patches::table
                .filter(patches::status.ne_all(["pending", "conflict"]))
                .filter(patches::name.is_not_null().or(patches::email.is_not_null()));
            diesel::update(answered).set(nobody).execute(c)
        })
    }
}

/// The columns that change after a patch was made.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = patches, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Changing<'a> {
    status: &'a str,
    visitor: Option<&'a str>,
    name: Option<&'a str>,
    email: Option<&'a str>,
    summary: Option<&'a str>,
    schema_hash: &'a [u8],
    nonce: Option<&'a [u8]>,
    #[diesel(column_name = operations)]
    ops: &'a str,
    applied: Option<&'a str>,
    reason: Option<&'a str>,
    report: Option<&'a str>,
    result_seq: Option<i64>,
    result_entry: Option<&'a [u8]>,
    updated: i64,
    decided_at: Option<i64>,
    decided_by: Option<&'a str>,
    token_hash: Option<&'a [u8]>,
    answer: Option<&'a str>,
}

impl<'a> Changing<'a> {
    fn of(patch: &'a PatchRecord) -> Self {
        Self {
            status: &patch.status,
            visitor: patch.visitor.as_deref(),
            name: patch.name.as_deref(),
            email: patch.email.as_deref(),
            summary: patch.summary.as_deref(),
            schema_hash: patch.schema_hash.as_bytes(),
            nonce: patch.nonce.as_ref().map(Salt::as_bytes),
            ops: &patch.ops,
            applied: patch.applied.as_deref(),
            reason: patch.reason.as_deref(),
            report: patch.report.as_deref(),
            result_seq: patch.result_seq,
            result_entry: patch.result_entry.as_ref().map(Hash::as_bytes),
            updated: patch.updated.seconds(),
            decided_at: patch.decided_at.map(Timestamp::seconds),
            decided_by: patch.decided_by.as_deref(),
            token_hash: patch.token_hash.as_deref(),
            answer: patch.answer.as_deref(),
        }
    }
}

/// Who made a patch and what it is known by: they change when it is offered, taken over or corrected by its proposer.
#[derive(PartialEq, Insertable, AsChangeset)]
#[diesel(table_name = patches, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Identity<'a> {
    proposer: Option<&'a str>,
    proposer_host: &'a str,
    digest: &'a [u8],
    offer_id: Option<&'a str>,
}

impl<'a> Identity<'a> {
    fn of(patch: &'a PatchRecord) -> Self {
        Self {
            proposer: patch.proposer.as_deref(),
            proposer_host: &patch.proposer_host,
            digest: patch.digest.as_bytes(),
            offer_id: patch.offer_id.as_deref(),
        }
    }
}
