//! Where a source's log parts from ours, and what its branch is worth (`protocol.md` §3.6, Fork).

use std::sync::Arc;

use rustine_app::App;
use rustine_app::replicas::apply::ApplyError;
use rustine_app::replicas::rival::{self, Rival};
use rustine_domain::ids::Hash;
use rustine_domain::log::Header;

use super::blocking;
use super::fetch::{PAGE_ENTRIES, Remote, host_of, read_line};
use super::machine::{Halt, Head};
use super::pull::{End, failed};

/// Headers of a branch that are read at most, in search of a rotation. At some 2 KiB each.
const MOST_HEADERS: usize = 10_000;

/// What a look at a source's branch came to.
pub(super) enum Look {
    /// Nothing changes.
    Nothing,
    /// The copy stood still and may go on.
    Resumed,
    /// What we held was displaced: the copy is empty.
    Displaced,
    /// As for a request for entries.
    Ended(End),
}

/// Judges the branch of a source of whose header `parted` we do not hold the entry before.
pub(super) async fn judge(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    parted: &Header,
) -> Look {
    judge_below(remote, app, dataset, log, parted.seq).await
}

/// As [`judge`], where the first entry that is not ours stands somewhere below `seq`.
pub(super) async fn judge_below(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    seq: u64,
) -> Look {
    match first_difference(remote, app, dataset, log, seq).await {
        Ok(seq) => judge_from(remote, app, dataset, log, seq).await,
        Err(end) => Look::Ended(end),
    }
}

/// Judges the branch of a source that names a head before ours; `None` where we hold that entry too. A head is a word
/// without a signature: only where its header bears it out is the branch looked for.
pub(super) async fn judge_head(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    head: Head,
) -> Option<Look> {
    match held(app, dataset, head.seq).await {
        Ok(Some(held)) if held != head.entry => {}
        Ok(_) => return None,
        Err(end) => return Some(Look::Ended(end)),
    }
    let header = match remote.header(log, head.seq).await {
        Ok(header) => header,
        Err(error) => return Some(Look::Ended(failed(&error))),
    };
    if header.is_none_or(|header| header.hash() != head.entry) {
        let host = host_of(log);
        let why = format!(
            "{host} names another hash for entry {} than it serves",
            head.seq
        );
        return Some(Look::Ended(End::Silent(why)));
    }
    Some(judge_below(remote, app, dataset, log, head.seq + 1).await)
}

/// Judges the branch of a source from an entry on.
pub(super) async fn judge_from(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    seq: u64,
) -> Look {
    let rotates = |header: &Header| header.kind.handover().is_some();
    let headers = match headers(remote, log, seq, rotates).await {
        Ok(headers) => headers,
        Err(end) => return Look::Ended(end),
    };
    let (app, host) = (app.clone(), host_of(log));
    let source = host.clone();
    let judged = blocking(move || rival::judge_branch(&app, dataset, &source, &headers)).await;
    match judged {
        Ok(Rival::None) => Look::Nothing,
        Ok(Rival::Resumed) => Look::Resumed,
        Ok(Rival::Displaced) => Look::Displaced,
        Ok(Rival::Fork) => Look::Ended(End::Halted(Halt::Forked)),
        Ok(Rival::Evidence) => Look::Ended(End::Silent(format!(
            "{host} serves a branch from entry {seq} on that a rotation of the key has displaced"
        ))),
        Err(ApplyError::Refused(refusal)) => Look::Ended(End::Bad(format!(
            "{host} serves another log from entry {seq} on, which does not hold: {refusal}"
        ))),
        Err(ApplyError::Removed) => Look::Ended(End::Removed),
        Err(error) => Look::Ended(End::Ours(error.to_string())),
    }
}

/// The first entry of a source that is not ours. Hashes are chained, so halving finds it: whoever serves a log
/// in which it would not is caught when the branch is followed.
async fn first_difference(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    parted: u64,
) -> Result<u64, End> {
    let mut same = 0;
    let mut differs = parted.saturating_sub(1).max(1);
    while differs - same > 1 {
        let middle = same + (differs - same) / 2;
        let theirs = remote
            .header(log, middle)
            .await
            .map_err(|error| failed(&error))?
            .map(|header| header.hash());
        if theirs.is_some() && theirs == held(app, dataset, middle).await? {
            same = middle;
        } else {
            differs = middle;
        }
    }
    Ok(differs)
}

async fn held(app: &Arc<App>, dataset: i64, seq: u64) -> Result<Option<Hash>, End> {
    let app = app.clone();
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let entry = blocking(move || app.db.read(|tx| tx.find_entry(dataset, seq))).await;
    let entry = entry.map_err(|error| End::Ours(error.to_string()))?;
    Ok(entry.map(|entry| entry.entry))
}

/// The headers of a source from an entry on, up to the one that is the last wanted.
pub(super) async fn headers(
    remote: &Remote,
    log: &str,
    from: u64,
    is_last: impl Fn(&Header) -> bool,
) -> Result<Vec<Header>, End> {
    let mut headers: Vec<Header> = Vec::new();
    loop {
        let next = from + headers.len() as u64;
        let mut lines = remote
            .entries(log, next, PAGE_ENTRIES, false)
            .await
            .map_err(|error| failed(&error))?;
        let before = headers.len();
        while let Some(line) = lines.next().await.map_err(|error| failed(&error))? {
            let seq = from + headers.len() as u64;
            let line =
                read_line(log, "header of this log", &line, seq).map_err(|error| failed(&error))?;
            let last = is_last(&line.header);
            headers.push(line.header);
            if last || headers.len() >= MOST_HEADERS {
                return Ok(headers);
            }
        }
        if headers.len() == before {
            return Ok(headers);
        }
    }
}
