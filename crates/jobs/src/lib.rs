//! What happens by the clock: digests for followers, indexes that questions would have liked, order in the index of
//! words, the last traces of what was erased, looks at our people's proposals elsewhere, and forgetting what nobody needs
//! any more.
//!
//! Each job is a use case of `app`; here stands only when it runs, and that of several servers on one database one runs
//! it. Nothing here decides. A server that stood still in the middle of a job does no harm when it goes on: each job
//! looks again at what is due in the transaction that does it.

pub mod blocklists;
pub mod mail;

use std::sync::Arc;
use std::time::Duration;

use rustine_app::App;
use rustine_app::accounts::links;
use rustine_app::datasets::indexes;
use rustine_app::log::obey;
use rustine_app::notifications::letters;
use rustine_app::patches::expire;
use rustine_app::rules::votes;
use rustine_app::{housekeeping, notes, processes};
use rustine_store::StoreError;
use tokio::sync::watch;

/// How often digests are looked for. A digest itself is written at most once an hour for each dataset.
const DIGESTS: Duration = Duration::from_secs(10);
/// How often it is looked whether a question would have liked an index.
const INDEXING: Duration = Duration::from_secs(2);
/// How often the traces of erased values are looked for; there are some only after an erasure.
const PURGING: Duration = Duration::from_secs(5);
/// How often parts of the word index are merged; so many changes leave some that are worth it.
const MERGING: Duration = Duration::from_secs(30);
/// How often it is looked whether somebody asked for a letter about an account.
const WISHES: Duration = Duration::from_secs(1);
/// How often it is looked whether somebody is to be written to.
const TELLING: Duration = Duration::from_secs(1);
/// How often old records are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(3600);

/// How often it is looked which of our people's proposals elsewhere are due to be asked about; each is once a day.
const ASKING: Duration = Duration::from_secs(5);

/// Runs the jobs until the server stops. `ask` asks other instances about the proposals that are due; it belongs to
/// the federation, which this crate does not know.
pub async fn run<F: Future<Output = Result<(), StoreError>>>(
    app: Arc<App>,
    ask: impl Fn() -> F,
    mut stop: watch::Receiver<bool>,
) {
    let digests = every(DIGESTS, stop.clone(), {
        let app = app.clone();
        move || match in_turn(&app, "job/digests", notes::publish_due) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Wrote {count} digests for followers"),
            Err(error) => tracing::warn!(%error, "No digest could be written: {error}"),
        }
    });
    let indexing = every(INDEXING, stop.clone(), {
        let app = app.clone();
        move || match indexes::make_wished(&app) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Made {count} indexes for fields that are asked by"),
            Err(error) => tracing::warn!(%error, "No index could be made: {error}"),
        }
    });
    let purging = every(PURGING, stop.clone(), {
        let app = app.clone();
        move || match in_turn(&app, "job/purging", obey::purge_due) {
            Ok(true) => tracing::info!("Removed the traces of erased values from the database"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "Erased values left traces: {error}"),
        }
    });
    let merging = every(MERGING, stop.clone(), {
        let app = app.clone();
        move || match in_turn(&app, "job/merging", |app| app.db.merge_words()) {
            Ok(0) => {}
            Ok(steps) => tracing::debug!(steps, "Merged parts of the word index"),
            // A command that writes for long, such as an import, leaves it for later.
            Err(StoreError::Busy) => {}
            Err(error) => tracing::warn!(%error, "The word index could not be merged: {error}"),
        }
    });
    let wishes = every(WISHES, stop.clone(), {
        let app = app.clone();
        move || {
            if let Err(error) = in_turn(&app, "job/wishes", links::send_asked) {
                tracing::warn!(%error, "Letters that were asked for could not be written: {error}");
            }
        }
    });
    let telling = every(TELLING, stop.clone(), {
        let app = app.clone();
        move || match in_turn(&app, "job/letters", letters::write_due) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Wrote {count} letters about proposals"),
            Err(error) => tracing::warn!(%error, "No letter could be written: {error}"),
        }
    });
    let asker = app.clone();
    let forgetting = every(HOUSEKEEPING, stop.clone(), move || {
        match in_turn(&app, "job/expiry", expire::expire) {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "Ended {count} proposals that nobody decided in time")
            }
            Err(error) => tracing::warn!(%error, "Old proposals could not be ended: {error}"),
        }
        if let Err(error) = in_turn(&app, "job/warning", expire::warn) {
            tracing::warn!(%error, "Nobody could be told of proposals that expire soon: {error}");
        }
        match in_turn(&app, "job/votes", votes::settle) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Votes accepted {count} proposals"),
            Err(error) => tracing::warn!(%error, "Votes could not be counted: {error}"),
        }
        if let Err(error) = in_turn(&app, "job/housekeeping", housekeeping::forget) {
            tracing::warn!(%error, "Old records could not be forgotten: {error}");
        }
    });
    let asking = async {
        while !*stop.borrow() {
            let asked = async {
                if is_our_turn(&asker).await? {
                    ask().await?;
                }
                Ok::<_, StoreError>(())
            };
            tokio::select! {
                _ = stop.changed() => {}
                asked = asked => if let Err(error) = asked {
                    tracing::warn!(%error, "Nobody could be asked about proposals: {error}");
                }
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = tokio::time::sleep(ASKING) => {}
            }
        }
    };
    tokio::join!(
        digests, wishes, indexing, purging, merging, telling, forgetting, asking
    );
}

/// What a job gives when another server does it.
fn in_turn<T: Default>(
    app: &App,
    name: &str,
    job: impl FnOnce(&App) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if processes::is_our_turn(app, name)? {
        job(app)
    } else {
        Ok(T::default())
    }
}

async fn is_our_turn(app: &Arc<App>) -> Result<bool, StoreError> {
    let app = app.clone();
    let turn = tokio::task::spawn_blocking(move || processes::is_our_turn(&app, "job/looks"));
    turn.await
        .map_err(|error| StoreError::Other(error.to_string()))?
}

async fn every(
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    job: impl Fn() + Clone + Send + 'static,
) {
    while !*stop.borrow() {
        let job = job.clone();
        if tokio::task::spawn_blocking(job).await.is_err() {
            tracing::error!("A job failed unexpectedly; it is tried again");
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
