//! Several servers on one database: which one does what.
//!
//! A server draws a new name at each start and says by it that it is there, for [`LEASE_SECONDS`] at a time. What only
//! one may do is shared by name: of the servers that are there each work has one owner, whom all of them compute alike
//! ([`owner_of`]), and a lease keeps two from doing it while they disagree. A server that stood still for longer begins
//! under another name: what it had begun is not written any more where somebody has taken it over.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustine_store::{Engine, LeaseRecord, StoreError, Tx};

use crate::App;

/// How long a server is taken to be there after its last word; what it did is then taken over.
pub const LEASE_SECONDS: i64 = 15;
/// How often a server says that it is there.
pub const RENEW_SECONDS: u64 = 3;
/// On SQLite a lock on the data folder keeps a second server away, so nothing is renewed.
const ALONE_SECONDS: i64 = 100 * 365 * 86_400;
/// How often it is looked whether another server goes on saying that it is there.
const LOOK: Duration = Duration::from_millis(250);
/// How often at most: longer than a server takes to say so again.
const LOOKS: usize = 16;

/// The name of this process among those on its database; empty where it has none, as commands and tests do: then it
/// does everything, as if it were alone.
#[derive(Debug, Default)]
pub struct Identity(Mutex<String>);

impl Identity {
    /// The name.
    pub fn holder(&self) -> String {
        self.lock().clone()
    }

