//! Reviews: a moderator's verdict on a patch, and when verdicts accept it (`protocol.md` §5).
//!
//! Whether a vote counts at all (its grant active now, its proof valid, its digest current) is decided from
//! the store before it comes here. Only an arriving approval may accept: nothing else asks [`tally`] in order
//! to act, so that a revoked grant or a new policy never decides anything by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::ids::{Host, InvalidId};
use crate::policy::Policy;

/// What a reviewer says about a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Apply it.
    Approve,
    /// Change it first; blocks acceptance by votes.
    Revise,
    /// Do not apply it; blocks acceptance by votes.
    Reject,
    /// A comment that decides nothing.
    Remark,
}

impl Verdict {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Revise => "revise",
            Self::Reject => "reject",
            Self::Remark => "remark",
        }
    }
}
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl FromStr for Verdict {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        [Self::Approve, Self::Revise, Self::Reject, Self::Remark]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| InvalidId {
                text: crate::problem::shown(text),
                expected: "approve, revise, reject or remark",
            })
    }
}

/// What somebody may do on a dataset. Ordered: each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Nothing beyond what everybody may; also every role of a later version.
    #[default]
    None,
    /// Binding reviews.
    Write,
    /// Schema, policy, redaction.
    Maintain,
}

impl Role {
    /// Reads the word of a grant; unknown ones count as none.
    pub fn from_word(word: &str) -> Self {
        match word {
            "write" => Self::Write,
            "maintain" => Self::Maintain,
            _ => Self::None,
        }
    }
    /// The word of a grant; empty for none.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Write => "write",
            Self::Maintain => "maintain",
        }
    }
}

/// True where this one person decides without votes: a maintainer of the origin itself.
pub fn decides_alone(role: Role, at_the_origin: bool) -> bool {
    at_the_origin && role == Role::Maintain
}

/// A vote that counts, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The reviewer's actor URL.
    pub reviewer: String,
    /// The reviewer's instance.
    pub instance: Host,
    /// What they said.
    pub verdict: Verdict,
}

/// Who the votes are about.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The instance that owns the dataset.
    pub origin: &'a Host,
    /// The proposer's actor URL; `None` for a visitor.
    pub proposer: Option<&'a str>,
    /// The proposer's instance.
    pub proposing: &'a Host,
}

/// Where the votes stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tally {
    /// The quorum is reached and nobody objects.
    Accepts,
    /// Somebody asks for a change, or objects.
    Blocked,
    /// More approvals are needed.
    Waits {
        /// Approvals that count so far.
        approvals: u32,
        /// Instances they come from.
        instances: u32,
    },
}

