//! Names of the vocabularies and media types that stand in our documents.

/// ActivityStreams 2.0; every document names it first, or Mastodon ignores the document.
pub const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";
/// `publicKey` and its members.
pub const SECURITY_V1: &str = "https://w3id.org/security/v1";
/// `proof` and its members (FEP-8b32); constant in the header of every log entry.
pub const DATA_INTEGRITY_V2: &str = "https://w3id.org/security/data-integrity/v2";
/// `assertionMethod` (FEP-521a).
pub const DID_V1: &str = "https://www.w3.org/ns/did/v1";
/// `Multikey` (FEP-521a).
pub const MULTIKEY_V1: &str = "https://w3id.org/security/multikey/v1";
/// Our own vocabulary; an instance that lists it in `implements` speaks version 1 of `protocol.md`.
pub const RUSTINE_V1: &str = "https://w3id.org/rustine/ns/v1";
/// The audience of everything that anybody may read.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// `Content-Type` of every ActivityPub document that we serve and send.
pub const ACTIVITY_JSON: &str = "application/activity+json";
/// The other spelling that ActivityPub demands to understand.
pub const LD_JSON: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// `Accept` for whatever may be read as ActivityPub.
pub const ACCEPT_ACTIVITY: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// `Content-Type` of a WebFinger answer.
pub const JRD_JSON: &str = "application/jrd+json";
/// `Content-Type` of `/ns/v1`.
pub const LD_CONTEXT: &str = "application/ld+json";
/// `Content-Type` of log entries and snapshots: one JSON document on each line.
pub const JSON_LINES: &str = "application/x-ndjson";

/// True for a `Content-Type` under which a document may be read as ActivityPub (`protocol.md` §7.9).
///
/// `application/json` is not enough: uploads and exports are served under it (attack F4 of the threat list).
pub fn is_activity_type(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    match parts.next().map(str::to_ascii_lowercase).as_deref() {
        Some(ACTIVITY_JSON) => true,
        Some(LD_CONTEXT) => parts.any(|parameter| {
            parameter
                .strip_prefix("profile=")
                .map(|profile| profile.trim_matches('"'))
                .is_some_and(|profile| profile.split(' ').any(|p| p == ACTIVITY_STREAMS))
        }),
        _ => false,
    }
}

/// True where an `Accept` header asks for an ActivityPub document rather than for a page.
///
/// A browser sends `*/*` beside `text/html`, so only an ActivityPub type that is written out counts.
pub fn accepts_activity(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().map(str::to_ascii_lowercase);
        let named = matches!(kind.as_deref(), Some(ACTIVITY_JSON | LD_CONTEXT));
        named && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_activity_types_are_read_as_activity_pub() {
        for good in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            LD_JSON,
            "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity_type(good), "{good}");
        }
        for bad in [
            "application/json",
            "application/ld+json",
            "application/ld+json; profile=\"https://example.org/\"",
            "text/html",
            "",
        ] {
            assert!(!is_activity_type(bad), "{bad}");
        }
    }

    #[test]
    fn a_browser_gets_the_page() {
        assert!(!accepts_activity(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(!accepts_activity("*/*"));
        assert!(!accepts_activity(
            "application/activity+json;q=0, text/html"
        ));
        assert!(accepts_activity("application/activity+json"));
        assert!(accepts_activity(&format!("{LD_JSON}, text/html;q=0.1")));
    }
}
