//! What is typed into the forms of the rules.

use rustine_app::rules::change::RulesError;
use rustine_app::rules::sender;
use rustine_domain::rules::{Ceiling, Outcome, Rule};
use rustine_store::RuleSettingsRecord;

use crate::failure::Failure;
use crate::forms::Posted;
use crate::view::Fault;
use crate::visit::Visit;

/// A new rule, as typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The field's name; empty for all.
    pub field: String,
    /// The senders, `word` or `word:name`.
    pub sender: String,
    /// `accept`, `queue` or `drop`.
    pub outcome: String,
    /// Operations a day.
    pub ops: String,
    /// Percent of the rows a day.
    pub percent: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            field: String::new(),
            sender: String::new(),
            outcome: "queue".to_owned(),
            ops: Ceiling::USUAL.ops.to_string(),
            percent: Ceiling::USUAL.percent.to_string(),
        }
    }
}

/// The form as it was filled in.
pub fn typed(posted: &Posted) -> Typed {
    let text = |name: &str| posted.text(name).chars().take(200).collect();
    Typed {
        field: text("field"),
        sender: text("sender"),
        outcome: text("outcome"),
        ops: text("ops"),
        percent: text("percent"),
    }
}

/// The rule of the form; `None` where it is none.
pub fn rule(posted: &Posted) -> Option<Rule> {
    let number = |name: &str| posted.text(name).trim().parse::<u32>().ok();
    let (word, who) = match posted.text("sender").split_once(':') {
        Some((word, who)) => (word, Some(who)),
        None => (posted.text("sender"), None),
    };
    let outcome = match posted.text("outcome") {
        "accept" => Outcome::Accept(Ceiling {
            ops: number("ops")?,
            percent: number("percent")?,
        }),
        "queue" => Outcome::Queue,
        "drop" => Outcome::Drop,
        _ => return None,
    };
    let field = match posted.text("field") {
        "" => None,
        name => Some(name.parse().ok()?),
    };
    Some(Rule {
        id: 0,
        field,
        sender: sender(word, who)?,
        outcome,
    })
}

/// What holds beside the rules; an empty quota is that of the instance.
///
/// # Errors
/// [`RulesError::Number`] for what is none.
pub fn settings(posted: &Posted) -> Result<RuleSettingsRecord, RulesError> {
    let number = |name: &'static str| {
        let text = posted.text(name).trim();
        // What is no number is refused with the range, as one out of it is.
        text.parse().map_err(|_| RulesError::Number {
            what: name,
            least: 0,
            most: 10_000,
        })
    };
    let quota = |name: &'static str| match posted.text(name).trim() {
        "" => Ok(None),
        _ => number(name).map(Some),
    };
    Ok(RuleSettingsRecord {
        dataset: 0,
        quarantine: number("quarantine")?,
        pending_per_actor: quota("pending-per-actor")?,
        pending_per_instance: quota("pending-per-instance")?,
        votes_on: posted.text("votes") == "on",
        votes_for: number("votes-for")?,
        votes_against: number("votes-against")?,
        votes_days: number("votes-days")?,
        votes_force: number("votes-force")?,
    })
}

/// What a person can mend, at its place in the page.
///
/// # Errors
/// Anything else.
pub fn fault(visit: &Visit, error: RulesError) -> Result<Fault, Failure> {
    let at = |anchor: &str, sentence: String| Fault {
        anchor: Some(anchor.to_owned()),
        sentence,
    };
    Ok(match error {
        RulesError::Exists => at("sender", visit.page.t("rules-problem-exists")),
        RulesError::TooMany => at("sender", visit.page.t("rules-problem-many")),
        RulesError::NoField(_) => at("field", visit.page.t("rules-problem-field")),
        RulesError::Number { what, least, most } => {
            let anchor = match what {
                "daily-ops" => "ops",
                "daily-percent" => "percent",
                other => other,
            };
            let sentence = visit
                .page
                .t2("rules-problem-number", "least", least, "most", most);
            at(anchor, sentence)
        }
        RulesError::Store(error) => return Err(error.into()),
        RulesError::Dataset(error) => return Err(error.into()),
        RulesError::Append(error) => return Err(error.into()),
        RulesError::NotAllowed(_) => return Err(Failure::new(403, error.to_string())),
        RulesError::Elsewhere(_) | RulesError::Unknown(_) => return Err(Failure::not_found()),
    })
}
