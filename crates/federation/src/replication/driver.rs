//! Keeps every copy of this instance current: one task per copy, each driving its own [`super::machine`].
//!
//! Of several servers on one database each keeps its share of the copies. What another server hears about a copy is
//! written beside it, and read here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustine_app::App;
use rustine_app::processes::{self, Crew};
use rustine_app::replicas::apply::{self, Outcome};
use rustine_app::replicas::status::{LEASES, lease_on};
use rustine_domain::checks::Check;
use rustine_domain::log::{Kind, Line};
use rustine_store::{DatasetRecord, ReplicaStateRecord, StoreError};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::blocking;
use super::copy::{CopyTask, Message, Stored};
use super::fetch::Remote;
use super::machine::Head;
use crate::documents::Hold;

/// Longest time between two looks at the list of copies, when nobody wakes us.
const LOOK_SECONDS: u64 = 10;
/// Shortest time between two looks: every commit wakes us, and a copy that catches up commits all the time.
const PAUSE_MS: u64 = 250;
/// Requests under way at the same time. A page has 16 MiB, so this bounds memory too.
const AT_ONCE: usize = 16;

/// The copies of other instances' datasets, kept current. Shared by the server, the inbox and the command line.
pub struct Replication {
    shared: Arc<Shared>,
    woken: Notify,
    copies: Mutex<HashMap<i64, mpsc::UnboundedSender<Message>>>,
    running: Mutex<BTreeSet<i64>>,
}

/// What all copies use.
pub(super) struct Shared {
    pub(super) app: Arc<App>,
    pub(super) remote: Remote,
    pub(super) hold: Arc<Hold>,
    pub(super) turns: Semaphore,
}

impl Replication {
    /// Sets everything up; asks nobody before [`Replication::run`]. `hold` is told when a copy has made its first attempt.
    pub fn new(app: Arc<App>, remote: Remote, hold: Arc<Hold>) -> Arc<Self> {
        Arc::new(Self {
            shared: Arc::new(Shared {
                app,
                remote,
                hold,
                turns: Semaphore::new(AT_ONCE),
            }),
            woken: Notify::new(),
            copies: Mutex::default(),
            running: Mutex::default(),
        })
    }

