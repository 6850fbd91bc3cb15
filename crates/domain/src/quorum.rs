//! Which reviews count, and whether they accept (`protocol.md` §5). The same function decides at the origin, judges a
//! past decision from the log alone ([`crate::audit`]), and is asked in every order of events by its tests.
//!
//! Nothing is remembered of an earlier count: who holds what is read at the moment of decision.

use crate::checks::Check;
use crate::ids::{Hash, Host};
use crate::key::Multikey;
use crate::policy::Policy;
use crate::review::{Case, Role, Tally, Verdict, Vote, tally};
use crate::time::Timestamp;

/// A role that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose it is: an actor's URL.
    pub target: String,
    /// Which.
    pub role: Role,
    /// What its holder's reviews are signed with.
    pub key: Multikey,
    /// When it ends by itself.
    pub end: Timestamp,
    /// Whether it gives its role still.
    pub standing: Standing,
}

/// Whether a grant gives its role still; its day apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Stands,
    /// Not now: its holder moved, shows another key, or lost her account.
    Suspended,
    /// An entry of this time took it back.
    Revoked(Timestamp),
}

/// A review as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// Whose it is: an actor's URL.
    pub reviewer: String,
    /// The reviewer's instance.
    pub instance: Host,
    /// The version that was read.
    pub version: Hash,
    /// What was said.
    pub verdict: Verdict,
    /// The digest of the operations that an approval is for, where these are not those offered: computed as that of an
    /// offer, with its nonce and schema.
    pub amended: Option<Hash>,
    /// When, as its author dated and signed it.
    pub published: Timestamp,
}

/// Why a review counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Void {
    /// Nobody ever gave its author a role here.
    #[error("its author holds no grant on this dataset")]
    NoGrant,
    /// The role was taken back or is suspended.
    #[error("the grant of its author was revoked or is suspended")]
    Revoked,
    /// The role is over.
    #[error("the grant of its author has expired")]
    Expired,
    /// The role is a new one, and the review is from before the one that was taken back had ended.
    #[error(
        "it was signed before a grant of its author was revoked, and a new grant does not bring it back"
    )]
    Before,
    /// It is signed by another key than the one that the grant names.
    #[error("it is not signed with the key that the grant of its author names")]
    OtherKey,
    /// The proposal is another one by now.
    #[error("it is about another version of the proposal")]
    OldVersion,
    /// Nobody votes on what she proposes.
    #[error("its author proposed this herself")]
    Own,
}

/// What is decided on, under which rules, when.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// Whose the dataset and the proposal are.
    pub case: Case<'a>,
    /// The version that stands now.
    pub version: Hash,
    /// The corrections that are to be applied with it, as [`Cast::amended`] names them; none as it was offered.
    pub amended: Option<Hash>,
    /// Now.
    pub now: Timestamp,
}

/// Judges one review. `proven` says whether its proof was made by a key.
///
/// # Errors
/// [`Void`]: why it counts for nothing.
pub fn judge(
    question: &Question<'_>,
    grants: &[Held],
    cast: &Cast,
    proven: impl Fn(&Multikey) -> bool,
) -> Result<Vote, Void> {
    let asked = Check::ReviewGrant.stands();
    let held = || grants.iter().filter(|grant| grant.target == cast.reviewer);
    let binding = || held().filter(|grant| grant.role >= Role::Write || !asked);
    let standing = || binding().filter(|grant| grant.standing == Standing::Stands || !asked);
    let in_force = || standing().filter(|grant| grant.end > question.now || !asked);
    if binding().next().is_none() && asked {
        return Err(Void::NoGrant);
    }
    if standing().next().is_none() && asked {
        return Err(Void::Revoked);
    }
    if in_force().next().is_none() && asked {
        return Err(Void::Expired);
    }
    if !in_force().any(|grant| proven(&grant.key)) && Check::Proof.stands() {
        return Err(Void::OtherKey);
    }
    let before =
        |grant: &Held| matches!(grant.standing, Standing::Revoked(at) if cast.published < at);
    if held().any(before) && Check::ReviewBefore.stands() {
        return Err(Void::Before);
    }
    if question.case.proposer == Some(cast.reviewer.as_str()) && Check::ReviewOwn.stands() {
        return Err(Void::Own);
    }
    if cast.version != question.version && Check::ReviewVersion.stands() {
        return Err(Void::OldVersion);
    }
    Ok(Vote {
        reviewer: cast.reviewer.clone(),
        instance: cast.instance.clone(),
        // Whoever agrees to other values asks for a change of these.
        verdict: match cast.verdict {
            Verdict::Approve if cast.amended != question.amended => Verdict::Revise,
            verdict => verdict,
        },
    })
}

/// Counts the reviews, in the order of their arrival, by the policy and the grants of now.
pub fn recount(
    question: &Question<'_>,
    grants: &[Held],
    reviews: &[Cast],
    proven: impl Fn(&Cast, &Multikey) -> bool,
) -> Tally {
    let votes: Vec<Vote> = reviews
        .iter()
        .filter_map(|cast| judge(question, grants, cast, |key| proven(cast, key)).ok())
        .collect();
    tally(question.policy, question.case, &votes)
}

/// Whether the last of the reviews, which has just arrived, accepts: it is an approval of what is in question, it counts,
/// and with it the quorum stands. Nothing but this function accepts by votes; a revoked grant or another policy never asks it.
pub fn accepts_on_arrival(
    question: &Question<'_>,
    grants: &[Held],
    reviews: &[Cast],
    proven: impl Fn(&Cast, &Multikey) -> bool,
) -> bool {
    let Some(arriving) = reviews.last() else {
        return false;
    };
    judge(question, grants, arriving, |key| proven(arriving, key))
        .is_ok_and(|vote| vote.verdict == Verdict::Approve)
        && recount(question, grants, reviews, proven) == Tally::Accepts
}

#[cfg(test)]
mod tests;
