//! Works off the activities that were kept: each has its effect and its end in one transaction.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rustine_app::App;
use rustine_app::actors::keep::ReplaceError;
use rustine_app::follows::receive::FollowError;
use rustine_app::grants::give::GrantError;
use rustine_app::patches::answers::AnswerError;
use rustine_app::patches::receive::ReceiveError;
use rustine_app::peers::receive::NotAnnounced;
use rustine_app::reviews::ReviewError;
use rustine_domain::time::Timestamp;
use rustine_protocol::activity::ActivityProblem;
use rustine_store::{InboxRecord, StoreError, Tx};
use tokio::sync::watch;

use crate::activities::announced::{self, Announced};
use crate::activities::{self, Effect};
use crate::actors::ActorError;
use crate::node::{Federation, blocking};

/// Activities taken at once.
const BATCH: i64 = 50;
/// A taken activity is not taken again for this long. Another server takes it only once this one is not there any more.
const LEASE_SECONDS: i64 = 60;
/// Longest rest without a hint.
const REST: Duration = Duration::from_secs(2);
/// A failing store is asked again after this time, at most [`MOST_ATTEMPTS`] times.
const RETRY_SECONDS: i64 = 30;
const MOST_ATTEMPTS: i32 = 20;

/// Runs until the server stops.
pub async fn run(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = federation.work.notified();
        let worker = federation.clone();
        let taken = blocking(move || work_off(&worker)).await;
        if taken.is_empty() {
            tokio::select! {
                () = woken => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(REST) => {}
            }
            continue;
        }
        // It may have to be fetched, and nobody waits for a slow server but itself.
        for record in taken.updates {
            tokio::spawn(take_update(federation.clone(), record));
        }
    }
}

/// The activities of a round.
#[derive(Default)]
struct Taken {
    /// Their actor may have to be fetched first.
    updates: Vec<InboxRecord>,
    others: Vec<Arc<InboxRecord>>,
}

impl Taken {
    fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.others.is_empty()
    }
}

/// A step of a round.
enum Step {
    Take,
    Act(Arc<InboxRecord>),
}

/// Takes what is due and works it off in the order in which it came: one sender's first word is heard before the
/// second. On SQLite all share a commit, because nobody else can take what this process has not taken durably yet; on
/// PostgreSQL each step has its own.
fn work_off(federation: &Federation) -> Taken {
    let app = federation.app();
    let now = app.clock.now();
    let holder = app.process.holder();
    // Looking is cheap and writes nothing; taking is a durable commit.
    match app.db.read(|tx| tx.is_inbox_due(&holder, now)) {
        Ok(true) => {}
        Ok(false) => return Taken::default(),
        Err(error) => {
            unreadable(&error);
            return Taken::default();
        }
    }
    let until = now.plus_seconds(LEASE_SECONDS);
    let taken = RefCell::new(Taken::default());
    let mut acted = 0;
    let acts = std::iter::from_fn(|| {
        let record = taken.borrow().others.get(acted).cloned()?;
        acted += 1;
        Some(Step::Act(record))
    });
    // What the first step takes is what the others find.
    let steps = std::iter::once(Step::Take).chain(acts);
    let outcomes = app.db.write_each(steps, |tx, step| match step {
        Step::Take => {
            let due = tx.claim_inbox(&holder, now, until, BATCH)?;
            let (updates, others): (Vec<_>, Vec<_>) =
                due.into_iter().partition(|record| record.kind == "Update");
            let others = others.into_iter().map(Arc::new).collect();
            *taken.borrow_mut() = Taken { updates, others };
            Ok(Effect::Done)
        }
        Step::Act(record) => act(app, tx, record, None),
    });
    let mut outcomes = outcomes.into_iter();
    let untaken = outcomes.next().and_then(Result::err);
    let taken = taken.into_inner();
    for (record, outcome) in taken.others.iter().zip(outcomes) {
        // What shared the failing commit is as it was: due, and taken again.
        if untaken.is_none() || outcome.is_ok() {
            told(federation, record, outcome);
        }
    }
    match untaken {
        None => taken,
        Some(error) => {
            unreadable(&error);
            Taken::default()
        }
    }
}

