//! Whether the decisions of a log kept its own policy (`protocol.md` §5), from the log alone: no instance is asked, not
//! even those of the reviewers, whose keys stand in their grants.
//!
//! A decision that one person of the origin took alone rests on the origin's word for her role: its log key signed it.
//! What it cannot make up are the votes of others.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::digest::offer_digest;
use crate::ids::{Hash, Host};
use crate::log::{Body, Header, Kind};
use crate::policy::Policy;
use crate::proof;
use crate::quorum::{Cast, Held, Question, Standing, Void, judge};
use crate::review::{Case, Role, Tally, decides_alone, tally};

/// What a decision turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The policy in force was kept.
    Kept(How),
    /// It was not.
    Violated(String),
    /// The log does not say enough.
    NotCheckable(&'static str),
}

/// By what a decision kept the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Somebody of the origin, with a role that decides alone.
    Alone,
    /// So many approvals that count.
    Votes(u32),
}

impl Finding {
    /// `kept`, `violated` or `notCheckable`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Kept(_) => "kept",
            Self::Violated(_) => "violated",
            Self::NotCheckable(_) => "notCheckable",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(How::Alone) => write!(f, "kept: decided alone by somebody of the origin"),
            Self::Kept(How::Votes(count)) => write!(f, "kept: {count} approvals count"),
            Self::Violated(why) => write!(f, "violated: {why}"),
            Self::NotCheckable(why) => write!(f, "not checkable: {why}"),
        }
    }
}

/// What is known of a log up to an entry.
#[derive(Debug, Clone)]
pub struct Audit {
    policy: Policy,
    grants: BTreeMap<String, Held>,
    /// A grant whose terms were erased may be the one that a vote rests on.
    erased_grant: bool,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            policy: Policy::default_for_new_dataset(),
            grants: BTreeMap::new(),
            erased_grant: false,
        }
    }
}

impl Audit {
    /// Takes the next entry; for one that decided on a proposal, says whether it kept the policy.
    pub fn next(&mut self, header: &Header, body: &Body) -> Option<Finding> {
        match &header.kind {
            Kind::Policy(_) => {
                let policy = body.policy.as_ref().map(Policy::parse);
                if let Some(Ok(policy)) = policy {
                    self.policy = policy;
                }
                None
            }
            Kind::Grant => {
                self.grant(body);
                None
            }
            Kind::Revoke => {
                let id = grant_of(body).and_then(|grant| grant["id"].as_str());
                let held = id.and_then(|id| self.grants.get_mut(id));
                // The first end is the end.
                if let Some(held) = held.filter(|held| held.standing == Standing::Stands) {
                    held.standing = Standing::Revoked(header.time);
                }
                None
            }
            Kind::Patch => Some(self.decision(header, body)),
            _ => None,
        }
    }

    fn grant(&mut self, body: &Body) {
        let Some(grant) = grant_of(body) else {
            self.erased_grant = true;
            return;
        };
        let text = |member: &str| grant[member].as_str().unwrap_or_default();
        let (Ok(key), Ok(end)) = (text("key").parse(), text("endTime").parse()) else {
            return;
        };
        // An id that stands again gives nothing: what was ended stays ended.
        self.grants.entry(text("id").to_owned()).or_insert(Held {
            target: text("target").to_owned(),
            role: Role::from_word(text("role")),
            key,
            end,
            standing: Standing::Stands,
        });
    }

    fn decision(&self, header: &Header, body: &Body) -> Finding {
        let Some(meta) = &body.meta else {
            return Finding::NotCheckable("who decided was erased");
        };
        let Some(decision) = meta.content.get("decision") else {
            return Finding::NotCheckable("the entry does not say who decided");
        };
        match decision["by"].as_str() {
            Some("quorum") => self.votes(header, body),
            Some("rule") => Finding::NotCheckable("a rule accepted it, and no person"),
            Some("citizens") => {
                Finding::NotCheckable("citizens accepted it, whose votes stay with the origin")
            }
            Some(person) => self.alone(header, person, &decision["role"]),
            None => Finding::NotCheckable("the entry does not say who decided"),
        }
    }

