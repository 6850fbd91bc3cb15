//! Writing what was planned: one entry and one transaction at a time.

use std::io;

use rustine_domain::log::{BatchPart, EntryDraft, Kind, Meta, Op};
use rustine_store::{DatasetRecord, StoreError, Tx};
use serde_json::{Map, Value};

use super::spool::{Part, PlannedOp, Spool};
use super::{Done, ImportError, OnProgress, Progress, Step};
use crate::App;
use crate::log::append::append;

/// Writes another schema. False where the dataset is no longer what it was compared with.
pub fn schema(
    app: &App,
    dataset: &mut DatasetRecord,
    document: &Value,
) -> Result<bool, ImportError> {
    let written = app.db.write(|tx| {
        let Some(mut now) = unmoved(tx, dataset)? else {
            return Ok(None);
        };
        let draft = EntryDraft::schema(document.clone(), meta(app));
        append(app, tx, &mut now, draft)?;
        Ok::<_, ImportError>(Some(now))
    })?;
    Ok(follow(dataset, written))
}

/// Writes the parts of a spool. False where the dataset changed under it; what was written stays.
pub fn parts(
    app: &App,
    dataset: &mut DatasetRecord,
    spool: &mut Spool,
    done: &mut Done,
    progress: OnProgress<'_>,
) -> Result<bool, ImportError> {
    let parts = spool.parts().to_vec();
    let id = app.entropy.uuid();
    let total: u64 = parts.iter().map(|part| part.ops as u64).sum();
    let mut written_ops = 0;
    for (n, part) in (1..).zip(&parts) {
        progress(Progress {
            step: Step::Writing,
            done: written_ops,
            total,
        });
        let of = parts.len() as u64;
        let batch = (of > 1).then_some(BatchPart { id, n, of });
        let written = app.db.write_bulk(|tx| {
            let Some(mut now) = unmoved(tx, dataset)? else {
                return Ok(None);
            };
            let ops = operations(app, &now, spool, *part).map_err(ImportError::Spool)?;
            let kind = Kind::Import {
                batch: batch.clone(),
            };
            append(
                app,
                tx,
                &mut now,
                EntryDraft::with_ops(kind, meta(app), ops),
            )?;
            Ok::<_, ImportError>(Some(now))
        })?;
        if !follow(dataset, written) {
            return Ok(false);
        }
        written_ops += part.ops as u64;
        done.entries += 1;
        done.counts += part.counts;
    }
    Ok(true)
}

/// The dataset as it is now, if its head is still the one that the plan was made for.
fn unmoved(tx: &mut Tx<'_>, planned: &DatasetRecord) -> Result<Option<DatasetRecord>, StoreError> {
    tx.lock_dataset(planned.id)?;
    let now = tx.load_dataset(planned.id)?;
    Ok((now.entry == planned.entry).then_some(now))
}

fn follow(dataset: &mut DatasetRecord, written: Option<DatasetRecord>) -> bool {
    let Some(written) = written else { return false };
    *dataset = written;
    true
}

fn meta(app: &App) -> Meta {
    Meta {
        salt: app.entropy.salt(),
        content: Map::new(),
    }
}

/// The operations of a part, with fresh salts and row ids.
fn operations(
    app: &App,
    dataset: &DatasetRecord,
    spool: &mut Spool,
    part: Part,
) -> io::Result<Vec<Op>> {
    let mut ops = Vec::with_capacity(part.ops);
    let now_ms = app.clock.now_ms();
    spool.each(part, |planned| {
        ops.push(match planned {
            PlannedOp::Set(row, field, base, value) => {
                let new = value.map(|value| (app.entropy.salt(), value));
                Op::set(dataset.uid, row, field, base, new)
            }
            PlannedOp::Add(cells) => {
                Op::add(app.entropy.row_id(now_ms), app.entropy.salt(), cells, None)
            }
            PlannedOp::Del(row, base) => Op::del(row, base),
        });
    })?;
    Ok(ops)
}
