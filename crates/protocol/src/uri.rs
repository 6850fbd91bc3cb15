//! Absolute web addresses, kept and compared as the bytes that were received.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::{limits, vocabulary};

/// The id of an actor, an activity or an object: an absolute http or https URL of at most 2,048 bytes.
///
/// It begins with its origin in the one canonical spelling (lower-case host, no user, no default port), so the
/// origins of two ids can be compared as text; the rest is left as received, because ids are compared as bytes
/// (`protocol.md` §3.3). Whether http, a port or an address literal is allowed is the gate's to say (§7.2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri {
    text: Box<str>,
    /// Length of `scheme://host[:port]` in `text`.
    origin: usize,
}

/// Why a text is no [`Uri`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUri {
    /// Longer than [`limits::URI`].
    #[error("the address is longer than {} bytes", limits::URI)]
    TooLong,
    /// Not an absolute web address in canonical spelling.
    #[error("not {}", InvalidUri::EXPECTED)]
    Form,
}

impl InvalidUri {
    pub(crate) const EXPECTED: &'static str = "an absolute http or https address";
}

impl Uri {
    /// The whole address, as received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `scheme://host[:port]`: what FEP-fe34 compares.
    pub fn origin(&self) -> &str {
        &self.text[..self.origin]
    }

    /// `host[:port]`.
    pub fn host(&self) -> &str {
        let origin = self.origin();
        origin.split_once("://").map_or(origin, |(_, host)| host)
    }

    /// Everything after the origin, query and fragment included; empty or beginning with `/`, `?` or `#`.
    pub fn path(&self) -> &str {
        &self.text[self.origin..]
    }

    /// True where both have the same scheme, host and port; the domain alone is not enough (attack F1).
    pub fn same_origin(&self, other: &Uri) -> bool {
        self.origin() == other.origin()
    }

    /// The address without its fragment: the document in which it is described.
    pub fn document(&self) -> &str {
        self.text.split('#').next().unwrap_or(&self.text)
    }

    /// The audience that means everybody.
    pub fn public() -> Self {
        Self {
            text: vocabulary::PUBLIC.into(),
            origin: "https://www.w3.org".len(),
        }
    }

    /// True for the audience that means everybody.
    pub fn is_public(&self) -> bool {
        &*self.text == vocabulary::PUBLIC
    }
}

impl FromStr for Uri {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        if text.len() > limits::URI {
            return Err(InvalidUri::TooLong);
        }
        // The URL parser drops tabs and line ends and trims blanks; an id that contains any is refused.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(InvalidUri::Form);
        }
        let url = Url::parse(text).map_err(|_| InvalidUri::Form)?;
        let named = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !named || !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUri::Form);
        }
        let origin = url.origin().ascii_serialization();
        let rest = text.strip_prefix(&origin).ok_or(InvalidUri::Form)?;
        if !rest.is_empty() && !rest.starts_with(['/', '?', '#']) {
            return Err(InvalidUri::Form);
        }
        Ok(Self {
            text: text.into(),
            origin: origin.len(),
        })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl AsRef<str> for Uri {
    fn as_ref(&self) -> &str {
        &self.text
    }
}
impl From<&Uri> for serde_json::Value {
    fn from(uri: &Uri) -> Self {
        uri.as_str().into()
    }
}
impl PartialEq<str> for Uri {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_bytes_and_names_its_origin() {
        for (text, origin) in [
            ("https://a.example", "https://a.example"),
            (
                "https://a.example/users/léa?x#main-key",
                "https://a.example",
            ),
            (
                "http://hub.localhost:8080/actor",
                "http://hub.localhost:8080",
            ),
            ("https://a.example?author=0", "https://a.example"),
        ] {
            let uri: Uri = text.parse().unwrap();
            assert_eq!(uri.as_str(), text);
            assert_eq!(uri.origin(), origin);
        }
    }

    #[test]
    fn other_spellings_of_an_origin_are_refused() {
        for bad in [
            "",
            "a.example/actor",
            "ftp://a.example/",
            "https:a.example",
            "https://A.example/",
            "https://a.example:443/",
            "https://user@a.example/",
            "https://user:pass@a.example/",
            "https:\\\\a.example\\x",
            "https://a.exa\tmple/",
            " https://a.example/",
            "https://",
            "data:text/plain,x",
            "https://0x7f.1/",
        ] {
            assert_eq!(bad.parse::<Uri>(), Err(InvalidUri::Form), "{bad}");
        }
        let long = format!("https://a.example/{}", "x".repeat(limits::URI));
        assert_eq!(long.parse::<Uri>(), Err(InvalidUri::TooLong));
    }

    #[test]
    fn origins_differ_by_scheme_and_port() {
        let a: Uri = "https://a.example/x".parse().unwrap();
        for other in [
            "http://a.example/x",
            "https://a.example:8443/x",
            "https://a.example.evil/x",
        ] {
            assert!(!a.same_origin(&other.parse().unwrap()), "{other}");
        }
        assert!(a.same_origin(&"https://a.example?y".parse().unwrap()));
    }
}
