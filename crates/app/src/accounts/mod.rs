//! People of this instance: accounts, log-ins, tokens.

pub mod account;
pub mod links;
pub mod open;
pub mod own;
pub mod password;
pub mod second_step;
pub mod session;
pub mod token;

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
}

impl Person {
    /// Reads a record; `None` where the account is closed, or waits for its address to be confirmed.
    pub fn of(record: &rustine_store::UserRecord) -> Option<Self> {
        (!record.disabled && record.confirmed).then(|| Self {
            id: record.id,
            name: record.name.clone(),
            operator: record.role == OPERATOR,
            lang: record.lang.clone(),
        })
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
