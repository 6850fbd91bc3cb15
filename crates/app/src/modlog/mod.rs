//! The moderation log of a dataset (`protocol.md` §5): public, signed by this instance, without personal data.
//!
//! Whoever does something that belongs in it calls [`write`] in the transaction of the act, so that no act is without
//! its line and no line without its act. A remote moderator's act is written here, once, with the instance it came from;
//! her own instance holds it as part of its copy.

pub mod anchor;
pub mod copy;

use rustine_domain::commit;
use rustine_domain::ids::{Hash, Host};
use rustine_domain::key::LogKey;
use rustine_domain::modlog;
use rustine_domain::review::Role;
use rustine_protocol::activity::{Announce, Envelope};
use rustine_protocol::object::Reference;
use rustine_store::{DatasetRecord, ModlogRecord, StoreError, Tx};

use crate::App;
use crate::context::uri;
use crate::log::keys::ED25519;
use crate::outbox::{self, Outgoing};

/// So soon after a line nobody is told of the next one: copies ask again by themselves after news.
const HINT_SECONDS: i64 = 5;

/// Who acted: a role and an instance, never a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    role: String,
    instance: Option<Host>,
}

impl By {
    /// Somebody of this instance, in a role on the dataset.
    pub fn here(role: Role) -> Self {
        Self::new(role.as_str(), None)
    }

    /// Somebody of another instance, by the role of her grant.
    pub fn elsewhere(role: Role, instance: &Host) -> Self {
        Self::new(role.as_str(), Some(instance))
    }

    /// The votes that reached the quorum; the last of them came from this instance.
    pub fn quorum(last: &Host) -> Self {
        Self::new("quorum", Some(last))
    }

    /// A rule of the owner, on something that came from this instance.
    pub fn rule(sender: &Host) -> Self {
        Self::new("rule", Some(sender))
    }

    /// The votes of citizens.
    pub fn citizens() -> Self {
        Self::new("citizens", None)
    }

    /// The instance of the proposer.
    pub fn proposer(instance: &Host) -> Self {
        Self::new("proposer", Some(instance))
    }

    /// The operator, from the command line or with the recovery key.
    pub fn operator() -> Self {
        Self::new("operator", None)
    }

    /// The operator of another instance.
    pub fn operator_of(instance: &Host) -> Self {
        Self::new("operator", Some(instance))
    }

    /// Time alone: something expired.
    pub fn clock() -> Self {
        Self::new("clock", None)
    }

    fn new(role: &str, instance: Option<&Host>) -> Self {
        Self {
            role: role.to_owned(),
            instance: instance.cloned(),
        }
    }
}

/// An entry of the dataset's log: its seq and hash.
pub type Entry = (u64, Hash);

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A proposal was applied, as offered or with other values.
    Accepted {
        /// The instance that it came from.
        from: Host,
        /// Whether a moderator changed it.
        amended: bool,
        /// The entry that applied it.
        entry: Entry,
    },
    /// A proposal was refused; what was written to its proposer is not repeated.
    Refused {
        /// The instance that it came from.
        from: Host,
    },
    /// A rule dropped what came from an instance; written once a day for each rule and instance.
    Dropped {
        /// The instance.
        from: Host,
    },
    /// An accepted proposal was undone.
    Undone {
        /// The entry that undid it.
        entry: Entry,
    },
    /// A proposer took a proposal back.
    Withdrawn,
    /// Nobody decided in time on so many proposals.
    Expired {
        /// How many.
        count: u64,
    },
    /// A role was given.
    Granted {
        /// Which.
        role: Role,
        /// To somebody of this instance.
        to: Host,
        /// The entry; `None` for a role that people of this instance have among themselves.
        entry: Option<Entry>,
    },
    /// A role was taken back, ended or was suspended.
    Revoked {
        /// Which.
        role: Role,
        /// From somebody of this instance.
        from: Host,
        /// The entry, where there is one.
        entry: Option<Entry>,
        /// `revoked`, `expired` or `suspended`.
        why: &'static str,
    },
    /// How many must agree changed.
    PolicyChanged {
        /// The entry.
        entry: Entry,
    },
    /// What happens to proposals by field and sender changed; so many rules hold now.
    RulesChanged {
        /// How many.
        rules: u64,
    },
    /// A report was handled.
    ReportHandled {
        /// The instance that it came through.
        from: Host,
        /// What was reported, as one word.
        problem: String,
        /// `handled` or `dismissed`.
        outcome: &'static str,
    },
    /// Values were erased.
    Redacted {
        /// How many.
        values: u64,
        /// The entry.
        entry: Entry,
    },
    /// The dataset moved to another instance.
    Moved {
        /// Which.
        to: Host,
        /// The entry.
        entry: Entry,
    },
    /// The dataset was closed.
    Closed {
        /// Whether its values are kept.
        keep: bool,
        /// The entry.
        entry: Entry,
    },
    /// The dataset goes on from that of another instance.
    Succeeded {
        /// The instance of the former one.
        from: Host,
        /// Its genesis here.
        entry: Entry,
    },
}

