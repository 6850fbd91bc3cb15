//! An actor of another server, as far as we need it.

use rustine_domain::checks::Check;
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::key::Multikey;
use serde_json::Value;

use crate::limits;
use crate::problem::DocumentProblem;
use crate::read::{self, Members};
use crate::uri::Uri;
use crate::vocabulary::{PUBLIC, RUSTINE_V1};

/// What we keep of a fetched actor; everything else in its document is passed over, whatever its form.
///
/// It agrees with itself: the key belongs to the actor, inbox and log are on the actor's host. That its id is
/// the address it was fetched from is for the caller to compare (attack F1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteActor {
    /// Its id.
    pub id: Uri,
    /// What it says it is.
    pub kind: ActorKind,
    /// The part before `@`; Lemmy's instance actor puts its host there. `None` where a server gives none.
    pub preferred_username: Option<String>,
    /// Where activities for it go.
    pub inbox: Uri,
    /// One inbox for all actors of its server, if it has one on the same host.
    pub shared_inbox: Option<Uri>,
    /// Its followers collection.
    pub followers: Option<Uri>,
    /// Verifies its HTTP signatures.
    pub public_key: PublicKey,
    /// Its Ed25519 keys; those of another controller or of another kind are left out.
    pub multikeys: Vec<Method>,
    /// Protocols it says it implements, itself or through its `generator` (FEP-844e); at most 100.
    pub implements: Vec<String>,
    /// A dataset's identity.
    pub uid: Option<DatasetUid>,
    /// A dataset's genesis.
    pub genesis: Option<Hash>,
    /// A dataset's log, on the actor's own host.
    pub log: Option<Uri>,
    /// A dataset's replicas, on the actor's own host.
    pub replicas: Option<Uri>,
    /// A dataset's licence: SPDX id or URL.
    pub license: Option<String>,
    /// A dataset's audience word; `public` where the document has the address of everybody.
    pub audience: Option<String>,
    /// Shown name, plain text.
    pub name: Option<String>,
    /// HTML from a stranger: sanitise before showing.
    pub summary: Option<String>,
    /// Where it says it moved.
    pub moved_to: Option<Uri>,
    /// Its other ids; a move counts only if the target names the source here (attack F14).
    pub also_known_as: Vec<Uri>,
}

/// The five actor types of ActivityStreams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// An instance.
    Application,
    /// A dataset, a Lemmy community, a Mobilizon group.
    Group,
    /// A legal body.
    Organization,
    /// A human.
    Person,
    /// A bot.
    Service,
}

/// An RSA key for HTTP signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What `keyId` of a signature names; on the actor's own origin.
    pub id: Uri,
    /// Always the actor's id.
    pub owner: Uri,
    /// PEM text, not yet parsed.
    pub pem: String,
}

/// An Ed25519 key (FEP-521a).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// What `verificationMethod` of a proof names; on the actor's own origin.
    pub id: Uri,
    /// The key.
    pub key: Multikey,
}

/// Why a document is no actor we can deal with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActorProblem {
    /// Its shape.
    #[error(transparent)]
    Document(#[from] DocumentProblem),
    /// It has another type than the five.
    #[error("the document is no actor")]
    NotAnActor,
    /// Its key belongs to, or lies with, somebody else (attack F2).
    #[error("the key is not the actor's own")]
    KeyOfAnother,
    /// An address that must be on the actor's host is elsewhere.
    #[error("{member} is on another host than the actor")]
    OtherHost {
        /// Which address.
        member: &'static str,
    },
}

impl ActorKind {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "Application" => Self::Application,
            "Group" => Self::Group,
            "Organization" => Self::Organization,
            "Person" => Self::Person,
            "Service" => Self::Service,
            _ => return None,
        })
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Person => "Person",
            Self::Service => "Service",
        }
    }
}

