//! Group commit on SQLite: writers that arrive while another one works share its durable commit.
//!
//! Each closure runs on its own thread, inside a savepoint of the transaction that is open; the last of those
//! waiting commits for all. So under `synchronous=FULL` one flush serves many (stack.md §4), closures need
//! neither be `Send` nor `'static`, and one that fails undoes only itself. Nobody returns before the commit.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sqlite::SqliteConnection;

use crate::StoreError;
use crate::error::{Trouble, take_trouble};
use crate::sqlite;

/// Closures that one commit may serve.
const MOST_PER_COMMIT: usize = 128;
/// How long a transaction may stay open for others to join.
const LONGEST_BATCH: Duration = Duration::from_millis(20);

/// Opens a connection with the writer's settings; called again after a failure that left one in doubt.
pub(crate) type Connect = Box<dyn Fn() -> Result<SqliteConnection, StoreError> + Send + Sync>;

pub(crate) struct Writer {
    seat: Mutex<Seat>,
    waiting: AtomicUsize,
    connect: Connect,
}

struct Seat {
    connection: SqliteConnection,
    batch: Option<Batch>,
    /// The connection has the large cache, and the large tables of the word index, of a bulk load.
    swollen: bool,
}

struct Batch {
    outcome: Arc<Outcome>,
    opened: Instant,
    closures: usize,
}

#[derive(Default)]
struct Outcome {
    commit: Mutex<Option<Result<(), StoreError>>>,
    known: Condvar,
}

impl Outcome {
    fn announce(&self, commit: Result<(), StoreError>) {
        *self.commit.lock().unwrap_or_else(PoisonError::into_inner) = Some(commit);
        self.known.notify_all();
    }

