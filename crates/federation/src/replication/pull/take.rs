//! Applying the lines of one answer. Long lines are made ready on a thread of their own while those before them are
//! written: the two take about as long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rustine_app::App;
use rustine_app::replicas::apply::{self, ApplyError, Outcome};
use rustine_app::replicas::imports::{self, Grown, Import, Target};
use rustine_domain::log::{Header, Line, Refusal};
use rustine_outbound::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::super::machine::Halt;
use super::End;

/// Entries applied in one transaction at most. A commit is durable and so costs more than a small entry does; a log
/// of a million corrections is replayed in minutes instead of hours.
const BATCH_ENTRIES: usize = 100;
/// Bytes of lines after which a transaction is not made larger.
const BATCH_BYTES: usize = 512 << 10;
/// From this length on, a line may be an import that is worth a reader of its own.
const LONG_LINE: usize = 64 << 10;

/// What was asked, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The host of the source.
    pub(super) host: &'a str,
    /// The first entry that it was to send.
    pub(super) from: u64,
}

/// What is to be applied next.
enum Next {
    /// Lines in their order, of any kind.
    Lines(Vec<Bytes>),
    /// An import that is ready.
    Import(Box<Import>),
    /// Nothing: who takes it has applied all that came before.
    Pause,
}

/// Applies lines until they end or one does not hold; `None` where all were applied. It blocks. `over` goes as soon as
/// no further line is wanted.
pub(super) fn all(
    app: &App,
    dataset: i64,
    asked: Asked<'_>,
    (lines, over): (mpsc::Receiver<Bytes>, oneshot::Sender<()>),
    grown: &mut Grown,
) -> Option<End> {
    let preparing = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // It goes before the other thread is waited for, which may be waiting for a line.
        let _over = over;
        // Nothing waits between the two threads: an import in memory is some ten megabytes.
        let (sender, receiver) = sync_channel(0);
        let preparation = Preparation {
            app,
            dataset,
            sender,
            preparing: &preparing,
            target: None,
        };
        scope.spawn(move || preparation.run(lines));
        let mut queue = Queue {
            receiver,
            kept: None,
            preparing: &preparing,
        };
        while let Some(next) = queue.wait() {
            let end = match next {
                Next::Pause => None,
                Next::Lines(batch) => take_batch(app, dataset, asked, &batch),
                Next::Import(import) => {
                    let more = || queue.import_at_hand();
                    match imports::write(app, dataset, *import, more, grown) {
                        Ok(left) => left.iter().find_map(|line| take(app, dataset, asked, line)),
                        Err(error) => Some(End::Ours(error.to_string())),
                    }
                }
            };
            if end.is_some() {
                return end;
            }
        }
        None
    })
}

/// What the preparation has sent.
struct Queue<'p> {
    receiver: Receiver<Next>,
    kept: Option<Next>,
    preparing: &'p AtomicBool,
}

impl Queue<'_> {
    fn wait(&mut self) -> Option<Next> {
        self.kept.take().or_else(|| self.receiver.recv().ok())
    }

    /// The next import, if it is ready or being made ready: a transaction may wait for our own computing, but never for
    /// the source.
    fn import_at_hand(&mut self) -> Option<Import> {
        let next = match self.kept.take() {
            Some(next) => next,
            None if self.preparing.load(Ordering::Acquire) => self.receiver.recv().ok()?,
            None => self.receiver.try_recv().ok()?,
        };
        match next {
            Next::Import(import) => Some(*import),
            other => {
                self.kept = Some(other);
                None
            }
        }
    }
}

/// Gathers short lines, and makes long ones ready.
struct Preparation<'a> {
    app: &'a App,
    dataset: i64,
    sender: SyncSender<Next>,
    /// True from the arrival of a long line until it was taken.
    preparing: &'a AtomicBool,
    /// The copy as it is after what was sent; `None` where that may have changed it.
    target: Option<Target>,
}

/// Nobody takes anything any more.
struct Deserted;

impl Preparation<'_> {
    fn run(mut self, mut lines: mpsc::Receiver<Bytes>) {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(line) = lines.blocking_recv() {
            let long = line.len() >= LONG_LINE;
            if long && self.flush(&mut batch, &mut bytes).is_err() {
                return;
            }
            if long {
                if self.long_line(line).is_err() {
                    return;
                }
                continue;
            }
            bytes += line.len();
            batch.push(line);
            let full = batch.len() >= BATCH_ENTRIES || bytes >= BATCH_BYTES;
            if full && self.flush(&mut batch, &mut bytes).is_err() {
                return;
            }
        }
        // Where it is deserted, nobody asks any more.
        let _ = self.flush(&mut batch, &mut bytes);
    }

    fn flush(&mut self, batch: &mut Vec<Bytes>, bytes: &mut usize) -> Result<(), Deserted> {
        *bytes = 0;
        match std::mem::take(batch) {
            batch if batch.is_empty() => Ok(()),
            batch => self.send_lines(batch),
        }
    }

    fn send_lines(&mut self, lines: Vec<Bytes>) -> Result<(), Deserted> {
        self.target = None;
        self.send(Next::Lines(lines))
    }

    fn long_line(&mut self, line: Bytes) -> Result<(), Deserted> {
        if self.target.is_none() {
            self.send(Next::Pause)?;
            // Whatever is the matter with the store, applying the line says it.
            self.target = Target::load(self.app, self.dataset).ok();
        }
        self.preparing.store(true, Ordering::Release);
        let import = self.target.as_ref();
        let sent = match import.and_then(|target| imports::ready(target, &line)) {
            Some(import) => {
                drop(line);
                self.send(Next::Import(Box::new(import)))
            }
            None => self.send_lines(vec![line]),
        };
        self.preparing.store(false, Ordering::Release);
        sent
    }

    fn send(&self, next: Next) -> Result<(), Deserted> {
        self.sender.send(next).map_err(|_| Deserted)
    }
}

