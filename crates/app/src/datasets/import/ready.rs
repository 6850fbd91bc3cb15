//! Parts of a spool made ready to be written, away from the database: ids and salts drawn, rows hashed, their words
//! found, the body packed. It takes about as long as the writing, so both go on at once.

use rustine_domain::ids::DatasetUid;
use rustine_domain::log::build::Additions;
use rustine_domain::log::{BatchPart, Meta, Op};
use rustine_domain::schema::Schema;
use rustine_store::{PackedBody, ReadyRow};
use serde_json::Map;

use super::ImportError;
use super::spool::{Part, Planned, PlannedOp, Spool};
use crate::App;
use crate::log::append::{AddedRows, AppendError};
use crate::log::place::place_of;

/// The dataset that is written to.
pub struct Target<'a> {
    /// The store's number.
    pub id: i64,
    /// Its uid.
    pub uid: DatasetUid,
    /// Its schema.
    pub schema: &'a Schema,
}

/// A part that is ready.
pub struct Ready {
    /// The part.
    pub part: Part,
    /// Where the entry stands among those of the import.
    pub batch: Option<BatchPart>,
    /// What it does.
    pub work: Work,
}

/// What an entry does.
pub enum Work {
    /// It only adds rows, which is all that most imports do.
    Rows(Box<AddedRows>),
    /// Anything else, to be staged beside the rows that are held.
    Ops(Vec<Op>),
}

/// Makes a part ready.
pub fn ready(
    app: &App,
    target: &Target<'_>,
    spool: &mut Spool,
    part: Part,
    batch: Option<BatchPart>,
) -> Result<Ready, ImportError> {
    let work = if part.adds == part.ops {
        Work::Rows(Box::new(rows(app, target, spool, part, batch.clone())?))
    } else {
        Work::Ops(operations(app, target, spool, part)?)
    };
    Ok(Ready { part, batch, work })
}

/// The meta of an entry.
pub fn meta(app: &App) -> Meta {
    Meta {
        salt: app.entropy.salt(),
        content: Map::new(),
    }
}

fn rows(
    app: &App,
    target: &Target<'_>,
    spool: &mut Spool,
    part: Part,
    batch: Option<BatchPart>,
) -> Result<AddedRows, ImportError> {
    let now_ms = app.clock.now_ms();
    let mut additions =
        Additions::new(target.uid, batch, meta(app), part.bytes).map_err(AppendError::from)?;
    let mut rows = Vec::with_capacity(part.ops);
    spool.each(part, |planned| {
        let Planned::Add(cells) = planned else {
            return Err(ImportError::FileChanged);
        };
        let (row, salt) = (app.entropy.row_id(now_ms), app.entropy.salt());
        let hash = additions
            .add(row, &salt, cells)
            .map_err(AppendError::from)?;
        let texts = cells.iter().map(|(field, text)| (field.as_str(), *text));
        let place = place_of(target.schema, |field| {
            texts
                .clone()
                .find(|(name, _)| *name == field)
                .map(|(_, text)| text)
        });
        rows.push(ReadyRow::added(target.id, (row, hash), salt, texts, place));
        Ok(())
    })?;
    let (added, text) = additions.finish().map_err(AppendError::from)?;
    Ok(AddedRows {
        added,
        body: PackedBody::of(&text)?,
        rows,
    })
}

/// The operations of a part, with fresh salts and row ids.
fn operations(
    app: &App,
    target: &Target<'_>,
    spool: &mut Spool,
    part: Part,
) -> Result<Vec<Op>, ImportError> {
    let mut ops = Vec::with_capacity(part.ops);
    let now_ms = app.clock.now_ms();
    spool.each(part, |planned| {
        ops.push(match planned {
            Planned::Add(cells) => {
                let cells = cells.iter();
                let cells = cells.map(|(field, text)| ((*field).clone(), (*text).to_owned()));
                let salt = app.entropy.salt();
                Op::add(app.entropy.row_id(now_ms), salt, cells.collect(), None)
            }
            Planned::Op(PlannedOp::Set(row, field, base, value)) => {
                let new = value.map(|value| (app.entropy.salt(), value));
                Op::set(target.uid, row, field, base, new)
            }
            Planned::Op(PlannedOp::Del(row, base)) => Op::del(row, base),
        });
        Ok(())
    })?;
    Ok(ops)
}