    fn wait(&self) -> Result<(), StoreError> {
        let mut commit = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*commit {
                Some(result) => return result.clone(),
                None => {
                    commit = self
                        .known
                        .wait(commit)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl Writer {
    pub(crate) fn new(connect: Connect) -> Result<Self, StoreError> {
        let connection = connect()?;
        Ok(Self {
            seat: Mutex::new(Seat {
                connection,
                batch: None,
                swollen: false,
            }),
            waiting: AtomicUsize::new(0),
            connect,
        })
    }

    /// Runs a closure in a savepoint and returns after the commit that made it durable.
    pub(crate) fn run<T, E>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let (value, outcome) = self.run_joined(work)?;
        outcome.wait()?;
        Ok(value)
    }

    /// As [`Writer::run`] for one item after the other, with as few commits as for closures of many threads; others
    /// come in between. Returns after the commit of the last.
    pub(crate) fn run_each<I, T, E>(
        &self,
        items: impl IntoIterator<Item = I>,
        mut work: impl FnMut(&mut SqliteConnection, I) -> Result<T, E>,
    ) -> Vec<Result<T, E>>
    where
        E: From<StoreError>,
    {
        let coming = Coming::of(&self.waiting);
        let items = items.into_iter();
        let ran: Vec<Result<_, E>> = items
            .map(|item| {
                let ran = self.run_joined(|connection| work(connection, item));
                // A lock is taken again before those who sleep for it wake up.
                if self.waiting.load(Ordering::SeqCst) > 1 {
                    std::thread::yield_now();
                }
                ran
            })
            .collect();
        drop(coming);
        // The last one left it to whoever was coming.
        self.leave(&mut self.take_seat(), false);
        let ran = ran.into_iter();
        ran.map(|ran| {
            let (value, outcome) = ran?;
            outcome.wait()?;
            Ok(value)
        })
        .collect()
    }

    /// Runs a closure in a savepoint; what it did is durable once the outcome says so.
    fn run_joined<T, E>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<(T, Arc<Outcome>), E>
    where
        E: From<StoreError>,
    {
        let mut seat = self.take_seat();
        self.fit(&mut seat, false)?;
        let outcome = self.join(&mut seat)?;
        let result = match in_savepoint(&mut seat.connection, work) {
            Ran::Kept(value) => Ok(value),
            Ran::Undone(error) => Err(error),
            Ran::Panicked(panic) => {
                self.leave(&mut seat, true);
                drop(seat);
                resume_unwind(panic);
            }
            Ran::Lost(own, error) => {
                self.abandon(&mut seat, error.clone());
                return Err(own.unwrap_or_else(|| E::from(error)));
            }
        };
        self.leave(&mut seat, false);
        drop(seat);
        // One who failed has nothing in the commit, so need not wait for it.
        Ok((result?, outcome))
    }

    /// Runs a long closure in a transaction of its own, so that short ones do not wait for it once they are done; with
    /// the large cache where it is a bulk load. Without a savepoint, for which the engine would keep a copy of each
    /// page that the closure changes.
    pub(crate) fn run_alone<T, E>(
        &self,
        bulk: bool,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut seat = self.take_seat();
        self.commit(&mut seat);
        self.fit(&mut seat, bulk)?;
        self.begin(&mut seat)?;
        let ran = catch_unwind(AssertUnwindSafe(|| work(&mut seat.connection)));
        let connection = &mut seat.connection;
        let closed = match &ran {
            Ok(Ok(_)) => AnsiTransactionManager::commit_transaction(connection),
            // The engine may have rolled back by itself, after which this fails.
            _ => AnsiTransactionManager::rollback_transaction(connection),
        };
        if closed.is_err() {
            self.reconnect(&mut seat);
        }
        drop(seat);
        match ran {
            Ok(Ok(value)) => {
                closed.map_err(StoreError::from)?;
                Ok(value)
            }
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Runs a statement that may not stand in a transaction, such as a checkpoint or a vacuum.
    pub(crate) fn outside<T>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut seat = self.take_seat();
        self.commit(&mut seat);
        self.fit(&mut seat, false)?;
        work(&mut seat.connection)
    }

    /// Gives the connection the cache that the work needs. A small one comes with a fresh connection, which alone
    /// gives all memory back; parts of one import follow each other on the same one.
    fn fit(&self, seat: &mut Seat, bulk: bool) -> Result<(), StoreError> {
        if bulk && !seat.swollen {
            seat.connection.batch_execute(sqlite::BULK_CACHE)?;
            seat.swollen = true;
        } else if seat.swollen && !bulk {
            self.reconnect(seat);
        }
        Ok(())
    }

    fn take_seat(&self) -> MutexGuard<'_, Seat> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        seat
    }

    /// Joins the open transaction, or opens one.
    fn join(&self, seat: &mut Seat) -> Result<Arc<Outcome>, StoreError> {
        if let Some(batch) = &mut seat.batch {
            batch.closures += 1;
            return Ok(batch.outcome.clone());
        }
        self.begin(seat)?;
        let outcome = Arc::new(Outcome::default());
        seat.batch = Some(Batch {
            outcome: outcome.clone(),
            opened: Instant::now(),
            closures: 1,
        });
        Ok(outcome)
    }

    fn begin(&self, seat: &mut Seat) -> Result<(), StoreError> {
        let begun =
            AnsiTransactionManager::begin_transaction_sql(&mut seat.connection, "BEGIN IMMEDIATE");
        begun.map_err(|error| {
            let error = StoreError::from(error);
            if error != StoreError::Busy {
                self.reconnect(seat);
            }
            error
        })
    }

    /// Commits unless somebody is waiting who will; whoever counts as waiting takes the seat next and decides again.
    fn leave(&self, seat: &mut Seat, now: bool) {
        let Some(batch) = &seat.batch else { return };
        let full = batch.closures >= MOST_PER_COMMIT || batch.opened.elapsed() >= LONGEST_BATCH;
        if now || full || self.waiting.load(Ordering::SeqCst) == 0 {
            self.commit(seat);
        }
    }

    fn commit(&self, seat: &mut Seat) {
        let Some(batch) = seat.batch.take() else {
            return;
        };
        let commit = AnsiTransactionManager::commit_transaction(&mut seat.connection)
            .map_err(StoreError::from);
        if commit.is_err() {
            self.reconnect(seat);
        }
        batch.outcome.announce(commit);
    }

    /// Gives up the whole batch after the engine itself rolled it back.
    fn abandon(&self, seat: &mut Seat, error: StoreError) {
        let batch = seat.batch.take();
        self.reconnect(seat);
        if let Some(batch) = batch {
            batch.outcome.announce(Err(error));
        }
    }

    /// A fresh connection, where nothing is open; dropping the old one rolls back what it held.
    fn reconnect(&self, seat: &mut Seat) {
        match (self.connect)() {
            Ok(connection) => {
                seat.connection = connection;
                seat.swollen = false;
            }
            Err(error) => tracing::error!(%error, "Could not reopen the database for writing"),
        }
    }
}

/// Somebody who will take the seat again, and commit.
struct Coming<'w>(&'w AtomicUsize);

impl<'w> Coming<'w> {
    fn of(waiting: &'w AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

enum Ran<T, E> {
    Kept(T),
    Undone(E),
    Panicked(Box<dyn std::any::Any + Send>),
    /// The savepoint is gone: the engine rolled everything back, for the closure's own error or for another.
    Lost(Option<E>, StoreError),
}

fn in_savepoint<T, E>(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
) -> Ran<T, E> {
    if let Err(error) = AnsiTransactionManager::begin_transaction(connection) {
        return Ran::Lost(None, error.into());
    }
    take_trouble();
    let ran = catch_unwind(AssertUnwindSafe(|| work(connection)));
    let closed = match &ran {
        Ok(Ok(_)) => AnsiTransactionManager::commit_transaction(connection),
        _ => AnsiTransactionManager::rollback_transaction(connection),
    };
    match (ran, closed) {
        (Ok(Ok(value)), Ok(())) => Ran::Kept(value),
        (Ok(Err(error)), Ok(())) => Ran::Undone(error),
        (Err(panic), Ok(())) => Ran::Panicked(panic),
        (ran, Err(error)) => {
            let full = take_trouble() == Trouble::Full;
            let error = if full { StoreError::Full } else { error.into() };
            Ran::Lost(ran.ok().and_then(Result::err), error)
        }
    }
}

#[cfg(test)]
mod tests;