/// Applies lines, together if all of them hold, else one by one up to the first that does not; `None` where all
/// were applied.
fn take_batch(app: &App, dataset: i64, asked: Asked<'_>, batch: &[Bytes]) -> Option<End> {
    let host = asked.host;
    let mut lines = Vec::with_capacity(batch.len());
    let mut malformed = None;
    for bytes in batch {
        match Line::parse(bytes) {
            Ok(line) => lines.push(line),
            Err(refusal) => {
                malformed = Some(End::Bad(format!(
                    "{host} serves a line that is no entry: {refusal}"
                )));
                break;
            }
        }
    }
    if !apply::apply_all(app, dataset, host, &lines) {
        let end = lines
            .iter()
            .find_map(|line| take(app, dataset, asked, line));
        if end.is_some() {
            return end;
        }
    }
    malformed
}

/// Applies one line; `None` where the next one may follow.
fn take(app: &App, dataset: i64, asked: Asked<'_>, line: &Line) -> Option<End> {
    let (seq, host) = (line.header.seq, asked.host);
    Some(match apply::apply(app, dataset, host, line) {
        Ok(Outcome::Applied { .. } | Outcome::Same | Outcome::Resumed) => return None,
        Ok(Outcome::Gap) => {
            let why = format!("{host} sends entry {seq} without those before it");
            match begins_anew(app, dataset, asked.from) {
                true => End::Silent(why),
                false => End::Bad(why),
            }
        }
        Ok(Outcome::Forked) => End::Halted(Halt::Forked),
        Ok(Outcome::Evidence) => End::Silent(format!(
            "{host} serves an entry {seq} that a rotation of the key has displaced"
        )),
        Ok(Outcome::Displaced) => End::Displaced,
        Ok(Outcome::UpgradeNeeded) => End::Halted(Halt::UpgradeNeeded),
        Ok(Outcome::Ahead) => End::Silent(format!(
            "entry {seq} is dated more than a day ahead of our clock and is held back"
        )),
        Err(error) => refused(app, dataset, host, &line.header, error),
    })
}

fn refused(app: &App, dataset: i64, host: &str, header: &Header, error: ApplyError) -> End {
    let seq = header.seq;
    match error {
        ApplyError::Refused(_) if !follows_ours(app, dataset, header) => {
            End::Diverged(Box::new(header.clone()))
        }
        ApplyError::Refused(Refusal::StateRoot) => End::WrongState(Box::new(header.clone())),
        ApplyError::Refused(Refusal::UnknownOperation(_)) => {
            End::UnknownOperation(Box::new(header.clone()))
        }
        ApplyError::Refused(refusal) => End::Bad(format!(
            "{host} serves an entry {seq} that does not hold: {refusal}"
        )),
        ApplyError::OtherLog => End::Bad(format!("{host} serves another log under this name")),
        ApplyError::NoBody(seq) => {
            End::Silent(format!("{host} does not hold the body of entry {seq}"))
        }
        ApplyError::Frozen => End::Halted(Halt::Forked),
        ApplyError::Removed => End::Removed,
        ApplyError::Quota(quota) => End::Halted(Halt::Full(quota)),
        error @ (ApplyError::OutOfRange
        | ApplyError::NotNext
        | ApplyError::Append(_)
        | ApplyError::Store(_)) => End::Ours(error.to_string()),
    }
}

/// True where the copy has lost what it held when the entries were asked for: then it is no fault of the source's that
/// they do not follow.
fn begins_anew(app: &App, dataset: i64, from: u64) -> bool {
    let found = app.db.read(|tx| tx.find_dataset(dataset));
    let next = |seq: i64| u64::try_from(seq.saturating_add(1)).unwrap_or(0);
    !matches!(found, Ok(Some(found)) if next(found.seq) >= from)
}

/// True where the header names the entry before it that we hold. If it does not, its branch parted from ours
/// earlier, and what is wrong with it by our keys says nothing.
fn follows_ours(app: &App, dataset: i64, header: &Header) -> bool {
    let Some(before) = header.seq.checked_sub(1) else {
        return true;
    };
    let held = app
        .db
        .read(|tx| tx.find_entry(dataset, i64::try_from(before).unwrap_or(i64::MAX)));
    match held {
        Ok(Some(held)) => header.prev == Some(held.entry),
        Ok(None) | Err(_) => true,
    }
}
