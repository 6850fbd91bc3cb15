//! A grant before it is an entry, and the entries that give and end one.

use rustine_domain::key::Multikey;
use rustine_domain::log::{EntryDraft, Kind, Meta};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, GrantRecord, Tx};
use serde_json::{Map, Value, json};

use crate::App;
use crate::accounts::Person;
use crate::log::append::{AppendError, Appended, append};

/// How long a grant holds where nobody says otherwise: six months.
pub const USUAL_SECONDS: i64 = 183 * 86_400;

/// What is granted.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The grant's URL; it ends in a random UUID.
    pub id: String,
    /// To whom: an actor's URL.
    pub target: String,
    /// Which role.
    pub role: Role,
    /// The key that its holder's reviews are signed with.
    pub key: Multikey,
    /// When it ends by itself.
    pub end: Timestamp,
}

impl Terms {
    /// For an actor; without an end, for the usual time.
    pub fn new(
        app: &App,
        target: String,
        role: Role,
        key: Multikey,
        until: Option<Timestamp>,
    ) -> Self {
        Self {
            id: app.url(&format!("/grants/{}", app.entropy.uuid())),
            target,
            role,
            key,
            end: until.unwrap_or_else(|| app.clock.now().plus_seconds(USUAL_SECONDS)),
        }
    }

    /// For somebody of this instance, whose role stands with her account: the entry names her key.
    pub fn of_account(
        app: &App,
        person: &Person,
        key: &Multikey,
        role: Role,
        until: Option<Timestamp>,
    ) -> Self {
        let target = app.url(&format!("/users/{}", person.name));
        Self::new(app, target, role, *key, until)
    }
}

/// Appends the entry that gives a grant. The caller holds the dataset.
///
/// # Errors
/// [`AppendError`]; the caller's transaction must then be given up.
pub fn write(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    terms: &Terms,
) -> Result<Appended, AppendError> {
    let grant = json!({
        "id": terms.id, "target": terms.target, "role": terms.role.as_str(),
        "key": terms.key.to_string(), "endTime": terms.end.to_string(),
    });
    entry(app, tx, dataset, Kind::Grant, grant)
}

/// Appends the entry that ends a grant. The caller holds the dataset.
///
/// # Errors
/// [`AppendError`]; the caller's transaction must then be given up.
pub fn end(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    grant: &GrantRecord,
) -> Result<Appended, AppendError> {
    entry(app, tx, dataset, Kind::Revoke, json!({"id": grant.id}))
}

fn entry(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    kind: Kind,
    grant: Value,
) -> Result<Appended, AppendError> {
    let meta = Meta {
        salt: app.entropy.salt(),
        content: Map::from_iter([("grant".to_owned(), grant)]),
    };
    append(app, tx, dataset, EntryDraft::new(kind, meta))
}
