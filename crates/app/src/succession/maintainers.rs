//! Who has the role `maintain` by the log itself. The local roles of the origin's own people stand in no log, and went
//! with it.

use rustine_domain::key::Multikey;
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, GrantRecord, StoreError, Tx};

/// A person who has a say in who goes on with a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintainer {
    /// Her actor.
    pub actor: String,
    /// The key that the grant names.
    pub key: Multikey,
}

/// Everybody with the role, once; who was given it twice has one say, under the key of the later grant.
///
/// # Errors
/// Where the store fails.
pub fn list(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    now: Timestamp,
) -> Result<Vec<Maintainer>, StoreError> {
    let mut grants = tx.active_grants(dataset.id, now)?;
    grants.retain(|grant| {
        grant.granted_seq.is_some() && Role::from_word(&grant.role) >= Role::Maintain
    });
    grants.sort_by(|one, other| {
        let place = |grant: &GrantRecord| std::cmp::Reverse(grant.granted_seq);
        (&one.target, place(one)).cmp(&(&other.target, place(other)))
    });
    grants.dedup_by(|one, other| one.target == other.target);
    let people = grants.into_iter().filter_map(|grant| {
        Some(Maintainer {
            key: grant.key.parse().ok()?,
            actor: grant.target,
        })
    });
    Ok(people.collect())
}
