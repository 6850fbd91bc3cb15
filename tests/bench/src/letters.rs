//! Signed requests, made before anything is measured.

use std::path::Path;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use ring::{digest, rand};
use rusqlite::{Connection, OpenFlags};

use crate::Failure;

/// An RSA key, taken from a node's own.
pub struct Key {
    pair: RsaKeyPair,
    /// The public part as PEM.
    pub public: String,
}

impl Key {
    /// The key of a node's instance.
    pub fn of(database: &Path) -> Result<Self, Failure> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (public, secret): (String, Vec<u8>) = connection.query_row(
            "SELECT public, secret FROM keys WHERE owner = '/actor' AND kind = 'rsa'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let bytes = pem_bytes(&String::from_utf8(secret)?)?;
        let pair = RsaKeyPair::from_pkcs8(&bytes).map_err(|error| error.to_string())?;
        Ok(Self { pair, public })
    }

    /// The public part as PKCS #1.
    pub fn public_bytes(&self) -> Vec<u8> {
        self.pair.public().as_ref().to_vec()
    }

    /// A signature over a text, in base64.
    pub fn sign(&self, text: &str) -> Result<String, Failure> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let random = rand::SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .map_err(|_| "a text could not be signed")?;
        Ok(STANDARD.encode(signature))
    }
}

/// Where a request goes, and who sends it.
pub struct Address<'a> {
    /// `host:port`, as the receiver calls itself.
    pub host: &'a str,
    /// The inbox's path.
    pub path: &'a str,
    /// The sender's id.
    pub actor: &'a str,
    /// The address that a proxy in front would name: requests of one address are limited.
    pub from: &'a str,
}

/// A whole signed request.
#[expect(
    clippy::disallowed_methods,
    reason = "the node compares the date with the clock of the machine"
)]
pub fn letter(key: &Key, address: &Address<'_>, body: &str) -> Result<Vec<u8>, Failure> {
    let Address {
        host,
        path,
        actor,
        from,
    } = address;
    let date = httpdate::fmt_http_date(SystemTime::now());
    let digest = digest_of(body.as_bytes());
    let text =
        format!("(request-target): post {path}\nhost: {host}\ndate: {date}\ndigest: {digest}");
    let signature = key.sign(&text)?;
    Ok(format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {from}\r\nDate: {date}\r\nDigest: {digest}\r\n\
         Signature: keyId=\"{actor}#main-key\",algorithm=\"rsa-sha256\",\
         headers=\"(request-target) host date digest\",signature=\"{signature}\"\r\n\
         Content-Type: application/activity+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes())
}

/// The header `Digest` of a body.
pub fn digest_of(body: &[u8]) -> String {
    format!(
        "SHA-256={}",
        STANDARD.encode(digest::digest(&digest::SHA256, body))
    )
}

fn pem_bytes(pem: &str) -> Result<Vec<u8>, Failure> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    Ok(STANDARD.decode(lines.collect::<String>())?)
}
