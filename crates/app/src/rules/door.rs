//! What rules do to a proposal that arrives.

use std::collections::BTreeSet;

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::Host;
use rustine_domain::review::Role;
use rustine_domain::rules::{Case, DAY_SECONDS, Fate, Source, Spent, decide, rows_touched};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, RuleUseRecord, StoreError, Tx};

use super::load;
use crate::App;
use crate::log::append::{self, AppendError};
use crate::modlog::{self, By, Line};
use crate::patches::decide::{self, DecideError, Decider};
use crate::patches::{IN, ops_of};

/// Stands in the place of a rule's number where votes accepted.
pub const VOTES: i64 = 0;

/// A refusal at the door, in words for the proposer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the owner of this dataset takes no such proposals from you")]
pub struct Dropped {
    /// The dataset.
    pub dataset: i64,
    /// The rule.
    pub rule: i64,
}

/// What happens to a proposal on a dataset of ours, by its rules as they are now. What came in a burst waits.
///
/// # Errors
/// Where the store fails.
pub fn fate(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    ops: &[OfferedOp],
) -> Result<Option<Fate>, StoreError> {
    if !dataset.is_local() {
        return Ok(None);
    }
    let rules = load(tx, dataset.id)?;
    if rules.rules.is_empty() {
        return Ok(None);
    }
    let from = source(app, tx, patch)?;
    let spent = spent(app, tx, dataset.id, &from.host)?;
    let case = Case {
        from: &from,
        ops,
        spent,
        rows: dataset.row_count.unsigned_abs(),
    };
    Ok(Some(decide(&rules, case)))
}

/// What is known now of who sent a proposal.
///
/// # Errors
/// Where the store fails.
pub fn source(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Source, StoreError> {
    let host: Host = patch
        .proposer_host
        .parse()
        .map_err(|_| StoreError::Other(format!("the stored patch {} is damaged", patch.id)))?;
    let here = host == *app.host();
    let peer = !here && crate::peers::is_accepted(tx, host.as_str())?;
    let groups = match peer {
        true => groups(tx, host.as_str())?,
        false => BTreeSet::new(),
    };
    let role = match &patch.proposer {
        Some(actor) => crate::grants::role_of(app, tx, actor, patch.dataset)?,
        None => Role::None,
    };
    Ok(Source {
        here,
        peer,
        groups,
        visitor: patch.proposer.is_none(),
        role,
        // Times are whole seconds: what people accepted in this very second counts too.
        accepted: accepted_by_people(tx, patch, patch.created.plus_seconds(1))?,
        host,
    })
}

/// How many proposals of a sender that came before an instant people accepted on our datasets: of a person, or of an
/// instance's visitors. What rules accepted says nothing about a sender.
pub(super) fn accepted_by_people(
    tx: &mut Tx<'_>,
    patch: &PatchRecord,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let earlier = PatchFilter {
        statuses: vec!["accepted".to_owned(), "amended".to_owned()],
        direction: Some(IN.to_owned()),
        proposer: patch.proposer.clone(),
        proposer_host: Some(patch.proposer_host.clone()),
        by_visitors: Some(patch.proposer.is_none()),
        created_before: Some(before),
        ..PatchFilter::default()
    };
    let accepted = tx.count_patches(&earlier)?;
    let host = &patch.proposer_host;
    let ruled = tx.count_ruled(host, patch.proposer.as_deref(), before)?;
    Ok((accepted - ruled).max(0).unsigned_abs())
}

/// The groups of peers that a peer belongs to.
///
/// # Errors
/// Where the store fails.
pub fn groups(tx: &mut Tx<'_>, host: &str) -> Result<BTreeSet<String>, StoreError> {
    Ok(tx.groups_of(host)?.into_iter().collect())
}

fn spent(app: &App, tx: &mut Tx<'_>, dataset: i64, host: &Host) -> Result<Spent, StoreError> {
    let since = app.clock.now().plus_seconds(-DAY_SECONDS);
    let uses = tx.list_rule_uses(dataset, Some(host.as_str()), since)?;
    let ruled = uses.iter().filter(|used| used.rule != VOTES);
    Ok(ruled.fold(Spent::default(), |sum, used| Spent {
        ops: sum.ops + used.operations.unsigned_abs(),
        rows: sum.rows + used.touched.unsigned_abs(),
    }))
}

/// Counts a proposal that a rule refused at the door; the first of an instance on a day is a line of the moderation log,
/// so that a flood is one.
///
/// # Errors
/// Where the store fails.
pub fn dropped(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    rule: i64,
    host: &str,
) -> Result<(), StoreError> {
    let day = app.clock.now().seconds().div_euclid(DAY_SECONDS);
    if tx.count_rule_drop(dataset.id, rule, host, day)? > 0 {
        return Ok(());
    }
    let Ok(from) = host.parse::<Host>() else {
        return Ok(());
    };
    let line = Line::Dropped { from: from.clone() };
    modlog::write(app, tx, dataset, &By::rule(&from), line)
}

/// Applies a proposal by a rule, or by votes (`None`); false where it has to wait for people: nothing can be signed now,
/// or its cells changed meanwhile.
///
/// # Errors
/// Where the store fails; the transaction must then be given up.
pub(crate) fn accept(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    patch: PatchRecord,
    rule: Option<i64>,
) -> Result<bool, StoreError> {
    match append::ready(app, tx, dataset) {
        Ok(()) => {}
        Err(AppendError::Store(error)) => return Err(error),
        Err(why) => {
            tracing::info!("{} waits for a person: {why}", patch.id);
            return Ok(false);
        }
    }
    let ops = ops_of(&patch)?;
    let sentence = match rule {
        Some(id) => sentence(tx, dataset.id, id)?,
        None => "the votes of citizens".to_owned(),
    };
    let id = rule.unwrap_or(VOTES);
    let by = Decider::Rule {
        id,
        sentence: &sentence,
    };
    match decide::apply(app, tx, dataset, patch.clone(), by, None) {
        Ok(Ok(_)) => {
            used(app, tx, &patch, &ops, id)?;
            Ok(true)
        }
        Ok(Err(_)) => Ok(false),
        Err(DecideError::Store(error) | DecideError::Append(AppendError::Store(error))) => {
            Err(error)
        }
        Err(other) => Err(StoreError::Other(other.to_string())),
    }
}

/// What a rule says, for the log.
fn sentence(tx: &mut Tx<'_>, dataset: i64, id: i64) -> Result<String, StoreError> {
    let rules = tx.list_rules(dataset)?;
    let Some(rule) = rules.into_iter().find(|rule| rule.id == id) else {
        return Ok(format!("rule {id}"));
    };
    let field = rule.field.as_deref().unwrap_or("everything");
    let who = rule.who.unwrap_or_default();
    let said = format!("accept {field} from {} {who}", rule.sender);
    Ok(said.trim_end().to_owned())
}

/// Notes that a rule accepted a proposal, or votes did: the ceiling counts it.
fn used(
    app: &App,
    tx: &mut Tx<'_>,
    patch: &PatchRecord,
    ops: &[OfferedOp],
    rule: i64,
) -> Result<(), StoreError> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    tx.insert_rule_use(&RuleUseRecord {
        patch: patch.id,
        dataset: patch.dataset,
        host: patch.proposer_host.clone(),
        rule,
        operations: number(ops.len() as u64),
        touched: number(rows_touched(ops)),
        at: app.clock.now(),
    })
}
