//! Lines of `{log}/entries`: a header, its body where it is held, what is withheld (`protocol.md` §3.6).

use serde_json::{Value, json};

use super::body::Body;
use super::header::{Header, Kind};
use super::members::Members;
use super::{Entry, Refusal};
use crate::ids::{FieldName, Hash, RowId};
use crate::json::parse_line;

/// One line, its header read and its body kept until the header has been followed.
#[derive(Debug, Clone)]
pub struct Line {
    /// The header.
    pub header: Header,
    /// The body as received; `None` where the source does not hold it.
    pub body: Option<Value>,
    /// What the source holds back by its own decision. A reader treats it as missing.
    pub withheld: Vec<Withheld>,
}

/// Something that a replica holds back although no redact header names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withheld {
    /// A value.
    Cell {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The commitment to the value.
        cell: Hash,
    },
    /// The meta of the entry.
    Meta,
}

impl Line {
    /// Reads a line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::from_json(parse_line(bytes)?)
    }

    /// Reads a line, or any other object with these members, such as the relevant part of an `Add`.
    pub fn from_json(mut value: Value) -> Result<Self, Refusal> {
        let members = Members::of("line", &value)?.only(&["header"], &["body", "withheld"])?;
        let header = Header::parse(members.get("header")?)?;
        let withheld = match members.has("withheld") {
            true => members.array("withheld")?.iter().map(withheld).collect(),
            false => Ok(Vec::new()),
        }?;
        Ok(Self {
            header,
            withheld,
            body: value.as_object_mut().and_then(|map| map.remove("body")),
        })
    }

    /// Reads the body; `None` where there is none, or where the kind is of a later version.
    pub fn read_body(&self) -> Result<Option<Body>, Refusal> {
        match (&self.body, &self.header.kind) {
            (None, _) | (_, Kind::Unknown(_)) => Ok(None),
            (Some(body), kind) => Body::parse(body, kind).map(Some),
        }
    }
}

impl Withheld {
    /// The item as it stands in a line.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Cell { row, field, cell } => json!({"row": row, "field": field, "cell": cell}),
            Self::Meta => json!({"meta": true}),
        }
    }
}

fn withheld(value: &Value) -> Result<Withheld, Refusal> {
    let members = Members::of("withheld", value)?;
    if members.has("meta") {
        members.only(&["meta"], &[])?;
        return match members.flag("meta")? {
            true => Ok(Withheld::Meta),
            false => members.wrong("meta", "true"),
        };
    }
    members.only(&["row", "field", "cell"], &[])?;
    Ok(Withheld::Cell {
        row: members.parsed("row", "a lower-case UUID v4 or v7")?,
        field: members.field("field")?,
        cell: members.hash("cell")?,
    })
}

/// Writes a line from the texts as kept, without its newline.
pub fn write(header: &str, body: Option<&str>, withheld: &[Withheld]) -> String {
    let mut line = String::with_capacity(header.len() + body.map_or(0, str::len) + 64);
    line.push_str("{\"header\":");
    line.push_str(header);
    if let Some(body) = body {
        line.push_str(",\"body\":");
        line.push_str(body);
    }
    if !withheld.is_empty() {
        let items: Value = withheld.iter().map(Withheld::to_json).collect();
        line.push_str(",\"withheld\":");
        line.push_str(&items.to_string());
    }
    line.push('}');
    line
}

impl Entry {
    /// The entry as a line, without its newline.
    pub fn to_line(&self) -> String {
        write(self.header.text(), Some(&self.body.to_text()), &[])
    }
}
