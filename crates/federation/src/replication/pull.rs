//! One request for entries: lines are verified and applied as they come.

mod take;

use std::sync::Arc;

use rustine_app::App;
use rustine_app::replicas::imports::Grown;
use rustine_domain::log::Header;
use rustine_outbound::Bytes;
use tokio::sync::{mpsc, oneshot};

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

/// Pulls entries from `from` on. Reading goes on while what came is applied, one line ahead: a long line is megabytes.
pub(super) async fn pull(
    remote: &Remote,
    app: &Arc<App>,
    dataset: i64,
    log: &str,
    from: u64,
    grown: &mut Grown,
) -> End {
    let mut lines = match remote.entries(log, from, PAGE_ENTRIES, true).await {
        Ok(lines) => lines,
        Err(error) => return failed(&error),
    };
    let (sender, received) = mpsc::channel(1);
    let (over, stopped) = oneshot::channel();
    let (app, host, mut kept) = (app.clone(), host_of(log), std::mem::take(grown));
    let taking = tokio::task::spawn_blocking(move || {
        let asked = take::Asked { host: &host, from };
        let end = take::all(&app, dataset, asked, (received, over), &mut kept);
        (end, kept)
    });
    // A source whose lines are refused is not read any further.
    let ended = tokio::select! {
        biased;
        _ = stopped => End::Complete,
        ended = send_all(&mut lines, sender) => ended,
    };
    let (end, kept) = match taking.await {
        Ok(taken) => taken,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    *grown = kept;
    // What came before a silence holds, whatever follows.
    end.unwrap_or(ended)
}

/// Hands on line after line, and says how the answer ended; nothing more is read where nobody takes the lines any more.
async fn send_all(lines: &mut Lines, sender: mpsc::Sender<Bytes>) -> End {
    loop {
        let Ok(place) = sender.reserve().await else {
            return End::Complete;
        };
        match lines.next().await {
            Ok(Some(line)) => place.send(line),
            Ok(None) => return End::Complete,
            Err(error) => return failed(&error),
        }
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