/// Writes a line about a dataset of ours; nothing for a copy, whose origin writes it.
///
/// # Errors
/// Where the store fails, or holds no key of this instance.
pub fn write(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    by: &By,
    line: Line,
) -> Result<(), StoreError> {
    if !dataset.is_local() {
        return Ok(());
    }
    // Two servers on one database must not give the same number twice.
    tx.lock_dataset(dataset.id)?;
    let last = tx.last_modlog(dataset.id)?;
    let told = last
        .as_ref()
        .map(|last| last.time.plus_seconds(HINT_SECONDS));
    let tail = anchor::tail_of(last);
    let next = draft(app, dataset, by, line, tail);
    let (document, hash) = next.sign(&instance_key(tx)?, &app.instance_actor());
    tx.insert_modlog(&ModlogRecord {
        dataset: dataset.id,
        n: i64::try_from(next.n).map_err(|_| StoreError::NotFound)?,
        action: next.action,
        time: next.time,
        hash,
        line: document.to_string(),
    })?;
    match told {
        Some(told) if app.clock.now() < told => Ok(()),
        _ => hint(app, tx, dataset),
    }
}

/// Tells the copies that there is something new; whoever misses it asks by itself within the hour.
fn hint(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    let actor = format!("/datasets/{}", dataset.name);
    for replica in tx.list_replicas(dataset.id)? {
        let envelope = Envelope::new(
            uri(&app.activity_id()),
            uri(&dataset.url),
            uri(&replica.actor),
        );
        let activity = Announce {
            envelope,
            object: Reference::typed(uri(&format!("{}/modlog", dataset.url)), "Collection"),
        };
        let outgoing = Outgoing {
            activity: &activity.to_json(),
            actor: &actor,
            object_key: &format!("modlog:{}", dataset.uid),
        };
        outbox::send(app, tx, &outgoing, &replica.inbox)?;
    }
    Ok(())
}

fn draft(
    app: &App,
    dataset: &DatasetRecord,
    by: &By,
    line: Line,
    tail: modlog::Tail,
) -> modlog::Line {
    let policy = dataset.policy.as_deref();
    let policy = policy.and_then(|text| serde_json::from_str(text).ok());
    let blank = modlog::Line {
        dataset: dataset.url.clone(),
        uid: dataset.uid,
        n: tail.n + 1,
        prev: tail.hash,
        time: app.clock.now(),
        action: String::new(),
        role: by.role.clone(),
        instance: by.instance.clone().unwrap_or_else(|| app.host().clone()),
        reason: None,
        about: None,
        target: None,
        count: None,
        policy: policy.as_ref().map(commit::policy),
        entry: None,
    };
    fill(blank, line)
}

fn fill(mut blank: modlog::Line, line: Line) -> modlog::Line {
    let action = match line {
        Line::Accepted {
            from,
            amended,
            entry,
        } => {
            (blank.target, blank.entry) = (Some(from), Some(entry));
            if amended { "amended" } else { "accepted" }
        }
        Line::Refused { from } => {
            blank.target = Some(from);
            "refused"
        }
        Line::Dropped { from } => {
            blank.target = Some(from);
            "dropped"
        }
        Line::Undone { entry } => {
            blank.entry = Some(entry);
            "undone"
        }
        Line::Withdrawn => "withdrawn",
        Line::Expired { count } => {
            blank.count = Some(count);
            "expired"
        }
        Line::Granted { role, to, entry } => {
            blank.about = Some(role.as_str().to_owned());
            (blank.target, blank.entry) = (Some(to), entry);
            "granted"
        }
        Line::Revoked {
            role,
            from,
            entry,
            why,
        } => {
            blank.about = Some(role.as_str().to_owned());
            blank.reason = Some(why.to_owned());
            (blank.target, blank.entry) = (Some(from), entry);
            "revoked"
        }
        Line::PolicyChanged { entry } => {
            blank.entry = Some(entry);
            "policy"
        }
        Line::RulesChanged { rules } => {
            blank.count = Some(rules);
            "rules"
        }
        Line::ReportHandled {
            from,
            problem,
            outcome,
        } => {
            (blank.reason, blank.about) = (Some(problem), Some(outcome.to_owned()));
            blank.target = Some(from);
            "report"
        }
        Line::Redacted { values, entry } => {
            (blank.count, blank.entry) = (Some(values), Some(entry));
            "redacted"
        }
        Line::Moved { to, entry } => {
            (blank.target, blank.entry) = (Some(to), Some(entry));
            "moved"
        }
        Line::Closed { keep, entry } => {
            blank.about = Some(if keep { "kept" } else { "erased" }.to_owned());
            blank.entry = Some(entry);
            "closed"
        }
        Line::Succeeded { from, entry } => {
            (blank.target, blank.entry) = (Some(from), Some(entry));
            "succeeded"
        }
    };
    action.clone_into(&mut blank.action);
    blank
}

/// The key by which this instance signs statements of its own.
fn instance_key(tx: &mut Tx<'_>) -> Result<LogKey, StoreError> {
    let record = tx.find_key("/actor", ED25519)?;
    let record = record.ok_or_else(|| {
        StoreError::Other("this instance has no key: run `rustine init`".to_owned())
    })?;
    let seed = record
        .secret
        .as_deref()
        .and_then(|secret| secret.try_into().ok());
    seed.map(LogKey::from_seed).ok_or_else(|| {
        StoreError::Other("the key of this instance is damaged: restore a backup".to_owned())
    })
}

#[cfg(test)]
mod tests;
