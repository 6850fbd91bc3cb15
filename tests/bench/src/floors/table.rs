//! SQLite alone: a table with a text for each column and a unique key, in WAL mode, every commit flushed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use crate::places;
use crate::{Failure, report::median};

/// The columns of the floor's table: those of the file, all of them texts.
pub fn columns() -> Vec<&'static str> {
    places::TITLES.split(',').collect()
}

/// Opens a database as a server that must not lose a commit would.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Reads a CSV file into a fresh table in one transaction; seconds until it is durable.
pub fn import(csv_file: &Path, database: &Path) -> Result<f64, Failure> {
    let begun = Instant::now();
    let mut connection = open(database)?;
    let columns = columns();
    let definitions: Vec<String> = columns
        .iter()
        .skip(1)
        .map(|name| format!("{name} TEXT"))
        .collect();
    let create = format!(
        "CREATE TABLE lieux (id TEXT NOT NULL UNIQUE, {})",
        definitions.join(", ")
    );
    connection.execute_batch(&create)?;
    let places = vec!["?"; columns.len()].join(", ");
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare(&format!("INSERT INTO lieux VALUES ({places})"))?;
        let mut reader = csv::Reader::from_path(csv_file)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            insert.execute(rusqlite::params_from_iter(record.iter()))?;
        }
    }
    transaction.commit()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Indexes for what the server is asked; not part of any measurement.
pub fn prepare_reads(database: &Path) -> Result<(), Failure> {
    open(database)?.execute_batch(
        "CREATE INDEX lieux_commune ON lieux (commune, id);
         CREATE VIRTUAL TABLE lieux_words USING fts5 (nom, adresse, commune, presentation, detail = none);
         INSERT INTO lieux_words (rowid, nom, adresse, commune, presentation)
           SELECT rowid, nom, adresse, commune, presentation FROM lieux;",
    )?;
    Ok(())
}

/// Changes one cell by key, each time durably; the median in ms.
pub fn update(database: &Path, rows: usize, samples: usize) -> Result<f64, Failure> {
    let connection = open(database)?;
    let mut update = connection.prepare("UPDATE lieux SET presentation = ?1 WHERE id = ?2")?;
    let mut times = Vec::with_capacity(samples);
    for sample in 0..samples {
        let key = places::key(spread(sample, rows));
        let begun = Instant::now();
        update.execute(params![format!("corrigé {sample}"), key])?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(times))
}

/// Writes the table as CSV; seconds.
pub fn export(database: &Path, file: &Path) -> Result<f64, Failure> {
    let begun = Instant::now();
    let connection = open(database)?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(file)?));
    writer.write_record(columns())?;
    let mut select = connection.prepare("SELECT * FROM lieux")?;
    let mut rows = select.query([])?;
    let width = columns().len();
    while let Some(row) = rows.next()? {
        for column in 0..width {
            writer.write_field(row.get_ref(column)?.as_bytes_or_null()?.unwrap_or_default())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer
        .into_inner()
        .map_err(|error| error.to_string())?
        .flush()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Rows all over a table, each another one.
pub fn spread(sample: usize, rows: usize) -> usize {
    sample * 7919 % rows
}
