//! One signed request, as an honest server makes it, with every part open to the forger before and after it is
//! signed.

use rustine_testkit::hostile::{Key, digest, http_date};
use serde_json::Value;

/// The headers that an honest sender signs.
pub const SIGNED: &str = "(request-target) host date digest";

/// A request before it is signed.
#[derive(Clone)]
pub struct Draft {
    pub method: &'static str,
    pub path: String,
    pub host: String,
    pub date: String,
    pub content_type: String,
    pub activity: Value,
    /// Instead of the activity's own text.
    pub body: Option<Vec<u8>>,
    /// Instead of the digest of the body.
    pub digest: Option<String>,
    /// Header lines beyond the usual ones.
    pub more: Vec<(String, String)>,
    pub key: Key,
    pub key_id: String,
    /// What is signed, in order.
    pub list: String,
    pub algorithm: Option<String>,
    pub created: Option<String>,
    pub expires: Option<String>,
}

impl Draft {
    /// An honest one.
    pub fn new(host: &str, path: &str, activity: Value, key: &Key, key_id: &str) -> Self {
        Self {
            method: "POST",
            path: path.to_owned(),
            host: host.to_owned(),
            date: http_date(0),
            content_type: "application/activity+json".to_owned(),
            activity,
            body: None,
            digest: None,
            more: Vec::new(),
            key: key.clone(),
            key_id: key_id.to_owned(),
            list: SIGNED.to_owned(),
            algorithm: Some("rsa-sha256".to_owned()),
            created: None,
            expires: None,
        }
    }

    /// An honest GET, which carries nothing.
    pub fn get(host: &str, path: &str, key: &Key, key_id: &str) -> Self {
        Self {
            method: "GET",
            body: Some(Vec::new()),
            list: "(request-target) host date".to_owned(),
            ..Self::new(host, path, Value::Null, key, key_id)
        }
    }

    /// Signs it.
    pub fn seal(&self) -> Letter {
        let body = self.body.clone();
        let body = body.unwrap_or_else(|| self.activity.to_string().into_bytes());
        let mut letter = Letter {
            method: self.method,
            path: self.path.clone(),
            headers: vec![
                ("Host".to_owned(), self.host.clone()),
                ("Date".to_owned(), self.date.clone()),
                ("Content-Type".to_owned(), self.content_type.clone()),
                (
                    "Digest".to_owned(),
                    self.digest.clone().unwrap_or_else(|| digest(&body)),
                ),
            ],
            body,
        };
        letter.headers.extend(self.more.clone());
        let lines: Vec<String> = self
            .list
            .split(' ')
            .map(|name| self.line(&letter, name))
            .collect();
        let signature = self.key.sign(&lines.join("\n"));
        let mut parameters = vec![format!("keyId=\"{}\"", self.key_id)];
        let optional = [("created", &self.created), ("expires", &self.expires)];
        if let Some(algorithm) = &self.algorithm {
            parameters.push(format!("algorithm=\"{algorithm}\""));
        }
        for (name, value) in optional {
            parameters.extend(value.iter().map(|value| format!("{name}={value}")));
        }
        parameters.push(format!("headers=\"{}\"", self.list));
        parameters.push(format!("signature=\"{signature}\""));
        letter
            .headers
            .push(("Signature".to_owned(), parameters.join(",")));
        letter
    }

    fn line(&self, letter: &Letter, name: &str) -> String {
        let value = match name {
            "(request-target)" => format!("{} {}", self.method.to_lowercase(), self.path),
            "(created)" => self.created.clone().unwrap_or_default(),
            "(expires)" => self.expires.clone().unwrap_or_default(),
            _ => letter.all(name).join(", "),
        };
        format!("{name}: {value}")
    }
}

/// A request ready to be sent.
#[derive(Clone)]
pub struct Letter {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Letter {
    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let same = self
            .headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header, to be changed.
    pub fn header(&mut self, name: &str) -> &mut String {
        let mut found = self.headers.iter_mut();
        let found = found.find(|(own, _)| own.eq_ignore_ascii_case(name));
        &mut found.unwrap_or_else(|| panic!("no header {name}")).1
    }

    /// Adds a header line at the end.
    pub fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Takes every line of a header away.
    pub fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let framed = ["content-length", "transfer-encoding"]
            .iter()
            .any(|name| !self.all(name).is_empty());
        if !framed {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body[..]].concat()
    }
}
