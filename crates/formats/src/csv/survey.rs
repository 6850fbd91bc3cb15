//! A look at a whole file before an import: what it holds, what is wrong, what its columns may be.

use std::io::Read;

use rustine_domain::schema::FieldDraft;

use super::dialect::Dialect;
use super::problem::Report;
use super::reader::{ReadError, Reader};
use super::row::Row;
use crate::guess::{Guesser, KeyFinder};

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Survey {
    /// How it is written; give it to [`Reader::with_dialect`] to read the rows.
    pub dialect: Dialect,
    /// The titles of all columns, `""` for those in which only cells beyond the header stand.
    pub titles: Vec<String>,
    /// How many rows there are below the header.
    pub rows: u64,
    /// How many rows have a value in each column. A column without title and values is only a trailing separator.
    pub filled: Vec<u64>,
    /// A field for each column.
    pub fields: Vec<FieldDraft>,
    /// The columns (from 0) that may serve as key; a person chooses.
    pub keys: Vec<usize>,
    /// What is odd. With a [`Report::refusal`] nothing must be imported.
    pub report: Report,
}

/// Reads a file to its end, keeping none of its cells but fingerprints of possible keys (8 bytes per row and column).
///
/// An import needs it first, since cells beyond the header make columns that are known only at the end.
pub fn survey<R: Read>(mut reader: Reader<R>) -> Result<Survey, ReadError> {
    let mut guesser = Guesser::new();
    let mut keys = KeyFinder::new(reader.header());
    let mut row = Row::default();
    let mut rows = 0;
    while reader.read(&mut row)? {
        rows += 1;
        guesser.observe(row.cells());
        keys.observe(|index| row.cell(index));
    }
    let titles = reader.titles();
    Ok(Survey {
        dialect: *reader.dialect(),
        rows,
        filled: (0..titles.len())
            .map(|index| guesser.filled(index))
            .collect(),
        fields: guesser.fields(&titles),
        keys: keys.candidates(),
        titles,
        report: reader.report().clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_tells_columns_types_keys_and_problems() {
        let file = "id;nom;lat;\n1;Ana;48,5;;x\n2;Bob;47;;\n";
        let survey = survey(Reader::open(file.as_bytes()).expect("a CSV file")).expect("readable");
        assert_eq!(survey.dialect.separator, b';');
        assert_eq!(survey.titles, ["id", "nom", "lat", "", ""]);
        assert_eq!(survey.rows, 2);
        assert_eq!(survey.filled, [2, 2, 2, 0, 1]);
        let names: Vec<&str> = survey
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["id", "nom", "lat", "champ", "champ_2"]);
        assert_eq!(survey.fields[2].decimal_char.as_deref(), Some(","));
        assert_eq!(survey.keys, [0]);
        assert_eq!(survey.report.problems().len(), 2);
        assert!(survey.report.refusal().is_none());
    }
}