fn unreadable(error: &impl std::fmt::Display) {
    tracing::warn!(%error, "Activities cannot be taken from the inbox: {error}");
}

/// What became of an activity that has no effect.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// Its shape.
    #[error(transparent)]
    Shape(#[from] ActivityProblem),
    /// A follow, or an answer to one.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// An offer.
    #[error(transparent)]
    Offer(#[from] ReceiveError),
    /// A review.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// A grant that is given back.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// An answer to an offer of ours.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A dataset was announced that is not the sender's to announce.
    #[error(transparent)]
    Announced(#[from] NotAnnounced),
    /// A new key was announced, and its actor cannot be had now.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// A new key was announced, and is not taken.
    #[error(transparent)]
    Key(#[from] ReplaceError),
    /// Too many actors are being fetched.
    #[error("too many actors are being fetched: later")]
    Busy,
    /// The sender is not kept any more, or has lost its rights.
    #[error("the sender is not known, or its rights are suspended")]
    Sender,
    /// It is over, or another server works on it.
    #[error("another server works on it by now")]
    Taken,
    /// The store failed: tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WorkError {
    fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Follow(FollowError::Store(_))
                | Self::Offer(ReceiveError::Store(_))
                | Self::Announced(NotAnnounced::Store(_))
                | Self::Answer(AnswerError::Store(_))
                | Self::Actor(ActorError::Fetch { .. } | ActorError::Store(_))
                | Self::Key(ReplaceError::Store(_))
                | Self::Grant(GrantError::Store(_))
                | Self::Busy
        ) || matches!(self, Self::Review(error) if error.is_temporary())
    }
}

/// An `Update` that names another key has its actor fetched first: the document decides, and the effect is one
/// transaction as for all others.
async fn take_update(federation: Arc<Federation>, record: InboxRecord) {
    let announced = announced::fetch(&federation, &record).await;
    blocking(move || {
        let app = federation.app();
        let outcome = announced
            .and_then(|announced| app.db.write(|tx| act(app, tx, &record, announced.as_ref())));
        told(&federation, &record, outcome);
    })
    .await;
}

/// The effect of an activity, and its end.
fn act(
    app: &App,
    tx: &mut Tx<'_>,
    record: &InboxRecord,
    announced: Option<&Announced>,
) -> Result<Effect, WorkError> {
    // Its end comes first: whoever else works on it waits here, and then finds it over.
    if !tx.finish_inbox(record.id, &record.holder, "done", None)? {
        return Err(WorkError::Taken);
    }
    activities::act(app, tx, record, announced)
}

fn told(federation: &Federation, record: &InboxRecord, outcome: Result<Effect, WorkError>) {
    match outcome {
        Ok(Effect::Done) => tracing::info!(
            kind = record.kind,
            "Took {} from {}",
            record.kind,
            record.actor
        ),
        Ok(Effect::Nothing(why)) => tracing::debug!(
            kind = record.kind,
            "{} has no effect: {why}",
            record.activity_id
        ),
        Ok(Effect::Entry { dataset, line }) => federation.replication.push(dataset, &line),
        Ok(Effect::Hint {
            dataset,
            seq,
            redact: true,
        }) => federation.replication.hint_redact(dataset, seq),
        Ok(Effect::Hint { dataset, seq, .. }) => federation.replication.hint(dataset, seq),
        Err(error) => failed(federation, record, &error),
    }
}

fn failed(federation: &Federation, record: &InboxRecord, error: &WorkError) {
    let app = federation.app();
    let text: String = error.to_string().chars().take(500).collect();
    let later = error.is_temporary() && record.attempts < MOST_ATTEMPTS;
    tracing::info!(
        kind = record.kind,
        later,
        "{} of {} was not taken: {text}",
        record.kind,
        record.actor
    );
    let next: Timestamp = app.clock.now().plus_seconds(RETRY_SECONDS);
    let written = app.db.write(|tx| {
        if later {
            tx.retry_inbox(record.id, &record.holder, next, &text)
        } else {
            tx.finish_inbox(record.id, &record.holder, "failed", Some(&text))
        }
    });
    if let Err(error) = written {
        tracing::warn!(%error, "The inbox cannot be written: {error}");
    }
}
