//! Writing a dataset as a file: streamed, in the owner's order of rows.

use std::io::{self, BufWriter, Write};

use rustine_domain::ids::DatasetAddress;
use rustine_domain::schema::Schema;
use rustine_formats::csv;
use rustine_formats::json_out::{Form, JsonWriter};
use rustine_store::{DatasetRecord, RowRecord, StoreError, Tx};

use super::{UnknownDataset, find};
use crate::App;

/// The fields of ours that an export with ids adds, besides the row ids.
pub const FIELDS_OF_OURS: [&str; 4] = ["_order", "_source", "_same", "_license"];
/// The title of the row ids.
pub const ID_TITLE: &str = "_id";

/// The forms of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with the original headers, every cell as it was received.
    Csv,
    /// One JSON document `{"rows":[…]}`, typed by the schema where cells read.
    Json,
    /// One JSON object a line, typed alike.
    JsonLines,
}

impl Format {
    /// The media type, for `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
        }
    }
    /// The ending of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
        }
    }
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// What is written to takes no more.
    #[error("the export cannot be written")]
    Write(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a dataset, ours or a copy; returns how many rows it has.
///
/// # Errors
/// [`ExportError`]
pub fn export(
    app: &App,
    address: &DatasetAddress,
    format: Format,
    with_ids: bool,
    out: impl Write,
) -> Result<u64, ExportError> {
    app.db.read(|tx| {
        let dataset = find(app, tx, address)?;
        write_rows(tx, &dataset, format, with_ids, out)
    })
}

/// Writes a dataset that was found in this transaction. `with_ids` adds the row ids as first column or member, and
/// the fields of ours behind the others.
///
/// # Errors
/// [`ExportError`]
pub fn write_rows(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    format: Format,
    with_ids: bool,
    out: impl Write,
) -> Result<u64, ExportError> {
    let document = serde_json::from_str(&dataset.schema).unwrap_or_default();
    // A copy is shown as far as its schema can be read.
    let (schema, _) = Schema::read(&document);
    let out = BufWriter::with_capacity(64 * 1024, out);
    match format {
        Format::Csv => write_csv(tx, dataset, &schema, with_ids, out),
        Format::Json => write_json(tx, dataset, &schema, (Form::Document, with_ids), out),
        Format::JsonLines => write_json(tx, dataset, &schema, (Form::Lines, with_ids), out),
    }
}

fn write_csv(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    schema: &Schema,
    with_ids: bool,
    out: impl Write,
) -> Result<u64, ExportError> {
    let mut writer = csv::Writer::new(out);
    let titles = schema.fields.iter().map(|field| field.title.as_str());
    let names: Vec<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let (first, last): (&[&str], &[&str]) = if with_ids {
        (&[ID_TITLE], &FIELDS_OF_OURS)
    } else {
        (&[], &[])
    };
    writer.write(
        first
            .iter()
            .copied()
            .chain(titles)
            .chain(last.iter().copied()),
    )?;
    let mut rows = 0;
    tx.each_row_in_order(dataset.id, |row| {
        rows += 1;
        let id = row.row_id.to_string();
        let id = first.iter().map(|_| id.as_str());
        let cells = names
            .iter()
            .chain(last)
            .map(|name| cell(&row, name).unwrap_or(""));
        writer.write(id.chain(cells)).map_err(ExportError::from)
    })?;
    writer.finish()?;
    Ok(rows)
}

fn write_json(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    schema: &Schema,
    (form, with_ids): (Form, bool),
    out: impl Write,
) -> Result<u64, ExportError> {
    let mut writer = JsonWriter::new(out, form, &schema.fields);
    let mut rows = 0;
    tx.each_row_in_order(dataset.id, |row| {
        rows += 1;
        let id = row.row_id.to_string();
        let mut ours = Vec::new();
        if with_ids {
            ours.push((ID_TITLE, id.as_str()));
            let held = |name: &&'static str| Some((*name, cell(&row, name)?));
            ours.extend(FIELDS_OF_OURS.iter().filter_map(held));
        }
        writer
            .row(&ours, |name| cell(&row, name))
            .map_err(ExportError::from)
    })?;
    writer.finish()?;
    Ok(rows)
}

fn cell<'r>(row: &'r RowRecord, name: &str) -> Option<&'r str> {
    row.cells.get(name).map(String::as_str)
}
