//! Imports in another instance's log: entries of thousands of new rows, which make up most of most logs.
//!
//! They are made ready on one thread and written on another, several to a transaction, as at the origin: the pages of
//! the state tree and of the indexes by bucket are then written once for many rows. Whatever is unusual about an entry
//! is left to [`super::apply`], which knows all rules.

use std::time::Instant;

use rustine_domain::ids::Hash;
use rustine_domain::log::build::{Added, read_rows};
use rustine_domain::log::{Header, Line, Step};
use rustine_domain::schema::Schema;
use rustine_domain::tree::Growth;
use rustine_store::{DatasetRecord, Engine, PackedBody, ReadyRow, StoreError, Tx};

use super::apply::{ApplyError, count, readable_schema, write_entry};
use crate::App;
use crate::log::append::{chain_of, follow_head};
use crate::log::bulk::{LONGEST_COMMIT, MOST_OPS_PER_COMMIT};
use crate::log::place::place_of;

/// The copy that imports are made ready for.
pub struct Target {
    dataset: i64,
    schema: Schema,
    schema_hash: Hash,
}

impl Target {
    /// The copy as it is now; it holds for imports as long as no other entry is applied.
    ///
    /// # Errors
    /// Where the store fails, or the copy was removed.
    pub fn load(app: &App, dataset: i64) -> Result<Self, StoreError> {
        let record = app.db.read(|tx| tx.load_dataset(dataset))?;
        Ok(Self {
            dataset,
            schema: readable_schema(&record),
            schema_hash: record.schema_hash,
        })
    }
}

/// An import, read and hashed, its words found, its body packed: ready to be written.
pub struct Import {
    header: Header,
    added: Added,
    rows: Vec<ReadyRow>,
    body: PackedBody,
    body_bytes: usize,
    schema_hash: Hash,
}

/// Makes a line ready. `None` where it is anything but an import of whole rows under the schema of the target.
pub fn ready(target: &Target, line: &[u8]) -> Option<Import> {
    let mut rows = Vec::new();
    let read = read_rows(line, |(row, hash, salt, cells)| {
        let texts = cells.iter().map(|(field, text)| (field.as_str(), *text));
        let place = place_of(&target.schema, |field| {
            texts
                .clone()
                .find(|(name, _)| *name == field)
                .map(|(_, text)| text)
        });
        let row = ReadyRow::added(target.dataset, (row, hash), salt, texts, place);
        rows.push(row);
    })?;
    Some(Import {
        header: read.header,
        added: read.added,
        rows,
        body: PackedBody::of(&read.text).ok()?,
        body_bytes: read.text.len(),
        schema_hash: target.schema_hash,
    })
}

/// What is kept of a copy's state tree from one import to the next.
#[derive(Default)]
pub struct Grown {
    /// The head that the growth holds for.
    entry: Option<Hash>,
    growth: Growth,
}

impl Grown {
    /// The growth for a copy as it stands in a transaction. It is given back once that was committed.
    fn take(&mut self, dataset: &DatasetRecord) -> Growth {
        let kept = std::mem::take(self);
        if kept.entry == Some(dataset.entry) {
            kept.growth
        } else if dataset.seq == 0 {
            Growth::from_nothing()
        } else {
            Growth::new()
        }
    }
}

/// A transaction with imports was given up: taken one by one, they tell why.
struct GivenUp;

impl From<StoreError> for GivenUp {
    fn from(_: StoreError) -> Self {
        Self
    }
}

impl From<ApplyError> for GivenUp {
    fn from(_: ApplyError) -> Self {
        Self
    }
}

/// Writes an import, and those that `more` gives meanwhile, in one transaction. What was not written comes back as
/// lines in their order: taken one by one with [`super::apply::apply`], they tell what is wrong with them.
///
/// # Errors
/// Where a body that was just packed cannot be unpacked.
pub fn write(
    app: &App,
    dataset: i64,
    first: Import,
    mut more: impl FnMut() -> Option<Import>,
    grown: &mut Grown,
) -> Result<Vec<Line>, StoreError> {
    // PostgreSQL may run a transaction again, which then has one import.
    let most = match app.db.engine() {
        Engine::Sqlite => MOST_OPS_PER_COMMIT,
        Engine::Postgres => 1,
    };
    let begun = Instant::now();
    let mut taken: Vec<(Header, PackedBody)> = Vec::new();
    let written = app.db.write_bulk(|tx| {
        taken.clear();
        tx.lock_dataset(dataset)?;
        let mut record = tx.load_dataset(dataset)?;
        let mut growth = grown.take(&record);
        taken.push((first.header.clone(), first.body.clone()));
        write_one(app, tx, &mut record, &first, &mut growth)?;
        let mut ops = first.rows.len() as u64;
        while ops < most
            && begun.elapsed() < LONGEST_COMMIT
            && let Some(next) = more()
        {
            taken.push((next.header.clone(), next.body.clone()));
            write_one(app, tx, &mut record, &next, &mut growth)?;
            ops += next.rows.len() as u64;
        }
        growth.write(&mut tx.tree(dataset))?;
        Ok::<_, GivenUp>(Grown {
            entry: Some(record.entry),
            growth,
        })
    });
    match written {
        Ok(now) => {
            *grown = now;
            Ok(Vec::new())
        }
        Err(GivenUp) => taken.iter().map(line).collect(),
    }
}

/// An import as the line that it came as.
fn line((header, body): &(Header, PackedBody)) -> Result<Line, StoreError> {
    let body = rustine_domain::json::parse(body.text()?.as_bytes())
        .map_err(|error| StoreError::Other(error.to_string()))?;
    Ok(Line {
        header: header.clone(),
        body: Some(body),
        withheld: Vec::new(),
    })
}

fn write_one(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    import: &Import,
    growth: &mut Growth,
) -> Result<(), GivenUp> {
    let header = &import.header;
    let usual = dataset.seq >= 0
        && dataset.status != "frozen"
        && dataset.schema_hash == import.schema_hash
        && !header.is_ahead_of(app.clock.now());
    if !usual {
        return Err(GivenUp);
    }
    let chain = chain_of(dataset).map_err(ApplyError::from)?;
    let followed = chain.follow(header).map_err(ApplyError::from)?;
    let Step::Next(next) = followed else {
        return Err(GivenUp);
    };
    let seq = i64::try_from(header.seq).map_err(|_| ApplyError::OutOfRange)?;
    // What was redacted here, or is by itself withheld, must not come back.
    if tx.is_fork(dataset.id, seq, next.entry)? || !tx.list_redactions(dataset.id)?.is_empty() {
        return Err(GivenUp);
    }
    tx.insert_ready_rows(dataset.id, seq, &import.rows)?;
    let root = growth.add(&mut tx.tree(dataset.id), &import.added.rows)?;
    if root != header.state {
        return Err(GivenUp);
    }
    count(app, tx, dataset.id, header, import.body_bytes)?;
    write_entry(tx, dataset.id, header, next.entry, &import.body)?;
    follow_head(dataset, &next, None, None).map_err(ApplyError::from)?;
    tx.update_dataset(dataset)?;
    Ok(())
}
