//! A dataset in memory, kept the way a store keeps it.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::super::*;
use crate::ids::{DatasetUid, Hash, RowId};
use crate::tree::MemoryTree;

/// The rows of one dataset and the tree over them.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<RowId, RowState>,
    pub(super) tree: MemoryTree,
}

impl Rows for Table {
    type Error = Infallible;
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.rows.get(&row).cloned())
    }
}

impl Table {
    pub(super) fn write(&mut self, changes: &[Change]) -> Hash {
        for change in changes {
            assert_eq!(self.rows.contains_key(&change.row), change.existed);
            match &change.after {
                Some(state) => self.rows.insert(change.row, state.clone()),
                None => self.rows.remove(&change.row),
            };
            self.tree.put(change.row, change.hash);
        }
        self.tree.root()
    }

    pub(super) fn erase(&mut self, uid: DatasetUid, known: &Redactions) {
        for (id, row) in &mut self.rows {
            redact::row(row, uid, *id, known);
        }
    }
}

/// What came of one entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Applied(Box<Applied>),
    Refused(Refusal),
    Same,
    Behind,
    Gap,
    Stop,
}

/// A replica in memory: everything a reader does with an entry, in the order it must.
#[derive(Debug, Clone, Default)]
pub(super) struct Replica {
    pub(super) chain: Option<Chain>,
    pub(super) table: Table,
    pub(super) known: Redactions,
    pub(super) bodies: Vec<Body>,
    pub(super) headers: Vec<Header>,
}

impl Replica {
    pub(super) fn take(&mut self, line: &[u8]) -> Outcome {
        self.try_take(line).unwrap_or_else(Outcome::Refused)
    }

    fn try_take(&mut self, line: &[u8]) -> Result<Outcome, Refusal> {
        let line = Line::parse(line)?;
        let header = &line.header;
        let chain = match &self.chain {
            None => Chain::genesis(header)?,
            Some(chain) => match chain.follow(header)? {
                Step::Next(next) => *next,
                Step::Same => return Ok(Outcome::Same),
                Step::Behind => return Ok(Outcome::Behind),
                Step::Gap => return Ok(Outcome::Gap),
                Step::UpgradeNeeded(_) => return Ok(Outcome::Stop),
            },
        };
        let mut body = line.read_body()?.expect("test lines carry bodies");
        let mut known = self.known.clone();
        known.learn(header);
        let applied = match apply(header, &mut body, &mut self.table, &known) {
            Ok(applied) => applied,
            Err(ApplyError::Refused(refusal)) => return Err(refusal),
            Err(ApplyError::Rows(never)) => match never {},
        };
        let mut table = self.table.clone();
        let root = table.write(&applied.changes);
        applied.check_state(header, root)?;
        if !applied.redactions.is_empty() {
            table.erase(header.uid, &known);
            for (seq, body) in self.bodies.iter_mut().enumerate() {
                redact::body(body, header.uid, seq as u64, &known);
            }
        }
        self.table = table;
        self.known = known;
        self.bodies.push(body);
        self.headers.push(header.clone());
        self.chain = Some(chain);
        Ok(Outcome::Applied(Box::new(applied)))
    }

    pub(super) fn chain(&self) -> &Chain {
        self.chain.as_ref().expect("the replica has a genesis")
    }
}
