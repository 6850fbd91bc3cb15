//! One place to pull from, and what the machine remembers of it: how it answers, and when it is asked again.

use rustine_domain::time::Timestamp;

use super::Head;

/// First pause after a source failed; it doubles up to [`LONGEST_PAUSE_SECONDS`].
pub const FIRST_PAUSE_SECONDS: i64 = 2;
/// Longest pause of a source that keeps failing.
pub const LONGEST_PAUSE_SECONDS: i64 = 900;
/// Seconds before a replica that had nothing new is asked again while the origin is silent.
pub const RECHECK_SECONDS: i64 = 60;
/// How long a source that served a bad byte is not asked; it doubles at each repetition.
pub const QUARANTINE_SECONDS: i64 = 3600;

/// Who serves a copy of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The instance that owns the dataset.
    Origin,
    /// A peer of ours that keeps a copy, or the one the operator named.
    Peer,
    /// Another instance that says it keeps a copy.
    Other,
}

/// One place to pull from, and what is remembered of it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The log's URL there, without a trailing slash.
    pub log: String,
    /// Who serves it.
    pub standing: Standing,
    pub(super) failures: u32,
    pub(super) head: Option<Head>,
    quarantines: u32,
    not_before: Timestamp,
}

impl Source {
    /// A place that was not asked yet.
    pub(super) fn new(log: String, standing: Standing) -> Self {
        Self {
            log,
            standing,
            failures: 0,
            head: None,
            quarantines: 0,
            not_before: Timestamp::from_seconds(0).expect("the epoch is representable"),
        }
    }

    /// True where its last exchange went well.
    pub fn answers(&self) -> bool {
        self.head.is_some() && self.failures == 0
    }

    /// The head that it announced last.
    pub fn announced(&self) -> Option<Head> {
        self.head
    }

    /// True where neither a pause nor a quarantine keeps it from being asked.
    pub fn may_be_asked(&self, now: Timestamp) -> bool {
        self.not_before <= now
    }

    /// True while it is not asked because it served a bad byte.
    pub fn is_quarantined(&self, now: Timestamp) -> bool {
        self.quarantines > 0 && now < self.not_before
    }

    /// When it may be asked again.
    pub(super) fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// It named its head.
    pub(super) fn announce(&mut self, head: Head) {
        self.failures = 0;
        self.head = Some(head);
    }

    /// It did not answer, or not to the end: it is left alone a little, longer each time.
    pub(super) fn pause(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let doubled = FIRST_PAUSE_SECONDS << self.failures.saturating_sub(1).min(20);
        self.not_before = now.plus_seconds(doubled.min(LONGEST_PAUSE_SECONDS));
    }

    /// It has nothing more than we hold, and is not the one who would know.
    pub(super) fn rest(&mut self, now: Timestamp) {
        self.not_before = now.plus_seconds(RECHECK_SECONDS);
    }

    /// It served a bad byte, or another log.
    pub(super) fn quarantine(&mut self, now: Timestamp) {
        self.head = None;
        self.quarantines = self.quarantines.saturating_add(1);
        let factor = 1_i64 << self.quarantines.saturating_sub(1).min(10);
        self.not_before = now.plus_seconds(QUARANTINE_SECONDS * factor);
    }

    /// Somebody is awake who may be it, so a pause ends; a quarantine does not.
    pub(super) fn stir(&mut self, now: Timestamp) {
        if self.quarantines == 0 {
            self.not_before = self.not_before.min(now);
        }
    }
}
