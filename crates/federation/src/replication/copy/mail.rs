//! What others tell a copy's task, and what it waits for.

use std::time::Duration;

use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ReplicaStateRecord};
use tokio::sync::mpsc;

use super::super::driver::head_of;
use super::super::machine::{Event, Halt, Head};
use super::{CopyTask, Removed};

/// Longest sleep: the machine counts in seconds of the wall clock, which people set.
const LONGEST_SLEEP_SECONDS: u64 = 60;
/// Shortest sleep, so that a clock that stands still does not make a task spin.
const SHORTEST_SLEEP_MS: u64 = 200;

/// What others tell a copy's task.
#[derive(Debug)]
pub(in crate::replication) enum Message {
    /// There is an entry of this number.
    Hint(u64),
    /// There is a redact entry of this number, which was not applied.
    Redact(u64),
    /// A push was applied.
    Pushed(Head),
    /// What is stored of the copy has changed, perhaps by ourselves.
    Stored(Box<Stored>),
}

/// What is stored of a copy and matters to its task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::replication) struct Stored {
    head: Option<Head>,
    frozen: bool,
    /// The highest entry, and the redact entry that is not applied, that another server has heard of.
    pub(super) hinted: Option<u64>,
    pub(super) redact: Option<u64>,
}

impl Stored {
    pub(in crate::replication) fn of(dataset: &DatasetRecord, state: &ReplicaStateRecord) -> Self {
        Self {
            head: head_of(dataset),
            frozen: dataset.status == "frozen",
            hinted: u64::try_from(state.hinted_seq).ok(),
            redact: u64::try_from(state.redact_seq).ok(),
        }
    }
}

impl CopyTask {
    /// Waits until there is something to do.
    pub(super) async fn wait(&mut self) -> Result<Event, Removed> {
        let left = if self.stands_still() {
            LONGEST_SLEEP_SECONDS
        } else {
            let seconds = self.machine.wake_at().seconds() - self.now().seconds();
            u64::try_from(seconds)
                .unwrap_or(0)
                .min(LONGEST_SLEEP_SECONDS)
        };
        let sleep = Duration::from_secs(left).max(Duration::from_millis(SHORTEST_SLEEP_MS));
        let message = tokio::time::timeout(sleep, self.messages.recv()).await;
        match message {
            Ok(Some(message)) => {
                let event = self.event_of(message);
                self.read_mail()?;
                Ok(event)
            }
            Ok(None) => Err(Removed),
            Err(_) => Ok(Event::Tick),
        }
    }

    /// Takes what has arrived meanwhile, without beginning a request.
    pub(super) fn read_mail(&mut self) -> Result<(), Removed> {
        loop {
            match self.messages.try_recv() {
                Ok(message) => {
                    let event = self.event_of(message);
                    let now = self.now();
                    self.machine.note(now, event);
                }
                Err(mpsc::error::TryRecvError::Empty) => return Ok(()),
                Err(mpsc::error::TryRecvError::Disconnected) => return Err(Removed),
            }
        }
    }

    pub(super) fn event_of(&mut self, message: Message) -> Event {
        match message {
            Message::Hint(seq) => {
                // Whoever forked may have rotated since.
                self.looked_at = Timestamp::from_seconds(0).expect("the epoch is representable");
                Event::Hint(seq)
            }
            Message::Redact(seq) => {
                self.knows_of_redact(seq);
                self.event_of(Message::Hint(seq))
            }
            Message::Pushed(head) => Event::Pushed(head),
            Message::Stored(stored) => self.stored(&stored),
        }
    }

    fn stored(&mut self, stored: &Stored) -> Event {
        self.hear(stored);
        if stored.head.is_none() && self.machine.local().is_some() {
            // The operator has chosen the other branch: this one is read from its beginning.
            let now = self.now();
            self.machine.begin_anew(now);
            return Event::Tick;
        }
        let forked = self.machine.halt() == Some(Halt::Forked);
        match (stored.frozen, stored.head) {
            (true, _) if !forked => Event::Halted(Halt::Forked),
            (false, _) if forked => Event::Resumed,
            (_, Some(head)) => Event::Pushed(head),
            (_, None) => Event::Tick,
        }
    }
}
