//! What bodies of this copy lack although nobody ordered it erased: other sources are asked for it, a few entries at
//! a time and ever more rarely while nobody has it (`protocol.md` §3.4).

use std::collections::BTreeSet;

use rustine_app::replicas::apply::ApplyError;
use rustine_app::replicas::missing::{self, Filled};
use rustine_domain::time::Timestamp;

use super::super::blocking;
use super::super::fetch::{host_of, read_line};
use super::super::machine::SourceIndex;
use super::{CopyTask, Removed};

/// Entries that one pass asks for.
const PASS_ENTRIES: i64 = 50;
/// Requests of one pass at most, whatever number of sources there is.
const PASS_REQUESTS: usize = 200;
/// Pause after a first pass through all that is lacking in which nobody had anything; it doubles up to
/// [`LONGEST_PAUSE_SECONDS`].
const FIRST_PAUSE_SECONDS: i64 = 60;
/// Longest pause: a source may get back what it withheld, or a new one appear.
const LONGEST_PAUSE_SECONDS: i64 = 86_400;

/// Where the passes stand.
#[derive(Debug)]
pub(super) struct Lacking {
    next: Timestamp,
    pause: i64,
    /// The last entry that was asked for; the next pass begins after it.
    after: Option<u64>,
    found: bool,
}

impl Lacking {
    pub(super) fn new() -> Self {
        Self {
            next: Timestamp::from_seconds(0).expect("the epoch is representable"),
            pause: FIRST_PAUSE_SECONDS,
            after: None,
            found: false,
        }
    }

    /// Entries came, which may lack something too: they are not kept waiting for a day.
    pub(super) fn stirred(&mut self, now: Timestamp) {
        self.next = self.next.min(now.plus_seconds(FIRST_PAUSE_SECONDS));
    }

    /// All that is lacking was asked for once.
    fn went_round(&mut self, now: Timestamp) {
        if self.found {
            self.pause = FIRST_PAUSE_SECONDS;
        }
        self.next = now.plus_seconds(self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE_SECONDS);
        self.after = None;
        self.found = false;
    }
}

/// What a source had of an entry.
enum Had {
    Something,
    Nothing,
    /// It is not asked again in this pass.
    NoMore,
}

impl CopyTask {
    /// One pass, where it is due and the copy has nothing more urgent to do.
    pub(super) async fn ask_for_lacking(&mut self) -> Result<(), Removed> {
        let now = self.now();
        if now < self.lacking.next || self.stands_still() || !self.has_all_entries() {
            return Ok(());
        }
        let (app, dataset, after) = (self.shared.app.clone(), self.dataset, self.lacking.after);
        let listed = blocking(move || missing::entries(&app, dataset, after, PASS_ENTRIES)).await;
        let Ok(entries) = listed else { return Ok(()) };
        if entries.is_empty() {
            if self.lacking.after.is_some() {
                self.lacking.went_round(now);
            }
            return Ok(());
        }
        self.find_sources().await;
        let mut sources: Vec<SourceIndex> = (0..self.machine.sources().len()).collect();
        sources.retain(|source| self.machine.sources()[*source].may_be_asked(now));
        sources.sort_by_key(|source| self.standing_of(*source));
        self.pass(&entries, &sources).await
    }

    async fn pass(&mut self, entries: &[u64], sources: &[SourceIndex]) -> Result<(), Removed> {
        let mut useless: BTreeSet<SourceIndex> = BTreeSet::new();
        let mut requests = 0;
        for seq in entries {
            for source in sources {
                if useless.contains(source) {
                    continue;
                }
                requests += 1;
                match self.ask_body(*source, *seq).await? {
                    Had::Something => {
                        self.lacking.found = true;
                        break;
                    }
                    Had::Nothing => {}
                    Had::NoMore => {
                        useless.insert(*source);
                    }
                }
            }
            self.lacking.after = Some(*seq);
            // News of the origin go first.
            if requests >= PASS_REQUESTS || !self.messages.is_empty() {
                return Ok(());
            }
        }
        if i64::try_from(entries.len()).is_ok_and(|count| count < PASS_ENTRIES) {
            self.lacking.went_round(self.now());
        }
        Ok(())
    }

    /// Asks one source for one entry with its body, and takes from it what ours lacks.
    async fn ask_body(&mut self, source: SourceIndex, seq: u64) -> Result<Had, Removed> {
        let log = self.log_of(source);
        let shared = self.shared.clone();
        let read = async {
            let _turn = shared.turns.acquire().await;
            let mut lines = shared.remote.entries(&log, seq, 1, true).await?;
            let Some(line) = lines.next().await? else {
                return Ok(None);
            };
            read_line(&log, "entry of this log", &line, seq).map(Some)
        };
        let line = match read.await {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(Had::NoMore),
            Err(error) => {
                self.unread_lacking(source, &error);
                return Ok(Had::NoMore);
            }
        };
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        match blocking(move || missing::fill(&app, dataset, &line)).await {
            Ok(Filled::Some(_)) => Ok(Had::Something),
            Ok(Filled::Nothing) => Ok(Had::Nothing),
            Ok(Filled::OtherEntry) => Ok(Had::NoMore),
            Err(ApplyError::Removed) => Err(Removed),
            Err(ApplyError::Refused(refusal)) => {
                let host = host_of(&log);
                let why = format!("{host} serves an entry {seq} that does not hold: {refusal}");
                tracing::warn!(dataset, "A source is not asked for a while: {why}");
                self.fault(source, why);
                self.machine.quarantine(self.now(), source);
                Ok(Had::NoMore)
            }
            Err(error) => {
                tracing::warn!(%error, dataset, "Missing values were not written: {error}");
                Ok(Had::NoMore)
            }
        }
    }

    fn unread_lacking(&mut self, source: SourceIndex, error: &super::FetchError) {
        if error.is_bad() {
            self.fault(source, error.to_string());
            self.machine.quarantine(self.now(), source);
        }
    }

    /// True where no source announces more than we hold.
    pub(super) fn has_all_entries(&self) -> bool {
        let local = self.machine.local().map(|local| local.seq);
        local.is_some() && self.machine.announced() <= local
    }
}
