//! What differs between the file and the dataset, as operations in a spool.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rustine_domain::check::Scan;
use rustine_domain::compare::{Fate, Line};
use rustine_domain::ids::{DatasetUid, FieldName, RowId};
use rustine_domain::log::{CellState, RowState, origin_limits};
use rustine_domain::problem::{Code, Place, Problem};
use rustine_formats::csv::Row;
use rustine_store::{DatasetRecord, RowRecord, Tx};

use super::columns::Columns;
use super::compare::{self, Comparison, ROWS_AT_ONCE, cell, find_rows, is_stray};
use super::findings::{Findings, Found};
use super::place::Places;
use super::source::Source;
use super::spool::{Counts, PartLimits, PlannedOp, Spool};
use super::{ImportError, OnProgress, Progress, Step};
use crate::log::rows::row_state;

/// Bytes of a row that are kept for the fields of ours.
const BYTES_OF_OURS: usize = 1024;

/// What is to be written.
pub struct Plan {
    /// The operations.
    pub spool: Spool,
    /// What is odd, and stays so.
    pub findings: Found,
    /// Lines that count as new because there was no room to compare their cells.
    pub unexamined: u64,
}

/// Compares the file with the dataset, or with nothing.
pub fn plan(
    tx: &mut Tx<'_>,
    dataset: Option<&DatasetRecord>,
    columns: &Columns,
    source: &Source,
    progress: OnProgress<'_>,
) -> Result<Plan, ImportError> {
    let comparison = compare::compare(tx, dataset, columns, source)?;
    let places = match &comparison.outcome {
        None => Places::evenly(source.survey.rows),
        Some(outcome) => Places::between(tx, dataset, outcome, source.survey.rows)?,
    };
    let order: FieldName = "_order".parse().map_err(|_| ImportError::FileChanged)?;
    let mut sources: BTreeMap<FieldName, Option<usize>> = columns
        .by_name()
        .into_iter()
        .map(|(name, column)| (name, Some(column)))
        .collect();
    sources.insert(order.clone(), None);
    let mut planner = Planner {
        dataset,
        names: columns
            .fields
            .iter()
            .flatten()
            .map(FieldName::as_str)
            .collect(),
        columns,
        comparison: &comparison,
        places,
        sources: sources.values().copied().collect(),
        spool: Spool::new(sources.into_keys().collect(), PartLimits::default()),
        order,
    };
    planner.removals(tx)?;
    let by_name = columns.by_name();
    let mut findings = Findings::new(Scan::new(&columns.schema), &source.survey.report);
    let mut waiting: Vec<(Line, Row)> = Vec::new();
    source.each_row(|index, row| {
        findings.line(row.line(), &by_name, |column| row.cell(column));
        let line = planner.line(index)?;
        if line.fate == Fate::New && waiting.is_empty() {
            planner.add(row)?;
        } else if planner.matters(&line) {
            waiting.push((line, row.clone()));
        }
        if waiting.len() >= ROWS_AT_ONCE {
            planner.differences(tx, &waiting)?;
            waiting.clear();
        }
        if index % 10_000 == 0 {
            progress(Progress {
                step: Step::Comparing,
                done: index as u64,
                total: source.survey.rows,
            });
        }
        Ok::<_, ImportError>(())
    })?;
    planner.differences(tx, &waiting)?;
    Ok(Plan {
        spool: planner.spool,
        findings: findings.finish(),
        unexamined: comparison.unexamined,
    })
}

struct Planner<'a> {
    dataset: Option<&'a DatasetRecord>,
    columns: &'a Columns,
    names: BTreeSet<&'a str>,
    comparison: &'a Comparison,
    places: Places,
    /// The columns of the fields of new rows; `None` for their `_order`.
    sources: Vec<Option<usize>>,
    spool: Spool,
    order: FieldName,
}

