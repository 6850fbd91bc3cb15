//! What happens to a proposal before anybody looks at it: the owner's rules by field and sender (`protocol.md` §5).
//!
//! For everything that a proposal touches, the most precise rule counts: one for a field before one for all, one for a
//! peer before one for its group, its role, its kind, or anybody. The strictest of their outcomes is that of the
//! proposal. Where no rule speaks, it waits. Nothing is accepted from a new sender, or beyond a day's ceiling: it waits.
//!
//! [`decide`] is all there is to it: arriving proposals and the preview over old ones call the same function.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::digest::OfferedOp;
use crate::ids::{FieldName, Host};
use crate::review::Role;
use crate::time::Timestamp;

mod votes;

pub use votes::{Count, VoteRules, Voted, voted};

/// Rules that one dataset may have.
pub const MAX_RULES: usize = 200;
/// Over which time a ceiling counts, in seconds.
pub const DAY_SECONDS: i64 = 86_400;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number.
    pub id: i64,
    /// The field that it is about; `None` for all of them, and for adding and removing rows.
    pub field: Option<FieldName>,
    /// Whose proposals it is about.
    pub sender: Sender,
    /// What happens to them.
    pub outcome: Outcome,
}

impl Rule {
    /// What is accepted from a partner by name ends with the partnership; what waits or is dropped does not.
    fn speaks_of(&self, from: &Source) -> bool {
        let of_partner = matches!(
            (&self.sender, self.outcome),
            (Sender::Peer(_), Outcome::Accept(_))
        );
        self.sender.includes(from) && (from.peer || !of_partner)
    }
}

/// Whose proposals a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// Everybody's.
    Anyone,
    /// Those of instances that are no peers.
    Strangers,
    /// Those of all peers.
    Peers,
    /// Those of people without an account, wherever they are.
    Visitors,
    /// Those of people with an account on this instance.
    Accounts,
    /// Those of people who have at least this role on the dataset.
    Role(Role),
    /// Those of the peers of a group.
    Group(String),
    /// Those of one peer.
    Peer(Host),
}

impl Sender {
    /// How precise it is; among equals the stricter outcome counts.
    fn precision(&self) -> u8 {
        match self {
            Self::Anyone => 0,
            Self::Strangers | Self::Peers | Self::Visitors | Self::Accounts => 1,
            Self::Role(_) => 2,
            Self::Group(_) => 3,
            Self::Peer(_) => 4,
        }
    }

    fn includes(&self, from: &Source) -> bool {
        match self {
            Self::Anyone => true,
            Self::Strangers => !from.here && !from.peer,
            Self::Peers => from.peer,
            Self::Visitors => from.visitor,
            Self::Accounts => from.here && !from.visitor,
            Self::Role(role) => from.role >= *role && *role != Role::None,
            Self::Group(name) => from.groups.contains(name),
            Self::Peer(host) => from.host == *host,
        }
    }
}

/// What happens to a proposal by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Applied at once, up to a ceiling.
    Accept(Ceiling),
    /// Waits for a decision.
    Queue,
    /// Refused at the door; nothing is kept.
    Drop,
}

/// What is accepted from one instance in 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ceiling {
    /// Operations.
    pub ops: u32,
    /// Rows touched, in percent of the dataset's rows; one row is always allowed.
    pub percent: u32,
}

impl Ceiling {
    /// What `protocol.md` §5 names.
    pub const USUAL: Self = Self {
        ops: 50,
        percent: 5,
    };
    /// Most that an owner may allow.
    pub const MOST: Self = Self {
        ops: 5_000,
        percent: 100,
    };

    fn rows(self, held: u64) -> u64 {
        (held * u64::from(self.percent) / 100).max(1)
    }
}

/// What is known of who sent a proposal, at the time of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The instance.
    pub host: Host,
    /// It is ours.
    pub here: bool,
    /// It is an accepted peer.
    pub peer: bool,
    /// The groups of peers that it belongs to.
    pub groups: BTreeSet<String>,
    /// Somebody without an account.
    pub visitor: bool,
    /// Their role on the dataset.
    pub role: Role,
    /// How many of the sender's proposals people accepted here.
    pub accepted: u64,
}

/// What rules have accepted from one instance in the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Operations.
    pub ops: u64,
    /// Rows, counted once for each proposal.
    pub rows: u64,
}

/// Rules and what holds beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// The rules.
    pub rules: Vec<Rule>,
    /// A sender is new until people accepted so many of their proposals; 0 turns it off.
    pub quarantine: u64,
}

/// The proposal to be decided on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Who sent it.
    pub from: &'a Source,
    /// What it does.
    pub ops: &'a [OfferedOp],
    /// What rules have accepted from that instance in the last 24 hours.
    pub spent: Spent,
    /// Rows of the dataset.
    pub rows: u64,
}

/// What happens to a proposal, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is applied at once.
    Accept {
        /// By this rule.
        rule: i64,
    },
    /// It waits.
    Queue(Waits),
    /// It is refused at the door.
    Drop {
        /// By this rule.
        rule: i64,
    },
}

