//! What letters say about a proposal: its dataset, its rows, its cells.

use rustine_app::patches::changes::{self, CellChange, Instead, RowChange, What};
use rustine_domain::ids::PatchId;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::super::lang::Words;
use super::super::sheet::{Block, Line};

/// Most rows of one proposal that a letter shows; the page shows all.
const MOST_ROWS: usize = 20;
/// Most characters of a value that a letter shows.
const MOST_CHARACTERS: usize = 600;
/// Most characters of a row's or dataset's name in a line.
const MOST_OF_A_NAME: usize = 80;

/// A proposal with its dataset; `None` where it is gone.
pub(super) fn load(
    tx: &mut Tx<'_>,
    id: PatchId,
) -> Result<Option<(PatchRecord, DatasetRecord)>, StoreError> {
    let Some(patch) = tx.find_patch(id)? else {
        return Ok(None);
    };
    let dataset = tx.load_dataset(patch.dataset)?;
    Ok(Some((patch, dataset)))
}

/// What people call a dataset.
pub(super) fn title(dataset: &DatasetRecord) -> String {
    match dataset.title.trim() {
        "" => dataset.name.clone(),
        title => cut(title, MOST_OF_A_NAME),
    }
}

/// In one line: the row that it is about, or how many.
pub(super) fn headline(words: Words<'_>, changes: &[RowChange]) -> String {
    match changes {
        [one] => of_row(words, one),
        several => {
            let count = i64::try_from(several.len()).unwrap_or(i64::MAX);
            words.say_with("rows-changed", vec![("count", count.into())])
        }
    }
}

fn of_row(words: Words<'_>, change: &RowChange) -> String {
    let key = match change.what {
        What::Set => "row-set",
        What::Add => "row-add",
        What::Del => "row-del",
    };
    let title = match change.title.trim() {
        "" => words.say("row-unnamed"),
        title => cut(title, MOST_OF_A_NAME),
    };
    words.say_with(key, vec![("row", title.into())])
}

/// What a proposal changes, cell by cell. `before` tells whether what stood there is known still.
pub(super) fn blocks(words: Words<'_>, changes: &[RowChange], before: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    for change in changes.iter().take(MOST_ROWS) {
        blocks.push(Block::Heading(of_row(words, change)));
        if !change.cells.is_empty() {
            let told = before && change.what == What::Set;
            let lines = change.cells.iter();
            blocks.push(Block::Changes(
                lines.map(|cell| line(words, cell, told)).collect(),
            ));
        }
    }
    if let Some(more) = changes
        .len()
        .checked_sub(MOST_ROWS)
        .filter(|more| *more > 0)
    {
        let count = i64::try_from(more).unwrap_or(i64::MAX);
        blocks.push(Block::Paragraph(
            words.say_with("more-rows", vec![("count", count.into())]),
        ));
    }
    blocks
}

fn line(words: Words<'_>, cell: &CellChange, before: bool) -> Line {
    let value = |text: &Option<String>| match text.as_deref() {
        Some(text) if !text.is_empty() => cut(text, MOST_CHARACTERS),
        _ => words.say("no-value"),
    };
    let instead = cell.instead.as_ref().map(|instead| match instead {
        Instead::Value(text) => words.say_with("kept-instead", vec![("value", value(text).into())]),
        Instead::LeftOut => words.say("left-out"),
    });
    Line {
        field: cell.field.clone(),
        before: before.then(|| value(&cell.before)),
        after: value(&cell.after),
        instead,
    }
}

/// Reads the changes of a proposal.
pub(super) fn read(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<Vec<RowChange>, StoreError> {
    changes::read(tx, dataset, patch)
}

fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
