//! All connections of the server, and which of them are closed.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustine_app::network;
use rustine_app::settings::Server;

use super::entry::{Entry, Phase};

/// How long the server keeps a connection that asks nothing more.
pub const IDLE: Duration = Duration::from_secs(5);
/// What the HTTP library closes by itself, with an answer, is closed here only so much later, in case it does not.
const GRACE_MS: u64 = 2_000;
/// A full server makes room for a share of its connections at once, so that a flood does not search for each.
const ROOM_SHARE: usize = 64;

/// How many and how slow connections may be (`server.*` in the settings).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Those of one network.
    pub per_network: usize,
    /// For the head of a request.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// For a reader that takes nothing.
    pub stalled: Duration,
}

impl Limits {
    /// As the operator set them, with no more connections than the system lets us have.
    pub fn of(settings: &Server, connections: usize) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Self {
            connections,
            per_network: settings.connections_per_address,
            head: seconds(settings.head_seconds),
            body: seconds(settings.body_seconds),
            stalled: seconds(settings.stalled_seconds),
        }
    }
}

/// Every open connection.
pub struct Registry {
    limits: Limits,
    trusted: Vec<String>,
    started: Instant,
    open: Mutex<Open>,
    counted: Counted,
}

/// What was closed from this side, since the start.
#[derive(Debug, Default)]
pub struct Counted {
    late: AtomicU64,
    shed: AtomicU64,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: BTreeMap<u64, Arc<Entry>>,
    by_network: HashMap<IpAddr, BTreeMap<u64, Arc<Entry>>>,
}

