//! One copy: its machine, and the round of what it does.

mod ahead;
mod answers;
mod halted;
mod lacking;
mod mail;
mod report;
mod shared;
mod sources;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rustine_app::replicas::imports::Grown;
use rustine_app::replicas::status::News;
use rustine_domain::ids::{Hash, Host};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ReplicaStateRecord};
use tokio::sync::{mpsc, watch};

use super::blocking;
use super::driver::{Shared, head_of, stored_head};
use super::fetch::{FetchError, host_of};
use super::machine::{Event, Halt, Head, Replica, Request, SourceIndex, Standing};
use super::pull::{self, End};
use lacking::Lacking;
pub(super) use mail::{Message, Stored};

/// The task of one copy.
pub(super) struct CopyTask {
    shared: Arc<Shared>,
    dataset: i64,
    genesis: Hash,
    machine: Replica,
    messages: mpsc::UnboundedReceiver<Message>,
    /// Hosts that the origin lists as replicas, and when it was asked.
    listed: Vec<Host>,
    listed_at: Option<Timestamp>,
    /// When it was asked who goes on with a dataset whose origin is silent.
    succession_at: Option<Timestamp>,
    /// What is wrong with a source, until it answers well again.
    faults: BTreeMap<SourceIndex, String>,
    /// What is wrong on our side.
    own_fault: Option<String>,
    /// Who served an entry that did not lead to its state, or that has an unknown operation.
    doubted: HashMap<Hash, BTreeSet<SourceIndex>>,
    source: Option<String>,
    origin: Option<(u64, Hash)>,
    /// Whether the origin gave its head when it was asked last.
    origin_answers: Option<bool>,
    told: News,
    looked_at: Timestamp,
    lacking: Lacking,
    /// The copy has been whole, so people may have read values that are to go.
    was_whole: bool,
    /// Headers were looked through for redactions up to this entry.
    looked_ahead: u64,
    /// A redact entry that we know of and have not applied.
    behind: Option<u64>,
    /// What is kept of the state tree while the copy is far behind.
    grown: Grown,
    /// What of that is written, for the other servers on this database and for the next start.
    behind_written: Option<u64>,
    /// The highest that was heard of through the database, so that nothing is heard twice.
    heard: Option<u64>,
    heard_redact: Option<u64>,
    /// Under which name this server keeps the copy.
    holder: String,
    attempted: bool,
}

/// The copy was removed: its task ends.
struct Removed;

impl CopyTask {
    pub(super) fn new(
        shared: Arc<Shared>,
        dataset: &DatasetRecord,
        state: &ReplicaStateRecord,
        messages: mpsc::UnboundedReceiver<Message>,
    ) -> Self {
        let now = shared.app.clock.now();
        let mut machine = Replica::new(dataset.genesis, head_of(dataset), now);
        if dataset.status == "frozen" {
            machine.step(now, Event::Halted(Halt::Forked));
        }
        let stored = Stored::of(dataset, state);
        let holder = shared.app.process.holder();
        let mut copy = Self::begin(shared, dataset, state, machine, messages, holder);
        copy.heard = stored.hinted;
        copy.behind_written = stored.redact;
        copy.hear_redact(&stored);
        let hold = &copy.shared.hold;
        hold.set_behind_redact(copy.dataset, copy.behind.is_some());
        copy
    }

    fn begin(
        shared: Arc<Shared>,
        dataset: &DatasetRecord,
        state: &ReplicaStateRecord,
        machine: Replica,
        messages: mpsc::UnboundedReceiver<Message>,
        holder: String,
    ) -> Self {
        let origin_seq = state.origin_seq.and_then(|seq| u64::try_from(seq).ok());
        Self {
            shared,
            dataset: dataset.id,
            genesis: dataset.genesis,
            machine,
            messages,
            listed: Vec::new(),
            listed_at: None,
            succession_at: None,
            faults: BTreeMap::new(),
            own_fault: None,
            doubted: HashMap::new(),
            source: state.source.clone(),
            origin: origin_seq.zip(state.origin_entry),
            origin_answers: None,
            told: News::default(),
            looked_at: Timestamp::from_seconds(0).expect("the epoch is representable"),
            lacking: Lacking::new(),
            was_whole: state.confirmed_at.is_some(),
            looked_ahead: 0,
            behind: None,
            grown: Grown::default(),
            behind_written: None,
            heard: None,
            heard_redact: None,
            holder,
            attempted: false,
        }
    }

