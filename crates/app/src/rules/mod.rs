//! The owner's rules on a dataset: what happens to a proposal by field and sender, and what citizens' votes do
//! (`protocol.md` §5). They are local to the origin; how many moderators must agree stands in the log.
//!
//! What a rule means is decided by [`rustine_domain::rules`]; here it is read from the store ([`load`]), changed
//! ([`change`]), applied to what arrives ([`door`]), tried on what arrived before ([`preview`]).

pub mod change;
pub mod door;
pub mod preview;
#[cfg(test)]
mod tests;
pub mod votes;

use rustine_domain::review::Role;
use rustine_domain::rules::{Ceiling, Outcome, Rule, Rules, Sender, VoteRules};
use rustine_store::{RuleRecord, RuleSettingsRecord, StoreError, Tx};

/// A sender is new until people accepted so many of its proposals, unless the owner says otherwise.
pub const QUARANTINE: i64 = 3;

/// The rules of a dataset and what holds beside them.
///
/// # Errors
/// Where the store fails, or holds a rule that cannot be read.
pub fn load(tx: &mut Tx<'_>, dataset: i64) -> Result<Rules, StoreError> {
    let records = tx.list_rules(dataset)?;
    let rules: Result<Vec<Rule>, StoreError> = records.iter().map(read).collect();
    let settings = settings(tx, dataset)?;
    Ok(Rules {
        rules: rules?,
        quarantine: settings.quarantine.unsigned_abs(),
    })
}

/// What holds on a dataset beside its rules.
///
/// # Errors
/// Where the store fails.
pub fn settings(tx: &mut Tx<'_>, dataset: i64) -> Result<RuleSettingsRecord, StoreError> {
    let known = tx.find_rule_settings(dataset)?;
    Ok(known.unwrap_or_else(|| usual(dataset)))
}

fn usual(dataset: i64) -> RuleSettingsRecord {
    let votes = VoteRules::default();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    RuleSettingsRecord {
        dataset,
        quarantine: QUARANTINE,
        pending_per_actor: None,
        pending_per_instance: None,
        votes_on: votes.on,
        votes_for: number(votes.needed),
        votes_against: number(votes.against),
        votes_days: number(votes.days),
        votes_force: number(votes.force),
    }
}

/// What votes do, by the settings of a dataset.
pub fn vote_rules(settings: &RuleSettingsRecord) -> VoteRules {
    VoteRules {
        on: settings.votes_on,
        needed: settings.votes_for.unsigned_abs(),
        against: settings.votes_against.unsigned_abs(),
        days: settings.votes_days.unsigned_abs(),
        force: settings.votes_force.unsigned_abs(),
    }
}

/// A stored rule.
///
/// # Errors
/// Where it cannot be read.
pub fn read(record: &RuleRecord) -> Result<Rule, StoreError> {
    let damaged = || StoreError::Other(format!("the stored rule {} is damaged", record.id));
    let field = record.field.as_deref().map(str::parse).transpose();
    let count = |number: i64| u32::try_from(number).map_err(|_| damaged());
    let outcome = match record.outcome.as_str() {
        "accept" => Outcome::Accept(Ceiling {
            ops: count(record.daily_ops)?,
            percent: count(record.daily_percent)?,
        }),
        "queue" => Outcome::Queue,
        "drop" => Outcome::Drop,
        _ => return Err(damaged()),
    };
    Ok(Rule {
        id: record.id,
        field: field.map_err(|_| damaged())?,
        sender: sender(&record.sender, record.who.as_deref()).ok_or_else(damaged)?,
        outcome,
    })
}

/// The senders that a word and a name stand for; `None` where there are no such.
pub fn sender(word: &str, who: Option<&str>) -> Option<Sender> {
    Some(match (word, who) {
        ("anyone", None) => Sender::Anyone,
        ("strangers", None) => Sender::Strangers,
        ("peers", None) => Sender::Peers,
        ("visitors", None) => Sender::Visitors,
        ("accounts", None) => Sender::Accounts,
        ("role", Some("write")) => Sender::Role(Role::Write),
        ("role", Some("maintain")) => Sender::Role(Role::Maintain),
        ("group", Some(name)) if !name.is_empty() => Sender::Group(name.to_owned()),
        ("peer", Some(host)) => Sender::Peer(host.parse().ok()?),
        _ => return None,
    })
}

/// The word and the name that senders are stored by.
pub fn sender_words(sender: &Sender) -> (&'static str, Option<String>) {
    match sender {
        Sender::Anyone => ("anyone", None),
        Sender::Strangers => ("strangers", None),
        Sender::Peers => ("peers", None),
        Sender::Visitors => ("visitors", None),
        Sender::Accounts => ("accounts", None),
        Sender::Role(role) => ("role", Some(role.as_str().to_owned())),
        Sender::Group(name) => ("group", Some(name.clone())),
        Sender::Peer(host) => ("peer", Some(host.to_string())),
    }
}

/// The word that an outcome is stored by, and its ceiling; the usual one where there is none.
pub fn outcome_words(outcome: Outcome) -> (&'static str, Ceiling) {
    match outcome {
        Outcome::Accept(ceiling) => ("accept", ceiling),
        Outcome::Queue => ("queue", Ceiling::USUAL),
        Outcome::Drop => ("drop", Ceiling::USUAL),
    }
}
