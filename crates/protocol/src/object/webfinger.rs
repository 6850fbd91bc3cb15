//! WebFinger (RFC 7033): from `@name@host` to an actor's id.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::limits;
use crate::object::RemoteActor;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::site::Site;
use crate::uri::Uri;
use crate::vocabulary;

/// What names the actor of a whole server (FEP-d556).
const INSTANCE_LINK: &str = "https://www.w3.org/ns/activitystreams#Service";

/// `acct:name@host[:port]`; the host in lower case, the name as its server spells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The part before `@`; 1 to 255 of letters, digits and `._-`.
    pub name: String,
    /// Lower-case `host[:port]`.
    pub host: String,
}

/// A text that names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of the form name@host")]
pub struct InvalidAccount;

impl FromStr for Account {
    type Err = InvalidAccount;

    /// Reads `acct:name@host`, `name@host` and `@name@host`.
    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        let plain = text.strip_prefix("acct:").unwrap_or(text);
        let plain = plain.strip_prefix('@').unwrap_or(plain);
        let (name, host) = plain.rsplit_once('@').ok_or(InvalidAccount)?;
        let host = host.to_ascii_lowercase();
        let word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        let named = (1..=limits::WORD).contains(&name.len()) && name.chars().all(word);
        // Borrowing the reader of addresses: what stands for a host there may stand here.
        let hosted = format!("https://{host}/")
            .parse::<Uri>()
            .is_ok_and(|uri| uri.host() == host);
        if named && hosted {
            Ok(Self {
                name: name.to_owned(),
                host,
            })
        } else {
            Err(InvalidAccount)
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "acct:{}@{}", self.name, self.host)
    }
}

impl Account {
    /// True for the same account; names are compared without case, as Mastodon does.
    pub fn matches(&self, other: &Self) -> bool {
        self.host == other.host && self.name.to_lowercase() == other.name.to_lowercase()
    }
}

/// What a `resource` parameter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// `acct:name@host`.
    Account(Account),
    /// The address of an actor, or of the instance (`https://a.example/`).
    Address(Uri),
}

impl FromStr for Query {
    type Err = InvalidAccount;

    fn from_str(resource: &str) -> Result<Self, InvalidAccount> {
        match resource.parse() {
            Ok(uri) => Ok(Self::Address(uri)),
            Err(_) => resource.parse().map(Self::Account),
        }
    }
}

/// The answer: an account and its actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebFinger {
    /// The one name of the account.
    pub subject: Account,
    /// The actor's id: the `self` link.
    pub actor: Uri,
}

impl WebFinger {
    /// The document for an actor of ours.
    pub fn local(site: &Site, name: &str, actor: Uri) -> Self {
        Self {
            subject: Account {
                name: name.to_owned(),
                host: site.host().to_owned(),
            },
            actor,
        }
    }

    /// The document; the actor's id is its page, too.
    pub fn to_json(&self) -> Value {
        let actor = self.actor.as_str();
        let mut links = json!([
            {"rel": "self", "type": vocabulary::ACTIVITY_JSON, "href": actor},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor},
        ]);
        if let (Site::INSTANCE, Some(links)) = (self.subject.name.as_str(), links.as_array_mut()) {
            links.push(
                json!({"rel": INSTANCE_LINK, "type": vocabulary::ACTIVITY_JSON, "href": actor}),
            );
        }
        json!({"subject": self.subject.to_string(), "aliases": [actor], "links": links})
    }

    /// Reads an answer of any server: its subject, and the first `self` link of an ActivityPub type.
    pub fn parse(document: &Value) -> Result<Self, DocumentProblem> {
        let members = Members::document(document)?;
        let links = members.list("links", limits::LIST)?;
        let actor = links
            .iter()
            .find_map(self_link)
            .ok_or_else(|| DocumentProblem::missing("the link to the actor"))?;
        Ok(Self {
            subject: members.parsed("subject", "an address of the form acct:name@host")?,
            actor,
        })
    }

    /// True where the answer is about the account that was asked for. If it is not, ask again for its subject,
    /// once: a server may live under another name than its accounts.
    pub fn answers(&self, asked: &Account) -> bool {
        self.subject.matches(asked)
    }

    /// True where the fetched actor agrees: its id is the `self` link and its name the subject's.
    pub fn confirms(&self, actor: &RemoteActor) -> bool {
        let name = actor.preferred_username.as_deref().unwrap_or_default();
        actor.id == self.actor && name.to_lowercase() == self.subject.name.to_lowercase()
    }
}

fn self_link(link: &Value) -> Option<Uri> {
    let text = |member: &str| link.get(member).and_then(Value::as_str);
    let fits =
        text("rel") == Some("self") && text("type").is_some_and(vocabulary::is_activity_type);
    text("href").filter(|_| fits)?.parse().ok()
}
