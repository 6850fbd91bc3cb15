//! Signing what leaves: exactly the fields that every receiver we know accepts.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use rustine_domain::time::Timestamp;
use rustine_outbound::{SignError, Signer, Unsigned, Url};

use super::digest::digest_field;
use super::http_date;
use super::key::SigningKey;

/// Fields that belong to a signed request, `Signature` included.
type Signature = Vec<(&'static str, String)>;

/// Signs a GET over `(request-target) host date`: the fields `date` and `signature` to be added.
pub fn sign_get(key: &SigningKey, key_id: &str, url: &Url, now: Timestamp) -> Signature {
    let date = http_date(now);
    let signed = format!("{}\nhost: {}\ndate: {date}", target("get", url), host(url));
    let signature = field(key, key_id, "(request-target) host date", &signed);
    vec![("date", date), ("signature", signature)]
}

/// Signs a POST over `(request-target) host date digest`: `date`, `digest` and `signature` to be added.
pub fn sign_post(
    key: &SigningKey,
    key_id: &str,
    url: &Url,
    body: &[u8],
    now: Timestamp,
) -> Signature {
    let (date, digest) = (http_date(now), digest_field(body));
    let signed = format!(
        "{}\nhost: {}\ndate: {date}\ndigest: {digest}",
        target("post", url),
        host(url)
    );
    let signature = field(key, key_id, "(request-target) host date digest", &signed);
    vec![("date", date), ("digest", digest), ("signature", signature)]
}

fn target(method: &str, url: &Url) -> String {
    let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
    format!("(request-target): {method} {}{query}", url.path())
}

/// As the client writes it into `Host`: the port only where it is not the scheme's own.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// `rsa-sha256` rather than `hs2019`: the older name is the one that every server reads.
fn field(key: &SigningKey, key_id: &str, headers: &str, signed: &str) -> String {
    let signature = STANDARD.encode(key.sign(signed.as_bytes()));
    format!(
        "keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"{headers}\",signature=\"{signature}\""
    )
}

/// Signs outgoing requests in the name of one local actor. Made for one exchange: it holds its time.
#[derive(Clone, Debug)]
pub struct RequestSigner {
    /// The actor's key.
    pub key: Arc<SigningKey>,
    /// Its id, e.g. `https://a.example/actor#main-key`.
    pub key_id: String,
    /// The `Date` of the exchange.
    pub now: Timestamp,
}

impl Signer for RequestSigner {
    fn sign(&self, request: Unsigned<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
        let fields = match request.body {
            None => sign_get(&self.key, &self.key_id, request.url, self.now),
            Some(body) => sign_post(&self.key, &self.key_id, request.url, body, self.now),
        };
        let fields = fields.into_iter().map(|(name, value)| {
            let name = match name {
                "date" => header::DATE,
                other => HeaderName::from_static(other),
            };
            let value = HeaderValue::try_from(value);
            Ok((
                name,
                value.map_err(|_| SignError("the key's id is no ASCII text".into()))?,
            ))
        });
        fields.collect()
    }
}
