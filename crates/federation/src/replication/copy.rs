//! One copy: its machine, its mailbox, and what it tells the operator.

mod ahead;
mod answers;
mod halted;
mod lacking;
mod report;
mod shared;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rustine_app::notifications::origins;
use rustine_app::replicas;
use rustine_app::replicas::imports::Grown;
use rustine_app::replicas::status::News;
use rustine_domain::ids::{Hash, Host};
use rustine_domain::time::Timestamp;
use rustine_protocol::object::collection::read_ids;
use rustine_store::{DatasetRecord, ReplicaStateRecord};
use tokio::sync::{mpsc, watch};

use super::driver::{Shared, head_of, stored_head};
use super::fetch::{FetchError, host_of};
use super::machine::{CHECK_SECONDS, Event, Halt, Head, Replica, Request, SourceIndex, Standing};
use super::pull::{self, End};
use super::{blocking, sources};
use lacking::Lacking;

/// Longest sleep: the machine counts in seconds of the wall clock, which people set.
const LONGEST_SLEEP_SECONDS: u64 = 60;
/// Shortest sleep, so that a clock that stands still does not make a task spin.
const SHORTEST_SLEEP_MS: u64 = 200;

/// What others tell a copy's task.
#[derive(Debug)]
pub(super) enum Message {
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
pub(super) struct Stored {
    head: Option<Head>,
    frozen: bool,
    /// The highest entry, and the redact entry that is not applied, that another server has heard of.
    hinted: Option<u64>,
    redact: Option<u64>,
}

impl Stored {
    pub(super) fn of(dataset: &DatasetRecord, state: &ReplicaStateRecord) -> Self {
        Self {
            head: head_of(dataset),
            frozen: dataset.status == "frozen",
            hinted: u64::try_from(state.hinted_seq).ok(),
            redact: u64::try_from(state.redact_seq).ok(),
        }
    }
}

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

    /// Waits until there is something to do.
    async fn wait(&mut self) -> Result<Event, Removed> {
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
    fn read_mail(&mut self) -> Result<(), Removed> {
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

    fn event_of(&mut self, message: Message) -> Event {
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

    /// Reads where the copy may be pulled from. Known sources keep what is remembered of them.
    async fn find_sources(&mut self) {
        let (app, dataset, listed) = (self.shared.app.clone(), self.dataset, self.listed.clone());
        let places = blocking(move || {
            app.db.read(|tx| {
                let (Some(record), Some(state)) =
                    (tx.find_dataset(dataset)?, tx.find_replica_state(dataset)?)
                else {
                    return Ok(Vec::new());
                };
                sources::places(&app, tx, &record, &state, &listed)
            })
        })
        .await;
        match places {
            Ok(places) => {
                self.machine.keep_origins(|log| {
                    let mut named = places.iter();
                    named.any(|place| place.log == log && place.standing == Standing::Origin)
                });
                for place in places {
                    self.machine.add_source(place.log, place.standing);
                }
            }
            Err(error) => self.own_fault = Some(error.to_string()),
        }
    }

    /// Asks the origin which instances keep a copy too, once an hour while it answers.
    async fn ask_for_replicas(&mut self) {
        let now = self.now();
        let due = self
            .listed_at
            .is_none_or(|at| now >= at.plus_seconds(CHECK_SECONDS));
        let origin = self
            .machine
            .sources()
            .iter()
            .find(|source| source.standing == Standing::Origin && source.answers());
        let Some(log) = origin.filter(|_| due).map(|source| source.log.clone()) else {
            return;
        };
        self.listed_at = Some(now);
        let address = format!("{}/replicas", log.strip_suffix("/log").unwrap_or(&log));
        let Ok(url) = address.parse() else { return };
        let accept = rustine_protocol::vocabulary::ACTIVITY_JSON;
        let answer = self
            .shared
            .remote
            .document(url, accept, "list of replicas")
            .await;
        match answer.map(|document| read_ids(&document.value)) {
            Ok(Ok(ids)) => {
                self.listed = sources::hosts(&ids);
                self.remember_holders().await;
            }
            Ok(Err(problem)) => {
                tracing::debug!(%problem, "The list of replicas cannot be read: {problem}");
            }
            Err(error) => {
                tracing::debug!(%error, "The list of replicas was not had: {error}");
            }
        }
    }

    /// While the origin is silent, asks once an hour who goes on with its dataset.
    async fn ask_for_successors(&mut self) {
        let now = self.now();
        let due = self
            .succession_at
            .is_none_or(|at| now >= at.plus_seconds(CHECK_SECONDS));
        if self.origin_answers != Some(false) || !due {
            return;
        }
        self.succession_at = Some(now);
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        if let Err(error) = blocking(move || origins::silent(&app, dataset)).await {
            tracing::warn!(%error, dataset, "Nobody was told that an origin is silent: {error}");
        }
        let (remote, app) = (&self.shared.remote, &self.shared.app);
        let sources = self.machine.sources().iter();
        let left_alone: BTreeSet<String> = sources
            .filter(|source| source.is_quarantined(now))
            .map(|source| host_of(&source.log))
            .collect();
        let asked = super::succession::ask(remote, app, self.dataset, &left_alone).await;
        if let Err(error) = asked {
            let dataset = self.dataset;
            tracing::warn!(%error, dataset, "What was heard of successors was not written: {error}");
        }
    }

    /// Writes down who keeps a copy too, for the day on which the origin cannot be asked.
    async fn remember_holders(&self) {
        let (app, dataset, listed) = (self.shared.app.clone(), self.dataset, self.listed.clone());
        let written = blocking(move || replicas::remember_holders(&app, dataset, &listed)).await;
        if let Err(error) = written {
            tracing::warn!(%error, dataset, "Who keeps a copy too was not written: {error}");
        }
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
