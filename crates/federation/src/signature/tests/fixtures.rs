//! Requests captured from other software, read from the shared folder beside the repository.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustine_domain::time::Timestamp;
use serde_json::Value;

use crate::signature::{Fields, PublicKey, Received, parse_http_date};

/// The shared test data, or `None` with a line that says what is skipped.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("RUSTINE_SHARED").unwrap_or_else(|| beside.into());
    let path = PathBuf::from(root).join("data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no {} here", path.display());
    None
}

pub(crate) fn read_json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A request as it was captured; its parts may be changed.
#[derive(Clone)]
pub(crate) struct Captured {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Captured {
    /// All captured requests, by file name; `None` where the folder is absent.
    pub(crate) fn all() -> Option<Vec<Self>> {
        let folder = shared("fixtures/signed-requests")?;
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        paths.sort();
        let requests = paths
            .iter()
            .filter(|p| !p.to_string_lossy().ends_with("actor.json"));
        Some(requests.map(|path| Self::load(path)).collect())
    }

    fn load(path: &std::path::Path) -> Self {
        let json = read_json(path);
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        let headers = json["headers"].as_array().unwrap().iter().map(|pair| {
            let part = |at: usize| pair[at].as_str().unwrap().to_owned();
            (part(0), part(1))
        });
        Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            method: text("method"),
            target: text("target"),
            headers: headers.collect(),
            body: STANDARD.decode(text("body_base64")).unwrap(),
        }
    }

    /// Whether the sender signed by RFC 9421.
    pub(crate) fn is_rfc9421(&self) -> bool {
        self.header("signature-input").is_some()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut same = self
            .headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        same.next().map(|(_, value)| value.as_str())
    }

    /// The moment in which it was sent.
    pub(crate) fn sent_at(&self) -> Timestamp {
        parse_http_date(self.header("date").unwrap()).unwrap()
    }

    pub(crate) fn fields(&self) -> Fields {
        Fields::new(self.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())))
    }

    pub(crate) fn received<'a>(&'a self, fields: &'a Fields) -> Received<'a> {
        Received {
            method: &self.method,
            target: &self.target,
            fields,
            body: &self.body,
        }
    }

    /// The key of the actor that was captured with the request.
    pub(crate) fn key_pem(&self) -> String {
        let label = self.name.rsplitn(3, '-').last().unwrap().to_owned();
        let path = shared("fixtures/signed-requests")
            .unwrap()
            .join(format!("{label}-sender-actor.json"));
        read_json(&path)["publicKey"]["publicKeyPem"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn key(&self) -> PublicKey {
        PublicKey::from_pem(&self.key_pem()).unwrap()
    }
}
