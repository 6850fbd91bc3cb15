//! A foreign ActivityPub server with one person on it: serves the actor, signs what it posts, keeps what it
//! is sent. It plays the honest follower as well as the attacker.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::http::{ACTIVITY_JSON, Browser, Reply};

/// The headers that an honest sender signs.
pub const SIGNED: &str = "(request-target) host date digest";

/// The server and its person.
pub struct Stranger {
    origin: String,
    key: SigningKey<Sha256>,
    shown: Arc<Mutex<String>>,
    received: Arc<Mutex<Vec<Value>>>,
    browser: Browser,
}

impl Stranger {
    /// Starts `http://name.localhost:PORT` with the person `/users/name`. The threads end with the test.
    ///
    /// # Panics
    /// When no key or port can be had.
    #[must_use]
    pub fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the system gives a port");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let origin = format!("http://{name}.localhost:{port}");
        let (key, pem) = fresh_key();
        let shown = Arc::new(Mutex::new(actor(&origin, name, &pem).to_string()));
        let received = Arc::new(Mutex::new(Vec::new()));
        let (kept, served) = (Arc::clone(&received), Arc::clone(&shown));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let actor = served.lock().expect("no thread fell over").clone();
                let kept = Arc::clone(&kept);
                // A peer that breaks off is its own business.
                thread::spawn(move || serve(stream, &actor, &kept).ok());
            }
        });
        Self {
            origin,
            key,
            shown,
            received,
            browser: Browser::default(),
        }
    }

    /// The origin, without a slash at its end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The person's id.
    #[must_use]
    pub fn actor(&self) -> String {
        let name = self
            .origin
            .trim_start_matches("http://")
            .split('.')
            .next()
            .unwrap_or_default();
        format!("{}/users/{name}", self.origin)
    }

    /// Shows another key from now on, and signs with it; returns the one before.
    ///
    /// # Panics
    /// When no key can be made.
    pub fn change_key(&mut self) -> Key {
        let (key, pem) = fresh_key();
        let name = self
            .actor()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        *self.shown.lock().expect("no thread fell over") =
            actor(&self.origin, &name, &pem).to_string();
        self.sign_with(Key(key))
    }

    /// Signs with another key from now on, whatever is shown; returns the one before.
    pub fn sign_with(&mut self, key: Key) -> Key {
        Key(std::mem::replace(&mut self.key, key.0))
    }

    /// The actor's document as it is shown.
    ///
    /// # Panics
    /// When a thread of this server fell over.
    #[must_use]
    pub fn document(&self) -> Value {
        let shown = self.shown.lock().expect("no thread fell over");
        serde_json::from_str(&shown).expect("we wrote it")
    }

    /// An activity of the person with a fresh id.
    #[must_use]
    pub fn activity(&self, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{}", self.origin, uuid::Uuid::new_v4()),
            "type": kind,
            "actor": self.actor(),
            "object": object,
        })
    }

    /// Posts a signed activity, as an honest server does.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn post(&self, inbox: &str, activity: &Value) -> Reply {
        self.post_bytes(inbox, activity.to_string().into_bytes(), SIGNED)
    }

    /// Posts a body under a signature over the headers `signed`.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn post_bytes(&self, inbox: &str, body: Vec<u8>, signed: &str) -> Reply {
        self.post_to(inbox, inbox, body, signed)
    }

    /// Posts to `sent_to` what was signed for `inbox`, as somebody does who caught it on the way.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn post_to(&self, sent_to: &str, inbox: &str, body: Vec<u8>, signed: &str) -> Reply {
        let url: url::Url = inbox.parse().expect("an inbox is a URL");
        let host = url
            .port()
            .map_or(url.host_str().unwrap_or_default().to_owned(), |port| {
                format!("{}:{port}", url.host_str().unwrap_or_default())
            });
        let date = now_as_http_date();
        let digest = format!("SHA-256={}", STANDARD.encode(Sha256::digest(&body)));
        let line = |name: &str| match name {
            "(request-target)" => format!("(request-target): post {}", url.path()),
            "host" => format!("host: {host}"),
            "date" => format!("date: {date}"),
            _ => format!("digest: {digest}"),
        };
        let text: Vec<String> = signed.split(' ').map(line).collect();
        let signature = STANDARD.encode(self.key.sign(text.join("\n").as_bytes()).to_bytes());
        let header = format!(
            "keyId=\"{}#main-key\",algorithm=\"rsa-sha256\",headers=\"{signed}\",signature=\"{signature}\"",
            self.actor()
        );
        self.browser
            .request("POST", sent_to)
            .header("Date", &date)
            .header("Digest", &digest)
            .header("Signature", &header)
            .body(ACTIVITY_JSON, body)
            .send()
    }

    /// The activities of a type that the person was sent so far.
    ///
    /// # Panics
    /// When a thread of this server fell over.
    #[must_use]
    pub fn received(&self, kind: &str) -> Vec<Value> {
        let received = self.received.lock().expect("no thread fell over");
        received
            .iter()
            .filter(|activity| activity["type"] == kind)
            .cloned()
            .collect()
    }
}

/// A secret key of the person.
pub struct Key(SigningKey<Sha256>);

fn fresh_key() -> (SigningKey<Sha256>, String) {
    let secret = RsaPrivateKey::new(&mut rand::rngs::OsRng, 2048).expect("a key can be made");
    let public = secret.to_public_key();
    let pem = public
        .to_public_key_pem(LineEnding::LF)
        .expect("a key has a PEM form");
    (SigningKey::new(secret), pem)
}

fn actor(origin: &str, name: &str, pem: &str) -> Value {
    let id = format!("{origin}/users/{name}");
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": name,
        "name": name,
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "endpoints": {"sharedInbox": format!("{origin}/inbox")},
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem},
    })
}

/// Answers one request: the actor to every GET of it, 202 to every POST.
fn serve(stream: TcpStream, actor: &str, kept: &Mutex<Vec<Value>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (method, path) = line.split_once(' ').map_or(("", ""), |(method, rest)| {
        (method, rest.split(' ').next().unwrap_or(""))
    });
    let (method, known) = (method.to_owned(), path.starts_with("/users/"));
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(0);
            }
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, answer) = match method.as_str() {
        "GET" if known => ("200 OK", actor),
        "POST" => {
            if let (Ok(activity), Ok(mut kept)) = (serde_json::from_slice(&body), kept.lock()) {
                kept.push(activity);
            }
            ("202 Accepted", "")
        }
        _ => ("404 Not Found", ""),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {ACTIVITY_JSON}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    );
    reader.into_inner().write_all(head.as_bytes())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real node reads a real clock, so its correspondent must too"
)]
fn now_as_http_date() -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&jiff::Timestamp::now())
        .expect("the present has a date")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_shows_its_actor_and_keeps_what_it_is_sent() {
        let (one, other) = (Stranger::start("one"), Stranger::start("other"));
        let shown = Browser::default().get_activity(&one.actor()).json();
        assert_eq!(shown["id"], one.actor());
        let follow = other.activity("Follow", &json!(one.actor()));
        assert_eq!(
            other
                .post(&format!("{}/inbox", one.actor()), &follow)
                .status,
            202
        );
        assert_eq!(one.received("Follow"), [follow]);
        assert!(one.received("Like").is_empty());
    }
}
