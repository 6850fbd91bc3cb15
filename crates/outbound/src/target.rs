//! Which URLs may be opened at all, before any name is looked up.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Url};

use crate::address::{AddressRange, Forbidden, forbidden};

/// Why a URL is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Neither https nor, in `--dev` and under `.localhost`, http.
    #[error("only https is opened")]
    Scheme,
    /// `user:password@` hides where a URL leads.
    #[error("it carries a user name or password")]
    Userinfo,
    /// `https://127.0.0.1/`, in any spelling: decimal, octal, hexadecimal, short, IPv6.
    #[error("it names an address; only names are opened")]
    LiteralAddress,
    /// Any port but 443.
    #[error("it names a port; only the default port is opened")]
    Port,
    /// `localhost` and names under it outside `--dev`, or a name of one label.
    #[error("its name is local to this machine or network")]
    LocalName,
    /// `b.example.`: another spelling of a name, which block lists would miss.
    #[error("its name ends in a dot")]
    TrailingDot,
    /// More than [`MAX_URL_BYTES`].
    #[error("it is longer than 2048 bytes")]
    TooLong,
}

/// Longest URL that is opened.
pub(crate) const MAX_URL_BYTES: usize = 2048;

/// The operator's exceptions, ready for use.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) dev: bool,
    pub(crate) allow: Vec<AddressRange>,
    /// By lower-case name.
    pub(crate) resolve: HashMap<String, SocketAddr>,
}

impl Rules {
    /// Checks one hop. The addresses behind the name are checked later, in the answer used to connect.
    pub(crate) fn check(&self, url: &Url) -> Result<(), BadUrl> {
        if url.as_str().len() > MAX_URL_BYTES {
            return Err(BadUrl::TooLong);
        }
        let name = match (url.scheme(), url.host()) {
            ("http" | "https", Some(Host::Domain(name))) => name,
            ("http" | "https", Some(_)) => return Err(BadUrl::LiteralAddress),
            _ => return Err(BadUrl::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadUrl::Userinfo);
        }
        if name.ends_with('.') {
            return Err(BadUrl::TrailingDot);
        }
        if self.is_dev_name(name) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(BadUrl::Scheme);
        }
        if url.port().is_some() {
            return Err(BadUrl::Port);
        }
        if is_local_name(name) && !self.resolve.contains_key(name) {
            return Err(BadUrl::LocalName);
        }
        Ok(())
    }

    /// The fixed answer for a name: from `outbound.resolve`, or loopback in `--dev`. Port 0 means the URL's.
    pub(crate) fn fixed(&self, name: &str) -> Option<SocketAddr> {
        if let Some(address) = self.resolve.get(name) {
            return Some(*address);
        }
        self.is_dev_name(name)
            .then(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Why an address from the DNS may not be opened.
    pub(crate) fn forbids(&self, address: SocketAddr) -> Option<Forbidden> {
        let why = forbidden(address.ip())?;
        let allowed = self.allow.iter().any(|range| range.contains(address.ip()));
        (!allowed).then_some(why)
    }

    fn is_dev_name(&self, name: &str) -> bool {
        self.dev && name.ends_with(".localhost")
    }
}

fn is_local_name(name: &str) -> bool {
    name.ends_with(".localhost") || !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &Rules, url: &str) -> Result<(), BadUrl> {
        rules.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_https_names_on_the_default_port_are_opened() {
        let rules = Rules::default();
        for (url, expected) in [
            ("https://b.example/actor", Ok(())),
            ("https://b.example:443/actor", Ok(())),
            ("https://xn--bcher-kva.example/", Ok(())),
            ("http://b.example/", Err(BadUrl::Scheme)),
            ("http://b.example:443/", Err(BadUrl::Scheme)),
            ("ftp://b.example/", Err(BadUrl::Scheme)),
            ("file:///etc/passwd", Err(BadUrl::Scheme)),
            ("gopher://b.example/", Err(BadUrl::Scheme)),
            ("data:text/plain,x", Err(BadUrl::Scheme)),
            ("https://b.example:8443/", Err(BadUrl::Port)),
            ("https://b.example:80/", Err(BadUrl::Port)),
            ("https://lea@b.example/", Err(BadUrl::Userinfo)),
            ("https://:secret@b.example/", Err(BadUrl::Userinfo)),
            ("https://b.example./", Err(BadUrl::TrailingDot)),
            ("https://localhost/", Err(BadUrl::LocalName)),
            ("https://a.localhost/", Err(BadUrl::LocalName)),
            ("https://intranet/", Err(BadUrl::LocalName)),
        ] {
            assert_eq!(check(&rules, url), expected, "{url}");
        }
        let long = format!("https://b.example/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(check(&rules, &long), Err(BadUrl::TooLong));
    }

    #[test]
    fn an_address_is_refused_in_each_of_its_spellings() {
        for rules in [
            Rules::default(),
            Rules {
                dev: true,
                ..Rules::default()
            },
        ] {
            for host in [
                "127.0.0.1",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "017700000001",
                "0x7f.0x0.0x0.0x1",
                "127.0.0.1.",
                "%31%32%37.0.0.1",
                "127。0。0。1",
                "①②⑦.0.0.1",
                "0",
                "0.0.0.0",
                "8.8.8.8",
                "169.254.169.254",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:0:0:1]",
                "[64:ff9b::7f00:1]",
                "[fe80::1]",
                "[2606:4700::1111]",
            ] {
                for url in [format!("https://{host}/"), format!("http://{host}:8080/x")] {
                    assert_eq!(check(&rules, &url), Err(BadUrl::LiteralAddress), "{url}");
                }
            }
        }
        // Zones and numbers that overflow are no URLs at all.
        for url in [
            "https://[fe80::1%25eth0]/",
            "https://[fe80::1%eth0]/",
            "https://4294967296/",
            "https://1.2.3.4.5/",
            "https://0x7f.256.0.1.1/",
        ] {
            assert!(Url::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn dev_opens_plain_http_and_ports_under_localhost_only() {
        let rules = Rules {
            dev: true,
            ..Rules::default()
        };
        for (url, expected) in [
            ("http://a.localhost:8001/actor", Ok(())),
            ("http://a.localhost/actor", Ok(())),
            ("https://a.localhost:8001/actor", Ok(())),
            ("http://localhost:8001/", Err(BadUrl::Scheme)),
            ("https://localhost/", Err(BadUrl::LocalName)),
            ("http://alocalhost:8001/", Err(BadUrl::Scheme)),
            ("http://a.localhost.evil.example:8001/", Err(BadUrl::Scheme)),
            ("https://b.example:8443/", Err(BadUrl::Port)),
            ("http://u@a.localhost:8001/", Err(BadUrl::Userinfo)),
            ("http://a.localhost.:8001/", Err(BadUrl::TrailingDot)),
        ] {
            assert_eq!(check(&rules, url), expected, "{url}");
        }
    }

    #[test]
    fn a_name_given_by_the_operator_may_be_local() {
        let address = "10.0.0.7:8443".parse().unwrap();
        let rules = Rules {
            resolve: HashMap::from([("intranet".into(), address)]),
            ..Rules::default()
        };
        assert_eq!(check(&rules, "https://intranet/"), Ok(()));
        assert_eq!(check(&rules, "http://intranet/"), Err(BadUrl::Scheme));
        assert_eq!(rules.fixed("intranet"), Some(address));
        assert_eq!(rules.fixed("a.localhost"), None);
    }
}
