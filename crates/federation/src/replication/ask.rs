//! Asking the copies of our own datasets before the first signature after a start, and taking from them the entries of
//! ours that we lack (`protocol.md` §3.6, "Ask before you sign").

use std::sync::Arc;
use std::time::Duration;

use rustine_app::custody::{self, LastStop, Waiting};
use rustine_app::replicas::imports::Grown;
use rustine_app::{App, processes};
use rustine_domain::ids::Host;
use rustine_store::{Engine, StoreError, Tx};
use tokio::sync::watch;

use super::branch;
use super::driver::stored_head;
use super::fetch::{FetchError, Remote};
use super::pull::{self, End};
use super::sources::copy_log;
use super::{Head, blocking};

/// How long the copies of a dataset have to answer.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// First pause before copies are asked again; it doubles up to [`LONGEST_PAUSE_SECONDS`].
const FIRST_PAUSE_SECONDS: u64 = 2;
/// Longest pause.
const LONGEST_PAUSE_SECONDS: u64 = 30;

/// Asks until the program stops; alone on its database, until no dataset waits any more.
pub async fn until_all_sign(app: Arc<App>, remote: Remote, mut stop: watch::Receiver<bool>) {
    let mut pause = FIRST_PAUSE_SECONDS;
    while !*stop.borrow() {
        match ask_in_turn(&app, &remote).await {
            Ok(0) if app.db.engine() == Engine::Sqlite => return,
            // Another server on this database may start later, and its questions may be ours to ask.
            Ok(0) => pause = FIRST_PAUSE_SECONDS,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "Which datasets wait for their copies cannot be read: {error}");
            }
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(pause)) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE_SECONDS);
    }
}

/// As [`ask_once`], where no other server on this database asks.
async fn ask_in_turn(app: &Arc<App>, remote: &Remote) -> Result<usize, StoreError> {
    let own = app.clone();
    let turn = blocking(move || {
        let waiting = custody::waiting(&own)?.len();
        let asks = waiting > 0 && processes::is_our_turn(&own, "ask")?;
        Ok::<_, StoreError>((waiting, asks))
    });
    match turn.await? {
        (_, true) => ask_once(app, remote).await,
        (waiting, false) => Ok(waiting),
    }
}

/// Asks the copies of every dataset that waits, once; how many still wait.
///
/// # Errors
/// Where the store fails.
pub async fn ask_once(app: &Arc<App>, remote: &Remote) -> Result<usize, StoreError> {
    let listed = app.clone();
    let waiting = blocking(move || custody::waiting(&listed)).await?;
    let mut left = 0;
    for waiting in waiting {
        let asked = ask_copies(app, remote, &waiting);
        let answered = match tokio::time::timeout(ANSWER_TIME, asked).await {
            Ok(answered) => answered?,
            Err(_) => false,
        };
        let app = app.clone();
        let signs = blocking(move || match answered {
            true => custody::answered(&app, &waiting).map(|()| true),
            false => {
                warn(&waiting);
                custody::silent(&app, &waiting)
            }
        });
        left += usize::from(!signs.await?);
    }
    Ok(left)
}

fn warn(waiting: &Waiting) {
    let name = &waiting.dataset.name;
    match waiting.after {
        LastStop::Clean => tracing::info!(dataset = name, "No copy of {name} answered"),
        LastStop::Crash => tracing::warn!(
            dataset = name,
            "The last run did not end well, and no copy of {name} answers: nothing is signed for up to 10 minutes"
        ),
        LastStop::Restore => tracing::error!(
            dataset = name,
            "A backup was restored, and no copy of {name} answers: nothing is signed until one does, or until \
             `rustine restore --accept-loss`"
        ),
    }
}

/// What one host says about its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// It holds one, and we hold all that it holds.
    Holds,
    /// It holds none.
    None,
    /// Nothing that could be used.
    Nothing,
}

/// True where some copy answered and we hold all that it holds, or where everybody answered and nobody holds one.
///
/// That one of several holds none says nothing about the others: who is silent may hold what we lack.
async fn ask_copies(
    app: &Arc<App>,
    remote: &Remote,
    waiting: &Waiting,
) -> Result<bool, StoreError> {
    let (read, scheme) = (app.clone(), app.settings.origin.scheme());
    let (dataset, after) = (waiting.dataset.clone(), waiting.after);
    let hosts = blocking(move || {
        let asked = |tx: &mut Tx<'_>| custody::hosts_to_ask(tx, &dataset, after);
        read.db.read(asked)
    });
    let mut said = Vec::new();
    for host in hosts.await? {
        let Ok(host) = host.parse::<Host>() else {
            continue;
        };
        let log = copy_log(scheme, &host, &waiting.dataset.name, app.host());
        said.push(ask_copy(app, remote, waiting, &log).await?);
    }
    Ok(said.contains(&Said::Holds) || said.iter().all(|said| *said == Said::None))
}

async fn ask_copy(
    app: &Arc<App>,
    remote: &Remote,
    waiting: &Waiting,
    log: &str,
) -> Result<Said, StoreError> {
    let head = match remote.head(log).await {
        Ok(head) if head.genesis == waiting.dataset.genesis => head,
        Ok(_) => return Ok(Said::Nothing),
        Err(FetchError::Missing { .. }) => return Ok(Said::None),
        Err(error) => {
            tracing::info!("A copy was not asked before the first signature: {error}");
            return Ok(Said::Nothing);
        }
    };
    let dataset = waiting.dataset.id;
    let mut grown = Grown::default();
    loop {
        let local = local_head(app, dataset).await?;
        let next = local.map_or(0, |local| local.seq + 1);
        if head.seq < next {
            let agrees = agrees(app, remote, dataset, log, head.seq).await?;
            return Ok(if agrees { Said::Holds } else { Said::Nothing });
        }
        let end = pull::pull(remote, app, dataset, log, next, &mut grown).await;
        let progressed = local_head(app, dataset).await?.map(|local| local.seq) >= Some(next);
        match end {
            End::Diverged(header) => {
                // A fork freezes the dataset: that is an answer, and nothing is signed.
                branch::judge(remote, app, dataset, log, &header).await;
                return Ok(Said::Holds);
            }
            End::Complete | End::Silent(_) if progressed => {
                tracing::warn!(
                    dataset = waiting.dataset.name,
                    "Took entries of our own from the copy at {log}: this database is an older one"
                );
            }
            End::Halted(_) => return Ok(Said::Holds),
            end => {
                tracing::warn!("A copy of our own log could not be read: {end:?}");
                return Ok(Said::Nothing);
            }
        }
    }
}

/// We hold as much as the copy: true where it is the same, and a fork otherwise, which is kept and shown.
async fn agrees(
    app: &Arc<App>,
    remote: &Remote,
    dataset: i64,
    log: &str,
    seq: u64,
) -> Result<bool, StoreError> {
    let header = match remote.header(log, seq).await {
        Ok(Some(header)) => header,
        Ok(None) | Err(_) => return Ok(false),
    };
    let read = app.clone();
    let at = i64::try_from(seq).unwrap_or(i64::MAX);
    let held = blocking(move || read.db.read(|tx| tx.find_entry(dataset, at))).await?;
    if held.is_some_and(|held| held.entry != header.hash()) {
        branch::judge_below(remote, app, dataset, log, seq + 1).await;
    }
    Ok(true)
}

async fn local_head(app: &Arc<App>, dataset: i64) -> Result<Option<Head>, StoreError> {
    let app = app.clone();
    blocking(move || stored_head(&app, dataset)).await
}
