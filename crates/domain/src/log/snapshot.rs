//! Snapshots: the rows at one entry, verified against its state (`protocol.md` §3.6).
//!
//! JSON Lines: `["header", {…}]`, `["schema", {…}]`, rows by bucket number and row id as
//! `["row", id, {…}]`, and last `["end", count]`.

use serde_json::{Value, json};

use super::Refusal;
use super::apply::Missing;
use super::header::Header;
use super::redact::{self, Redactions};
use super::row::{CellState, RowState};
use crate::commit;
use crate::ids::{Hash, RowId};
use crate::json::{canonical, parse_line};
use crate::tree::{MemoryTree, bucket_of};

/// A line of a snapshot.
#[derive(Debug, Clone)]
pub enum SnapshotLine {
    /// The header of the entry at which the snapshot stands.
    Header(Box<Header>),
    /// The schema in force.
    Schema(Value),
    /// A row.
    Row(RowId, RowState),
    /// The end, with the number of rows in this stream.
    End(u64),
}

impl SnapshotLine {
    /// Reads a line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let value = parse_line(bytes)?;
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        match items {
            [tag, header] if tag == "header" => Ok(Self::Header(Box::new(Header::parse(header)?))),
            [tag, schema] if tag == "schema" && schema.is_object() => {
                Ok(Self::Schema(schema.clone()))
            }
            [tag, id, row] if tag == "row" => {
                let id = id.as_str().and_then(|id| id.parse().ok());
                let id = id.ok_or(Refusal::Snapshot("a row id has a wrong form"))?;
                Ok(Self::Row(id, RowState::from_snapshot(row)?))
            }
            [tag, count] if tag == "end" => {
                let count = count.as_u64();
                Ok(Self::End(count.ok_or(Refusal::Snapshot(
                    "the count is no whole number",
                ))?))
            }
            _ => Err(Refusal::Snapshot("a line is none of the four")),
        }
    }

    /// Writes the line, without its newline.
    pub fn to_text(&self) -> String {
        match self {
            Self::Header(header) => format!("[\"header\",{}]", header.text()),
            Self::Schema(schema) => line(&json!(["schema", schema])),
            Self::Row(id, row) => row_line(*id, row),
            Self::End(count) => line(&json!(["end", count])),
        }
    }
}

/// Writes the line of a row, without its newline.
pub fn row_line(id: RowId, row: &RowState) -> String {
    line(&json!(["row", id, row.to_snapshot()]))
}

fn line(value: &Value) -> String {
    String::from_utf8(canonical(value)).expect("canonical JSON is UTF-8")
}

/// Verifies a snapshot line by line, in memory of about 60 bytes per row.
#[derive(Debug)]
pub struct Loader<'k> {
    header: &'k Header,
    known: &'k Redactions,
    introduced: bool,
    schema: Option<Value>,
    last: Option<(u16, RowId)>,
    rows: u64,
    rows_in_stream: u64,
    ended: bool,
    tree: MemoryTree,
    missing: Vec<Missing>,
}

/// A snapshot that was verified as a whole.
#[derive(Debug)]
pub struct Loaded {
    /// The schema in force.
    pub schema: Value,
    /// How many rows there are.
    pub rows: u64,
    /// The tree over the rows, whose pages the store keeps.
    pub tree: MemoryTree,
    /// Values that are not there although no known redact header names them.
    pub missing: Vec<Missing>,
}

impl<'k> Loader<'k> {
    /// Begins to load the snapshot at a header that has been followed. The redactions known are applied to
    /// every row.
    pub fn new(header: &'k Header, known: &'k Redactions) -> Self {
        Self {
            header,
            known,
            introduced: false,
            schema: None,
            last: None,
            rows: 0,
            rows_in_stream: 0,
            ended: false,
            tree: MemoryTree::new(),
            missing: Vec::new(),
        }
    }

    /// Takes the next line; returns the row to keep, with its hash, if the line is one. A stream that
    /// broke off may go on after the last row: its first lines are then repeated.
    pub fn take(&mut self, line: SnapshotLine) -> Result<Option<(RowId, RowState, Hash)>, Refusal> {
        match line {
            SnapshotLine::Header(header) if header.hash() == self.header.hash() => {
                self.introduced = true;
                self.rows_in_stream = 0;
                self.ended = false;
            }
            SnapshotLine::Header(_) => {
                return Err(Refusal::Snapshot("the header is not the one asked for"));
            }
            _ if !self.introduced || self.ended => {
                return Err(Refusal::Snapshot("a line stands outside header and end"));
            }
            SnapshotLine::Schema(schema) => {
                if commit::schema(&schema) != self.header.schema {
                    return Err(Refusal::SchemaHash);
                }
                self.schema = Some(schema);
            }
            SnapshotLine::Row(id, row) => return self.row(id, row).map(Some),
            SnapshotLine::End(count) if count == self.rows_in_stream => self.ended = true,
            SnapshotLine::End(_) => {
                return Err(Refusal::Snapshot("the count is not that of the rows"));
            }
        }
        Ok(None)
    }

    fn row(&mut self, id: RowId, mut row: RowState) -> Result<(RowId, RowState, Hash), Refusal> {
        let place = Some((bucket_of(id), id));
        if place <= self.last {
            return Err(Refusal::Snapshot("the rows are out of order"));
        }
        self.last = place;
        self.rows += 1;
        self.rows_in_stream += 1;
        let uid = self.header.uid;
        let hash = row.hash(uid, id);
        redact::row(&mut row, uid, id, self.known);
        for (field, cell) in &row.cells {
            if let CellState::Gone { commitment } = cell
                && !self.known.names_cell(id, field, commitment)
            {
                self.missing.push(Missing::Cell {
                    row: id,
                    field: field.clone(),
                    cell: *commitment,
                });
            }
        }
        self.tree.put(id, Some(hash));
        Ok((id, row, hash))
    }

    /// The last row taken, from which a broken stream may go on.
    pub fn last_row(&self) -> Option<RowId> {
        self.last.map(|(_, row)| row)
    }

    /// Ends the load: everything is there, and the state is that of the header.
    pub fn finish(mut self) -> Result<Loaded, Refusal> {
        if !self.ended {
            return Err(Refusal::Snapshot("the end is missing"));
        }
        let schema = self
            .schema
            .ok_or(Refusal::Snapshot("the schema is missing"))?;
        if self.tree.root() != self.header.state {
            return Err(Refusal::StateRoot);
        }
        Ok(Loaded {
            schema,
            rows: self.rows,
            tree: self.tree,
            missing: self.missing,
        })
    }
}