    /// Runs until the copy is removed or the program stops.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            _ = self.follow() => {}
        }
    }

    async fn follow(&mut self) -> Result<(), Removed> {
        let mut event = Event::Tick;
        loop {
            self.write_behind().await;
            self.find_sources().await;
            self.attempt(event).await?;
            self.grown = Grown::default();
            if self.stands_still() {
                self.look_beyond().await?;
            }
            self.tell(false).await;
            self.was_whole |= self.has_all_entries();
            self.release();
            self.write_behind().await;
            self.shared.hold.attempted(self.dataset);
            self.write_attempt().await;
            self.ask_for_replicas().await;
            self.ask_for_successors().await;
            self.ask_for_lacking().await?;
            event = self.wait().await?;
        }
    }

    /// Requests until the machine wants none.
    async fn attempt(&mut self, mut event: Event) -> Result<(), Removed> {
        while let Some(request) = self.machine.step(self.now(), event) {
            event = match request {
                Request::Head(source) => self.ask_head(source).await?,
                Request::Entries { source, from } => self.ask_entries(source, from).await?,
            };
            self.read_mail()?;
        }
        Ok(())
    }

    async fn ask_head(&mut self, source: SourceIndex) -> Result<Event, Removed> {
        let log = self.log_of(source);
        let shared = self.shared.clone();
        let answer = {
            let _turn = shared.turns.acquire().await;
            shared.remote.head(&log).await
        };
        if self.standing_of(source) == Standing::Origin {
            self.origin_answers = Some(answer.is_ok());
        }
        let head = match answer {
            Ok(head) => head,
            Err(error) => return Ok(self.unread(source, &error)),
        };
        if head.genesis != self.genesis {
            let host = host_of(&log);
            self.fault(source, format!("{host} serves another log under this name"));
        } else {
            self.faults.remove(&source);
            if self.standing_of(source) == Standing::Origin {
                self.origin = Some((head.seq, head.entry));
            }
        }
        let genesis = head.genesis;
        let head = Head {
            seq: head.seq,
            entry: head.entry,
        };
        let parted = match genesis == self.genesis {
            true => self.parted_before(source, head).await?,
            false => None,
        };
        Ok(parted.unwrap_or(Event::Head { genesis, head }))
    }

    async fn ask_entries(&mut self, source: SourceIndex, from: u64) -> Result<Event, Removed> {
        if self.is_far_behind(source) {
            self.tell(true).await;
            self.erase_ahead(source).await?;
        }
        let log = self.log_of(source);
        let shared = self.shared.clone();
        let end = {
            let _turn = shared.turns.acquire().await;
            let (remote, app) = (&shared.remote, &shared.app);
            pull::pull(remote, app, self.dataset, &log, from, &mut self.grown).await
        };
        let local = self.stored_head().await;
        let progressed = local.is_some_and(|local| local.seq >= from);
        if progressed {
            self.source = Some(host_of(&log));
            let now = self.now();
            self.lacking.stirred(now);
        }
        let answered = matches!(end, End::Complete | End::Silent(_));
        if let Some(local) = local.filter(|_| !answered) {
            let now = self.now();
            self.machine.note(now, Event::Pushed(local));
        }
        self.ended(source, end, local, progressed).await
    }

    /// True where there is more to pull than what just happened.
    fn is_far_behind(&self, source: SourceIndex) -> bool {
        let announced = self.machine.sources()[source].announced();
        let next = self.machine.local().map_or(0, |local| local.seq + 1);
        announced.is_some_and(|head| head.seq > next)
    }

    async fn stored_head(&self) -> Option<Head> {
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        blocking(move || stored_head(&app, dataset))
            .await
            .unwrap_or_else(|_| self.machine.local())
    }

    fn unread(&mut self, source: SourceIndex, error: &FetchError) -> Event {
        self.fault(source, error.to_string());
        if error.is_bad() {
            Event::Bad
        } else {
            Event::Unreachable
        }
    }

    fn fault(&mut self, source: SourceIndex, why: String) {
        self.faults.insert(source, why);
    }

    fn log_of(&self, source: SourceIndex) -> String {
        self.machine.sources()[source].log.clone()
    }

    fn standing_of(&self, source: SourceIndex) -> Standing {
        self.machine.sources()[source].standing
    }

    fn now(&self) -> Timestamp {
        self.shared.app.clock.now()
    }
}
