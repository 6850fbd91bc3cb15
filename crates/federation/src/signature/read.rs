//! Reading a signature: every check that needs no key, in one place for POST and GET.

use rustine_domain::checks::Check;
use rustine_domain::time::Timestamp;

use super::fields::{Fields, Repeated};
use super::key::PublicKey;
use super::parameters::Parameters;
use super::{digest, parse_http_date};

/// How old a request may be, in seconds. Senders retry with the signature they made first.
const PAST_SECONDS: i64 = 3600;
/// How far a sender's clock may be ahead, in seconds.
const FUTURE_SECONDS: i64 = 300;

/// Why a signature is not even worth a key; all are answered with 401, so that a sender of RFC 9421
/// signatures falls back to this draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// No `Signature` field, or only one in `Authorization`.
    #[error("the request carries no Signature header")]
    Missing,
    /// Two `Signature` fields.
    #[error("the request carries more than one Signature header")]
    Repeated,
    /// Signed by RFC 9421.
    #[error("signatures by RFC 9421 are not read here yet; sign by draft-cavage-12")]
    Rfc9421,
    /// Not the grammar of the draft, a parameter twice, or no `headers`.
    #[error("the Signature header cannot be read, or lacks keyId, headers or signature")]
    Malformed,
    /// Neither `rsa-sha256` nor `hs2019`, or the former with `(created)` or `(expires)`.
    #[error("the signature's algorithm must be rsa-sha256, or hs2019 where (created) is signed")]
    Algorithm,
    /// `(request-target)` is not signed.
    #[error("the signature must cover (request-target)")]
    TargetUnsigned,
    /// `host` is not signed.
    #[error("the signature must cover host")]
    HostUnsigned,
    /// `digest` is not signed.
    #[error("the signature must cover digest")]
    DigestUnsigned,
    /// Neither `date` nor `(created)` is signed.
    #[error("the signature must cover date or (created)")]
    TimeUnsigned,
    /// A signed field is not in the request.
    #[error("the signature covers a header that the request does not carry")]
    FieldMissing,
    /// `Host`, `Date` or `Digest` stands twice.
    #[error("a signed header stands more than once in the request")]
    FieldRepeated,
    /// Signed for somebody else.
    #[error("the signature is made for another host")]
    Host,
    /// Not exactly one SHA-256, or not that of the body.
    #[error("the Digest header must be the one SHA-256 digest of the body")]
    Digest,
    /// The signed time cannot be read.
    #[error("the signed time cannot be read; a Date looks like Sat, 21 Nov 2026 19:27:48 GMT")]
    TimeUnreadable,
    /// Older than an hour, or expired.
    #[error("the signature is too old; check the sender's clock")]
    Old,
    /// More than five minutes ahead.
    #[error("the signature is dated in the future; check the sender's clock")]
    Future,
}

/// A request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// In any case; it is signed in lower case.
    pub method: &'a str,
    /// Path and query exactly as received.
    pub target: &'a str,
    /// All header fields.
    pub fields: &'a Fields,
    /// The exact bytes; empty for a GET.
    pub body: &'a [u8],
}

/// A signature that was read and is worth verifying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `keyId` as sent.
    pub key_id: String,
    /// What was signed.
    pub signing_string: String,
    /// Raw signature bytes.
    pub signature: Vec<u8>,
    /// The signed time: `(created)` if signed, else `Date`.
    pub at: Timestamp,
}

impl Signed {
    /// Whether `key` made this signature (RSASSA-PKCS1-v1_5 with SHA-256).
    pub fn verify(&self, key: &PublicKey) -> bool {
        key.verify(self.signing_string.as_bytes(), &self.signature)
    }
}

/// Reads the signature of a POST: `(request-target)`, `host`, `digest` and a time must be signed, and the
/// digest must be that of the body. `hosts` are the names (with port, if not the default) that we answer to.
pub fn read_post(request: Received<'_>, hosts: &[&str], now: Timestamp) -> Result<Signed, Fault> {
    let parameters = parameters(request.fields)?;
    if !parameters.signs("digest") && Check::DigestUnsigned.stands() {
        return Err(Fault::DigestUnsigned);
    }
    check(&parameters, request, hosts, now)
}

/// Reads the signature of a GET: `(request-target)`, `host` and a time must be signed.
pub fn read_get(request: Received<'_>, hosts: &[&str], now: Timestamp) -> Result<Signed, Fault> {
    check(&parameters(request.fields)?, request, hosts, now)
}