/// Why a proposal waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// No rule speaks about all that it touches.
    NoRule,
    /// This rule says so.
    Rule(i64),
    /// A rule would accept it, but its sender is new.
    Quarantine {
        /// That rule.
        rule: i64,
    },
    /// A rule would accept it, but the day's ceiling is reached.
    Ceiling {
        /// That rule.
        rule: i64,
    },
}

/// What a proposal touches: a field of a row, or a whole row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touch<'a> {
    Row,
    Field(&'a FieldName),
}

/// Decides by the rules what happens to a proposal.
pub fn decide(rules: &Rules, case: Case<'_>) -> Fate {
    let mut strictest: Option<&Rule> = None;
    let mut ceiling = Ceiling::MOST;
    let mut silent = false;
    for touch in touches(case.ops) {
        let Some(rule) = speaking(&rules.rules, case.from, touch) else {
            silent = true;
            continue;
        };
        if let Outcome::Accept(own) = rule.outcome {
            ceiling = Ceiling {
                ops: ceiling.ops.min(own.ops),
                percent: ceiling.percent.min(own.percent),
            };
        }
        if strictest.is_none_or(|known| severity(rule) > severity(known)) {
            strictest = Some(rule);
        }
    }
    let Some(rule) = strictest else {
        return Fate::Queue(Waits::NoRule);
    };
    match rule.outcome {
        Outcome::Drop => Fate::Drop { rule: rule.id },
        Outcome::Queue => Fate::Queue(Waits::Rule(rule.id)),
        Outcome::Accept(_) if silent => Fate::Queue(Waits::NoRule),
        Outcome::Accept(_) => within(rules, case, rule.id, ceiling),
    }
}

/// Where every rule accepts: not from a new sender, and not beyond the day's ceiling.
fn within(rules: &Rules, case: Case<'_>, rule: i64, ceiling: Ceiling) -> Fate {
    if case.from.accepted < rules.quarantine && case.from.role == Role::None {
        return Fate::Queue(Waits::Quarantine { rule });
    }
    let ops = case.spent.ops + case.ops.len() as u64;
    let rows = case.spent.rows + rows_touched(case.ops);
    if ops > u64::from(ceiling.ops) || rows > ceiling.rows(case.rows) {
        return Fate::Queue(Waits::Ceiling { rule });
    }
    Fate::Accept { rule }
}

/// The rule that counts for something that is touched.
fn speaking<'r>(rules: &'r [Rule], from: &Source, touch: Touch<'_>) -> Option<&'r Rule> {
    let about = |rule: &&Rule| match (&rule.field, touch) {
        (None, _) => true,
        (Some(field), Touch::Field(touched)) => field == touched,
        (Some(_), Touch::Row) => false,
    };
    rules
        .iter()
        .filter(about)
        .filter(|rule| rule.speaks_of(from))
        .max_by_key(|rule| {
            (
                rule.field.is_some(),
                rule.sender.precision(),
                severity(rule),
                // Of two that say the same, the older one is named.
                std::cmp::Reverse(rule.id),
            )
        })
}

fn severity(rule: &Rule) -> u8 {
    match rule.outcome {
        Outcome::Accept(_) => 0,
        Outcome::Queue => 1,
        Outcome::Drop => 2,
    }
}

fn touches(ops: &[OfferedOp]) -> BTreeSet<Touch<'_>> {
    let mut found = BTreeSet::new();
    for op in ops {
        match op {
            OfferedOp::Set { field, .. } => {
                found.insert(Touch::Field(field));
            }
            OfferedOp::Add { cells, .. } => {
                found.insert(Touch::Row);
                found.extend(cells.keys().map(Touch::Field));
            }
            OfferedOp::Del { .. } => {
                found.insert(Touch::Row);
            }
        }
    }
    found
}

/// How many rows a proposal touches; each added one counts.
pub fn rows_touched(ops: &[OfferedOp]) -> u64 {
    let mut rows = BTreeSet::new();
    let mut added = 0;
    for op in ops {
        match op {
            OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => {
                rows.insert(row);
            }
            OfferedOp::Add { .. } => added += 1,
        }
    }
    rows.len() as u64 + added
}

/// What rules accept from each instance, kept for as long as a ceiling counts; the preview's stand-in for the store.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    uses: BTreeMap<Host, VecDeque<(Timestamp, Spent)>>,
}

impl Ledger {
    /// What was accepted from an instance in the 24 hours before.
    pub fn spent(&mut self, host: &Host, now: Timestamp) -> Spent {
        let Some(uses) = self.uses.get_mut(host) else {
            return Spent::default();
        };
        let since = now.plus_seconds(-DAY_SECONDS);
        while uses.front().is_some_and(|(at, _)| *at <= since) {
            uses.pop_front();
        }
        uses.iter().fold(Spent::default(), |sum, (_, spent)| Spent {
            ops: sum.ops + spent.ops,
            rows: sum.rows + spent.rows,
        })
    }

    /// Notes what was accepted.
    pub fn spend(&mut self, host: &Host, now: Timestamp, ops: &[OfferedOp]) {
        let spent = Spent {
            ops: ops.len() as u64,
            rows: rows_touched(ops),
        };
        let uses = self.uses.entry(host.clone()).or_default();
        uses.push_back((now, spent));
    }
}

#[cfg(test)]
mod tests;