    fn set(&self, holder: &str) {
        holder.clone_into(&mut self.lock());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, String> {
        // A name is written in one call, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins under a new name.
///
/// # Errors
/// Where the store fails.
pub fn begin(app: &App) -> Result<(), StoreError> {
    let holder = app.entropy.uuid().to_string();
    let alone = app.db.engine() == Engine::Sqlite;
    app.db.write(|tx| {
        if alone {
            for (old, _) in tx.list_processes()? {
                tx.end_process(&old)?;
            }
            return tx.begin_process(&holder, ALONE_SECONDS);
        }
        tx.begin_process(&holder, LEASE_SECONDS)
    })?;
    app.process.set(&holder);
    tracing::info!("This server is {holder} among those on its database");
    Ok(())
}

/// Says that this process is still there, or begins under another name where it was silent for too long.
///
/// # Errors
/// Where the store fails.
pub fn renew(app: &App) -> Result<(), StoreError> {
    let holder = app.process.holder();
    if app
        .db
        .write(|tx| tx.renew_process(&holder, LEASE_SECONDS))?
    {
        return Ok(());
    }
    tracing::warn!(
        "This server stood still for more than {LEASE_SECONDS} s: others on its database may have taken over its work"
    );
    begin(app)
}

/// Ends: what this process held is free at once.
///
/// # Errors
/// Where the store fails.
pub fn end(app: &App) -> Result<(), StoreError> {
    let holder = app.process.holder();
    app.process.set("");
    app.db.write(|tx| tx.end_process(&holder))
}

/// Says that the process is there until it is dropped, on a thread of its own: nothing that the others wait for may
/// delay it.
pub struct Attendance {
    app: Arc<App>,
    beating: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Attendance {
    /// Begins under a new name.
    ///
    /// # Errors
    /// Where the store fails.
    ///
    /// # Panics
    /// Where the system has no room for a thread.
    pub fn begin(app: &Arc<App>) -> Result<Self, StoreError> {
        begin(app)?;
        let beating = (app.db.engine() == Engine::Postgres).then(|| {
            let (stop, stopped) = mpsc::channel();
            let app = app.clone();
            (stop, std::thread::spawn(move || beat(&app, &stopped)))
        });
        let app = app.clone();
        Ok(Self { app, beating })
    }
}

fn beat(app: &App, stopped: &mpsc::Receiver<()>) {
    let pause = Duration::from_secs(RENEW_SECONDS);
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = renew(app) {
            tracing::warn!(%error, "The database was not told that this server is there: {error}");
        }
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.beating.take() {
            drop(stop);
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
        if let Err(error) = end(&self.app) {
            tracing::info!(%error, "The database was not told that this server ends: {error}");
        }
    }
}

/// True where another server is there that goes on saying so: it has used the database all the while. One that was
/// killed a moment ago says nothing, which takes up to four seconds to tell.
///
/// # Errors
/// Where the store fails.
pub fn others_go_on(app: &App) -> Result<bool, StoreError> {
    let before = others(app)?;
    for _ in 0..LOOKS {
        if before.is_empty() {
            return Ok(false);
        }
        std::thread::sleep(LOOK);
        let now = others(app)?;
        let renewed = |(holder, until): &(String, i64)| {
            let known = before.iter().find(|(known, _)| known == holder);
            known.is_some_and(|(_, before)| until > before)
        };
        if now.iter().any(renewed) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The other processes that are there, or were a moment ago; on SQLite there are none.
///
/// # Errors
/// Where the store fails.
pub fn others(app: &App) -> Result<Vec<(String, i64)>, StoreError> {
    if app.db.engine() == Engine::Sqlite {
        return Ok(Vec::new());
    }
    let holder = app.process.holder();
    let mut all = app.db.read(|tx| tx.list_processes())?;
    all.retain(|(other, _)| *other != holder);
    Ok(all)
}

/// What processes agree on, read at once.
#[derive(Debug, Clone, Default)]
pub struct Crew {
    holder: String,
    processes: Vec<String>,
    leases: Vec<LeaseRecord>,
}

impl Crew {
    /// Who is there, and who holds the leases whose names begin so.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn read(app: &App, tx: &mut Tx<'_>, begin: &str) -> Result<Self, StoreError> {
        let holder = app.process.holder();
        if holder.is_empty() {
            return Ok(Self::default());
        }
        let processes = tx.list_processes()?;
        Ok(Self {
            holder,
            processes: processes.into_iter().map(|(holder, _)| holder).collect(),
            leases: tx.list_leases(begin)?,
        })
    }

    /// True where a process is there.
    pub fn is_there(&self, holder: &str) -> bool {
        self.processes.iter().any(|living| living == holder)
    }

    /// True where this process is the one to do the work and no other is still at it; a free lease is taken.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn is_ours(&self, app: &App, name: &str) -> Result<bool, StoreError> {
        if self.holder.is_empty() {
            return Ok(true);
        }
        if owner_of(name, &self.processes) != Some(self.holder.as_str()) {
            return Ok(false);
        }
        match self.lease(name) {
            Some(lease) if lease.holder == self.holder => Ok(true),
            Some(lease) if self.is_there(&lease.holder) => Ok(false),
            _ => app.db.write(|tx| tx.take_lease(name, &self.holder)),
        }
    }

    /// True where this process holds a lease on work that another one is to do.
    pub fn is_to_be_given(&self, name: &str) -> bool {
        let held = self.lease(name).is_some_and(|it| it.holder == self.holder);
        held && owner_of(name, &self.processes) != Some(self.holder.as_str())
    }

    fn lease(&self, name: &str) -> Option<&LeaseRecord> {
        self.leases.iter().find(|lease| lease.name == name)
    }
}

/// Whether a piece of work that comes again and again is for this process now. Where it is not, its lease is given to
/// whose it is; so it must not be under way.
///
/// # Errors
/// Where the store fails.
pub fn is_our_turn(app: &App, name: &str) -> Result<bool, StoreError> {
    let crew = app.db.read(|tx| Crew::read(app, tx, name))?;
    if crew.is_to_be_given(name) {
        give_back(app, name, &crew.holder)?;
    }
    crew.is_ours(app, name)
}

/// Does something while no other process does it; `None`, and nothing is done, where another one does.
///
/// # Errors
/// Where the store or the work fails.
pub fn by_itself<T>(
    app: &App,
    name: &str,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let holder = app.process.holder();
    if holder.is_empty() {
        return work().map(Some);
    }
    if !app.db.write(|tx| tx.take_lease(name, &holder))? {
        return Ok(None);
    }
    let done = work();
    give_back(app, name, &holder)?;
    done.map(Some)
}

/// Gives a lease to whoever wants it.
///
/// # Errors
/// Where the store fails.
pub fn give_back(app: &App, name: &str, holder: &str) -> Result<(), StoreError> {
    app.db.write(|tx| tx.release_lease(name, holder))
}

/// Who does a piece of work: the process whose name gives the largest number together with the work's. All processes
/// find the same one, and where one comes or goes only its own share moves.
pub fn owner_of<'a>(name: &str, processes: &'a [String]) -> Option<&'a str> {
    let processes = processes.iter().map(String::as_str);
    processes.max_by_key(|process| (mixed(process, name), *process))
}

/// FNV-1a with a last stir: it has to be the same in every build, and nothing more.
fn mixed(process: &str, name: &str) -> u64 {
    let bytes = process.bytes().chain([0]).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let stirred = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    stirred ^ (stirred >> 29)
}

#[cfg(test)]
mod tests;
