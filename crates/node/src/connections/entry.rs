//! One connection, as its own task and the registry share it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// For the head of a request, from its first byte or from the connection on.
    Head,
    /// For the body of a request.
    Body,
    /// For us.
    Working,
    /// For the rest of an answer to leave.
    Leaving,
    /// For another request, of which no byte has come.
    Idle,
}

impl Phase {
    const ALL: [Self; 5] = [
        Self::Head,
        Self::Body,
        Self::Working,
        Self::Leaving,
        Self::Idle,
    ];
    const BITS: u32 = 3;

    fn code(self) -> u64 {
        self as u64
    }
}

/// Not blocked.
const FREE: u64 = u64::MAX;

/// A connection. Times are milliseconds since the registry was made.
#[derive(Debug)]
pub struct Entry {
    /// Its number, in the order of arrival.
    pub id: u64,
    /// The network that connected; `None` for a proxy of ours, which speaks for others.
    pub peer: Option<IpAddr>,
    /// The network that it counts for now: behind a proxy, that of the request.
    network: Mutex<Option<IpAddr>>,
    /// The phase in the low bits, since when in the others: one value, so that nobody reads half a change.
    state: AtomicU64,
    /// Since when nobody takes what we write.
    blocked_ms: AtomicU64,
    cut: Notify,
}

impl Entry {
    pub(super) fn new(id: u64, peer: Option<IpAddr>, now_ms: u64) -> Self {
        let entry = Self {
            id,
            peer,
            network: Mutex::new(peer),
            state: AtomicU64::new(0),
            blocked_ms: AtomicU64::new(FREE),
            cut: Notify::new(),
        };
        entry.enter(Phase::Head, now_ms);
        entry
    }

    /// From now on it waits for this.
    pub fn enter(&self, phase: Phase, now_ms: u64) {
        let state = (now_ms << Phase::BITS) | phase.code();
        self.state.store(state, Ordering::Release);
    }

    /// What it waits for, and since when.
    pub fn state(&self) -> (Phase, u64) {
        let state = self.state.load(Ordering::Acquire);
        let code = state & ((1 << Phase::BITS) - 1);
        let phase = Phase::ALL.into_iter().find(|phase| phase.code() == code);
        (phase.expect("only phases are stored"), state >> Phase::BITS)
    }

    /// Nobody takes what we write, since now or longer.
    pub fn blocked(&self, now_ms: u64) {
        let free = self.blocked_ms.load(Ordering::Relaxed) == FREE;
        if free {
            self.blocked_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    /// Something was taken.
    pub fn taken(&self) {
        self.blocked_ms.store(FREE, Ordering::Relaxed);
    }

    /// Since when nobody takes what we write, where that is so.
    pub fn blocked_since(&self) -> Option<u64> {
        let since = self.blocked_ms.load(Ordering::Relaxed);
        (since != FREE).then_some(since)
    }

    /// Since when it waits for the other side; `None` where the other side waits for us.
    pub fn waits_since(&self) -> Option<u64> {
        match self.state() {
            (Phase::Head | Phase::Body | Phase::Idle, since) => Some(since),
            (Phase::Working | Phase::Leaving, _) => self.blocked_since(),
        }
    }

    /// The network that it counts for.
    pub fn network(&self) -> Option<IpAddr> {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_network(&self, network: Option<IpAddr>) {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner) = network;
    }

    /// Closes the connection, without a word.
    pub fn cut(&self) {
        self.cut.notify_one();
    }

    /// Ends when the connection is to be closed.
    pub async fn is_cut(&self) {
        self.cut.notified().await;
    }
}
