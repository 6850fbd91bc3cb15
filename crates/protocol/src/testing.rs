//! What the tests of this crate share: a site, keys, texts in a stable order, documents of other servers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use crate::object::ActorKeys;
use crate::site::Site;
use crate::uri::Uri;

pub(crate) fn site() -> Site {
    Site::new(&Url::parse("https://a.example").unwrap()).unwrap()
}

pub(crate) fn uri(text: &str) -> Uri {
    text.parse().unwrap()
}

pub(crate) fn keys() -> ActorKeys {
    ActorKeys {
        rsa_pem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n".into(),
        multikeys: vec![
            "z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
                .parse()
                .unwrap(),
        ],
    }
}

/// A document as indented text, members sorted, whatever order the JSON library keeps. Our terms, where a context
/// brings them along, are shown as one word.
pub(crate) fn pretty(value: &Value) -> String {
    let terms = &crate::context::document()["@context"];
    let mut value = value.clone();
    let contexts = value.get_mut("@context").and_then(Value::as_array_mut);
    for context in contexts.into_iter().flatten() {
        if context == terms {
            *context = "our terms".into();
        }
    }
    let mut text = String::new();
    write_pretty(&value, 0, &mut text);
    text
}

fn write_pretty(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth + 1);
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push_str("{\n");
            for (member, value) in map.iter().collect::<BTreeMap<_, _>>() {
                write!(text, "{indent}{member}: ").unwrap();
                write_pretty(value, depth + 1, text);
            }
            writeln!(text, "{}}}", "  ".repeat(depth)).unwrap();
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            text.push_str("[\n");
            for value in list {
                text.push_str(&indent);
                write_pretty(value, depth + 1, text);
            }
            writeln!(text, "{}]", "  ".repeat(depth)).unwrap();
        }
        other => writeln!(text, "{other}").unwrap(),
    }
}

fn shared() -> Option<PathBuf> {
    if let Ok(folder) = std::env::var("RUSTINE_SHARED") {
        return Some(folder.into());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    Some(root.parent()?.join("shared"))
}

/// Context documents that we name, by file name; empty where the folder is absent.
pub(crate) fn contexts() -> Vec<(String, Value)> {
    documents("contexts")
}

/// Documents of other servers, by file name; a recorded HTTP answer gives its body.
pub(crate) fn fixtures() -> Vec<(String, Value)> {
    documents("activitypub")
}

fn documents(kind: &str) -> Vec<(String, Value)> {
    let folder = shared().map(|shared| shared.join("data/fixtures").join(kind));
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    let Some(entries) = entries else {
        println!("skipped: no folder ../shared/data/fixtures/{kind}");
        return Vec::new();
    };
    let mut documents = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(document) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()) else {
            continue;
        };
        let document = match document.get("body").and_then(Value::as_str) {
            Some(body) => serde_json::from_str(body).unwrap(),
            None => document,
        };
        documents.push((name, document));
    }
    documents.sort_by(|a, b| a.0.cmp(&b.0));
    documents
}

/// One document of another server; `None` where the folder is absent.
pub(crate) fn fixture(name: &str) -> Option<Value> {
    let found = fixtures().into_iter().find(|(file, _)| file == name);
    found.map(|(_, document)| document)
}
