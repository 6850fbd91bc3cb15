//! `rustine peer policy HOST …`: what happens to a partner's proposals, and which groups it is in.

use anyhow::bail;
use rustine_app::App;
use rustine_app::peers::choose;
use rustine_app::rules::change::{self, Owner};
use rustine_app::rules::{outcome_words, read};
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_domain::rules::{Ceiling, Outcome, Rule, Sender};
use rustine_store::{RuleRecord, StoreError};
use serde_json::{Value, json};

use crate::cli::{PolicyOptions, PolicyOutcome};
use crate::output::Answer;

/// Changes what is asked for, then says what holds.
pub fn run(app: &App, host: &Host, options: &PolicyOptions) -> anyhow::Result<Answer> {
    if let Some(groups) = &options.groups {
        choose::set_groups(app, host, &choose::groups(groups)?)?;
    }
    match (&options.dataset, options.outcome) {
        (Some(dataset), Some(PolicyOutcome::None)) => remove(app, host, dataset, options)?,
        (Some(dataset), Some(outcome)) => {
            let rule = Rule {
                id: 0,
                field: options.field.clone(),
                sender: Sender::Peer(host.clone()),
                outcome: meant(outcome, options),
            };
            change::set(app, Owner::Operator, dataset, &rule)?;
        }
        (None, None) => {}
        _ => bail!("a rule needs both --dataset and what happens: accept, queue, drop or none"),
    }
    shown(app, host)
}

fn meant(outcome: PolicyOutcome, options: &PolicyOptions) -> Outcome {
    match outcome {
        PolicyOutcome::Accept => Outcome::Accept(Ceiling {
            ops: options.daily_ops.unwrap_or(Ceiling::USUAL.ops),
            percent: options.daily_percent.unwrap_or(Ceiling::USUAL.percent),
        }),
        PolicyOutcome::Drop => Outcome::Drop,
        PolicyOutcome::Queue | PolicyOutcome::None => Outcome::Queue,
    }
}

fn remove(
    app: &App,
    host: &Host,
    dataset: &DatasetAddress,
    options: &PolicyOptions,
) -> anyhow::Result<()> {
    let field = options.field.as_ref().map(ToString::to_string);
    let known = of_peer(app, host)?;
    let found = known
        .iter()
        .find(|(name, rule)| *name == dataset.name.as_str() && rule.field == field);
    let Some((_, rule)) = found else {
        bail!("no rule about {host} and this field on this dataset");
    };
    Ok(change::remove(app, Owner::Operator, dataset, rule.id)?)
}

/// The rules that name a peer, each with the name of its dataset.
fn of_peer(app: &App, host: &Host) -> anyhow::Result<Vec<(String, RuleRecord)>> {
    let found = app.db.read(|tx| {
        let mut found = Vec::new();
        for rule in tx.list_rules_about("peer", host.as_str())? {
            let dataset = tx.load_dataset(rule.dataset)?;
            found.push((dataset.name, rule));
        }
        Ok::<_, StoreError>(found)
    })?;
    Ok(found)
}

fn shown(app: &App, host: &Host) -> anyhow::Result<Answer> {
    let groups = app.db.read(|tx| tx.groups_of(host.as_str()))?;
    let mut lines = vec![match groups.is_empty() {
        true => format!("{host} is in no group."),
        false => format!("{host} is in the groups {}.", groups.join(", ")),
    }];
    let mut rules: Vec<Value> = Vec::new();
    for (dataset, record) in of_peer(app, host)? {
        let rule = read(&record)?;
        let (outcome, ceiling) = outcome_words(rule.outcome);
        let field = record.field.as_deref();
        let limits = match rule.outcome {
            Outcome::Accept(_) => format!(
                ", {} changes and {} % of the rows a day",
                ceiling.ops, ceiling.percent
            ),
            _ => String::new(),
        };
        let everything = "everything";
        lines.push(format!(
            "{dataset}: {outcome} {}{limits}",
            field.unwrap_or(everything)
        ));
        rules.push(json!({
            "id": rule.id, "dataset": dataset, "field": field, "outcome": outcome,
            "daily_ops": ceiling.ops, "daily_percent": ceiling.percent,
        }));
    }
    let json = json!({"host": host, "groups": groups, "rules": rules});
    Ok(Answer::done(json, lines.join("\n")))
}
