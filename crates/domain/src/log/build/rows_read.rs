//! Reading a line of an import row by row, without the tree of values that the general reader makes of it: an entry of
//! five thousand rows then costs its text and little else, and a third of the time.
//!
//! Only what needs no judgement is read here: an import that adds whole rows and matches its header. Of everything
//! else nothing is said; [`Line::parse`](crate::log::Line::parse) and [`apply`](crate::log::apply()) say what it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Added, Additions};
use crate::ids::{FieldName, Hash, RowId, Salt};
use crate::json;
use crate::log::{Header, Kind, Meta};

/// A row that an import adds: its id, its hash, the salt of the operation, its cells by name.
pub type AddedRow<'r> = (RowId, Hash, Salt, &'r [(&'r FieldName, &'r str)]);

/// An import that adds whole rows and nothing else, verified against its header as far as that goes without the log.
pub struct RowsRead {
    /// The header.
    pub header: Header,
    /// The rows.
    pub added: Added,
    /// The body as canonical JSON.
    pub text: String,
}

/// Reads a line, giving each row to `each` as it comes. `None` where the line is anything but such an import, whole and
/// in canonical order; what was given to `each` then counts for nothing.
pub fn read_rows(bytes: &[u8], each: impl FnMut(AddedRow<'_>)) -> Option<RowsRead> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = LineSeed {
        each,
        bytes: bytes.len(),
    };
    let read = read.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    let (added, text) = read.additions.finish().ok()?;
    let header = read.header;
    (added.ops == header.ops && added.meta == header.meta).then_some(RowsRead {
        header,
        added,
        text,
    })
}

/// Stands for every reason not to go on; the general reader finds it again.
fn unusual<E: Error>() -> E {
    E::custom("not an import of whole rows")
}

struct Read {
    header: Header,
    additions: Additions,
}

/// `{"header":…,"body":…}`, in this order.
struct LineSeed<F> {
    each: F,
    bytes: usize,
}

impl<'de, F: FnMut(AddedRow<'_>)> DeserializeSeed<'de> for LineSeed<F> {
    type Value = Read;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(AddedRow<'_>)> Visitor<'de> for LineSeed<F> {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line of a log")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Read, A::Error> {
        key(&mut access, "header")?;
        let raw: &RawValue = access.next_value()?;
        let header = json::parse(raw.get().as_bytes()).map_err(|_| unusual())?;
        let header = Header::parse(&header).map_err(|_| unusual())?;
        key(&mut access, "body")?;
        let additions = access.next_value_seed(BodySeed {
            header: &header,
            each: self.each,
            bytes: self.bytes,
        })?;
        end(&mut access)?;
        Ok(Read { header, additions })
    }
}

/// `{"meta":…,"ops":[…]}`, in this order.
struct BodySeed<'h, F> {
    header: &'h Header,
    each: F,
    bytes: usize,
}

impl<'de, F: FnMut(AddedRow<'_>)> DeserializeSeed<'de> for BodySeed<'_, F> {
    type Value = Additions;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Additions, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(AddedRow<'_>)> Visitor<'de> for BodySeed<'_, F> {
    type Value = Additions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of an import")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Additions, A::Error> {
        let Kind::Import { batch } = &self.header.kind else {
            return Err(unusual());
        };
        key(&mut access, "meta")?;
        let raw: &RawValue = access.next_value()?;
        let meta = json::parse(raw.get().as_bytes()).map_err(|_| unusual())?;
        let meta = Meta::read(&meta)
            .ok()
            .flatten()
            .ok_or_else(unusual::<A::Error>)?;
        let additions = Additions::new(self.header.uid, batch.clone(), meta, self.bytes);
        let mut rows = RowsSeed {
            additions: additions.map_err(|_| unusual())?,
            each: self.each,
            names: HashMap::new(),
        };
        key(&mut access, "ops")?;
        access.next_value_seed(&mut rows)?;
        end(&mut access)?;
        Ok(rows.additions)
    }
}

/// The operations, one after the other.
struct RowsSeed<'de, F> {
    additions: Additions,
    each: F,
    /// The fields seen so far: their names are checked once.
    names: HashMap<&'de str, FieldName>,
}

impl<'de, F: FnMut(AddedRow<'_>)> DeserializeSeed<'de> for &mut RowsSeed<'de, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(AddedRow<'_>)> Visitor<'de> for &mut RowsSeed<'de, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("operations")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(op) = access.next_element_seed(AddSeed)? {
            self.add(&op).ok_or_else(unusual::<A::Error>)?;
        }
        Ok(())
    }
}

impl<'de, F: FnMut(AddedRow<'_>)> RowsSeed<'de, F> {
    fn add(&mut self, op: &Add<'de>) -> Option<()> {
        for (name, _) in &op.cells {
            if !self.names.contains_key(name) {
                self.names.insert(name, name.parse().ok()?);
            }
        }
        let cells = op.cells.iter();
        let cells: Vec<(&FieldName, &str)> = cells
            .map(|(name, value)| (&self.names[name], value.as_ref()))
            .collect();
        let hash = self.additions.add(op.row, &op.salt, &cells).ok()?;
        (self.each)((op.row, hash, op.salt, &cells));
        Some(())
    }
}

/// `{"cells":{…},"op":"add","row":…,"salt":…}`, in this order.
struct AddSeed;

struct Add<'de> {
    cells: Vec<(&'de str, Cow<'de, str>)>,
    row: RowId,
    salt: Salt,
}

impl<'de> DeserializeSeed<'de> for AddSeed {
    type Value = Add<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Add<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AddSeed {
    type Value = Add<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation that adds a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Add<'de>, A::Error> {
        key(&mut access, "cells")?;
        let cells = access.next_value_seed(CellsSeed)?;
        key(&mut access, "op")?;
        if access.next_value::<&str>()? != "add" {
            return Err(unusual());
        }
        key(&mut access, "row")?;
        let row = access.next_value::<&str>()?;
        key(&mut access, "salt")?;
        let salt = access.next_value::<&str>()?;
        end(&mut access)?;
        Ok(Add {
            cells,
            row: row.parse().map_err(|_| unusual())?,
            salt: salt.parse().map_err(|_| unusual())?,
        })
    }
}

struct CellsSeed;

impl<'de> DeserializeSeed<'de> for CellsSeed {
    type Value = Vec<(&'de str, Cow<'de, str>)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CellsSeed {
    type Value = Vec<(&'de str, Cow<'de, str>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values by field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::new();
        while let Some(name) = access.next_key::<&str>()? {
            cells.push((name, access.next_value_seed(TextSeed)?));
        }
        Ok(cells)
    }
}

/// A text, copied only where it has escapes.
struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Reads the next key, which must be this one. Keys with escapes are none of ours.
fn key<'de, A: MapAccess<'de>>(access: &mut A, expected: &str) -> Result<(), A::Error> {
    match access.next_key::<&str>()? {
        Some(key) if key == expected => Ok(()),
        _ => Err(unusual()),
    }
}

/// Nothing else may follow.
fn end<'de, A: MapAccess<'de>>(access: &mut A) -> Result<(), A::Error> {
    match access.next_key::<&str>()? {
        None => Ok(()),
        Some(_) => Err(unusual()),
    }
}
