//! The replica as a state machine without I/O: events in, at most one request out (`protocol.md` §3.6).
//!
//! It decides what to ask next and of whom. Verifying and applying are done by `app::replicas` in one
//! transaction per entry; its verdict comes back as an [`Event`]. Times are parameters, so the same machine
//! runs in the node and in a simulation.

mod source;

use rustine_app::replicas::apply::Quota;
use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;

pub use source::{
    FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, QUARANTINE_SECONDS, RECHECK_SECONDS, Source,
    Standing,
};

/// Seconds between two looks at the origin's head when nobody hints.
pub const CHECK_SECONDS: i64 = 3600;
/// A head that somebody serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry.
    pub seq: u64,
    /// Its hash.
    pub entry: Hash,
}

/// Index of a source in [`Replica::sources`].
pub type SourceIndex = usize;

/// Why a copy stands still until a person acts or the program is upgraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Two rightly signed headers with one seq were seen; nothing is applied.
    Forked,
    /// The next entry is of a kind this version does not know.
    UpgradeNeeded,
    /// The dataset is closed: nothing follows but redactions and moves.
    Closed,
    /// The log has reached a limit of ours.
    Full(Quota),
}

impl Halt {
    /// True where no entry is applied until a person or a later version acts.
    pub fn stands_still(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

/// The machine of one copy.
#[derive(Debug, Clone)]
pub struct Replica {
    genesis: Hash,
    local: Option<Head>,
    sources: Vec<Source>,
    asked: Option<Request>,
    hinted: Option<u64>,
    /// A hint came after what is now asked was asked, so its answer may be older than the hint.
    hinted_since: bool,
    next_check: Timestamp,
    confirmed_at: Option<Timestamp>,
    halt: Option<Halt>,
}

/// What the driver is to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Fetch `{log}/head`.
    Head(SourceIndex),
    /// Fetch `{log}/entries?from=…`, verify and apply each.
    Entries {
        /// Of whom.
        source: SourceIndex,
        /// First entry to send.
        from: u64,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Time passed.
    Tick,
    /// A push or a person says that there is an entry `seq`.
    Hint(u64),
    /// The head that was asked for. `genesis` is the source's.
    Head {
        /// Genesis hash of the log that the source serves.
        genesis: Hash,
        /// Its head.
        head: Head,
    },
    /// Entries were applied; `local` is our head now. `more` where the source holds further ones.
    Applied {
        /// Our head.
        local: Head,
        /// True where the answer ended at its limit.
        more: bool,
    },
    /// A push was applied outside of a request.
    Pushed(Head),
    /// The source did not answer, or not in time.
    Unreachable,
    /// The source served something that breaks a rule; nothing of it was applied.
    Bad,
    /// The copy must stand still.
    Halted(Halt),
    /// A person ended the halt, or a rotate did.
    Resumed,
}

impl Replica {
    /// A copy of the log that begins with `genesis`; `local` is what we hold already.
    pub fn new(genesis: Hash, local: Option<Head>, now: Timestamp) -> Self {
        Self {
            genesis,
            local,
            sources: Vec::new(),
            asked: None,
            hinted: None,
            hinted_since: false,
            next_check: now,
            confirmed_at: None,
            halt: None,
        }
    }

    /// Our head.
    pub fn local(&self) -> Option<Head> {
        self.local
    }
    /// When the origin itself last confirmed our head.
    pub fn confirmed_at(&self) -> Option<Timestamp> {
        self.confirmed_at
    }
    /// Why the copy stands still, if it does.
    pub fn halt(&self) -> Option<Halt> {
        self.halt
    }
    /// The places to pull from.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
    /// The highest seq that a source announced.
    pub fn announced(&self) -> Option<u64> {
        self.sources
            .iter()
            .filter_map(|source| source.head)
            .map(|head| head.seq)
            .chain(self.hinted)
            .max()
    }

    /// Adds a place to pull from; a known one keeps what is remembered of it.
    pub fn add_source(&mut self, log: String, standing: Standing) {
        if let Some(known) = self.sources.iter_mut().find(|source| source.log == log) {
            known.standing = known.standing.min(standing);
            return;
        }
        self.sources.push(Source::new(log, standing));
    }

    /// Whoever was the origin and is so no more, because the dataset moved, is a source like others.
    pub fn keep_origins(&mut self, is_origin: impl Fn(&str) -> bool) {
        for source in &mut self.sources {
            if source.standing == Standing::Origin && !is_origin(&source.log) {
                source.standing = Standing::Other;
            }
        }
    }

    /// Takes an event and says what to do next; `None` is "wait for the next event".
    pub fn step(&mut self, now: Timestamp, event: Event) -> Option<Request> {
        match event {
            Event::Head { genesis, head } => self.head_arrived(now, genesis, head),
            Event::Applied { local, more } => self.entries_applied(now, local, more),
            event => {
                self.note(now, event);
                self.next_request(now)
            }
        }
    }

    /// Takes what happened beside a request, and begins none. Answers to a request belong to
    /// [`Replica::step`] and change nothing here.
    pub fn note(&mut self, now: Timestamp, event: Event) {
        match event {
            Event::Tick | Event::Head { .. } | Event::Applied { .. } => {}
            Event::Hint(seq) => self.hinted(now, seq),
            Event::Pushed(head) => self.advance(head),
            Event::Unreachable => self.source_failed(now),
            Event::Bad => self.bad(now),
            Event::Halted(halt) => {
                self.asked = None;
                self.halt = Some(halt);
            }
            Event::Resumed => {
                self.halt = None;
                self.next_check = now;
            }
        }
    }

    /// A source served a bad byte outside of a request of this machine's.
    pub fn quarantine(&mut self, now: Timestamp, source: SourceIndex) {
        self.sources[source].quarantine(now);
    }

    /// A rotation displaced what we held: the log is pulled from its beginning again.
    pub fn begin_anew(&mut self, now: Timestamp) {
        self.local = None;
        self.asked = None;
        self.halt = None;
        self.next_check = now;
        for source in &mut self.sources {
            source.head = None;
        }
    }

    fn hinted(&mut self, now: Timestamp, seq: u64) {
        if self.local.is_some_and(|local| seq <= local.seq) {
            return;
        }
        self.hinted = Some(self.hinted.map_or(seq, |known| known.max(seq)));
        self.hinted_since = self.asked.is_some();
        self.next_check = now;
        // Whoever pushed is awake, so the origin's pause ends.
        for source in &mut self.sources {
            source.stir(now);
        }
    }

    fn advance(&mut self, head: Head) {
        // Our head never goes back here; only a rotate undoes entries, and it resets the machine.
        if self.local.is_none_or(|local| head.seq > local.seq) {
            self.local = Some(head);
        }
        if self.hinted.is_some_and(|seq| seq <= head.seq) {
            self.hinted = None;
            self.hinted_since = false;
        }
    }

    fn head_arrived(&mut self, now: Timestamp, genesis: Hash, head: Head) -> Option<Request> {
        let Some(Request::Head(index)) = self.asked.take() else {
            return self.next_request(now);
        };
        if genesis != self.genesis {
            // Another log under the same name is never a copy of this one.
            self.sources[index].quarantine(now);
            return self.next_request(now);
        }
        self.sources[index].announce(head);
        match self.local {
            Some(local) if head.seq < local.seq => {
                // A lower head is behind, never an error.
                self.rest(now, index, false);
                self.next_request(now)
            }
            Some(local) if head == local => {
                self.rest(now, index, true);
                self.next_request(now)
            }
            // The same seq with another hash: its header tells whether that is a fork.
            Some(local) if head.seq == local.seq => self.ask(Request::Entries {
                source: index,
                from: head.seq,
            }),
            Some(local) => self.ask(Request::Entries {
                source: index,
                from: local.seq + 1,
            }),
            None => self.ask(Request::Entries {
                source: index,
                from: 0,
            }),
        }
    }

    /// A source has nothing more than we hold.
    fn rest(&mut self, now: Timestamp, index: SourceIndex, confirmed: bool) {
        let source = &mut self.sources[index];
        if source.standing == Standing::Origin {
            if confirmed {
                self.confirmed_at = Some(now);
            }
            if self.hinted_since {
                // It may have answered before it had what the hint tells of: it is asked once more.
                self.hinted_since = false;
                self.next_check = now;
            } else {
                self.hinted = None;
                self.next_check = now.plus_seconds(CHECK_SECONDS);
            }
        } else {
            // Only the origin can say that nothing is missing, so it goes on being asked at its own pace.
            source.rest(now);
        }
    }

    fn entries_applied(&mut self, now: Timestamp, local: Head, more: bool) -> Option<Request> {
        let Some(Request::Entries {
            source: index,
            from,
        }) = self.asked.take()
        else {
            self.advance(local);
            return self.next_request(now);
        };
        let progressed = local.seq >= from;
        self.advance(local);
        if more && progressed {
            return self.ask(Request::Entries {
                source: index,
                from: local.seq + 1,
            });
        }
        let source = &mut self.sources[index];
        if !progressed && source.head.is_some_and(|head| head.seq > local.seq) {
            // It announces entries that it does not send.
            source.head = None;
            source.pause(now);
            return self.next_request(now);
        }
        let reached = source.head.is_none_or(|head| head.seq <= local.seq);
        // The source may have gone on since it named its head; then it sent what it has gone on with.
        let beyond = progressed && source.head.is_some_and(|head| head.seq < local.seq);
        let confirmed = source.head == Some(local) || beyond;
        if reached {
            self.rest(now, index, confirmed);
        }
        self.next_request(now)
    }

    fn source_failed(&mut self, now: Timestamp) {
        if let Some(index) = self.asked.take().map(source_of) {
            self.sources[index].pause(now);
        }
    }

    fn bad(&mut self, now: Timestamp) {
        if let Some(index) = self.asked.take().map(source_of) {
            self.sources[index].quarantine(now);
        }
    }

    fn ask(&mut self, request: Request) -> Option<Request> {
        self.asked = Some(request);
        Some(request)
    }

    fn next_request(&mut self, now: Timestamp) -> Option<Request> {
        if self.asked.is_some()
            || self.halt.is_some_and(Halt::stands_still)
            || now < self.next_check
        {
            return None;
        }
        // The origin first, then our peers, then the others; among equals the one that failed least.
        let index = (0..self.sources.len())
            .filter(|&index| self.sources[index].may_be_asked(now))
            .min_by_key(|&index| (self.sources[index].standing, self.sources[index].failures))?;
        self.hinted_since = false;
        self.ask(Request::Head(index))
    }

    /// When the machine wants to be stepped again, at the latest.
    pub fn wake_at(&self) -> Timestamp {
        let sources = self.sources.iter().map(Source::not_before).min();
        sources.map_or(self.next_check, |at| at.max(self.next_check))
    }
}

fn source_of(request: Request) -> SourceIndex {
    match request {
        Request::Head(source) | Request::Entries { source, .. } => source,
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
