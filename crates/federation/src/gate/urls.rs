//! Which URLs may name an actor, an activity or a key of another server (step 2).

use url::{Host, Position, Url};

/// Longest id, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// Why a URL names nothing that we would talk about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// Not a URL, or longer than 2048 bytes.
    #[error("it is no URL")]
    NoUrl,
    /// Neither https nor, in `--dev` and under `.localhost`, http.
    #[error("it must be an https URL")]
    Scheme,
    /// `user@`.
    #[error("it must not carry a user name")]
    Userinfo,
    /// `https://127.0.0.1/`, in any spelling.
    #[error("it must name a server, not an address")]
    Address,
    /// One label, under `.localhost` outside `--dev`, or with a dot at its end.
    #[error("it must carry the full public name of a server")]
    Name,
    /// Any port but 443.
    #[error("it must not carry a port")]
    Port,
    /// Upper-case letters in the name, a written default port, dot segments, blanks, backslashes: forms in
    /// which one thing has two names.
    #[error("it must be written in its normal form")]
    Spelling,
}

/// Reads a URL of another server, in the one spelling that names it.
pub fn remote_url(text: &str, dev: bool) -> Result<Url, UrlFault> {
    if text.len() > MAX_URL_BYTES {
        return Err(UrlFault::NoUrl);
    }
    let url = Url::parse(text).map_err(|_| UrlFault::NoUrl)?;
    let name = match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Domain(name))) => name,
        ("http" | "https", Some(_)) => return Err(UrlFault::Address),
        _ => return Err(UrlFault::Scheme),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlFault::Userinfo);
    }
    if name.ends_with('.') || !name.contains('.') {
        return Err(UrlFault::Name);
    }
    match name.ends_with(".localhost") {
        true if dev => {}
        true => return Err(UrlFault::Name),
        false if url.scheme() != "https" => return Err(UrlFault::Scheme),
        false if url.port().is_some() => return Err(UrlFault::Port),
        false => {}
    }
    if !is_normal(text, &url) {
        return Err(UrlFault::Spelling);
    }
    Ok(url)
}

/// The text must be exactly the parsed form, but for an empty path and for letters beyond ASCII behind the name, which
/// parsing encodes. Those are encoded here, and nothing else is: dot segments or an empty port beside such a letter
/// are another spelling as well.
fn is_normal(text: &str, url: &Url) -> bool {
    let Some(rest) = text.strip_prefix(&url[..Position::AfterPort]) else {
        return false;
    };
    let parsed = &url[Position::AfterPort..];
    rest.is_empty() && parsed == "/"
        || !rest.contains(|c: char| c.is_control() || c.is_whitespace())
            && encode_letters(rest) == parsed
}

/// Percent-encodes what is beyond ASCII.
fn encode_letters(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter.is_ascii() {
            true => encoded.push(letter),
            false => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    encoded.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    encoded
}
