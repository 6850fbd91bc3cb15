//! Who or what decides, and how the log says so.

use rustine_domain::ids::Host;
use rustine_domain::review::Role;
use rustine_store::PatchRecord;
use serde_json::{Value, json};

use crate::App;
use crate::accounts::Person;
use crate::modlog::By;
use crate::rules::door::VOTES;

/// Who or what decides: what the entry says of it, and nothing else, depends on that.
#[derive(Debug, Clone, Copy)]
pub enum Decider<'a> {
    /// Somebody of this instance who decides alone, with the role that lets her.
    Person {
        /// Who.
        person: &'a Person,
        /// What she may do on this dataset.
        role: Role,
    },
    /// The policy's quorum, reached by an arriving approval.
    Quorum {
        /// The signed reviews that were counted, as they were received.
        reviews: &'a [Value],
        /// The instance of the one that completed it.
        last: &'a str,
    },
    /// A rule, by itself.
    Rule {
        /// Its number.
        id: i64,
        /// What it says, for people.
        sentence: &'a str,
    },
}

impl Decider<'_> {
    /// As it stands beside the patch: an actor's URL for a person.
    pub(super) fn name(&self, app: &App) -> String {
        match self {
            Self::Person { person, .. } => app.url(&format!("/users/{}", person.name)),
            Self::Quorum { .. } => QUORUM.to_owned(),
            Self::Rule { id, .. } => format!("rule:{id}"),
        }
    }

    /// `meta.content.decision` of the entry.
    pub(super) fn decision(&self, app: &App) -> Value {
        match self {
            Self::Person { role, .. } => json!({"by": self.name(app), "role": role.as_str()}),
            Self::Quorum { .. } => json!({"by": QUORUM}),
            Self::Rule { sentence, .. } => json!({"by": "rule", "rule": sentence}),
        }
    }

    /// As the moderation log says it: a role and an instance, never a person.
    pub(super) fn in_modlog(&self, patch: &PatchRecord) -> By {
        let host = |text: &str| text.parse::<Host>().ok();
        match self {
            Self::Person { role, .. } => By::here(*role),
            Self::Quorum { last, .. } => {
                host(last).map_or_else(By::clock, |last| By::quorum(&last))
            }
            Self::Rule { id: VOTES, .. } => By::citizens(),
            Self::Rule { .. } => {
                host(&patch.proposer_host).map_or_else(By::clock, |host| By::rule(&host))
            }
        }
    }
}

/// Stands in the place of a person where votes decided.
pub const QUORUM: &str = "quorum";