    /// Runs until `stop` becomes true. Each copy asks for what it missed as soon as it is seen.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut tasks: JoinSet<()> = JoinSet::new();
        let mut known: HashMap<i64, Stored> = HashMap::new();
        while !*stop.borrow() {
            let (app, running) = (self.shared.app.clone(), self.running());
            match blocking(move || look(&app, &running)).await {
                Ok(seen) => self.compare(seen, &mut known, &mut tasks, &stop),
                Err(error) => {
                    tracing::warn!(%error, "The list of copies cannot be read: {error}");
                }
            }
            tokio::select! {
                _ = stop.changed() => break,
                () = tokio::time::sleep(Duration::from_millis(PAUSE_MS)) => {}
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = self.woken.notified() => {}
                Some(_) = tasks.join_next() => {}
                () = tokio::time::sleep(Duration::from_secs(LOOK_SECONDS)) => {}
            }
        }
        self.lock().clear();
        while tasks.join_next().await.is_some() {}
    }

    /// Something was committed: a copy may be new, gone, or further.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Somebody says that there is an entry `seq` of a dataset that we copy.
    pub fn hint(&self, dataset: i64, seq: u64) {
        self.send(dataset, Message::Hint(seq));
    }

    /// Takes a pushed entry: applied at once where it is the next one, otherwise a hint to pull. Whatever is wrong
    /// with it, pulling will tell. It blocks on the database.
    pub fn push(&self, dataset: i64, line: &Line) {
        let seq = line.header.seq;
        match apply::apply(&self.shared.app, dataset, "push", line) {
            Ok(Outcome::Applied { seq, entry }) => {
                return self.send(dataset, Message::Pushed(Head { seq, entry }));
            }
            Ok(Outcome::Same | Outcome::Evidence) => return,
            Ok(Outcome::Ahead) => {
                return tracing::info!(
                    seq,
                    check = Check::TimeAhead.name(),
                    "A pushed entry was not applied: it is dated more than a day ahead"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::info!(
                seq,
                check = error.check().map(Check::name),
                "A pushed entry was not applied: {error}"
            ),
        }
        match line.header.kind {
            Kind::Redact(_) => self.hint_redact(dataset, seq),
            _ => self.hint(dataset, seq),
        }
    }

    /// A push says that entry `seq` orders an erasure, and it could not be applied: until it is, the copy serves no
    /// values.
    pub fn hint_redact(&self, dataset: i64, seq: u64) {
        self.send(dataset, Message::Redact(seq));
    }

    fn send(&self, dataset: i64, message: Message) {
        let message = match self.lock().get(&dataset) {
            Some(copy) => copy.send(message).err().map(|unread| unread.0),
            None => Some(message),
        };
        let Some(message) = message else { return };
        // A copy that was just added has no task yet; or another server keeps it, which reads this.
        let written = self.shared.app.db.write(|tx| match &message {
            Message::Hint(seq) => tx.hint_copy(dataset, number(*seq)),
            Message::Redact(seq) => tx.hint_redact(dataset, number(*seq)),
            Message::Pushed(_) | Message::Stored(_) => Ok(()),
        });
        if let Err(error) = written {
            tracing::warn!(%error, dataset, "What was heard about a copy was not written: {error}");
        }
        self.wake();
    }

    /// The copies whose tasks have not ended.
    fn running(&self) -> BTreeSet<i64> {
        self.held_running().clone()
    }

    /// Starts what is new, tells each copy what others wrote about it, ends what is gone or another server's.
    fn compare(
        self: &Arc<Self>,
        seen: Seen,
        known: &mut HashMap<i64, Stored>,
        tasks: &mut JoinSet<()>,
        stop: &watch::Receiver<bool>,
    ) {
        let mut mailboxes = self.lock();
        // A task whose mailbox is closed ends after its present request.
        mailboxes.retain(|dataset, mailbox| seen.ours.contains(dataset) && !mailbox.is_closed());
        known.retain(|dataset, _| seen.ours.contains(dataset));
        for (dataset, state) in seen.copies {
            if !seen.ours.contains(&dataset.id) {
                let hold = &self.shared.hold;
                hold.set_behind_redact(dataset.id, state.redact_seq > dataset.seq);
                if seen.crew.is_there(&state.attempted_by) {
                    hold.attempted(dataset.id);
                }
                continue;
            }
            let stored = Stored::of(&dataset, &state);
            match mailboxes.get(&dataset.id) {
                Some(mailbox) => {
                    if known.get(&dataset.id) != Some(&stored) {
                        let _ = mailbox.send(Message::Stored(Box::new(stored.clone())));
                    }
                }
                // The task before has not ended yet.
                None if self.held_running().contains(&dataset.id) => continue,
                None => {
                    let (mailbox, messages) = mpsc::unbounded_channel();
                    let copy = CopyTask::new(self.shared.clone(), &dataset, &state, messages);
                    mailboxes.insert(dataset.id, mailbox);
                    self.held_running().insert(dataset.id);
                    let running = Running {
                        replication: self.clone(),
                        dataset: dataset.id,
                    };
                    let stop = stop.clone();
                    tasks.spawn(async move {
                        let _running = running;
                        copy.run(stop).await;
                    });
                }
            }
            known.insert(dataset.id, stored);
        }
    }

    fn held_running(&self) -> std::sync::MutexGuard<'_, BTreeSet<i64>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, mpsc::UnboundedSender<Message>>> {
        // Every change of the map is one call, so a panic elsewhere leaves nothing half done.
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy whose task has not ended, however it ends.
struct Running {
    replication: Arc<Replication>,
    dataset: i64,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.replication.held_running().remove(&self.dataset);
    }
}

/// All copies, and which of them this server keeps.
struct Seen {
    copies: Vec<(DatasetRecord, ReplicaStateRecord)>,
    ours: BTreeSet<i64>,
    crew: Crew,
}

/// Reads the copies, and takes those that are this server's and that nobody keeps. Those that are another server's are
/// given to it once their tasks have ended.
fn look(app: &App, running: &BTreeSet<i64>) -> Result<Seen, StoreError> {
    let (copies, crew) = app.db.read(|tx| {
        let copies = tx.list_replica_states()?;
        Ok::<_, StoreError>((copies, Crew::read(app, tx, LEASES)?))
    })?;
    let mut ours = BTreeSet::new();
    for (dataset, _) in &copies {
        let name = lease_on(dataset.id);
        if crew.is_to_be_given(&name) && !running.contains(&dataset.id) {
            processes::give_back(app, &name, &app.process.holder())?;
        }
        if crew.is_ours(app, &name)? {
            ours.insert(dataset.id);
        }
    }
    Ok(Seen { copies, ours, crew })
}

/// An entry's number as the store counts.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Our head as it is stored.
pub(super) fn stored_head(app: &App, dataset: i64) -> Result<Option<Head>, StoreError> {
    let record = app.db.read(|tx| tx.find_dataset(dataset))?;
    Ok(record.as_ref().and_then(head_of))
}

/// The head of a record; `None` before the genesis.
pub(super) fn head_of(dataset: &DatasetRecord) -> Option<Head> {
    let seq = u64::try_from(dataset.seq).ok()?;
    Some(Head {
        seq,
        entry: dataset.entry,
    })
}
