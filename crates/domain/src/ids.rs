//! Identifiers: each parses once at the edge and is trusted afterwards.
//!
//! Text forms are those of the wire (`protocol.md` §3): UUIDs lower-case and hyphenated, hashes and salts
//! base64url without padding. Parsing refuses every other spelling, so equal ids are equal bytes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidId {
    /// What was read, cut to 80 characters.
    pub text: String,
    /// The form that was expected, in words.
    pub expected: &'static str,
}

impl InvalidId {
    fn new(text: &str, expected: &'static str) -> Self {
        Self {
            text: text.chars().take(80).collect(),
            expected,
        }
    }
}

macro_rules! text_form {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

macro_rules! bytes_form {
    ($(#[$doc:meta])* $type:ident, $length:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub [u8; $length]);

        impl $type {
            /// Reads raw bytes, as the store keeps them.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
            /// The raw bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }
        impl FromStr for $type {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                // The engine refuses padding and non-zero trailing bits, so the text is canonical.
                URL_SAFE_NO_PAD
                    .decode(text)
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| InvalidId::new(text, $expected))
            }
        }
        text_form!($type);
    };
}

bytes_form!(
    /// A SHA-256 value: 32 bytes, 43 characters of base64url (`protocol.md` §3.2).
    Hash, 32, "a hash of 43 base64url characters"
);
bytes_form!(
    /// A commitment salt or an offer's nonce: 16 bytes, 22 characters of base64url (`protocol.md` §3.2).
    Salt, 16, "a salt of 22 base64url characters"
);

impl Hash {
    /// 32 zero bytes: the hash of an empty bucket.
    pub const ZERO: Self = Self([0; 32]);
}

fn parse_uuid(text: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(text).ok()?;
    let known =
        matches!(uuid.get_version_num(), 4 | 7) && uuid.get_variant() == uuid::Variant::RFC4122;
    (known && uuid.hyphenated().to_string() == text).then_some(uuid)
}

/// The id of a row: a UUID v4 or v7 that never changes and is never used twice in a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub Uuid);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
impl FromStr for RowId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse_uuid(text)
            .map(Self)
            .ok_or_else(|| InvalidId::new(text, "a lower-case UUID v4 or v7"))
    }
}
text_form!(RowId);

impl RowId {
    /// Reads the 16 bytes that the store keeps.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self)
    }
    /// The 16 bytes; their order is the order of the text form.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The uid of a dataset, written `urn:uuid:…`; it names one log for ever (`protocol.md` §3.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetUid(pub Uuid);

impl fmt::Display for DatasetUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "urn:uuid:{}", self.0.hyphenated())
    }
}
impl FromStr for DatasetUid {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix("urn:uuid:")
            .and_then(parse_uuid)
            .map(Self)
            .ok_or_else(|| InvalidId::new(text, "urn:uuid: and a lower-case UUID v4 or v7"))
    }
}
text_form!(DatasetUid);

/// The id of a patch; its URL is `{origin}/patches/{id}` on the proposer's instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatchId(pub Uuid);

impl fmt::Display for PatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
impl FromStr for PatchId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse_uuid(text)
            .map(Self)
            .ok_or_else(|| InvalidId::new(text, "a lower-case UUID v4 or v7"))
    }
}
text_form!(PatchId);

macro_rules! name_form {
    ($(#[$doc:meta])* $type:ident, $check:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Box<str>);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $type {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.into())) } else { Err(InvalidId::new(text, $expected)) }
            }
        }
        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        text_form!($type);
    };
}