/// Counts votes by the policy. A later vote of a reviewer replaces the earlier one, a remark replaces nothing;
/// the proposer's own vote is left out; at most one approval counts per instance other than the origin;
/// approvals of the proposing instance alone never suffice.
pub fn tally(policy: &Policy, case: Case<'_>, votes: &[Vote]) -> Tally {
    let mut standing: BTreeMap<&str, &Vote> = votes
        .iter()
        .filter(|vote| vote.verdict != Verdict::Remark)
        .filter(|vote| case.proposer != Some(vote.reviewer.as_str()) || !Check::ReviewOwn.stands())
        .map(|vote| (vote.reviewer.as_str(), vote))
        .collect();
    let all = standing.len();
    standing.retain(|_, vote| vote.verdict == Verdict::Approve);
    if standing.len() < all && Check::VoteObjection.stands() {
        return Tally::Blocked;
    }
    let instances: BTreeSet<&Host> = standing.values().map(|vote| &vote.instance).collect();
    let (at_origin, elsewhere): (Vec<&Host>, Vec<&Host>) = standing
        .values()
        .map(|vote| &vote.instance)
        .partition(|instance| *instance == case.origin);
    let elsewhere = match Check::VoteInstance.stands() {
        true => elsewhere.into_iter().collect::<BTreeSet<_>>().len(),
        false => elsewhere.len(),
    };
    let approvals = u32::try_from(at_origin.len() + elsewhere).unwrap_or(u32::MAX);
    let hosts = u32::try_from(instances.len()).unwrap_or(u32::MAX);
    let independent = instances.iter().any(|host| *host != case.proposing);
    let independent = independent || !Check::VoteProposing.stands();
    let owner = !at_origin.is_empty() || !policy.owner_required || !Check::VoteOwner.stands();
    let enough = approvals >= policy.quorum && hosts >= policy.instances;
    if (enough || !Check::VoteQuorum.stands()) && independent && owner {
        Tally::Accepts
    } else {
        Tally::Waits {
            approvals,
            instances: hosts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Votes written `lea@b.example:approve`; the origin is `a.example`, the proposer `lea@b.example`.
    fn check(policy: (u32, u32, bool), votes: &[&str], expected: &str) {
        let host = |text: &str| text.parse::<Host>().unwrap();
        let votes: Vec<Vote> = votes
            .iter()
            .map(|text| {
                let (reviewer, verdict) = text.split_once(':').unwrap();
                Vote {
                    reviewer: reviewer.to_owned(),
                    instance: host(reviewer.split_once('@').unwrap().1),
                    verdict: verdict.parse().unwrap(),
                }
            })
            .collect();
        let case = Case {
            origin: &host("a.example"),
            proposer: Some("lea@b.example"),
            proposing: &host("b.example"),
        };
        let policy = Policy::new(policy.0, policy.1, policy.2);
        let found = match tally(&policy, case, &votes) {
            Tally::Accepts => "accepts".to_owned(),
            Tally::Blocked => "blocked".to_owned(),
            Tally::Waits {
                approvals,
                instances,
            } => format!("waits {approvals}/{instances}"),
        };
        assert_eq!(found, expected, "{votes:?}");
    }

    #[test]
    fn a_local_maintainer_decides_alone() {
        assert!(decides_alone(Role::Maintain, true));
        assert!(!decides_alone(Role::Maintain, false));
        assert!(!decides_alone(Role::Write, true));
        assert_eq!(Role::from_word("emperor"), Role::None);
    }

    #[test]
    fn verdicts_and_roles_read_back_as_they_are_written() {
        for (verdict, word) in [
            (Verdict::Approve, "approve"),
            (Verdict::Revise, "revise"),
            (Verdict::Reject, "reject"),
            (Verdict::Remark, "remark"),
        ] {
            assert_eq!(verdict.to_string(), word);
            assert_eq!(word.parse(), Ok(verdict));
        }
        assert!("Approve".parse::<Verdict>().is_err());
        for (role, word) in [
            (Role::None, ""),
            (Role::Write, "write"),
            (Role::Maintain, "maintain"),
        ] {
            assert_eq!(role.as_str(), word);
            assert_eq!(Role::from_word(word), role);
        }
    }

    #[test]
    fn an_instance_elsewhere_counts_once() {
        check(
            (2, 1, false),
            &["x@c.example:approve", "y@c.example:approve"],
            "waits 1/1",
        );
        check(
            (2, 1, false),
            &["x@a.example:approve", "y@a.example:approve"],
            "accepts",
        );
        check(
            (2, 2, false),
            &["x@a.example:approve", "y@a.example:approve"],
            "waits 2/1",
        );
        check(
            (2, 2, false),
            &["x@a.example:approve", "y@c.example:approve"],
            "accepts",
        );
    }

    #[test]
    fn the_proposing_instance_alone_never_suffices() {
        check((1, 1, false), &["x@b.example:approve"], "waits 1/1");
        check((1, 1, false), &["lea@b.example:approve"], "waits 0/0");
        check(
            (2, 1, false),
            &["x@b.example:approve", "y@c.example:approve"],
            "accepts",
        );
    }

    #[test]
    fn an_objection_stands_until_its_reviewer_votes_again() {
        let approve = "y@c.example:approve";
        check((1, 1, false), &[approve, "x@a.example:reject"], "blocked");
        check((1, 1, false), &[approve, "x@a.example:revise"], "blocked");
        check(
            (1, 1, false),
            &[approve, "x@a.example:revise", "x@a.example:remark"],
            "blocked",
        );
        check(
            (1, 1, false),
            &["x@a.example:reject", "x@a.example:approve"],
            "accepts",
        );
    }

    #[test]
    fn the_owner_may_be_required() {
        check((1, 1, true), &["y@c.example:approve"], "waits 1/1");
        check((1, 1, true), &["x@a.example:approve"], "accepts");
        check((1, 1, true), &[], "waits 0/0");
    }
}