impl RemoteActor {
    /// Reads an actor document of any server.
    pub fn parse(document: &Value) -> Result<Self, ActorProblem> {
        let members = Members::document(document)?;
        let kind =
            ActorKind::read(members.text("type", limits::WORD)?).ok_or(ActorProblem::NotAnActor)?;
        let id = members.uri("id")?;
        let inbox = on_host(&id, members.uri("inbox")?, "inbox")?;
        let own = |member: &'static str| {
            members
                .uri_if_any(member)
                .map(|uri| on_host(&id, uri, member))
                .transpose()
        };
        let aliases = members.one_or_many("alsoKnownAs", limits::LIST)?;
        Ok(Self {
            preferred_username: members.text_if_any("preferredUsername", limits::WORD)?,
            shared_inbox: shared_inbox(&members, &id),
            followers: members.uri_if_any("followers"),
            public_key: public_key(&members, &id)?,
            multikeys: multikeys(&members, &id)?,
            implements: implements(&members)?,
            uid: members.parsed_opt("uid", "a uid of the form urn:uuid:…")?,
            genesis: members.parsed_opt("genesis", "an entry hash")?,
            log: own("log")?,
            replicas: own("replicas")?,
            license: members.text_if_any("license", limits::URI)?,
            audience: members.text_if_any("audience", limits::URI)?.map(|word| {
                if word == PUBLIC {
                    "public".to_owned()
                } else {
                    word
                }
            }),
            name: members.text_if_any("name", limits::NAME)?,
            summary: members.text_if_any("summary", limits::SUMMARY)?,
            moved_to: members.uri_if_any("movedTo"),
            also_known_as: aliases
                .iter()
                .filter_map(|v| v.as_str()?.parse().ok())
                .collect(),
            id,
            kind,
            inbox,
        })
    }

    /// Where to deliver: one copy for each server that has a shared inbox.
    pub fn delivery_inbox(&self) -> &Uri {
        self.shared_inbox.as_ref().unwrap_or(&self.inbox)
    }

    /// True where the document says that it speaks version 1 of our protocol.
    pub fn speaks_rustine(&self) -> bool {
        self.implements.iter().any(|name| name == RUSTINE_V1)
    }
}

fn on_host(id: &Uri, uri: Uri, member: &'static str) -> Result<Uri, ActorProblem> {
    if uri.same_origin(id) || !Check::ActorAddresses.stands() {
        Ok(uri)
    } else {
        Err(ActorProblem::OtherHost { member })
    }
}

/// A shared inbox elsewhere is ignored rather than refused: the actor's own inbox does as well.
fn shared_inbox(members: &Members<'_>, id: &Uri) -> Option<Uri> {
    let endpoints = members.object_opt("endpoints").ok().flatten()?;
    endpoints
        .uri_if_any("sharedInbox")
        .filter(|uri| uri.same_origin(id))
}

fn public_key(members: &Members<'_>, id: &Uri) -> Result<PublicKey, ActorProblem> {
    let key = members.object("publicKey")?;
    let owner = key.uri("owner")?;
    let key_id = key.uri("id")?;
    if (owner != *id || !key_id.same_origin(id)) && Check::ActorKeyOwner.stands() {
        return Err(ActorProblem::KeyOfAnother);
    }
    Ok(PublicKey {
        id: key_id,
        owner,
        pem: key.text("publicKeyPem", limits::PEM)?.to_owned(),
    })
}

/// Keys of a form that we do not know are passed over, and those that name another controller.
fn multikeys(members: &Members<'_>, id: &Uri) -> Result<Vec<Method>, ActorProblem> {
    let mut keys = Vec::new();
    for value in members.one_or_many("assertionMethod", limits::LIST)? {
        let Ok(method) = Members::document(value) else {
            continue;
        };
        let ours = method.get("type").and_then(Value::as_str) == Some("Multikey")
            && method.get("controller").and_then(Value::as_str) == Some(id.as_str());
        let key_id = method
            .uri_if_any("id")
            .filter(|key_id| key_id.same_origin(id));
        if let (true, Some(id)) = (ours, key_id) {
            let text = method.text("publicKeyMultibase", limits::MULTIKEY)?;
            keys.extend(text.parse().ok().map(|key| Method { id, key }));
        }
    }
    Ok(keys)
}

fn implements(members: &Members<'_>) -> Result<Vec<String>, ActorProblem> {
    let mut names = implemented(members)?;
    if let Ok(Some(generator)) = members.object_opt("generator") {
        names.extend(implemented(&generator)?);
    }
    names.dedup();
    Ok(names)
}

/// Each entry is an address, or an object with one under `href` or `id`.
fn implemented(members: &Members<'_>) -> Result<Vec<String>, ActorProblem> {
    let mut names = Vec::new();
    for entry in members.one_or_many("implements", limits::LIST)? {
        let name = entry
            .get("href")
            .or_else(|| entry.get("id"))
            .unwrap_or(entry);
        if name.is_string() {
            let name = read::text(name, limits::URI, || members.path("implements"))?;
            names.push(name.to_owned());
        }
    }
    Ok(names)
}
