//! One request for entries: lines are verified and applied as they come.

use std::sync::Arc;

use rustine_app::App;
use rustine_app::replicas::apply::{self, ApplyError, Outcome};
use rustine_domain::log::{Header, Line, Refusal};
use rustine_outbound::Bytes;

use super::blocking;
use super::fetch::{FetchError, Lines, PAGE_ENTRIES, Remote, host_of};
use super::machine::Halt;

/// How a request for entries ended. What was applied before its end stays applied.
#[derive(Debug)]
pub(super) enum End {
    /// The source sent all it wanted to send.
    Complete,
    /// The source fell silent, or does not hold what was asked for.
    Silent(String),
    /// The source served something that breaks a rule.
    Bad(String),
    /// An entry leads to another state than it commits to: the source is wrong, or we are.
    WrongState(Box<Header>),
    /// An operation that this version does not know.
    UnknownOperation(Box<Header>),
    /// The source's log is another one from some entry on.
    Diverged(Box<Header>),
    /// The copy must stand still.
    Halted(Halt),
    /// Our own limit or database is in the way.
    Ours(String),
    /// A rotation displaced what we held: the copy is empty.
    Displaced,
    /// The copy was removed.
    Removed,
}

/// Entries applied in one transaction at most. A commit is durable and so costs more than a small entry does; a log
/// of a million corrections is replayed in minutes instead of hours.
const BATCH_ENTRIES: usize = 100;
/// Bytes of lines after which a transaction is not made larger.
const BATCH_BYTES: usize = 512 << 10;

/// Pulls entries from `from` on.
pub(super) async fn pull(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    from: u64,
) -> End {
    let mut lines = match remote.entries(log, from, PAGE_ENTRIES, true).await {
        Ok(lines) => lines,
        Err(error) => return failed(&error),
    };
    let host = host_of(log);
    loop {
        let (batch, ended) = next_batch(&mut lines).await;
        let (app, host) = (app.clone(), host.clone());
        // What came before a silence holds, whatever follows.
        if let Some(end) = blocking(move || take_batch(&app, dataset, &host, &batch)).await {
            return end;
        }
        if let Some(end) = ended {
            return end;
        }
    }
}

/// The next lines, and how the answer ended if it did.
async fn next_batch(lines: &mut Lines) -> (Vec<Bytes>, Option<End>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < BATCH_ENTRIES && bytes < BATCH_BYTES {
        match lines.next().await {
            Ok(Some(line)) => {
                bytes += line.len();
                batch.push(line);
            }
            Ok(None) => return (batch, Some(End::Complete)),
            Err(error) => return (batch, Some(failed(&error))),
        }
    }
    (batch, None)
}

/// A source that could not be read.
pub(super) fn failed(error: &FetchError) -> End {
    if error.is_bad() {
        End::Bad(error.to_string())
    } else {
        End::Silent(error.to_string())
    }
}

/// Applies lines, together if all of them hold, else one by one up to the first that does not; `None` where all
/// were applied.
fn take_batch(app: &App, dataset: i64, host: &str, batch: &[Bytes]) -> Option<End> {
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
        let end = lines.iter().find_map(|line| take(app, dataset, host, line));
        if end.is_some() {
            return end;
        }
    }
    malformed
}

/// Applies one line; `None` where the next one may follow.
fn take(app: &App, dataset: i64, host: &str, line: &Line) -> Option<End> {
    let seq = line.header.seq;
    Some(match apply::apply(app, dataset, host, line) {
        Ok(Outcome::Applied { .. } | Outcome::Same | Outcome::Resumed) => return None,
        Ok(Outcome::Gap) => {
            End::Silent(format!("{host} sends entry {seq} without those before it"))
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