    fn alone(&self, header: &Header, person: &str, role: &Value) -> Finding {
        let role = Role::from_word(role.as_str().unwrap_or_default());
        let at_origin = host(person).is_some() && host(person) == host(&header.attributed_to);
        if decides_alone(role, at_origin) {
            return Finding::Kept(How::Alone);
        }
        let one_is_enough = at_origin && role >= Role::Write && self.policy.quorum == 1;
        match one_is_enough {
            true => Finding::Kept(How::Alone),
            false if !at_origin => {
                Finding::Violated("somebody of another instance decided alone".to_owned())
            }
            false => Finding::Violated(format!(
                "one person decided, and the policy asks for {}",
                self.policy.quorum
            )),
        }
    }

    fn votes(&self, header: &Header, body: &Body) -> Finding {
        let content = body.meta.as_ref().map(|meta| &meta.content);
        let answered = body.meta.as_ref().and_then(|meta| meta.answered().ok()?);
        let (Some(content), Some(answered)) = (content, answered) else {
            return Finding::Violated("it names no proposal that was voted on".to_owned());
        };
        let (Some(origin), Some(proposing)) = (host(&header.attributed_to), host(&answered.id))
        else {
            return Finding::Violated("it names no instance that proposed".to_owned());
        };
        let amended = match answered.amended {
            false => None,
            true => {
                let applied = body.offered(answered.order_added).zip(body.nonce.as_ref());
                let Some((ops, nonce)) = applied else {
                    return Finding::NotCheckable(
                        "what was voted on was corrected, and a value is erased",
                    );
                };
                Some(offer_digest(nonce, header.uid, &answered.schema, &ops))
            }
        };
        let case = Case {
            origin: &origin,
            proposer: content.get("proposer").and_then(Value::as_str),
            proposing: &proposing,
        };
        let question = Question {
            policy: &self.policy,
            case,
            version: answered.digest,
            amended,
            now: header.time,
        };
        let grants: Vec<Held> = self.grants.values().cloned().collect();
        let reviews = content.get("reviews").and_then(Value::as_array);
        let mut votes = Vec::new();
        let mut voids = Vec::new();
        for document in reviews.into_iter().flatten() {
            let judged = cast(document).ok_or(Void::OtherKey).and_then(|cast| {
                judge(&question, &grants, &cast, |key| {
                    let map = document.as_object();
                    map.is_some_and(|map| proof::verify(map, key).is_ok())
                })
            });
            match judged {
                Ok(vote) => votes.push(vote),
                Err(void) => voids.push(void),
            }
        }
        match tally(&self.policy, case, &votes) {
            Tally::Accepts => {
                Finding::Kept(How::Votes(u32::try_from(votes.len()).unwrap_or(u32::MAX)))
            }
            _ if self.erased_grant && voids.contains(&Void::NoGrant) => {
                Finding::NotCheckable("a grant that a vote may rest on was erased")
            }
            Tally::Blocked => Finding::Violated("one of its reviews objects".to_owned()),
            Tally::Waits {
                approvals,
                instances,
            } => Finding::Violated(self.lacking(approvals, instances, voids.first())),
        }
    }

    fn lacking(&self, approvals: u32, instances: u32, void: Option<&Void>) -> String {
        let Policy {
            quorum,
            instances: wanted,
            owner_required,
            ..
        } = &self.policy;
        let owner = if *owner_required {
            ", the owner's among them"
        } else {
            ""
        };
        let void = void.map(|void| format!("; one review does not count: {void}"));
        format!(
            "{approvals} approvals of {instances} instances count, and the policy asks for {quorum} of {wanted}{owner}{}",
            void.unwrap_or_default()
        )
    }
}

fn grant_of(body: &Body) -> Option<&Value> {
    body.meta.as_ref()?.content.get("grant")
}

/// A signed review as it stands in an entry.
fn cast(document: &Value) -> Option<Cast> {
    let text = |member: &str| document[member].as_str();
    let reviewer = text("attributedTo")?;
    Some(Cast {
        reviewer: reviewer.to_owned(),
        instance: host(reviewer)?,
        version: text("patchDigest")?.parse::<Hash>().ok()?,
        verdict: text("verdict")?.parse().ok()?,
        amended: match &document["amendedDigest"] {
            Value::Null => None,
            digest => Some(digest.as_str()?.parse().ok()?),
        },
        published: text("published")?.parse().ok()?,
    })
}

/// `host[:port]` of an http or https URL.
fn host(url: &str) -> Option<Host> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    rest.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests;
