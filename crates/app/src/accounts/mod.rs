//! People of this instance: accounts, log-ins, tokens.

pub mod account;
pub mod links;
pub mod open;
pub mod own;
pub mod password;
pub mod roles;
pub mod second_step;
pub mod session;
pub mod token;

use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, StoreError, Tx, UserRecord};

/// A person who acts, as the use cases need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The store's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// May decide on the datasets of this instance.
    pub operator: bool,
    /// `fr` or `en`.
    pub lang: String,
    /// What she may do on single datasets, by the store's number.
    pub roles: Vec<(i64, Role)>,
}

impl Person {
    /// Reads a record; `None` where the account is closed, or waits for its address to be confirmed.
    pub fn of(record: &UserRecord) -> Option<Self> {
        (!record.disabled && record.confirmed).then(|| Self {
            id: record.id,
            name: record.name.clone(),
            operator: record.role == OPERATOR,
            lang: record.lang.clone(),
            roles: Vec::new(),
        })
    }

    /// Reads a record with the roles that are in force now; `None` as [`Person::of`], which knows of none.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn load(
        tx: &mut Tx<'_>,
        record: &UserRecord,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let Some(person) = Self::of(record) else {
            return Ok(None);
        };
        let roles = tx.list_roles_of(person.id, now)?;
        let roles = roles
            .iter()
            .map(|role| (role.dataset, Role::from_word(&role.role)));
        // On the datasets of others the log of our copy says what she may do.
        let elsewhere = tx.list_grants_elsewhere(person.id, now)?;
        let elsewhere = elsewhere
            .iter()
            .map(|grant| (grant.dataset, Role::from_word(&grant.role)));
        Ok(Some(Self {
            roles: roles.chain(elsewhere).collect(),
            ..person
        }))
    }

    /// What she may do on a dataset of this instance: operators maintain all of them.
    pub fn role_on(&self, dataset: i64) -> Role {
        if self.operator {
            return Role::Maintain;
        }
        let hers = self.roles.iter().filter(|(known, _)| *known == dataset);
        hers.map(|(_, role)| *role).max().unwrap_or_default()
    }

    /// True where she decides on the proposals of a dataset of this instance.
    pub fn may_decide(&self, dataset: i64) -> bool {
        self.role_on(dataset) >= Role::Write
    }

    /// True where her word counts on the proposals of a dataset, ours or a copy: on the datasets of others an operator
    /// has no more say than her grant.
    pub fn decides_on(&self, dataset: &DatasetRecord) -> bool {
        let granted = |(known, role): &(i64, Role)| *known == dataset.id && *role >= Role::Write;
        match dataset.is_local() {
            true => self.may_decide(dataset.id),
            false => self.roles.iter().any(granted),
        }
    }

    /// True where there is a dataset on whose proposals she decides.
    pub fn decides_somewhere(&self) -> bool {
        self.operator || self.roles.iter().any(|(_, role)| *role >= Role::Write)
    }
}

/// Role of those who run the instance and decide on its datasets.
pub const OPERATOR: &str = "operator";
/// Role of those who propose and follow under a name.
pub const MEMBER: &str = "member";

/// What is kept of a secret: its SHA-256, so that a copy of the database opens nothing.
pub fn secret_hash(secret: &str) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(secret.as_bytes()).to_vec()
}
