//! Rules in words.

use std::collections::BTreeMap;

use rustine_domain::review::Role;
use rustine_domain::rules::{Fate, Outcome, Rule, Sender, Waits};
use rustine_domain::schema::Schema;
use rustine_store::{StoreError, Tx};

use super::RuleLine;
use crate::page::Page;

/// The fields that a rule may be about: name and title.
pub fn fields(schema: &Schema) -> Vec<(String, String)> {
    let named = schema.fields.iter();
    named
        .map(|field| (field.name.to_string(), title(schema, field.name.as_str())))
        .collect()
}

fn title(schema: &Schema, name: &str) -> String {
    let known = schema.field(name).map(|field| field.title.clone());
    known
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| name.to_owned())
}

/// The senders that a rule may be about, the peers of this instance by name.
pub fn senders(tx: &mut Tx<'_>, page: &Page) -> Result<Vec<(String, String)>, StoreError> {
    let mut found: Vec<(String, String)> = ["anyone", "visitors", "accounts", "peers", "strangers"]
        .into_iter()
        .map(|word| (word.to_owned(), page.t(&format!("rules-from-{word}"))))
        .collect();
    for role in [Role::Write, Role::Maintain] {
        let sender = Sender::Role(role);
        found.push((format!("role:{}", role.as_str()), who(page, &sender)));
    }
    let peers = tx.list_peers()?;
    let mut groups = std::collections::BTreeSet::new();
    for peer in peers.iter().filter(|peer| peer.state == "accepted") {
        let title = page.t1("rules-from-peer", "host", &peer.host);
        found.push((format!("peer:{}", peer.host), title));
        groups.extend(rustine_app::rules::door::groups(tx, &peer.host)?);
    }
    for group in groups {
        let title = page.t1("rules-from-group", "group", &group);
        found.push((format!("group:{group}"), title));
    }
    Ok(found)
}

/// A rule of the table.
pub fn line(page: &Page, schema: &Schema, rule: &Rule, dropped: &BTreeMap<i64, i64>) -> RuleLine {
    let (outcome, ceiling) = match rule.outcome {
        Outcome::Accept(ceiling) => ("rules-accept", Some((ceiling.ops, ceiling.percent))),
        Outcome::Queue => ("rules-queue", None),
        Outcome::Drop => ("rules-drop", None),
    };
    RuleLine {
        id: rule.id,
        field: what(page, schema, rule),
        sender: who(page, &rule.sender),
        outcome,
        ceiling,
        sentence: sentence(page, schema, rule),
        dropped: dropped.get(&rule.id).copied().unwrap_or(0),
    }
}

fn what(page: &Page, schema: &Schema, rule: &Rule) -> String {
    match &rule.field {
        Some(field) => title(schema, field.as_str()),
        None => page.t("rules-everything"),
    }
}

fn who(page: &Page, sender: &Sender) -> String {
    match sender {
        Sender::Anyone => page.t("rules-from-anyone"),
        Sender::Strangers => page.t("rules-from-strangers"),
        Sender::Peers => page.t("rules-from-peers"),
        Sender::Visitors => page.t("rules-from-visitors"),
        Sender::Accounts => page.t("rules-from-accounts"),
        Sender::Role(Role::Maintain) => page.t("rules-from-maintain"),
        Sender::Role(_) => page.t("rules-from-write"),
        Sender::Group(name) => page.t1("rules-from-group", "group", name),
        Sender::Peer(host) => page.t1("rules-from-peer", "host", host),
    }
}

/// What a rule says, in one sentence.
pub fn sentence(page: &Page, schema: &Schema, rule: &Rule) -> String {
    let key = match (&rule.field, rule.outcome) {
        (Some(_), Outcome::Accept(_)) => "rules-says-accept-field",
        (Some(_), Outcome::Queue) => "rules-says-queue-field",
        (Some(_), Outcome::Drop) => "rules-says-drop-field",
        (None, Outcome::Accept(_)) => "rules-says-accept",
        (None, Outcome::Queue) => "rules-says-queue",
        (None, Outcome::Drop) => "rules-says-drop",
    };
    let (ops, percent) = match rule.outcome {
        Outcome::Accept(ceiling) => (ceiling.ops, ceiling.percent),
        _ => (0, 0),
    };
    page.lang.say_with(
        key,
        vec![
            ("who", who(page, &rule.sender).into()),
            ("field", what(page, schema, rule).into()),
            ("ops", i64::from(ops).into()),
            ("percent", i64::from(percent).into()),
        ],
    )
}

/// What would have happened to a proposal.
pub fn fate(page: &Page, fate: Fate) -> String {
    let (key, rule) = match fate {
        Fate::Accept { rule } => ("rules-fate-accept", rule),
        Fate::Drop { rule } => ("rules-fate-drop", rule),
        Fate::Queue(Waits::NoRule) => ("rules-fate-none", 0),
        Fate::Queue(Waits::Rule(rule)) => ("rules-fate-queue", rule),
        Fate::Queue(Waits::Quarantine { rule }) => ("rules-fate-quarantine", rule),
        Fate::Queue(Waits::Ceiling { rule }) => ("rules-fate-ceiling", rule),
    };
    match rule {
        0 if key != "rules-fate-none" => page.t(&format!("{key}-tried")),
        rule => page.t1(key, "rule", rule),
    }
}
