//! How much strangers and their data may take (`docs/admin/limits.md`).

use serde::{Deserialize, Serialize};

use super::at_least_one;

/// `[rates]`: tokens of the buckets in front of what strangers may cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    /// Requests to inboxes of one address at once.
    pub address_burst: u32,
    /// And in the long run.
    pub address_per_minute: u32,
    /// Activities of one registrable domain at once.
    pub domain_burst: u32,
    /// And in the long run.
    pub domain_per_minute: u32,
    /// Actors fetched from one registrable domain, because activities named them, at once.
    pub fetches_burst: u32,
    /// And in the long run.
    pub fetches_per_minute: u32,
    /// Attempts to log in of one address in five minutes.
    pub log_ins: u32,
    /// Attempts to log in to one account, or with one name, in an hour.
    pub log_ins_per_name: u32,
    /// Forms about a forgotten password of one address in five minutes.
    pub resets: u32,
    /// Forms about an account to be opened of one address in half an hour.
    pub sign_ups: u32,
    /// Letters of one kind to one e-mail address in half an hour, that somebody else may have asked for.
    pub letters_per_address: u32,
    /// Searches for somebody on another server, of one account in five minutes.
    pub searches: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            address_burst: 300,
            address_per_minute: 600,
            domain_burst: 600,
            domain_per_minute: 1200,
            fetches_burst: 20,
            fetches_per_minute: 20,
            log_ins: 25,
            log_ins_per_name: 25,
            resets: 25,
            sign_ups: 5,
            letters_per_address: 5,
            searches: 30,
        }
    }
}

impl Rates {
    pub(super) fn problems(&self) -> Vec<String> {
        at_least_one(&[
            ("rates.address_burst", self.address_burst as usize),
            ("rates.address_per_minute", self.address_per_minute as usize),
            ("rates.domain_burst", self.domain_burst as usize),
            ("rates.domain_per_minute", self.domain_per_minute as usize),
            ("rates.fetches_burst", self.fetches_burst as usize),
            ("rates.fetches_per_minute", self.fetches_per_minute as usize),
            ("rates.log_ins", self.log_ins as usize),
            ("rates.log_ins_per_name", self.log_ins_per_name as usize),
            ("rates.resets", self.resets as usize),
            ("rates.sign_ups", self.sign_ups as usize),
            ("rates.searches", self.searches as usize),
            (
                "rates.letters_per_address",
                self.letters_per_address as usize,
            ),
        ])
    }
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Pending proposals of one remote actor.
    pub pending_per_actor: u32,
    /// Pending proposals of one anonymous visitor.
    pub pending_per_visitor: u32,
    /// Pending proposals of all anonymous visitors of one instance.
    pub pending_per_instance_visitors: u32,
    /// Pending proposals of one instance.
    pub pending_per_instance: u32,
    /// Pending proposals on one dataset.
    pub pending_per_dataset: u32,
    /// Proposals of one source on one dataset in an hour; further ones are set aside as a burst.
    pub burst_per_hour: u32,
    /// Pending proposals on one dataset that were set aside.
    pub set_aside_per_dataset: u32,
    /// Days after which a proposal that nobody decided expires.
    pub proposal_days: u32,
    /// Comments on one dataset that wait for a moderator.
    pub held_comments_per_dataset: u32,
    /// Seconds between two looks at a pending proposal of ours elsewhere.
    pub proposal_look_seconds: u32,
    /// Rows a file may bring in one import.
    pub import_rows: u64,
    /// Bytes a dataset's log may take as a replica.
    pub replica_bytes: u64,
    /// Entries a dataset's log may have as a replica.
    pub replica_entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pending_per_actor: 20,
            pending_per_visitor: 10,
            pending_per_instance_visitors: 100,
            pending_per_instance: 200,
            pending_per_dataset: 1000,
            burst_per_hour: 60,
            set_aside_per_dataset: 1000,
            proposal_days: 90,
            held_comments_per_dataset: 200,
            proposal_look_seconds: 86_400,
            import_rows: 2_000_000,
            replica_bytes: 8 << 30,
            replica_entries: 1_000_000,
        }
    }
}
