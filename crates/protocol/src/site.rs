//! The addresses of one instance (`protocol.md` §2, §3.6, §5): built in one place, read back in one place.

use rustine_domain::ids::{ActorName, Hash, PatchId};
use url::Url;
use uuid::Uuid;

use crate::uri::{InvalidUri, Uri};

/// An instance, by the origin that all its ids begin with. Never made from a `Host` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: Uri,
}

/// What one of our own addresses names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// `/actor`, the instance itself.
    Instance,
    /// `/datasets/{name}`.
    Dataset(ActorName),
    /// `/users/{name}`; [`Site::SCRIBE`] is one of them.
    Person(ActorName),
    /// `/patches/{uuid}`.
    Patch(PatchId),
    /// `/activities/{uuid}`.
    Activity(Uuid),
    /// `/datasets/{name}/proposals/{digest}`.
    Proposal(ActorName, Hash),
    /// `/datasets/{name}/log/{seq}`.
    Entry(ActorName, u64),
}

impl Site {
    /// Name of the actor that writes readable digests (`protocol.md` §2).
    pub const SCRIBE: &'static str = "scribe";
    /// `preferredUsername` of the instance actor; a reserved name.
    pub const INSTANCE: &'static str = "instance";

    /// From the configured origin; path, query and fragment are dropped.
    pub fn new(origin: &Url) -> Result<Self, InvalidUri> {
        let origin = origin.origin().ascii_serialization().parse()?;
        Ok(Self { origin })
    }

    fn at(&self, path: &str) -> Uri {
        format!("{}{path}", self.origin)
            .parse()
            .expect("an origin and a path of ours make an address")
    }

    /// `https://a.example`
    pub fn origin(&self) -> &Uri {
        &self.origin
    }
    /// `a.example[:port]`
    pub fn host(&self) -> &str {
        self.origin.host()
    }
    /// The instance actor.
    pub fn actor(&self) -> Uri {
        self.at("/actor")
    }
    /// The shared inbox, which is the instance's own inbox too.
    pub fn inbox(&self) -> Uri {
        self.at("/inbox")
    }
    /// The JSON-LD context of our vocabulary, as this instance serves it.
    pub fn context(&self) -> Uri {
        self.at("/ns/v1")
    }
    /// A person, or the scribe.
    pub fn person(&self, name: &ActorName) -> Uri {
        self.at(&format!("/users/{name}"))
    }
    /// The scribe.
    pub fn scribe(&self) -> Uri {
        self.at("/users/scribe")
    }
    /// A dataset of this instance.
    pub fn dataset(&self, name: &ActorName) -> Uri {
        self.at(&format!("/datasets/{name}"))
    }
    /// The log of a dataset of this instance.
    pub fn log(&self, name: &ActorName) -> Uri {
        self.at(&format!("/datasets/{name}/log"))
    }
    /// An entry of a log of this instance.
    pub fn entry(&self, name: &ActorName, seq: u64) -> Uri {
        self.at(&format!("/datasets/{name}/log/{seq}"))
    }
    /// The instances that a person accepted as peers and that copy the dataset.
    pub fn replicas(&self, name: &ActorName) -> Uri {
        self.at(&format!("/datasets/{name}/replicas"))
    }
    /// What became of the patch with this digest.
    pub fn proposal(&self, name: &ActorName, digest: &Hash) -> Uri {
        self.at(&format!("/datasets/{name}/proposals/{digest}"))
    }
    /// A patch that somebody of this instance proposes.
    pub fn patch(&self, id: PatchId) -> Uri {
        self.at(&format!("/patches/{id}"))
    }
    /// An activity; the UUID is random, so that a restored instance never repeats one (`protocol.md` §2).
    pub fn activity(&self, id: Uuid) -> Uri {
        self.at(&format!("/activities/{}", id.hyphenated()))
    }
    /// A note of a dataset.
    pub fn note(&self, id: Uuid) -> Uri {
        self.at(&format!("/notes/{}", id.hyphenated()))
    }
    /// A page of this instance, by its path.
    pub fn page(&self, path: &str) -> Option<Uri> {
        format!("{}{path}", self.origin).parse().ok()
    }

    /// True for every address of this instance.
    pub fn owns(&self, uri: &Uri) -> bool {
        uri.same_origin(&self.origin)
    }

    /// What one of our addresses names; `None` for other instances and for addresses that we never make.
    pub fn local(&self, uri: &Uri) -> Option<Local> {
        if !self.owns(uri) {
            return None;
        }
        let mut parts = uri.path().strip_prefix('/')?.split('/');
        let mut next = || parts.next().unwrap_or_default();
        let local = match (next(), next(), next(), next(), next()) {
            ("" | "actor", "", "", "", "") => Local::Instance,
            ("users", name, "", "", "") => Local::Person(name.parse().ok()?),
            ("datasets", name, "", "", "") => Local::Dataset(name.parse().ok()?),
            ("patches", id, "", "", "") => Local::Patch(id.parse().ok()?),
            ("activities", id, "", "", "") => Local::Activity(Uuid::try_parse(id).ok()?),
            ("datasets", name, "proposals", digest, "") => {
                Local::Proposal(name.parse().ok()?, digest.parse().ok()?)
            }
            ("datasets", name, "log", seq, "") => {
                Local::Entry(name.parse().ok()?, seq.parse().ok()?)
            }
            _ => return None,
        };
        // Only the spelling that we make ourselves counts; `/users/lea/` or an upper-case UUID does not.
        (self.address(&local) == *uri || uri.path() == "/").then_some(local)
    }

    /// The address of something local: the inverse of [`Site::local`].
    pub fn address(&self, local: &Local) -> Uri {
        match local {
            Local::Instance => self.actor(),
            Local::Dataset(name) => self.dataset(name),
            Local::Person(name) => self.person(name),
            Local::Patch(id) => self.patch(*id),
            Local::Activity(id) => self.activity(*id),
            Local::Proposal(name, digest) => self.proposal(name, digest),
            Local::Entry(name, seq) => self.entry(name, *seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site::new(&Url::parse("https://a.example/ignored").unwrap()).unwrap()
    }

    #[test]
    fn an_address_is_read_back_as_what_it_names() {
        let name: ActorName = "lieux".parse().unwrap();
        let uuid = Uuid::from_u128(0x6f1c_0000_0000_4000_8000_0000_0000_0001);
        for local in [
            Local::Instance,
            Local::Dataset(name.clone()),
            Local::Person(name.clone()),
            Local::Patch(PatchId(uuid)),
            Local::Activity(uuid),
            Local::Proposal(name.clone(), Hash([9; 32])),
            Local::Entry(name, 12),
        ] {
            assert_eq!(site().local(&site().address(&local)), Some(local));
        }
    }

    #[test]
    fn only_our_own_spelling_names_something() {
        assert_eq!(
            site().local(&"https://a.example/".parse().unwrap()),
            Some(Local::Instance)
        );
        for other in [
            "http://a.example/actor",
            "https://a.example:8443/actor",
            "https://b.example/actor",
            "https://a.example/users/lea/",
            "https://a.example/users/Lea",
            "https://a.example/users/lea?x",
            "https://a.example/users/lea#main-key",
            "https://a.example/datasets/lieux/log/007",
            "https://a.example/datasets/lieux/proposals/x",
            "https://a.example",
        ] {
            assert_eq!(site().local(&other.parse().unwrap()), None, "{other}");
        }
    }
}
