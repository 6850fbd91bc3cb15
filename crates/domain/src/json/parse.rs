//! The strict reader.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::{MAX_DEPTH, MAX_INTEGER};
use crate::checks::Check;

/// Why a text is not JSON that may be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// Not JSON in UTF-8 at all, or a lone surrogate; with the reader's words and position.
    #[error("not well-formed JSON: {0}")]
    Syntax(String),
    /// One object gives a key twice.
    #[error("the key {0:?} stands twice in one object")]
    DuplicateKey(String),
    /// More than [`MAX_DEPTH`] arrays and objects inside each other.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// U+0000 in a text or in a key.
    #[error("a text contains U+0000")]
    NullCharacter,
    /// A fraction, an exponent, `-0`, or an integer beyond ±(2^53 - 1).
    #[error("a number is not an integer within ±(2^53 - 1)")]
    Number,
}

impl JsonProblem {
    /// The check that spoke, in the list of all.
    pub fn check(&self) -> Check {
        match self {
            Self::Syntax(_) => Check::Json,
            Self::DuplicateKey(_) => Check::DuplicateKey,
            Self::TooDeep => Check::Depth,
            Self::NullCharacter => Check::NullCharacter,
            Self::Number => Check::LogNumber,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Integers,
    Any,
}

/// Reads a document of the log: integers only (`protocol.md` §3.2).
pub fn parse(bytes: &[u8]) -> Result<Value, JsonProblem> {
    read(bytes, MAX_DEPTH, Numbers::Integers)
}

/// Reads a line that carries a header and a body: both may be [`MAX_DEPTH`] deep inside it.
pub fn parse_line(bytes: &[u8]) -> Result<Value, JsonProblem> {
    read(bytes, MAX_DEPTH + 1, Numbers::Integers)
}

/// Reads any other signed document, such as an activity or a review: fractions are allowed.
pub fn parse_document(bytes: &[u8]) -> Result<Value, JsonProblem> {
    read(bytes, MAX_DEPTH, Numbers::Any)
}

/// Checks a value that came through another reader as [`parse`] would have, except for duplicate keys,
/// which such a reader has already lost.
pub fn check(value: &Value) -> Result<(), JsonProblem> {
    check_at(value, 0)
}

fn check_at(value: &Value, depth: usize) -> Result<(), JsonProblem> {
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => check_number(number),
        Value::String(text) => check_text(text),
        Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH && Check::Depth.stands() => {
            Err(JsonProblem::TooDeep)
        }
        Value::Array(items) => items.iter().try_for_each(|item| check_at(item, depth + 1)),
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            check_text(key)?;
            check_at(member, depth + 1)
        }),
    }
}

fn check_text(text: &str) -> Result<(), JsonProblem> {
    if text.as_bytes().contains(&0) && Check::NullCharacter.stands() {
        return Err(JsonProblem::NullCharacter);
    }
    Ok(())
}

fn check_number(number: &Number) -> Result<(), JsonProblem> {
    let size = number
        .as_u64()
        .or_else(|| number.as_i64().map(i64::unsigned_abs));
    match size {
        Some(size) if size <= MAX_INTEGER => Ok(()),
        _ if !Check::LogNumber.stands() => Ok(()),
        _ => Err(JsonProblem::Number),
    }
}

fn read(bytes: &[u8], depth: usize, numbers: Numbers) -> Result<Value, JsonProblem> {
    let problem = RefCell::new(None);
    let seed = Strict {
        left: depth,
        numbers,
        problem: &problem,
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let result = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    result.map_err(|error| {
        problem
            .take()
            .unwrap_or_else(|| JsonProblem::Syntax(error.to_string()))
    })
}

/// Reads one value with `left` levels of nesting still allowed. The first problem is kept aside, because
/// the reader's own error type carries only words.
#[derive(Clone, Copy)]
struct Strict<'p> {
    left: usize,
    numbers: Numbers,
    problem: &'p RefCell<Option<JsonProblem>>,
}

impl Strict<'_> {
    fn refuse<T, E: Error>(self, problem: JsonProblem) -> Result<T, E> {
        let error = E::custom(&problem);
        self.problem.borrow_mut().get_or_insert(problem);
        Err(error)
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None if !Check::Depth.stands() => Ok(self),
            None => self.refuse(JsonProblem::TooDeep),
        }
    }

    fn text<E: Error>(self, text: String) -> Result<String, E> {
        match check_text(&text) {
            Ok(()) => Ok(text),
            Err(problem) => self.refuse(problem),
        }
    }

    fn number<E: Error>(self, number: Number) -> Result<Value, E> {
        if self.numbers == Numbers::Integers
            && let Err(problem) = check_number(&number)
        {
            return self.refuse(problem);
        }
        Ok(Value::Number(number))
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.number(value.into())
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.number(value.into())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        match Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.refuse(JsonProblem::Number),
        }
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        self.text(text).map(Value::String)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let key = self.text(key)?;
            let member = access.next_value_seed(inner)?;
            match members.entry(key) {
                Entry::Vacant(place) => place.insert(member),
                // As careless readers do: the last one wins.
                Entry::Occupied(mut place) if !Check::DuplicateKey.stands() => {
                    place.insert(member);
                    place.into_mut()
                }
                Entry::Occupied(place) => {
                    return self.refuse(JsonProblem::DuplicateKey(place.key().clone()));
                }
            };
        }
        Ok(Value::Object(members))
    }
}
