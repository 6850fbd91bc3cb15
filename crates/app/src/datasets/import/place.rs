//! The `_order` of lines: new and moved ones are placed between the keys that others keep.

use rustine_domain::compare::{Fate, Outcome};
use rustine_domain::ids::RowId;
use rustine_domain::order::{self, Placer};
use rustine_store::{DatasetRecord, Tx};

use super::ImportError;
use super::compare::{ROWS_AT_ONCE, find_rows};

/// Order keys for the lines that need one, in their order.
pub struct Places {
    keys: Box<dyn Iterator<Item = String>>,
    /// Whether every line gets a new key, because nothing fits between two of those held.
    pub all: bool,
}

impl Places {
    /// Keys for the `lines` of a dataset without rows.
    pub fn evenly(lines: u64) -> Self {
        Self {
            keys: Box::new(order::evenly(usize::try_from(lines).unwrap_or(usize::MAX))),
            all: true,
        }
    }

    /// Keys for the lines of a comparison.
    pub fn between(
        tx: &mut Tx<'_>,
        dataset: Option<&DatasetRecord>,
        outcome: &Outcome,
        lines: u64,
    ) -> Result<Self, ImportError> {
        let neighbours = keys_of_neighbours(tx, dataset, outcome)?;
        Ok(match place(outcome, &neighbours) {
            Some(keys) => Self {
                keys: Box::new(keys.into_iter()),
                all: false,
            },
            None => Self::evenly(lines),
        })
    }

    /// The key of the next line that needs one.
    pub fn next(&mut self) -> Option<String> {
        self.keys.next()
    }
}

/// A kept line beside lines that wait for a key; only these are looked up, as there are few.
struct Neighbour {
    line: usize,
    key: Option<String>,
}

fn keys_of_neighbours(
    tx: &mut Tx<'_>,
    dataset: Option<&DatasetRecord>,
    outcome: &Outcome,
) -> Result<Vec<Neighbour>, ImportError> {
    let mut beside: Vec<(usize, RowId)> = Vec::new();
    let mut before: Option<(usize, RowId)> = None;
    let mut waiting = false;
    for (index, line) in outcome.lines().enumerate() {
        match line.fate {
            Fate::Same(id) | Fate::Changed(id) if !line.needs_order => {
                if waiting {
                    beside.push((index, id));
                }
                before = (!waiting).then_some((index, id));
                waiting = false;
            }
            _ => {
                beside.extend(before.take());
                waiting = true;
            }
        }
    }
    let mut neighbours = Vec::with_capacity(beside.len());
    for some in beside.chunks(ROWS_AT_ONCE) {
        let ids: Vec<RowId> = some.iter().map(|(_, id)| *id).collect();
        let found = find_rows(tx, dataset, &ids)?;
        neighbours.extend(some.iter().map(|(line, id)| {
            Neighbour {
                line: *line,
                key: found
                    .get(id)
                    .map(|row| row.order_key.clone())
                    .filter(|key| order::is_key(key)),
            }
        }));
    }
    Ok(neighbours)
}

fn place(outcome: &Outcome, neighbours: &[Neighbour]) -> Option<Vec<String>> {
    let mut placer = Placer::default();
    let mut keys = Vec::new();
    let mut neighbours = neighbours.iter().peekable();
    for (index, line) in outcome.lines().enumerate() {
        if line.needs_order {
            placer.wait();
        } else if let Some(neighbour) = neighbours.next_if(|neighbour| neighbour.line == index)
            // Rows without a key stand behind all others, so what waits before them goes to the end.
            && let Some(key) = &neighbour.key
        {
            keys.extend(placer.keep(key)?);
        }
    }
    keys.extend(placer.finish()?);
    Some(keys)
}