impl Planner<'_> {
    fn line(&self, index: usize) -> Result<Line, ImportError> {
        match &self.comparison.outcome {
            None => Ok(Line {
                fate: Fate::New,
                needs_order: true,
            }),
            Some(outcome) => outcome.line(index).ok_or(ImportError::FileChanged),
        }
    }

    /// Whether a line may lead to an operation.
    fn matters(&self, line: &Line) -> bool {
        let same = matches!(line.fate, Fate::Same(_));
        !same || line.needs_order || self.places.all || self.comparison.look_at_all
    }

    /// Rows that the file has no longer.
    fn removals(&mut self, tx: &mut Tx<'_>) -> Result<(), ImportError> {
        let Some(outcome) = &self.comparison.outcome else {
            return Ok(());
        };
        let gone: Vec<RowId> = outcome.removed().collect();
        for ids in gone.chunks(ROWS_AT_ONCE) {
            let mut found = find_rows(tx, self.dataset, ids)?;
            for id in ids {
                if let Some(row) = found.remove(id) {
                    let counts = Counts {
                        removed: 1,
                        ..Counts::default()
                    };
                    self.push(&[PlannedOp::Del(*id, row.row_hash)], counts)?;
                }
            }
        }
        Ok(())
    }

    /// What a run of lines differs in from the rows that they are.
    fn differences(&mut self, tx: &mut Tx<'_>, lines: &[(Line, Row)]) -> Result<(), ImportError> {
        let ids: Vec<RowId> = lines.iter().filter_map(|(line, _)| row_of(line)).collect();
        let held = if ids.is_empty() {
            HashMap::new()
        } else {
            find_rows(tx, self.dataset, &ids)?
        };
        for (line, row) in lines {
            match row_of(line) {
                None => self.add(row)?,
                Some(id) => {
                    self.check_size(row)?;
                    let record = held.get(&id).ok_or(ImportError::FileChanged)?;
                    self.change(line, row, record)?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, row: &Row) -> Result<(), ImportError> {
        self.check_size(row)?;
        let order = self.places.next();
        let cells = self.sources.iter().enumerate().map(|(field, column)| {
            let text = match column {
                Some(column) => cell(row, *column),
                None => order.as_deref().unwrap_or(""),
            };
            (field, text)
        });
        let counts = Counts {
            added: 1,
            ..Counts::default()
        };
        self.spool
            .add(cells.filter(|(_, text)| !text.is_empty()), counts)
            .map_err(ImportError::Spool)
    }

    fn change(&mut self, line: &Line, row: &Row, record: &RowRecord) -> Result<(), ImportError> {
        let Some(uid) = self.dataset.map(|dataset| dataset.uid) else {
            return Ok(());
        };
        let held = Held {
            uid,
            id: record.row_id,
            state: row_state(record)?,
        };
        let mut ops: Vec<PlannedOp> = Vec::new();
        for (name, column) in self.fields() {
            ops.extend(held.set(name, cell(row, column)));
        }
        for name in held.state.cells.keys() {
            if is_stray(name.as_str(), &self.names) {
                ops.push(held.take_away(name));
            }
        }
        let mut counts = Counts {
            changed: u64::from(!ops.is_empty()),
            cells: ops.len() as u64,
            ..Counts::default()
        };
        if (line.needs_order || self.places.all)
            && let Some(key) = self.places.next()
            && let Some(op) = held.set(&self.order, &key)
        {
            ops.push(op);
            counts.moved = 1;
        }
        self.push(&ops, counts)
    }

    fn fields(&self) -> impl Iterator<Item = (&FieldName, usize)> {
        let fields = self.columns.fields.iter().enumerate();
        fields.filter_map(|(column, name)| Some((name.as_ref()?, column)))
    }

    fn push(&mut self, ops: &[PlannedOp], counts: Counts) -> Result<(), ImportError> {
        self.spool.push(ops, counts).map_err(ImportError::Spool)
    }

    /// A row above the limit must be found before anything is written.
    fn check_size(&self, row: &Row) -> Result<(), ImportError> {
        let bytes: usize = row.cells().map(str::len).sum();
        if bytes + BYTES_OF_OURS <= origin_limits::ROW_BYTES {
            return Ok(());
        }
        let problem = Problem::new(Code::RowTooLarge).at(Place::Line(row.line()));
        Err(ImportError::Row(
            problem.with("limit", origin_limits::ROW_BYTES / 1024),
        ))
    }
}

fn row_of(line: &Line) -> Option<RowId> {
    match line.fate {
        Fate::Same(id) | Fate::Changed(id) => Some(id),
        Fate::New => None,
    }
}

/// A row as it is held.
struct Held {
    uid: DatasetUid,
    id: RowId,
    state: RowState,
}

impl Held {
    /// The operation that gives a cell this text; `None` where it has it. Empty and absent are the same, and an
    /// erased value stays erased where the file has none.
    fn set(&self, name: &FieldName, text: &str) -> Option<PlannedOp> {
        let same = match self.state.cells.get(name) {
            Some(CellState::Held { value, .. }) => value == text,
            Some(CellState::Gone { .. }) | None => text.is_empty(),
        };
        if same {
            return None;
        }
        let value = (!text.is_empty()).then(|| text.to_owned());
        let base = self.state.commitment(self.uid, self.id, name);
        Some(PlannedOp::Set(self.id, name.clone(), base, value))
    }

    fn take_away(&self, name: &FieldName) -> PlannedOp {
        let base = self.state.commitment(self.uid, self.id, name);
        PlannedOp::Set(self.id, name.clone(), base, None)
    }
}
