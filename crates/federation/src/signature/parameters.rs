//! The parameters inside a `Signature` field: `keyId="…",algorithm="…",headers="…",signature="…"`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustine_domain::checks::Check;

/// Longest `Signature` field that is looked at, in bytes; a real one has about 1,000.
const MAX_FIELD_BYTES: usize = 8 << 10;
/// Most names in `headers`; a real list has about six.
const MAX_SIGNED_FIELDS: usize = 32;

/// A `Signature` field, taken apart. Nothing in it is trusted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Names the key; a URL in ActivityPub, any text in the draft.
    pub key_id: String,
    /// As sent, if sent.
    pub algorithm: Option<String>,
    /// What was signed, in order: lower-case names, each once.
    pub headers: Vec<String>,
    /// Seconds since the epoch.
    pub created: Option<i64>,
    /// Seconds since the epoch.
    pub expires: Option<i64>,
    /// Decoded from base64.
    pub signature: Vec<u8>,
}

impl Parameters {
    /// `None` unless the field follows the grammar, has no parameter twice, and names what it signed.
    /// Parameters that the draft does not know are ignored, as it demands.
    pub fn parse(field: &str) -> Option<Self> {
        let lenient = !Check::SignatureMalformed.stands();
        if field.len() > MAX_FIELD_BYTES && !lenient {
            return None;
        }
        let mut parameters = split(field)?;
        let headers = match parameters.remove("headers") {
            // The draft's default, which we do not take.
            None if lenient => "date".to_owned(),
            headers => headers?,
        };
        let headers: Vec<String> = headers.split(' ').map(str::to_owned).collect();
        let well_formed = headers.len() <= MAX_SIGNED_FIELDS
            && headers
                .iter()
                .enumerate()
                .all(|(at, name)| is_signed_name(name) && !headers[..at].contains(name));
        if !well_formed && !lenient {
            return None;
        }
        Some(Self {
            key_id: parameters.remove("keyId").filter(|id| !id.is_empty())?,
            algorithm: parameters.remove("algorithm"),
            headers,
            created: seconds(parameters.remove("created"))?,
            expires: seconds(parameters.remove("expires"))?,
            signature: STANDARD.decode(parameters.remove("signature")?).ok()?,
        })
    }
}

/// `name=value` or `name="value"`, separated by commas; a quoted value has neither quotes nor backslashes.
fn split(field: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut rest = field.trim_matches([' ', '\t']);
    loop {
        let (name, after) = rest.split_once('=')?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let plain = value
            .bytes()
            .all(|b| (0x20..0x7f).contains(&b) && b != b'\\' && b != b'"');
        let twice = parameters
            .insert(name.to_owned(), value.to_owned())
            .is_some();
        if (!plain || twice) && Check::SignatureMalformed.stands() {
            return None;
        }
        let after = after.trim_start_matches([' ', '\t']);
        if after.is_empty() {
            return Some(parameters);
        }
        rest = after.strip_prefix(',')?.trim_start_matches([' ', '\t']);
    }
}

/// A lower-case field name, or one of the three in parentheses.
fn is_signed_name(name: &str) -> bool {
    matches!(name, "(request-target)" | "(created)" | "(expires)")
        || !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// An absent number is fine, a number that cannot be read is not.
fn seconds(value: Option<String>) -> Option<Option<i64>> {
    match value {
        None => Some(None),
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().map(Some)
        }
        Some(_) if !Check::SignatureMalformed.stands() => Some(None),
        Some(_) => None,
    }
}
