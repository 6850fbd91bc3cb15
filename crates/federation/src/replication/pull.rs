//! One request for entries: each line is verified and applied in a transaction of its own, as it comes.

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

/// What one line came to.
enum Taken {
    Continued,
    Ended(End),
}

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
        match next(&mut lines, app, dataset, &host).await {
            Some(Taken::Continued) => {}
            Some(Taken::Ended(end)) => return end,
            None => return End::Complete,
        }
    }
}

async fn next(lines: &mut Lines, app: &Arc<App>, dataset: i64, host: &str) -> Option<Taken> {
    match lines.next().await {
        Ok(None) => None,
        Ok(Some(line)) => {
            let (app, host) = (app.clone(), host.to_owned());
            Some(blocking(move || take(&app, dataset, &host, &line)).await)
        }
        Err(error) => Some(Taken::Ended(failed(&error))),
    }
}

/// A source that could not be read.
pub(super) fn failed(error: &FetchError) -> End {
    if error.is_bad() {
        End::Bad(error.to_string())
    } else {
        End::Silent(error.to_string())
    }
}

fn take(app: &App, dataset: i64, host: &str, line: &Bytes) -> Taken {
    let line = match Line::parse(line) {
        Ok(line) => line,
        Err(refusal) => {
            return Taken::Ended(End::Bad(format!(
                "{host} serves a line that is no entry: {refusal}"
            )));
        }
    };
    let seq = line.header.seq;
    let end = match apply::apply(app, dataset, host, &line) {
        Ok(Outcome::Applied { .. } | Outcome::Same | Outcome::Resumed) => return Taken::Continued,
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
        Err(error) => refused(app, dataset, host, line.header, error),
    };
    Taken::Ended(end)
}

fn refused(app: &App, dataset: i64, host: &str, header: Header, error: ApplyError) -> End {
    let seq = header.seq;
    match error {
        ApplyError::Refused(_) if !follows_ours(app, dataset, &header) => {
            End::Diverged(Box::new(header))
        }
        ApplyError::Refused(Refusal::StateRoot) => End::WrongState(Box::new(header)),
        ApplyError::Refused(Refusal::UnknownOperation(_)) => {
            End::UnknownOperation(Box::new(header))
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
        error @ (ApplyError::Quota | ApplyError::Append(_) | ApplyError::Store(_)) => {
            End::Ours(error.to_string())
        }
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
