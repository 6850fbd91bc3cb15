//! Reading every cell of a dataset by its schema.

use std::collections::BTreeMap;

use rustine_domain::check::Scan;
use rustine_domain::ids::{DatasetAddress, FieldName};
use rustine_domain::problem::{Code, Place, Problem};
use rustine_domain::schema::Schema;
use rustine_store::StoreError;

use super::{UnknownDataset, find};
use crate::App;

/// The most problems of one kind that are listed.
pub const MAX_LISTED: u64 = 100;

/// What reading every cell gave.
#[derive(Debug, Clone, Default)]
pub struct Validation {
    /// Rows read.
    pub rows: u64,
    /// What is wrong with the schema itself; only a copy can have such a schema.
    pub schema_problems: Vec<Problem>,
    /// What is wrong, by row: the first [`MAX_LISTED`] of each kind.
    pub problems: Vec<Problem>,
    /// How many there are of each kind, listed or not.
    pub counts: BTreeMap<Code, u64>,
}

impl Validation {
    /// How many problems there are, listed or not.
    pub fn total(&self) -> u64 {
        self.counts.values().sum::<u64>() + self.schema_problems.len() as u64
    }
}

/// Why a dataset was not validated.
#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads every cell of a dataset, ours or a copy, by its schema.
///
/// # Errors
/// [`ValidateError`]
pub fn validate(app: &App, address: &DatasetAddress) -> Result<Validation, ValidateError> {
    app.db.read(|tx| {
        let dataset = find(app, tx, address)?;
        let document = serde_json::from_str(&dataset.schema).unwrap_or_default();
        let (schema, schema_problems) = Schema::read(&document);
        let mut scan = Scan::new(&schema);
        let mut found = Validation {
            schema_problems,
            ..Validation::default()
        };
        tx.each_row_in_order(dataset.id, |row| {
            found.rows += 1;
            let value = |name: &FieldName| row.cells.get(name.as_str()).map(String::as_str);
            for problem in scan.row(&Place::Row(row.row_id), value) {
                let count = found.counts.entry(problem.code).or_default();
                *count += 1;
                if *count <= MAX_LISTED {
                    found.problems.push(problem);
                }
            }
            Ok::<_, ValidateError>(())
        })?;
        Ok(found)
    })
}
