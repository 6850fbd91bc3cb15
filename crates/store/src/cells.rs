//! The cells of a row as JSON in a column: an object of texts, JSONB on both engines.
//!
//! Written and read here rather than through `serde_json::Value`, because a page of 50 rows has a thousand cells.
//! SQLite's format: <https://sqlite.org/jsonb.html>; PostgreSQL's binary form is the byte 1 and the JSON text.

use std::collections::BTreeMap;
use std::io::Write;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Binary, Jsonb};
use diesel::sqlite::Sqlite;

/// Texts by field name: values, or the base64url forms of salts and commitments.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = Jsonb)]
pub struct Texts(pub BTreeMap<String, String>);

/// JSONB element types of SQLite.
const TEXT: u8 = 7;
const TEXT_ESCAPED: u8 = 8;
const TEXT_RAW: u8 = 10;
const OBJECT: u8 = 12;

/// Texts by field name in the form in which they are written; made on any thread.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression)]
#[diesel(sql_type = Jsonb)]
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// Packs texts that come in the order of their names, each once.
    pub(crate) fn of<'t>(texts: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> Self {
        Self(to_sqlite(texts))
    }
}

impl ToSql<Jsonb, Sqlite> for Packed {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_slice());
        Ok(IsNull::No)
    }
}

impl ToSql<Jsonb, Pg> for Packed {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let texts = from_sqlite(&self.0).ok_or("texts were packed in a wrong form")?;
        out.write_all(&[1])?;
        serde_json::to_writer(out, &texts)?;
        Ok(IsNull::No)
    }
}

/// The texts of a map, to be packed.
pub(crate) fn borrowed(
    texts: &BTreeMap<String, String>,
) -> impl Iterator<Item = (&str, &str)> + Clone {
    texts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

impl ToSql<Jsonb, Sqlite> for Texts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(to_sqlite(borrowed(&self.0)));
        Ok(IsNull::No)
    }
}

impl ToSql<Jsonb, Pg> for Texts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl FromSql<Jsonb, Sqlite> for Texts {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        from_sqlite(&bytes)
            .map(Texts)
            .ok_or_else(|| "a column holds no JSONB of texts".into())
    }
}

impl FromSql<Jsonb, Pg> for Texts {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes = value.as_bytes();
        let Some((1, json)) = bytes.split_first() else {
            return Err("a column holds an unknown form of JSONB".into());
        };
        Ok(Texts(serde_json::from_slice(json)?))
    }
}

fn to_sqlite<'t>(texts: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> Vec<u8> {
    let payload: usize = texts
        .clone()
        .map(|(name, value)| {
            name.len() + value.len() + header_size(name.len()) + header_size(value.len())
        })
        .sum();
    let mut bytes = Vec::with_capacity(payload + 9);
    push_header(&mut bytes, OBJECT, payload);
    for text in texts.flat_map(|(name, value)| [name, value]) {
        push_header(&mut bytes, TEXT_RAW, text.len());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

fn header_size(payload: usize) -> usize {
    match payload {
        0..=11 => 1,
        12..=0xff => 2,
        0x100..=0xffff => 3,
        _ => 5,
    }
}

/// The upper four bits give the size, or how many bytes of size follow.
#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm keeps the bytes that its range needs"
)]
fn push_header(bytes: &mut Vec<u8>, element: u8, payload: usize) {
    match payload {
        0..=11 => bytes.push((payload as u8) << 4 | element),
        12..=0xff => bytes.extend([0xc0 | element, payload as u8]),
        0x100..=0xffff => {
            bytes.push(0xd0 | element);
            bytes.extend((payload as u16).to_be_bytes());
        }
        _ => {
            bytes.push(0xe0 | element);
            bytes.extend((payload as u32).to_be_bytes());
        }
    }
}

fn from_sqlite(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let (OBJECT, mut rest, []) = split_element(bytes)? else {
        return None;
    };
    let mut texts = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = split_text(rest)?;
        let (value, after) = split_text(after)?;
        texts.insert(name, value);
        rest = after;
    }
    Some(texts)
}

fn split_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (element, payload, rest) = split_element(bytes)?;
    let text = std::str::from_utf8(payload).ok()?;
    let text = match element {
        TEXT | TEXT_RAW => text.to_owned(),
        // Only where SQLite itself made the value from JSON text.
        TEXT_ESCAPED => serde_json::from_str(&format!("\"{text}\"")).ok()?,
        _ => return None,
    };
    Some((text, rest))
}

/// Splits an element into its type, its payload and what follows it.
fn split_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let more = match first >> 4 {
        0xc => 1,
        0xd => 2,
        0xe => 4,
        0xf => 8,
        size => {
            let (payload, rest) = rest.split_at_checked(usize::from(size))?;
            return Some((first & 0x0f, payload, rest));
        }
    };
    let (size, rest) = rest.split_at_checked(more)?;
    let size = size
        .iter()
        .fold(0_u64, |size, &byte| size << 8 | u64::from(byte));
    let (payload, rest) = rest.split_at_checked(usize::try_from(size).ok()?)?;
    Some((first & 0x0f, payload, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_size_come_back() {
        for length in [0, 1, 11, 12, 255, 256, 65_535, 65_536] {
            let texts = BTreeMap::from([
                ("nom".to_owned(), "é".repeat(length / 2)),
                ("vide".to_owned(), String::new()),
            ]);
            assert_eq!(from_sqlite(&to_sqlite(borrowed(&texts))), Some(texts));
        }
    }

    #[test]
    fn a_cut_value_is_refused() {
        let bytes = to_sqlite([("nom", "Ana")].into_iter());
        for end in 0..bytes.len() {
            assert_eq!(from_sqlite(&bytes[..end]), None, "{end}");
        }
    }
}
