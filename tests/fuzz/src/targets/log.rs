//! A log as it arrives, line after line (`domain::log`).

use std::collections::BTreeMap;
use std::convert::Infallible;

use rustine_domain::ids::{Hash, RowId};
use rustine_domain::log::{
    Applied, ApplyError, Chain, Line, Redactions, Refusal, RowState, Rows, Step, apply,
};
use rustine_domain::tree::MemoryTree;

/// Rows kept as a store keeps them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table(BTreeMap<RowId, RowState>);

impl Rows for Table {
    type Error = Infallible;
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.0.get(&row).cloned())
    }
}

#[derive(Default)]
struct Replica {
    chain: Option<Chain>,
    rows: Table,
    known: Redactions,
}

/// Whatever lines come: the rows have the root that the head commits to, a line that is refused leaves no trace, and
/// a line that was taken is not taken twice.
pub fn run(data: &[u8]) {
    let mut replica = Replica::default();
    for line in data.split(|byte| *byte == b'\n').take(64) {
        let before = (replica.chain.clone(), replica.rows.clone());
        match replica.take(line) {
            Ok(true) => {
                let chain = replica.chain.as_ref().expect("one was taken");
                let seq = before.0.as_ref().map_or(0, |chain| chain.seq + 1);
                assert_eq!(chain.seq, seq, "a number was left out");
                assert_eq!(root(&replica.rows, chain), chain.state);
                assert!(
                    before
                        .0
                        .is_none_or(|old| old.uid == chain.uid && old.genesis == chain.genesis)
                );
                if replica.chain.as_ref().is_some_and(|chain| chain.seq > 0) {
                    assert_eq!(replica.take(line).ok(), Some(false), "taken twice");
                }
            }
            Ok(false) | Err(_) => assert!(before == (replica.chain.clone(), replica.rows.clone())),
        }
    }
}

impl Replica {
    /// True where the line was the next one.
    fn take(&mut self, line: &[u8]) -> Result<bool, Refusal> {
        let line = Line::parse(line)?;
        let header = &line.header;
        let chain = match &self.chain {
            None => Chain::genesis(header)?,
            Some(chain) => match chain.follow(header)? {
                Step::Next(next) => *next,
                Step::Same | Step::Behind | Step::Gap | Step::UpgradeNeeded(_) => return Ok(false),
            },
        };
        let Some(mut body) = line.read_body()? else {
            return Ok(false);
        };
        let mut known = self.known.clone();
        known.learn(header);
        let applied = match apply(header, &mut body, &mut self.rows, &known) {
            Ok(applied) => applied,
            Err(ApplyError::Refused(refusal)) => return Err(refusal),
            Err(ApplyError::Rows(never)) => match never {},
        };
        let mut rows = written(&self.rows, &applied);
        applied.check_state(header, root(&rows, &chain))?;
        for (id, row) in &mut rows.0 {
            rustine_domain::log::redact::row(row, header.uid, *id, &known);
        }
        *self = Self {
            chain: Some(chain),
            rows,
            known,
        };
        Ok(true)
    }
}

fn written(rows: &Table, applied: &Applied) -> Table {
    let mut rows = rows.clone();
    for change in &applied.changes {
        assert_eq!(rows.0.contains_key(&change.row), change.existed);
        match &change.after {
            Some(row) => rows.0.insert(change.row, row.clone()),
            None => rows.0.remove(&change.row),
        };
    }
    rows
}

/// The root, from the rows alone: nothing of what was computed before is believed.
fn root(rows: &Table, chain: &Chain) -> Hash {
    let mut tree = MemoryTree::new();
    for (id, row) in &rows.0 {
        tree.put(*id, Some(row.hash(chain.uid, *id)));
    }
    tree.root()
}
