//! Forms that another site cannot send in somebody's name.
//!
//! Two independent checks on every unsafe method: where the browser says the request comes from
//! (`Sec-Fetch-Site`, `Origin`), and a token in the form that is bound to the browser's cookie. For a person
//! who is logged in the binding is the session, for a visitor a random cookie (signed double submit).

use std::str;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rustine_domain::time::Timestamp;
use sha2::Sha256;

/// A form may stay open this long, in seconds: a day, as people are called away.
const LIFETIME_S: i64 = 24 * 3_600;

/// Clocks of several servers of one node may differ by this much, in seconds.
const CLOCK_SLACK_S: i64 = 60;

/// The node's secret for form tokens.
#[derive(Clone)]
pub struct FormKey([u8; 32]);

/// Why a form was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForgedForm {
    /// Sent by a page of another site.
    #[error("the form was sent from another site")]
    ForeignOrigin,
    /// Without our token, or with one of another browser.
    #[error("the form does not carry the token of this browser")]
    Token,
    /// Opened too long ago.
    #[error("the form was opened more than a day ago")]
    Expired,
}

impl FormKey {
    /// From 32 secret bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// A token for a form opened now in the browser that holds `binding`.
    pub fn token(&self, binding: &str, now: Timestamp) -> String {
        let opened = now.seconds().to_be_bytes();
        let mut token = opened.to_vec();
        token.extend_from_slice(&self.mac(binding, opened).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Checks a token in constant time; gives the age of the form in seconds.
    pub fn check(&self, token: &str, binding: &str, now: Timestamp) -> Result<i64, ForgedForm> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| ForgedForm::Token)?;
        let (opened, mac) = bytes.split_at_checked(8).ok_or(ForgedForm::Token)?;
        let opened: [u8; 8] = opened.try_into().map_err(|_| ForgedForm::Token)?;
        self.mac(binding, opened)
            .verify_slice(mac)
            .map_err(|_| ForgedForm::Token)?;
        let age_s = now.seconds().saturating_sub(i64::from_be_bytes(opened));
        if (-CLOCK_SLACK_S..=LIFETIME_S).contains(&age_s) {
            Ok(age_s)
        } else {
            Err(ForgedForm::Expired)
        }
    }

    fn mac(&self, binding: &str, opened: [u8; 8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"rustine1/form\0");
        mac.update(&opened);
        mac.update(binding.as_bytes());
        mac
    }
}

/// Refuses what a browser says comes from elsewhere.
///
/// `Sec-Fetch-Site` decides where it is sent (every browser since 2023); else `Origin` must be ours. A request
/// with neither comes from an old browser or a program: the token alone decides then.
pub fn check_origin(
    sec_fetch_site: Option<&str>,
    origin: Option<&str>,
    ours: &str,
) -> Result<(), ForgedForm> {
    if let Some(site) = sec_fetch_site
        && !matches!(site, "same-origin" | "none")
    {
        return Err(ForgedForm::ForeignOrigin);
    }
    match origin {
        Some(origin) if origin != ours => Err(ForgedForm::ForeignOrigin),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_browser_and_a_day() {
        let key = FormKey::new([7; 32]);
        let token = key.token("cookie", at(1_000));
        assert_eq!(key.check(&token, "cookie", at(1_005)), Ok(5));
        assert_eq!(
            key.check(&token, "other", at(1_005)),
            Err(ForgedForm::Token)
        );
        assert_eq!(
            key.check(&token, "cookie", at(1_001 + 86_400)),
            Err(ForgedForm::Expired)
        );
        assert_eq!(
            key.check(&token, "cookie", at(900)),
            Err(ForgedForm::Expired)
        );
    }

    #[test]
    fn a_token_of_another_key_or_cut_short_is_refused() {
        let key = FormKey::new([7; 32]);
        let token = FormKey::new([8; 32]).token("cookie", at(0));
        assert_eq!(key.check(&token, "cookie", at(0)), Err(ForgedForm::Token));
        for text in ["", "AAAA", "é", "AAAAAAAAAAAAAAAA"] {
            assert_eq!(key.check(text, "cookie", at(0)), Err(ForgedForm::Token));
        }
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let ours = "https://hub.example";
        let check = |site, origin| check_origin(site, origin, ours);
        assert_eq!(check(Some("same-origin"), Some(ours)), Ok(()));
        assert_eq!(check(None, None), Ok(()));
        for (site, origin) in [
            (Some("cross-site"), None),
            (Some("same-site"), Some(ours)),
            (None, Some("https://evil.example")),
            (None, Some("null")),
            (None, Some("http://hub.example")),
            (Some("same-origin"), Some("https://hub.example:8443")),
        ] {
            assert_eq!(
                check(site, origin),
                Err(ForgedForm::ForeignOrigin),
                "{site:?} {origin:?}"
            );
        }
    }
}