impl Registry {
    /// Without connections.
    pub fn new(limits: Limits, trusted: Vec<String>) -> Self {
        Self {
            limits,
            trusted,
            started: Instant::now(),
            open: Mutex::default(),
            counted: Counted::default(),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Addresses whose word about others is believed.
    pub fn trusted(&self) -> &[String] {
        &self.trusted
    }

    /// Milliseconds since the registry was made.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Takes a new connection in; others may have to go for it.
    pub fn admit(&self, peer: IpAddr, now_ms: u64) -> Arc<Entry> {
        let peer = (!network::is_trusted(peer, &self.trusted)).then(|| network::of(peer));
        let mut open = self.open();
        let id = open.next;
        open.next += 1;
        let entry = Arc::new(Entry::new(id, peer, now_ms));
        open.all.insert(id, entry.clone());
        if let Some(network) = peer {
            open.join(network, &entry);
            self.make_room_in(&mut open, network, id);
        }
        if open.all.len() > self.limits.connections {
            self.make_room(&mut open, &entry);
        }
        entry
    }

    /// A request of this client begins. False where its network has too many connections and all of them wait for us.
    pub fn ask(&self, entry: &Arc<Entry>, client: IpAddr) -> bool {
        let wanted = (!network::is_trusted(client, &self.trusted)).then(|| network::of(client));
        let mut open = self.open();
        open.move_to(entry, wanted);
        wanted.is_none_or(|network| self.make_room_in(&mut open, network, entry.id))
    }

    /// A request was answered: what a proxy keeps open is nobody's.
    pub fn answered(&self, entry: &Arc<Entry>) {
        if entry.network() != entry.peer {
            self.open().move_to(entry, entry.peer);
        }
    }

    /// The connection is closed.
    pub fn leave(&self, entry: &Entry) {
        self.open().forget(entry);
    }

    /// Closes what is late; how many that were.
    pub fn sweep(&self, now_ms: u64) -> usize {
        let mut open = self.open();
        let late: Vec<Arc<Entry>> = open
            .all
            .values()
            .filter(|entry| self.is_late(entry, now_ms))
            .cloned()
            .collect();
        for entry in &late {
            open.close(entry);
        }
        add(&self.counted.late, late.len());
        late.len()
    }

    fn is_late(&self, entry: &Entry, now_ms: u64) -> bool {
        let over = |since: u64, most: Duration, grace_ms: u64| {
            u128::from(now_ms.saturating_sub(since)) > most.as_millis() + u128::from(grace_ms)
        };
        let (phase, since) = entry.state();
        let waited = match phase {
            Phase::Head => over(since, self.limits.head, GRACE_MS),
            Phase::Body => over(since, self.limits.body, GRACE_MS),
            Phase::Idle => over(since, IDLE, GRACE_MS),
            Phase::Working | Phase::Leaving => false,
        };
        let stalled = |since| over(since, self.limits.stalled, 0);
        waited || entry.blocked_since().is_some_and(stalled)
    }

    /// True where the network has no more than its share, or somebody else of it could go.
    fn make_room_in(&self, open: &mut Open, network: IpAddr, newest: u64) -> bool {
        let Some(members) = open.by_network.get(&network) else {
            return true;
        };
        if members.len() <= self.limits.per_network {
            return true;
        }
        let waiting = members.values().filter(|entry| entry.id != newest);
        let longest = waiting
            .filter_map(|entry| Some((entry.waits_since()?, entry)))
            .min_by_key(|(since, _)| *since)
            .map(|(_, entry)| entry.clone());
        let Some(longest) = longest else {
            return false;
        };
        open.close(&longest);
        add(&self.counted.shed, 1);
        true
    }

    /// Closes a share of all connections: of each network those that wait longest, of the largest network first.
    /// Where all others wait for us, the newest goes: the server has more to do than it can hold.
    fn make_room(&self, open: &mut Open, newest: &Arc<Entry>) {
        let mut waiting: Vec<(u64, Arc<Entry>)> = open
            .all
            .values()
            .filter(|entry| entry.id != newest.id)
            .filter_map(|entry| Some((entry.waits_since()?, entry.clone())))
            .collect();
        waiting.sort_by_key(|(since, entry)| (*since, entry.id));
        // Counted from its youngest, the place of a connection in its network says how many would be left of it.
        let mut places: HashMap<IpAddr, usize> = HashMap::new();
        let mut ranked: Vec<(usize, u64, Arc<Entry>)> = Vec::with_capacity(waiting.len());
        for (since, entry) in waiting.into_iter().rev() {
            let place = entry.network().map_or(1, |network| {
                let place = places.entry(network).or_default();
                *place += 1;
                *place
            });
            ranked.push((place, since, entry));
        }
        ranked.sort_by_key(|(place, since, entry)| (std::cmp::Reverse(*place), *since, entry.id));
        let excess = open.all.len().saturating_sub(self.limits.connections);
        let room = excess + self.limits.connections / ROOM_SHARE;
        let mut going: Vec<Arc<Entry>> = ranked
            .into_iter()
            .take(room)
            .map(|(_, _, entry)| entry)
            .collect();
        if going.is_empty() {
            going.push(newest.clone());
        }
        for entry in &going {
            open.close(entry);
        }
        add(&self.counted.shed, going.len());
        tracing::debug!(
            "{} connections were closed to make room for others",
            going.len()
        );
    }

    /// What the operator may know: open connections, and those closed from this side since the start.
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        let open = self.open().all.len();
        [
            ("rustine_connections", open as u64),
            (
                "rustine_connections_closed{why=\"late\"}",
                self.counted.late.load(Ordering::Relaxed),
            ),
            (
                "rustine_connections_closed{why=\"room\"}",
                self.counted.shed.load(Ordering::Relaxed),
            ),
        ]
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(count: &AtomicU64, more: usize) {
    count.fetch_add(more as u64, Ordering::Relaxed);
}

impl Open {
    /// Its task closes it in a moment; until then it must not be counted, nor chosen, once more.
    fn close(&mut self, entry: &Entry) {
        entry.cut();
        self.forget(entry);
    }

    fn forget(&mut self, entry: &Entry) {
        if self.all.remove(&entry.id).is_some() {
            self.part(entry);
        }
    }

    fn join(&mut self, network: IpAddr, entry: &Arc<Entry>) {
        let members = self.by_network.entry(network).or_default();
        members.insert(entry.id, entry.clone());
    }

    fn part(&mut self, entry: &Entry) {
        let Some(network) = entry.network() else {
            return;
        };
        if let Some(members) = self.by_network.get_mut(&network) {
            members.remove(&entry.id);
            if members.is_empty() {
                self.by_network.remove(&network);
            }
        }
    }

    fn move_to(&mut self, entry: &Arc<Entry>, wanted: Option<IpAddr>) {
        if entry.network() == wanted || !self.all.contains_key(&entry.id) {
            return;
        }
        self.part(entry);
        entry.set_network(wanted);
        if let Some(network) = wanted {
            self.join(network, entry);
        }
    }
}

#[cfg(test)]
mod tests;
