//! What is counted at the origin: the reviews that came, the grants and the policy of this moment.

use rustine_domain::ids::{Hash, Host};
use rustine_domain::key::Multikey;
use rustine_domain::policy::Policy;
use rustine_domain::proof;
use rustine_domain::quorum::{self, Cast, Held, Question, Standing, Void};
use rustine_domain::review::{Case, Role, Tally, Verdict};
use rustine_store::{DatasetRecord, GrantRecord, PatchRecord, ReviewRecord, StoreError, Tx};
use serde_json::Value;

use crate::App;
use crate::grants::{self, OFFERED};

/// The policy in force. One that cannot be read asks for more than there can ever be.
pub fn policy_of(dataset: &DatasetRecord) -> Policy {
    let document = dataset.policy.as_deref().map(serde_json::from_str::<Value>);
    match document {
        None => Policy::default_for_new_dataset(),
        Some(document) => document
            .ok()
            .and_then(|document| Policy::parse(&document).ok())
            .unwrap_or_else(|| Policy::new(u32::MAX, u32::MAX, true)),
    }
}

/// Everything that a count needs, read in one transaction.
pub struct Count {
    policy: Policy,
    origin: Host,
    proposer: Option<String>,
    proposing: Host,
    version: Hash,
    /// The corrections that the last approval is for.
    amended: Option<Hash>,
    now: rustine_domain::time::Timestamp,
    grants: Vec<Held>,
    reviews: Vec<(Cast, Value)>,
}

impl Count {
    /// Reads what is to be counted on a proposal at its origin.
    ///
    /// # Errors
    /// Where the store fails, or holds what cannot be read.
    pub fn read(
        app: &App,
        tx: &mut Tx<'_>,
        dataset: &DatasetRecord,
        patch: &PatchRecord,
    ) -> Result<Self, StoreError> {
        let damaged = || StoreError::Other(format!("the patch {} is damaged", patch.id));
        let mut held = Vec::new();
        for grant in tx.list_grants(Some(dataset.id))? {
            held.extend(held_of(app, tx, dataset, &grant)?);
        }
        let kept = tx.list_reviews(patch.id)?;
        let kept = kept.iter().filter(|review| review.void.is_none());
        Ok(Self {
            policy: policy_of(dataset),
            origin: app.host().clone(),
            proposer: patch.proposer.clone(),
            proposing: patch.proposer_host.parse().map_err(|_| damaged())?,
            version: patch.digest,
            amended: None,
            now: app.clock.now(),
            grants: held,
            reviews: kept.filter_map(cast_of).collect(),
        })
    }

    fn question(&self) -> Question<'_> {
        Question {
            policy: &self.policy,
            case: Case {
                origin: &self.origin,
                proposer: self.proposer.as_deref(),
                proposing: &self.proposing,
            },
            version: self.version,
            amended: self.amended,
            now: self.now,
        }
    }

    /// Whether a review that is about to be kept counts.
    ///
    /// # Errors
    /// [`Void`]
    pub fn judge(&self, cast: &Cast, document: &Value) -> Result<(), Void> {
        quorum::judge(&self.question(), &self.grants, cast, |key| {
            is_by(document, key)
        })
        .map(drop)
    }

    /// Adds a review that has just arrived; true where it accepts.
    pub fn arrives(&mut self, cast: Cast, document: Value) -> bool {
        if cast.verdict == Verdict::Approve {
            self.amended = cast.amended;
        }
        self.reviews.push((cast, document));
        let casts = self.casts();
        quorum::accepts_on_arrival(&self.question(), &self.grants, &casts, |cast, key| {
            self.proves(&casts, cast, key)
        })
    }

    /// Where the votes stand on what the last approval is for.
    pub fn tally(&self) -> Tally {
        let casts = self.casts();
        quorum::recount(&self.question(), &self.grants, &casts, |cast, key| {
            self.proves(&casts, cast, key)
        })
    }

    fn casts(&self) -> Vec<Cast> {
        self.reviews.iter().map(|(cast, _)| cast.clone()).collect()
    }

    fn proves(&self, casts: &[Cast], cast: &Cast, key: &Multikey) -> bool {
        let at = casts.iter().position(|known| std::ptr::eq(known, cast));
        at.is_some_and(|at| is_by(&self.reviews[at].1, key))
    }

    /// The signed reviews that stand: the last of each reviewer that counts, in the order of their arrival.
    pub fn standing(&self) -> Vec<Value> {
        let counts = |(cast, document): &&(Cast, Value)| {
            cast.verdict != Verdict::Remark && self.judge(cast, document).is_ok()
        };
        let counted: Vec<&(Cast, Value)> = self.reviews.iter().filter(counts).collect();
        let is_last = |at: usize| {
            let later = &counted[at + 1..];
            !later
                .iter()
                .any(|(cast, _)| cast.reviewer == counted[at].0.reviewer)
        };
        let standing = (0..counted.len()).filter(|at| is_last(*at));
        standing.map(|at| counted[at].1.clone()).collect()
    }
}

/// Whether a document is signed with this key.
pub(super) fn is_by(document: &Value, key: &Multikey) -> bool {
    let map = document.as_object();
    map.is_some_and(|map| proof::verify(map, key).is_ok())
}

/// A grant as the rules see it; a request, or what is damaged, is none.
fn held_of(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    grant: &GrantRecord,
) -> Result<Option<Held>, StoreError> {
    let Ok(key) = grant.key.parse() else {
        return Ok(None);
    };
    let lapsed = if app.local_path(&grant.target).is_some() {
        grants::role_of(app, tx, &grant.target, dataset.id)? < Role::Write
    } else {
        let actor = tx.find_remote_actor(&grant.target)?;
        actor.is_some_and(|actor| actor.suspended)
    };
    let standing = match grant.state.as_str() {
        // Nothing changes a grant after the entry that ends it.
        grants::REVOKED => Standing::Revoked(grant.updated),
        grants::ACTIVE | OFFERED if !lapsed => Standing::Stands,
        _ => Standing::Suspended,
    };
    Ok(Some(Held {
        target: grant.target.clone(),
        role: Role::from_word(&grant.role),
        key,
        end: grant.end_at,
        standing,
    }))
}

fn cast_of(review: &ReviewRecord) -> Option<(Cast, Value)> {
    let document: Value = serde_json::from_str(&review.document).ok()?;
    let cast = Cast {
        reviewer: review.reviewer.clone(),
        instance: review.host.parse().ok()?,
        version: review.digest,
        verdict: review.verdict.parse().ok()?,
        amended: amended_in(&document)?,
        published: document["published"].as_str()?.parse().ok()?,
    };
    Some((cast, document))
}

/// The corrections that a signed review names; `None` where they cannot be read.
pub(super) fn amended_in(document: &Value) -> Option<Option<Hash>> {
    match &document["amendedDigest"] {
        Value::Null => Some(None),
        digest => Some(Some(digest.as_str()?.parse().ok()?)),
    }
}
