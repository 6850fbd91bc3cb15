//! Strict JSON and its canonical form (`domain::json`).

use rustine_domain::json::{self, JsonProblem};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What is read has one canonical form, which is read again as the same; no key stands twice in it.
pub fn run(data: &[u8]) {
    let lenient: Option<Value> = serde_json::from_slice(data).ok();
    let document = json::parse_document(data);
    match &document {
        Ok(value) => {
            assert_eq!(lenient.as_ref(), Some(value), "two readers read alike");
            assert_eq!(colons(data), members(value), "a key stands twice");
            assert!(depth(value) <= json::MAX_DEPTH);
            is_canonical(value);
        }
        Err(problem) => refused_rightly(problem, data, lenient.as_ref()),
    }
    if let Ok(value) = json::parse(data) {
        assert_eq!(document.as_ref(), Ok(&value), "the log is the stricter");
        assert_eq!(json::check(&value), Ok(()));
        assert!(only_safe_integers(&value));
        let text = json::canonical(&value);
        assert_eq!(
            json::parse(&text),
            Ok(value),
            "integers survive as they are"
        );
    } else if let Ok(value) = &document {
        assert!(json::check(value).is_err(), "both ways of checking agree");
    }
}

fn is_canonical(value: &Value) {
    let text = json::canonical(value);
    let by_another = serde_json_canonicalizer::to_vec(value).expect("a JSON value");
    assert_eq!(text, by_another, "RFC 8785 has one form");
    let again = json::parse_document(&text).expect("a canonical text is strict JSON");
    assert_eq!(json::canonical(&again), text, "canonical is canonical");
    assert_eq!(json::hash(value).0[..], Sha256::digest(&text)[..]);
}

/// A refusal names a fault that is there.
fn refused_rightly(problem: &JsonProblem, data: &[u8], lenient: Option<&Value>) {
    let Some(value) = lenient else {
        return;
    };
    match problem {
        JsonProblem::DuplicateKey(_) => assert!(colons(data) > members(value)),
        JsonProblem::TooDeep => assert!(nesting(data) > json::MAX_DEPTH),
        // The value may have lost the text under a key that stands twice.
        JsonProblem::NullCharacter => assert!(contains(data, b"\\u0000") || has_null(value)),
        JsonProblem::Syntax(_) | JsonProblem::Number => {
            panic!("refused although it is JSON: {problem}")
        }
    }
}

/// Colons outside texts: the members that a text has, doubled ones included.
fn colons(data: &[u8]) -> usize {
    outside_texts(data).filter(|byte| *byte == b':').count()
}

fn nesting(data: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in outside_texts(data) {
        match byte {
            b'[' | b'{' => now += 1,
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn outside_texts(data: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let (mut inside, mut escaped) = (false, false);
    data.iter().copied().filter(move |byte| {
        let was_inside = inside;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ => {}
        }
        !was_inside
    })
}

fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn only_safe_integers(value: &Value) -> bool {
    match value {
        Value::Number(number) => number
            .as_i64()
            .is_some_and(|number| number.unsigned_abs() <= json::MAX_INTEGER),
        Value::Array(items) => items.iter().all(only_safe_integers),
        Value::Object(map) => map.values().all(only_safe_integers),
        _ => true,
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(map) => map
            .iter()
            .any(|(key, item)| key.contains('\0') || has_null(item)),
        _ => false,
    }
}

fn contains(data: &[u8], part: &[u8]) -> bool {
    data.windows(part.len()).any(|window| window == part)
}
