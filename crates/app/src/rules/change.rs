//! An owner changes the rules of a dataset. Each change is a line of the moderation log.

use rustine_domain::ids::DatasetAddress;
use rustine_domain::review::Role;
use rustine_domain::rules::{Ceiling, MAX_RULES, Outcome, Rule};
use rustine_store::{DatasetRecord, RuleRecord, RuleSettingsRecord, StoreError, Tx};

use super::{load, outcome_words, sender_words};
use crate::App;
use crate::accounts::{Person, roles};
use crate::datasets::{UnknownDataset, find};
use crate::log::append::{AppendError, schema_of};
use crate::modlog::{self, By, Line};

/// Most that the numbers beside the rules may be.
const MOST: i64 = 10_000;

/// Who changes rules.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// Somebody in a page; must maintain the dataset.
    Person(&'a Person),
    /// Whoever runs commands on the machine.
    Operator,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// Its origin makes its rules.
    #[error("{0} makes the rules of this dataset, not this instance")]
    Elsewhere(String),
    /// The person does not maintain the dataset.
    #[error("{0} may not make the rules of this dataset: ask an operator")]
    NotAllowed(String),
    /// The dataset has no such field.
    #[error("this dataset has no field {0}")]
    NoField(String),
    /// There are too many.
    #[error("a dataset has at most {MAX_RULES} rules: remove one first")]
    TooMany,
    /// A rule that says the same of the same exists.
    #[error("a rule about these senders and this field exists: remove it first")]
    Exists,
    /// No such rule.
    #[error("no rule {0} on this dataset")]
    Unknown(i64),
    /// A number is out of range.
    #[error("{what} is a number from {least} to {most}")]
    Number {
        /// Which.
        what: &'static str,
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// The stored dataset is damaged.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a rule (its id does not count) and returns its number.
///
/// # Errors
/// [`RulesError`]
pub fn add(
    app: &App,
    by: Owner<'_>,
    address: &DatasetAddress,
    rule: &Rule,
) -> Result<i64, RulesError> {
    app.db.write(|tx| {
        let dataset = owned(app, tx, by, address)?;
        let held = load(tx, dataset.id)?.rules;
        match held.iter().any(|known| is_about_the_same(known, rule)) {
            true => Err(RulesError::Exists),
            false => put(app, tx, by, &dataset, rule, held.len()),
        }
    })
}

fn is_about_the_same(known: &Rule, rule: &Rule) -> bool {
    known.field == rule.field && known.sender == rule.sender
}

/// Writes a rule where there are `others` beside it.
fn put(
    app: &App,
    tx: &mut Tx<'_>,
    by: Owner<'_>,
    dataset: &DatasetRecord,
    rule: &Rule,
    others: usize,
) -> Result<i64, RulesError> {
    check(rule)?;
    if others >= MAX_RULES {
        return Err(RulesError::TooMany);
    }
    let schema = schema_of(dataset)?;
    if let Some(field) = &rule.field
        && schema.field(field.as_str()).is_none()
    {
        return Err(RulesError::NoField(field.to_string()));
    }
    let id = tx.insert_rule(&record(app, dataset.id, rule))?;
    changed(app, tx, dataset, by, others + 1)?;
    Ok(id)
}

/// Removes a rule.
///
/// # Errors
/// [`RulesError`]
pub fn remove(
    app: &App,
    by: Owner<'_>,
    address: &DatasetAddress,
    id: i64,
) -> Result<(), RulesError> {
    app.db.write(|tx| {
        let dataset = owned(app, tx, by, address)?;
        if !tx.delete_rule(dataset.id, id)? {
            return Err(RulesError::Unknown(id));
        }
        let left = tx.list_rules(dataset.id)?.len();
        changed(app, tx, &dataset, by, left)
    })
}

/// Replaces the rule about these senders and this field, or adds one; returns its number.
///
/// # Errors
/// [`RulesError`]
pub fn set(
    app: &App,
    by: Owner<'_>,
    address: &DatasetAddress,
    rule: &Rule,
) -> Result<i64, RulesError> {
    app.db.write(|tx| {
        let dataset = owned(app, tx, by, address)?;
        set_in(app, tx, by, &dataset, rule)
    })
}

/// The same in the caller's transaction, on a dataset of ours. A rule that says this already stays, without a line of
/// the moderation log.
pub(crate) fn set_in(
    app: &App,
    tx: &mut Tx<'_>,
    by: Owner<'_>,
    dataset: &DatasetRecord,
    rule: &Rule,
) -> Result<i64, RulesError> {
    let held = load(tx, dataset.id)?.rules;
    let known = held.iter().find(|known| is_about_the_same(known, rule));
    let Some(known) = known else {
        return put(app, tx, by, dataset, rule, held.len());
    };
    if known.outcome == rule.outcome {
        return Ok(known.id);
    }
    tx.delete_rule(dataset.id, known.id)?;
    put(app, tx, by, dataset, rule, held.len() - 1)
}

/// Writes what holds beside the rules.
///
/// # Errors
/// [`RulesError`]
pub fn settle(
    app: &App,
    by: Owner<'_>,
    address: &DatasetAddress,
    settings: &RuleSettingsRecord,
) -> Result<(), RulesError> {
    let numbers = [
        ("quarantine", 0, Some(settings.quarantine)),
        ("pending-per-actor", 1, settings.pending_per_actor),
        ("pending-per-instance", 1, settings.pending_per_instance),
        ("votes-for", 1, Some(settings.votes_for)),
        ("votes-against", 0, Some(settings.votes_against)),
        ("votes-days", 0, Some(settings.votes_days)),
        ("votes-force", 1, Some(settings.votes_force)),
    ];
    for (what, least, number) in numbers {
        if number.is_some_and(|number| !(least..=MOST).contains(&number)) {
            return Err(RulesError::Number {
                what,
                least,
                most: MOST,
            });
        }
    }
    app.db.write(|tx| {
        let dataset = owned(app, tx, by, address)?;
        tx.put_rule_settings(&RuleSettingsRecord {
            dataset: dataset.id,
            ..settings.clone()
        })?;
        let rules = tx.list_rules(dataset.id)?.len();
        changed(app, tx, &dataset, by, rules)
    })
}

fn check(rule: &Rule) -> Result<(), RulesError> {
    let Outcome::Accept(ceiling) = rule.outcome else {
        return Ok(());
    };
    for (what, number, most) in [
        ("daily-ops", ceiling.ops, Ceiling::MOST.ops),
        ("daily-percent", ceiling.percent, Ceiling::MOST.percent),
    ] {
        if !(1..=most).contains(&number) {
            return Err(RulesError::Number {
                what,
                least: 1,
                most: most.into(),
            });
        }
    }
    Ok(())
}

fn record(app: &App, dataset: i64, rule: &Rule) -> RuleRecord {
    let (sender, who) = sender_words(&rule.sender);
    let (outcome, ceiling) = outcome_words(rule.outcome);
    RuleRecord {
        id: 0,
        dataset,
        field: rule.field.as_ref().map(ToString::to_string),
        sender: sender.to_owned(),
        who,
        outcome: outcome.to_owned(),
        daily_ops: ceiling.ops.into(),
        daily_percent: ceiling.percent.into(),
        created: app.clock.now(),
    }
}

/// The dataset, where it is ours and its rules are this person's business; asked again in each transaction.
pub(super) fn owned(
    app: &App,
    tx: &mut Tx<'_>,
    by: Owner<'_>,
    address: &DatasetAddress,
) -> Result<DatasetRecord, RulesError> {
    let dataset = find(app, tx, address)?;
    if !dataset.is_local() {
        return Err(RulesError::Elsewhere(dataset.host));
    }
    if let Owner::Person(person) = by
        && roles::role_on(app, tx, person, dataset.id)? != Role::Maintain
    {
        return Err(RulesError::NotAllowed(person.name.clone()));
    }
    Ok(dataset)
}

fn changed(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    by: Owner<'_>,
    rules: usize,
) -> Result<(), RulesError> {
    let by = match by {
        Owner::Person(_) => By::here(Role::Maintain),
        Owner::Operator => By::operator(),
    };
    let rules = rules as u64;
    Ok(modlog::write(
        app,
        tx,
        dataset,
        &by,
        Line::RulesChanged { rules },
    )?)
}
