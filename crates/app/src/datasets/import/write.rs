//! Writing what was planned: entry after entry, some of them to a transaction.

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use rustine_domain::log::{BatchPart, EntryDraft, Kind};
use rustine_domain::tree::Growth;
use rustine_store::{DatasetRecord, Engine, StoreError, Tx};
use serde_json::Value;

use super::ready::{Ready, Target, Work, meta, ready};
use super::spool::{Counts, Part, Spool};
use super::{Done, ImportError, OnProgress, Progress, Step};
use crate::App;
use crate::log::append::{append, append_rows, schema_of};
use crate::log::bulk::{LONGEST_COMMIT, MOST_OPS_PER_COMMIT};

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
    let Some(written) = written else {
        return Ok(false);
    };
    *dataset = written;
    Ok(true)
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
    let schema = schema_of(dataset)?;
    let target = Target {
        id: dataset.id,
        uid: dataset.uid,
        schema: &schema,
    };
    std::thread::scope(|scope| {
        // One part waits while another one is written and a third is made: so little memory is held.
        let (sender, receiver) = sync_channel(0);
        let todo = parts.clone();
        scope.spawn(move || {
            let id = app.entropy.uuid();
            let of = todo.len() as u64;
            for (n, part) in (1..).zip(todo) {
                let batch = (of > 1).then_some(BatchPart { id, n, of });
                let made = ready(app, &target, spool, part, batch);
                let failed = made.is_err();
                // Nobody listens any more where the writing ended early.
                if sender.send(made).is_err() || failed {
                    return;
                }
            }
        });
        Writing::new(app, dataset, receiver).all(&parts, done, progress)
    })
}

/// Takes parts that are ready and writes them.
struct Writing<'a> {
    app: &'a App,
    dataset: &'a mut DatasetRecord,
    receiver: Receiver<Result<Ready, ImportError>>,
    growth: Growth,
    /// A transaction has used the growth and was not committed: what the growth holds may not be so.
    torn: bool,
    /// A transaction may be run again, so it has one part, which is kept until it is committed.
    again: bool,
    kept: Option<Ready>,
}

/// What one transaction wrote.
#[derive(Default)]
struct Written {
    entries: usize,
    ops: u64,
    counts: Counts,
}

impl<'a> Writing<'a> {
    fn new(
        app: &'a App,
        dataset: &'a mut DatasetRecord,
        receiver: Receiver<Result<Ready, ImportError>>,
    ) -> Self {
        let growth = if dataset.seq == 0 {
            Growth::from_nothing()
        } else {
            Growth::new()
        };
        Self {
            again: app.db.engine() == Engine::Postgres,
            app,
            dataset,
            receiver,
            growth,
            torn: false,
            kept: None,
        }
    }

    fn all(
        mut self,
        parts: &[Part],
        done: &mut Done,
        progress: OnProgress<'_>,
    ) -> Result<bool, ImportError> {
        let total: u64 = parts.iter().map(|part| part.ops as u64).sum();
        let most = if self.again { 1 } else { MOST_OPS_PER_COMMIT };
        let (mut left, mut enough, mut written_ops) = (parts.len(), 1, 0);
        while left > 0 {
            progress(Progress {
                step: Step::Writing,
                done: written_ops,
                total,
            });
            let Some(written) = self.some(left, enough)? else {
                return Ok(false);
            };
            left -= written.entries;
            enough = (2 * written.ops).min(most);
            written_ops += written.ops;
            done.entries += written.entries as u64;
            done.counts += written.counts;
        }
        Ok(true)
    }

    /// Writes up to `most` parts in one transaction, until `enough` operations are written; `None` where the dataset is
    /// no longer what it was compared with.
    fn some(&mut self, most: usize, enough: u64) -> Result<Option<Written>, ImportError> {
        let app = self.app;
        let begun = Instant::now();
        let written = app.db.write_bulk(|tx| {
            let Some(mut now) = unmoved(tx, self.dataset)? else {
                return Ok(None);
            };
            if std::mem::replace(&mut self.torn, true) {
                self.growth = Growth::new();
            }
            let mut written = Written::default();
            while written.entries < most
                && written.ops < enough
                && (written.entries == 0 || begun.elapsed() < LONGEST_COMMIT)
            {
                let mut ready = match self.kept.take() {
                    Some(ready) => ready,
                    None => self
                        .receiver
                        .recv()
                        .map_err(|_| ImportError::FileChanged)??,
                };
                written.entries += 1;
                written.ops += ready.part.ops as u64;
                written.counts += ready.part.counts;
                let result = write(app, tx, &mut now, &mut ready, &mut self.growth, self.again);
                self.kept = Some(ready).filter(|_| self.again);
                result?;
            }
            self.growth.write(&mut tx.tree(now.id))?;
            Ok::<_, ImportError>(Some((now, written)))
        })?;
        self.torn = false;
        self.kept = None;
        Ok(written.map(|(now, written)| {
            *self.dataset = now;
            written
        }))
    }
}

/// Writes an entry, and leaves it as it was where the transaction may be run again.
fn write(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    ready: &mut Ready,
    growth: &mut Growth,
    again: bool,
) -> Result<(), ImportError> {
    match &mut ready.work {
        Work::Rows(rows) => append_rows(app, tx, dataset, rows, growth)?,
        Work::Ops(ops) => {
            growth.write(&mut tx.tree(dataset.id))?;
            let kind = Kind::Import {
                batch: ready.batch.clone(),
            };
            let ops = if again {
                ops.clone()
            } else {
                std::mem::take(ops)
            };
            append(app, tx, dataset, EntryDraft::with_ops(kind, meta(app), ops))?;
            *growth = Growth::new();
        }
    }
    Ok(())
}

/// The dataset as it is now, if its head is still the one that the plan was made for.
fn unmoved(tx: &mut Tx<'_>, planned: &DatasetRecord) -> Result<Option<DatasetRecord>, StoreError> {
    tx.lock_dataset(planned.id)?;
    let now = tx.load_dataset(planned.id)?;
    Ok((now.entry == planned.entry).then_some(now))
}
