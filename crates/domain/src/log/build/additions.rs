//! New rows of an import, staged one at a time: of those before, only the text of the body and the hashes are kept,
//! so an entry of ten thousand rows costs little more memory than its text. The bytes are those that
//! [`super::EntryDraft::stage`] makes of the same rows.

use std::collections::HashSet;

use super::{After, BuildProblem, check, may_follow};
use crate::commit;
use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use crate::key::LogKey;
use crate::log::body::{Body, BodyText};
use crate::log::op::write_whole_add;
use crate::log::{BatchPart, Chain, Header, Kind, Meta, Refusal};
use crate::time::Timestamp;

/// An entry of kind import that is given its rows.
pub struct Additions {
    uid: DatasetUid,
    kind: Kind,
    meta: Hash,
    text: BodyText,
    ops: Vec<Hash>,
    rows: Vec<(RowId, Hash)>,
    seen: HashSet<RowId>,
}

/// An entry that has all its rows; its values stand in the text that came with it.
pub struct Added {
    kind: Kind,
    pub(super) meta: Hash,
    pub(super) ops: Hash,
    /// The rows that it adds, in order, with their hashes.
    pub rows: Vec<(RowId, Hash)>,
}

impl Additions {
    /// An entry without rows so far; `batch` where it is one of several. `bytes` is about how long its text becomes.
    pub fn new(
        uid: DatasetUid,
        batch: Option<BatchPart>,
        meta: Meta,
        bytes: usize,
    ) -> Result<Self, BuildProblem> {
        let kind = Kind::Import { batch };
        let text = BodyText::begin(Some(&meta), None, bytes);
        let commitment = meta.commitment();
        let documents = Body {
            meta: Some(meta),
            ..Body::default()
        };
        check::documents(&kind, &documents)?;
        Ok(Self {
            uid,
            kind,
            meta: commitment,
            text,
            ops: Vec::new(),
            rows: Vec::new(),
            seen: HashSet::new(),
        })
    }

    /// Adds a row and returns its hash. The id must be fresh: that no such row is held is for the store to say. The
    /// cells come in the order of their names, each once.
    pub fn add(
        &mut self,
        row: RowId,
        salt: &Salt,
        cells: &[(&FieldName, &str)],
    ) -> Result<Hash, BuildProblem> {
        check::count(self.ops.len() + 1)?;
        check::added(cells)?;
        if !self.seen.insert(row) {
            return Err(Refusal::TwoOperations(row).into());
        }
        if !cells.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(Refusal::CellsDoNotFit.into());
        }
        let mut commitments = commit::Cells::new(self.uid, row);
        let cells_of = |(field, value): &(&FieldName, &str)| {
            let salt = commit::derived_salt(salt, field);
            commitments.cell(field, &salt, value)
        };
        let committed: Vec<Hash> = cells.iter().map(cells_of).collect();
        let names = cells.iter().map(|(field, _)| field.as_str());
        let hash = commit::row(self.uid, row, names.zip(committed));
        self.ops
            .push(commit::op("add", row, None, None, Some(&hash)));
        self.rows.push((row, hash));
        self.text
            .op(|canon| write_whole_add(canon, row, salt, cells.iter().copied(), None));
        Ok(hash)
    }

    /// The entry, once it has all its rows, and its body as canonical JSON: what is kept and served.
    pub fn finish(self) -> Result<(Added, String), BuildProblem> {
        let text = self.text.end(None, None);
        check::length(&text)?;
        let added = Added {
            kind: self.kind,
            meta: self.meta,
            ops: commit::ops(&self.ops),
            rows: self.rows,
        };
        Ok((added, text))
    }
}

impl Added {
    /// Signs the entry over the root that the tree gave for its rows: the header, and the chain with it at its head.
    pub fn sign(
        &self,
        chain: &Chain,
        state: Hash,
        time: Timestamp,
        key: &LogKey,
    ) -> Result<(Header, Chain), BuildProblem> {
        may_follow(chain)?;
        let after = After {
            kind: &self.kind,
            ops: self.ops,
            meta: self.meta,
            schema: chain.schema,
            state,
        };
        after.sign(chain, time, key, |_| Ok(()))
    }
}
