//! The canonical writer, and SHA-256 over what it wrote.

use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use super::MAX_INTEGER;
use crate::ids::Hash;

/// `J(x)`: the RFC 8785 bytes of a value.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut canon = Canon::with_capacity(256);
    canon.value(value);
    canon.into_bytes()
}

/// `H(x)`: SHA-256 of `J(x)`.
pub fn hash(value: &Value) -> Hash {
    sha256(&canonical(value))
}

/// The number of bytes of `J(x)`, without writing them.
pub(crate) fn canonical_len(value: &Value) -> usize {
    let separators = |items: usize| 2 + items.saturating_sub(1);
    match value {
        Value::Null => 4,
        Value::Bool(flag) => 5 - usize::from(*flag),
        Value::Number(_) => canonical(value).len(),
        Value::String(text) => text_len(text),
        Value::Array(items) => {
            separators(items.len()) + items.iter().map(canonical_len).sum::<usize>()
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| text_len(key) + 1 + canonical_len(value);
            separators(members.len()) + members.iter().map(member).sum::<usize>()
        }
    }
}

fn text_len(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        0x08 | b'\t' | b'\n' | 0x0c | b'\r' | b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    2 + text.bytes().map(escaped).sum::<usize>()
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Writes canonical JSON piece by piece. Commitments use it directly: building a [`Value`] for each of
/// the cells of an import would cost more than hashing them.
pub(crate) struct Canon(Vec<u8>);

impl Canon {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.0).expect("only whole texts and ASCII are ever written")
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes back what was written after the first bytes, which must end between two pieces.
    pub(crate) fn truncate(&mut self, bytes: usize) {
        self.0.truncate(bytes);
    }

    pub(crate) fn hash(&self) -> Hash {
        sha256(&self.0)
    }

    /// Writes bytes as they are: punctuation, literals, and texts known to need no escape.
    pub(crate) fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Writes ASCII bytes as they are.
    pub(crate) fn ascii(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.is_ascii(), "whole texts are written by `raw`");
        self.0.extend_from_slice(bytes);
    }

    /// Writes `"text"`, escaped as RFC 8785 §3.2.2.2 says: the two-character forms where they exist,
    /// `\u00xx` in lower case for the other controls, everything else as it is.
    pub(crate) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.0.reserve(bytes.len());
        self.0.push(b'"');
        let mut written = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.0.extend_from_slice(&bytes[written..at]);
            self.escape(byte);
            written = at + 1;
        }
        self.0.extend_from_slice(&bytes[written..]);
        self.0.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            b'"' | b'\\' => byte,
            _ => {
                self.raw("\\u00");
                self.0.push(HEX[usize::from(byte >> 4)]);
                self.0.push(HEX[usize::from(byte & 15)]);
                return;
            }
        };
        self.0.extend_from_slice(&[b'\\', short]);
    }

    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.raw("null"),
            Value::Bool(true) => self.raw("true"),
            Value::Bool(false) => self.raw("false"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.raw("[");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.raw(",");
                    }
                    self.value(item);
                }
                self.raw("]");
            }
            Value::Object(members) => self.object(members),
        }
    }

    pub(crate) fn object(&mut self, members: &Map<String, Value>) {
        let mut members: Vec<(&String, &Value)> = members.iter().collect();
        // Keys are ordered as UTF-16, which differs from UTF-8 beyond the basic plane.
        members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        self.raw("{");
        for (at, (key, member)) in members.into_iter().enumerate() {
            if at > 0 {
                self.raw(",");
            }
            self.text(key);
            self.raw(":");
            self.value(member);
        }
        self.raw("}");
    }

    fn number(&mut self, number: &Number) {
        let exact = number
            .as_i64()
            .filter(|integer| integer.unsigned_abs() <= MAX_INTEGER);
        if let Some(integer) = exact {
            self.raw(&integer.to_string());
            return;
        }
        // Fractions stand only in documents that are not of the log; they print as ECMAScript prints them.
        let double = number.as_f64().unwrap_or_default();
        let text = serde_json_canonicalizer::to_string(&double).unwrap_or_default();
        self.raw(&text);
    }
}