fn is_word(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

name_form!(
    /// `preferredUsername` of a person or a dataset; one namespace per instance (`protocol.md` §2).
    ActorName, |t| (3..=60).contains(&t.len()) && is_word(t), "a name of 3 to 60 of a-z, 0-9 and _"
);

impl ActorName {
    /// Names that no person or dataset may take (`protocol.md` §2).
    pub const RESERVED: [&'static str; 4] = ["scribe", "actor", "inbox", "instance"];

    /// True where the name is kept for the instance itself.
    pub fn is_reserved(&self) -> bool {
        Self::RESERVED.contains(&self.as_str())
    }
}

name_form!(
    /// A field's name: `[a-z][a-z0-9_]{0,62}`, or `_[a-z0-9_]{1,62}` for ours (`protocol.md` §3.1).
    FieldName,
    |t| is_word(t)
        && t.len() <= 63
        && (t.starts_with('_') && t.len() >= 2 || t.starts_with(|c: char| c.is_ascii_lowercase())),
    "a field name of at most 63 of a-z, 0-9 and _, beginning with a letter"
);

impl FieldName {
    /// True for `_order`, `_source` and the other names that are ours.
    pub fn is_ours(&self) -> bool {
        self.as_str().starts_with('_')
    }
}

name_form!(
    /// A lower-case `host[:port]`, without scheme, user or path.
    Host,
    |t| {
        let (name, port) = t.rsplit_once(':').unwrap_or((t, "1"));
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
                && !l.starts_with('-')
                && !l.ends_with('-')
        };
        name.len() <= 253 && name.split('.').all(label) && port.parse::<u16>().is_ok_and(|p| p > 0)
    },
    "a host or host:port in lower case"
);

/// How people name a dataset: `name` for a local one, `name@host[:port]` for a replica.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetAddress {
    /// The dataset's name at its origin.
    pub name: ActorName,
    /// The origin's host; `None` for a dataset of this instance.
    pub host: Option<Host>,
}

impl fmt::Display for DatasetAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "{}@{host}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
impl FromStr for DatasetAddress {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let plain = text.strip_prefix('@').unwrap_or(text);
        match plain.split_once('@') {
            Some((name, host)) => Ok(Self {
                name: name.parse()?,
                host: Some(host.parse()?),
            }),
            None => Ok(Self {
                name: plain.parse()?,
                host: None,
            }),
        }
    }
}
text_form!(DatasetAddress);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = Hash([7; 32]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(format!("{hash}=").parse::<Hash>().is_err());
        // The last character carries two bits that must be zero.
        let mut text = Hash::ZERO.to_string();
        text.replace_range(42..43, "B");
        assert!(text.parse::<Hash>().is_err());
    }

    #[test]
    fn a_row_id_has_one_spelling() {
        let id = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd";
        assert_eq!(
            id.parse::<RowId>().map(|r| r.to_string()),
            Ok(id.to_owned())
        );
        for bad in [
            "226CC6C9-53E0-4B8A-AB80-D5637D592FCD",
            "226cc6c953e04b8aab80d5637d592fcd",
            "226cc6c9-53e0-1b8a-ab80-d5637d592fcd",
            "",
        ] {
            assert!(bad.parse::<RowId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn people_and_datasets_have_names_of_three_to_sixty_characters() {
        for good in ["lea", "lieux_2026", &"a".repeat(60)] {
            assert!(good.parse::<ActorName>().is_ok(), "{good}");
        }
        for bad in ["", "le", &"a".repeat(61), "Lea", "l-a", "léa"] {
            assert!(bad.parse::<ActorName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_checked() {
        for good in ["nom", "_order", "a", "x2_y"] {
            assert!(good.parse::<FieldName>().is_ok(), "{good}");
        }
        for bad in ["", "_", "2x", "Nom", "é", &"a".repeat(64)] {
            assert!(bad.parse::<FieldName>().is_err(), "{bad}");
        }
        for good in ["a.example", "localhost:8080", "hub.localhost:1"] {
            assert!(good.parse::<Host>().is_ok(), "{good}");
        }
        for bad in [
            "A.example",
            "a..b",
            "a.example:0",
            "a.example:99999",
            "http://a",
            "a/b",
            "-a.b",
        ] {
            assert!(bad.parse::<Host>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_dataset_address_names_its_host() {
        let address: DatasetAddress = "@lieux@a.example:8443".parse().unwrap();
        assert_eq!(address.to_string(), "lieux@a.example:8443");
        assert_eq!(address.host.unwrap().as_str(), "a.example:8443");
        assert!("lieux@a@b".parse::<DatasetAddress>().is_err());
    }
}
