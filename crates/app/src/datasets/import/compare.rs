//! Which line of the file is which row: the three passes of [`rustine_domain::compare`] over the store.

use std::collections::BTreeSet;

use rustine_domain::compare::{CellPrint, Comparer, KeyPrint, Outcome, RowPrint};
use rustine_domain::ids::{FieldName, RowId};
use rustine_formats::csv::Row;
use rustine_store::{DatasetRecord, RowRecord, Tx};

use super::ImportError;
use super::columns::{Columns, Key};
use super::source::Source;

/// Rows that are looked up together.
pub const ROWS_AT_ONCE: usize = 500;

/// What the lines are, and what must be looked at besides.
pub struct Comparison {
    /// What each line is; `None` where no row is held, so that each line is new.
    pub outcome: Option<Outcome>,
    /// Whether equal lines may differ all the same: in columns that the dataset lacks, or by cells of gone columns.
    pub look_at_all: bool,
    /// Lines that were not compared cell by cell, because too many changed.
    pub unexamined: u64,
}

/// Compares the file with the rows of a dataset, or with none.
pub fn compare(
    tx: &mut Tx<'_>,
    dataset: Option<&DatasetRecord>,
    columns: &Columns,
    source: &Source,
) -> Result<Comparison, ImportError> {
    let rows = dataset.map_or(0, |dataset| dataset.row_count);
    if rows == 0 && columns.key == Key::Content {
        return Ok(Comparison {
            outcome: None,
            look_at_all: false,
            unexamined: 0,
        });
    }
    let mut comparer = Comparer::new(columns.known.len());
    let mut stray = false;
    if let Some(dataset) = dataset {
        stray = take_rows(tx, dataset, columns, &mut comparer)?;
    }
    source.each_row(|_, row| {
        comparer.new_line(
            row.line(),
            key_of_line(columns, row),
            print_of_line(columns, row),
        );
        Ok::<_, ImportError>(())
    })?;
    let mut alignment = comparer.align()?;
    let unsettled = alignment.unsettled_old();
    for indexes in unsettled.chunks(ROWS_AT_ONCE) {
        let ids: Vec<RowId> = indexes
            .iter()
            .map(|index| alignment.old_id(*index))
            .collect();
        let found = find_rows(tx, dataset, &ids)?;
        for (index, id) in indexes.iter().zip(&ids) {
            let row = found.get(id).ok_or(ImportError::FileChanged)?;
            let cells = columns
                .known
                .iter()
                .map(|(name, _)| CellPrint::of(held(row, name)));
            alignment.old_cells(*index, cells);
        }
    }
    let unsettled: BTreeSet<usize> = alignment.unsettled_new().into_iter().collect();
    if !unsettled.is_empty() {
        source.each_row(|index, row| {
            if unsettled.contains(&index) {
                let cells = columns
                    .known
                    .iter()
                    .map(|(_, column)| CellPrint::of(cell(row, *column)));
                alignment.new_cells(index, cells);
            }
            Ok::<_, ImportError>(())
        })?;
    }
    let unexamined = alignment.unexamined();
    let outcome = alignment.finish();
    Ok(Comparison {
        outcome: (rows > 0).then_some(outcome),
        look_at_all: stray || !columns.added.is_empty(),
        unexamined,
    })
}

/// Streams the rows held. True where one has a cell in a field that the schema is not to have.
fn take_rows(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    columns: &Columns,
    comparer: &mut Comparer,
) -> Result<bool, ImportError> {
    let mut stray = false;
    let names: BTreeSet<&str> = columns
        .fields
        .iter()
        .flatten()
        .map(FieldName::as_str)
        .collect();
    tx.each_row_in_order(dataset.id, |row| {
        let key = match &columns.key {
            Key::Content => None,
            Key::RowId(_) => KeyPrint::of([row.row_id.to_string().as_str()]),
            Key::Fields(key) => KeyPrint::of(key.iter().map(|(name, _)| held(&row, name))),
        };
        let cells = columns
            .known
            .iter()
            .map(|(name, _)| (name.as_str(), held(&row, name)));
        let ordered = row
            .cells
            .get("_order")
            .is_some_and(|order| *order == row.order_key);
        comparer.old_row(row.row_id, ordered, key, RowPrint::of(cells));
        let fields = row.cells.keys().chain(row.gone.keys());
        stray = stray || fields.into_iter().any(|field| is_stray(field, &names));
        Ok::<_, ImportError>(())
    })?;
    Ok(stray)
}

/// A cell of a column that is gone.
pub fn is_stray(field: &str, names: &BTreeSet<&str>) -> bool {
    !field.starts_with('_') && !names.contains(field)
}

/// The rows among some ids that exist.
pub fn find_rows(
    tx: &mut Tx<'_>,
    dataset: Option<&DatasetRecord>,
    ids: &[RowId],
) -> Result<std::collections::HashMap<RowId, RowRecord>, ImportError> {
    let Some(dataset) = dataset else {
        return Ok(std::collections::HashMap::new());
    };
    let found = tx.find_rows(dataset.id, ids)?;
    Ok(found.into_iter().map(|row| (row.row_id, row)).collect())
}

fn held<'r>(row: &'r RowRecord, name: &FieldName) -> &'r str {
    row.cells.get(name.as_str()).map_or("", String::as_str)
}

/// The cell of a column; a short line has empty ones.
pub fn cell(row: &Row, column: usize) -> &str {
    row.cell(column).unwrap_or("")
}

fn print_of_line(columns: &Columns, row: &Row) -> RowPrint {
    let cells = columns
        .known
        .iter()
        .map(|(name, column)| (name.as_str(), cell(row, *column)));
    RowPrint::of(cells)
}

fn key_of_line(columns: &Columns, row: &Row) -> Option<KeyPrint> {
    match &columns.key {
        Key::Content => None,
        Key::RowId(column) => KeyPrint::of([cell(row, *column)]),
        Key::Fields(key) => KeyPrint::of(key.iter().map(|(_, column)| cell(row, *column))),
    }
}
