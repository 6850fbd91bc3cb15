//! Guesses what columns hold, with caution: a wrong type annoys at every correction, a missing one costs a
//! click.
//!
//! A type is proposed only when *every* value of the column reads as it, and when there are enough of them: ten, in a
//! fifth of the rows, or fewer in half of the rows. What identifies rather than counts stays text: anything with a
//! leading zero or a `+`, more than 15 digits or 9 before no decimal mark, whole numbers that all have the same length
//! of 5 digits or more (postcodes, SIRET), and columns whose titles speak of codes, numbers, phones or opening hours.
//! Choices are never guessed.

mod column;
mod key;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use rustine_domain::ids::FieldName;
use rustine_domain::schema::{FieldDraft, FieldType, field_name};

use self::column::Column;
pub use self::key::KeyFinder;

/// Takes in rows, and says at the end what each column may be.
///
/// Show it the whole file where that is cheap, and a thousand rows at least: departments look like numbers
/// until `2A`.
#[derive(Debug, Default)]
pub struct Guesser {
    columns: Vec<Column>,
    rows: u64,
}

impl Guesser {
    /// A guesser that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one row.
    pub fn observe<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        for (index, cell) in cells.into_iter().enumerate() {
            if index == self.columns.len() {
                self.columns.push(Column::default());
            }
            self.columns[index].observe(cell);
        }
    }

    /// How many rows had a value in a column (from 0).
    pub fn filled(&self, index: usize) -> u64 {
        self.columns.get(index).map_or(0, |column| column.filled)
    }

    /// A field for each title: its name made from the title, its type from the values.
    pub fn fields(&self, titles: &[String]) -> Vec<FieldDraft> {
        let mut taken = BTreeSet::new();
        titles
            .iter()
            .enumerate()
            .map(|(index, title)| {
                let name = field_name(title, &taken);
                taken.insert(name.clone());
                match self.columns.get(index) {
                    Some(column) => column.draft(name, title, self.rows),
                    None => text(name, title),
                }
            })
            .collect()
    }
}

/// Fields for the titles of a table, guessed from these rows (see [`Guesser`]).
pub fn guess(titles: &[String], rows: &[Vec<String>]) -> Vec<FieldDraft> {
    let mut guesser = Guesser::new();
    for row in rows {
        guesser.observe(row.iter().map(String::as_str));
    }
    guesser.fields(titles)
}

fn text(name: FieldName, title: &str) -> FieldDraft {
    FieldDraft::new(name, title, FieldType::String)
}