fn parameters(fields: &Fields) -> Result<Parameters, Fault> {
    if fields.all("signature-input").next().is_some() && Check::SignatureRfc9421.stands() {
        return Err(Fault::Rfc9421);
    }
    let field = match fields.one("signature") {
        Err(Repeated) if !Check::SignatureRepeated.stands() => fields.all("signature").next(),
        field => field.map_err(|Repeated| Fault::Repeated)?,
    };
    let Some(field) = field else {
        return nothing_signed().ok_or(Fault::Missing);
    };
    let parameters = Parameters::parse(field).ok_or(Fault::Malformed)?;
    // Draft §2.3 forbids the two times of its own under an algorithm that is named after the old ones.
    let own_times = parameters.signs("(created)") || parameters.signs("(expires)");
    match parameters.algorithm.as_deref() {
        None | Some("hs2019") => {}
        Some("rsa-sha256") if !own_times => {}
        Some(_) if !Check::SignatureAlgorithm.stands() => {}
        Some(_) => return Err(Fault::Algorithm),
    }
    if !parameters.signs("(request-target)") && Check::TargetUnsigned.stands() {
        return Err(Fault::TargetUnsigned);
    }
    if !parameters.signs("host") && Check::HostUnsigned.stands() {
        return Err(Fault::HostUnsigned);
    }
    Ok(parameters)
}

/// What stands for a signature that is not there, once [`Check::SignatureMissing`] is switched off.
fn nothing_signed() -> Option<Parameters> {
    let names = ["(request-target)", "host", "date", "digest"];
    (!Check::SignatureMissing.stands()).then(|| Parameters {
        key_id: "https://nobody.test/#key".to_owned(),
        algorithm: None,
        headers: names.map(str::to_owned).to_vec(),
        created: None,
        expires: None,
        signature: Vec::new(),
    })
}

fn check(
    parameters: &Parameters,
    request: Received<'_>,
    hosts: &[&str],
    now: Timestamp,
) -> Result<Signed, Fault> {
    let host = one(request.fields, "host")?.ok_or(Fault::FieldMissing)?;
    if !hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) && Check::Host.stands() {
        return Err(Fault::Host);
    }
    if parameters.signs("digest") {
        let field = one(request.fields, "digest")?.ok_or(Fault::FieldMissing)?;
        if !digest::matches(field, request.body) && Check::Digest.stands() {
            return Err(Fault::Digest);
        }
    }
    Ok(Signed {
        at: signed_time(parameters, request.fields, now)?,
        signing_string: signing_string(parameters, request)?,
        key_id: parameters.key_id.clone(),
        signature: parameters.signature.clone(),
    })
}

/// Every signed time must lie within the window; `(expires)` counts even unsigned, for it only narrows.
fn signed_time(
    parameters: &Parameters,
    fields: &Fields,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let mut signed = None;
    if parameters.signs("date") {
        let text = one(fields, "date")?.ok_or(Fault::FieldMissing)?;
        let at = parse_http_date(text).or_else(|| unread(now));
        signed = Some(within(at.ok_or(Fault::TimeUnreadable)?, now)?);
    }
    if parameters.signs("(created)") {
        let at = parameters.created.and_then(Timestamp::from_seconds);
        let at = at.or_else(|| unread(now));
        signed = Some(within(at.ok_or(Fault::TimeUnreadable)?, now)?);
    }
    if parameters.expires.is_some_and(|end| end < now.seconds()) && Check::TimeOld.stands() {
        return Err(Fault::Old);
    }
    signed
        .or_else(|| (!Check::TimeUnsigned.stands()).then_some(now))
        .ok_or(Fault::TimeUnsigned)
}

/// Now, for a time that cannot be read, once [`Check::TimeUnreadable`] is switched off.
fn unread(now: Timestamp) -> Option<Timestamp> {
    (!Check::TimeUnreadable.stands()).then_some(now)
}

fn within(at: Timestamp, now: Timestamp) -> Result<Timestamp, Fault> {
    match at.seconds() - now.seconds() {
        past if past < -PAST_SECONDS && Check::TimeOld.stands() => Err(Fault::Old),
        ahead if ahead > FUTURE_SECONDS && Check::TimeFuture.stands() => Err(Fault::Future),
        _ => Ok(at),
    }
}

/// Draft §2.3: one line per signed name, in the order of `headers`.
fn signing_string(parameters: &Parameters, request: Received<'_>) -> Result<String, Fault> {
    let mut lines = Vec::with_capacity(parameters.headers.len());
    for name in &parameters.headers {
        let value = match name.as_str() {
            "(request-target)" => {
                let method = request.method.to_ascii_lowercase();
                Some(format!("{method} {}", request.target))
            }
            "(created)" => parameters.created.map(|at| at.to_string()),
            "(expires)" => parameters.expires.map(|at| at.to_string()),
            _ => request.fields.joined(name),
        };
        let value = match value {
            None if !Check::SignedFieldMissing.stands() => String::new(),
            value => value.ok_or(Fault::FieldMissing)?,
        };
        lines.push(format!("{name}: {value}"));
    }
    Ok(lines.join("\n"))
}

fn one<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a str>, Fault> {
    match fields.one(name) {
        Err(Repeated) if !Check::SignedFieldRepeated.stands() => Ok(fields.all(name).next()),
        field => field.map_err(|Repeated| Fault::FieldRepeated),
    }
}

impl Parameters {
    fn signs(&self, name: &str) -> bool {
        self.headers.iter().any(|signed| signed == name)
    }
}
