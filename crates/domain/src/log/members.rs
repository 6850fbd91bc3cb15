//! Reading the members of a strict JSON object.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::Refusal;
use crate::checks::Check;
use crate::ids::{FieldName, Hash, Salt};
use crate::json::MAX_INTEGER;

pub(super) const A_HASH: &str = "a hash of 43 base64url characters";
pub(super) const A_SALT: &str = "a salt of 22 base64url characters";
pub(super) const A_FIELD: &str = "a field's name";

/// An object whose members are read by name; refusals name its place.
#[derive(Clone, Copy)]
pub(super) struct Members<'v> {
    place: &'static str,
    map: &'v Map<String, Value>,
}

impl<'v> Members<'v> {
    pub(super) fn of(place: &'static str, value: &'v Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self { place, map }),
            _ => Err(Refusal::WrongForm {
                place,
                member: "the whole",
                expected: "an object",
            }),
        }
    }

    pub(super) fn of_map(place: &'static str, map: &'v Map<String, Value>) -> Self {
        Self { place, map }
    }

    pub(super) fn map(self) -> &'v Map<String, Value> {
        self.map
    }

    /// Refuses members that are neither required nor optional, and the lack of a required one.
    pub(super) fn only(
        self,
        required: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, Refusal> {
        let known = |key: &str| required.contains(&key) || optional.contains(&key);
        let unknown = self.map.keys().find(|key| !known(key));
        if let Some(member) = unknown.filter(|_| Check::UnknownMember.stands()) {
            return Err(Refusal::UnknownMember {
                place: self.place,
                member: member.chars().take(80).collect(),
            });
        }
        for member in required {
            self.get(member)?;
        }
        Ok(self)
    }

    pub(super) fn has(self, member: &str) -> bool {
        self.map.contains_key(member)
    }

    pub(super) fn get(self, member: &'static str) -> Result<&'v Value, Refusal> {
        self.map.get(member).ok_or(Refusal::MissingMember {
            place: self.place,
            member,
        })
    }

    pub(super) fn wrong<T>(
        self,
        member: &'static str,
        expected: &'static str,
    ) -> Result<T, Refusal> {
        Err(Refusal::WrongForm {
            place: self.place,
            member,
            expected,
        })
    }

    pub(super) fn text(self, member: &'static str) -> Result<&'v str, Refusal> {
        match self.get(member)?.as_str() {
            Some(text) => Ok(text),
            None => self.wrong(member, "a text"),
        }
    }

    pub(super) fn parsed<T: FromStr>(
        self,
        member: &'static str,
        expected: &'static str,
    ) -> Result<T, Refusal> {
        match self.text(member)?.parse() {
            Ok(value) => Ok(value),
            Err(_) => self.wrong(member, expected),
        }
    }

    pub(super) fn hash(self, member: &'static str) -> Result<Hash, Refusal> {
        self.parsed(member, A_HASH)
    }

    pub(super) fn salt(self, member: &'static str) -> Result<Salt, Refusal> {
        self.parsed(member, A_SALT)
    }

    pub(super) fn field(self, member: &'static str) -> Result<FieldName, Refusal> {
        self.parsed(member, A_FIELD)
    }

    pub(super) fn hash_or_null(self, member: &'static str) -> Result<Option<Hash>, Refusal> {
        match self.get(member)? {
            Value::Null => Ok(None),
            _ => self.hash(member).map(Some),
        }
    }

    pub(super) fn integer(self, member: &'static str) -> Result<u64, Refusal> {
        match self.get(member)?.as_u64().filter(|n| *n <= MAX_INTEGER) {
            Some(integer) => Ok(integer),
            None => self.wrong(member, "a whole number"),
        }
    }

    pub(super) fn flag(self, member: &'static str) -> Result<bool, Refusal> {
        match self.get(member)?.as_bool() {
            Some(flag) => Ok(flag),
            None => self.wrong(member, "true or false"),
        }
    }

    pub(super) fn object(self, member: &'static str) -> Result<&'v Map<String, Value>, Refusal> {
        match self.get(member)?.as_object() {
            Some(map) => Ok(map),
            None => self.wrong(member, "an object"),
        }
    }

    pub(super) fn array(self, member: &'static str) -> Result<&'v [Value], Refusal> {
        match self.get(member)?.as_array() {
            Some(items) => Ok(items),
            None => self.wrong(member, "an array"),
        }
    }
}
