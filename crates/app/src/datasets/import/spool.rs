//! What is to be written, kept in a temporary file until it is: as many operations as there are, in little memory.
//!
//! The file has one record per operation, cut into parts that each fit into one entry: a new row as the texts of its
//! cells, which is all that most imports have, anything else as JSON. All operations on one row stand in one part.

use std::io::{self, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::ops::AddAssign;

use rustine_domain::ids::{FieldName, Hash, RowId};
use rustine_domain::log::origin_limits;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

use super::ImportError;

/// Up to here a spool stays in memory.
const MEMORY_BYTES: usize = 256 * 1024;
/// What a body has besides its operations, and room to spare.
const REST_BYTES: usize = 64 * 1024;
/// How much longer an operation may be in a body than in the spool: names of members, salt, row id, commitment.
const LONGER_BYTES: usize = 140;

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New rows.
    pub added: u64,
    /// Rows of which a cell changed.
    pub changed: u64,
    /// Rows that went.
    pub removed: u64,
    /// Rows that stand elsewhere.
    pub moved: u64,
    /// Cells that changed in rows that stay.
    pub cells: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
        self.moved += other.moved;
        self.cells += other.cells;
    }
}

/// An operation without what is drawn when it is written: salts and new row ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned<'s> {
    /// Adds a row; its cells in the order of their names.
    Add(&'s [(&'s FieldName, &'s str)]),
    /// Changes or deletes one.
    Op(PlannedOp),
}

/// An operation on a row that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlannedOp {
    /// Gives a cell another value, or takes it away.
    #[serde(rename = "s")]
    Set(RowId, FieldName, Option<Hash>, Option<String>),
    /// Deletes a row.
    #[serde(rename = "d")]
    Del(RowId, Hash),
}

/// One part: what fits into an entry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part {
    start: u64,
    /// How many operations it has.
    pub ops: usize,
    /// How many of them add a row.
    pub adds: usize,
    /// About how long its body becomes.
    pub bytes: usize,
    /// What it changes.
    pub counts: Counts,
}

/// Operations on disk.
pub struct Spool {
    /// The fields of new rows, in the order of their names.
    fields: Vec<FieldName>,
    file: BufWriter<SpooledTempFile>,
    at: u64,
    parts: Vec<Part>,
    limits: PartLimits,
    record: Vec<u8>,
}

/// What a part may have.
#[derive(Debug, Clone, Copy)]
pub struct PartLimits {
    /// Operations.
    pub ops: usize,
    /// Bytes of J(body).
    pub bytes: usize,
}

impl Default for PartLimits {
    /// An eighth of the bytes that an entry may have, because some parts are in memory at a time, each three times:
    /// as text, as rows and as words.
    fn default() -> Self {
        Self {
            ops: origin_limits::OPS,
            bytes: origin_limits::BODY_BYTES / 8,
        }
    }
}

/// The kinds of records.
const ADD: u8 = b'a';
const OP: u8 = b'o';
/// The kind and four bytes of length.
const RECORD_HEAD: usize = 5;
/// Two bytes for the number of the field and four of length.
const CELL_HEAD: usize = 6;

impl Spool {
    /// An empty spool for new rows with these fields, which come in the order of their names.
    pub fn new(fields: Vec<FieldName>, limits: PartLimits) -> Self {
        Self {
            fields,
            file: BufWriter::new(SpooledTempFile::new(MEMORY_BYTES)),
            at: 0,
            parts: Vec::new(),
            limits,
            record: Vec::new(),
        }
    }

    /// Takes a new row: texts by the number of their field, in order.
    pub fn add<'t>(
        &mut self,
        cells: impl Iterator<Item = (usize, &'t str)>,
        counts: Counts,
    ) -> io::Result<()> {
        self.record.clear();
        self.record.extend([ADD; RECORD_HEAD]);
        let mut bytes = LONGER_BYTES;
        for (field, text) in cells {
            let (number, length) = (u16::try_from(field), u32::try_from(text.len()));
            let (Ok(number), Ok(length)) = (number, length) else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            self.record.extend(number.to_le_bytes());
            self.record.extend(length.to_le_bytes());
            self.record.extend(text.as_bytes());
            let name = self.fields.get(field).map_or(0, |name| name.as_str().len());
            bytes += name + json_bytes(text) + 6;
        }
        close_record(&mut self.record, 0)?;
        self.put(1, 1, bytes, counts)
    }

    /// Takes the operations on one row, and what they count for.
    pub fn push(&mut self, ops: &[PlannedOp], counts: Counts) -> io::Result<()> {
        if ops.is_empty() {
            return Ok(());
        }
        self.record.clear();
        for op in ops {
            let start = self.record.len();
            self.record.extend([OP; RECORD_HEAD]);
            serde_json::to_writer(&mut self.record, op)?;
            close_record(&mut self.record, start)?;
        }
        let bytes = self.record.len() + ops.len() * LONGER_BYTES;
        self.put(ops.len(), 0, bytes, counts)
    }

    /// Writes the record at hand into the last part, or into the next one where it does not fit.
    fn put(&mut self, ops: usize, adds: usize, bytes: usize, counts: Counts) -> io::Result<()> {
        let fits = self.parts.last().is_some_and(|part| {
            part.ops + ops <= self.limits.ops
                && part.bytes + bytes + REST_BYTES <= self.limits.bytes
        });
        if !fits {
            self.parts.push(Part {
                start: self.at,
                ..Part::default()
            });
        }
        if let Some(part) = self.parts.last_mut() {
            part.ops += ops;
            part.adds += adds;
            part.bytes += bytes;
            part.counts += counts;
        }
        self.at += self.record.len() as u64;
        self.file.write_all(&self.record)
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// All that changes.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for part in &self.parts {
            counts += part.counts;
        }
        counts
    }

    /// Hands the operations of a part to `visit`.
    pub fn each(
        &mut self,
        part: Part,
        mut visit: impl FnMut(Planned<'_>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        self.file.flush().map_err(ImportError::Spool)?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(part.start))
            .map_err(ImportError::Spool)?;
        let mut file = BufReader::with_capacity(64 * 1024, file);
        let mut record = Vec::new();
        for _ in 0..part.ops {
            let kind = read_record(&mut file, &mut record).map_err(ImportError::Spool)?;
            if kind == ADD {
                let cells = read_cells(&record, &self.fields).map_err(ImportError::Spool)?;
                visit(Planned::Add(&cells))?;
            } else {
                let op = serde_json::from_slice(&record)
                    .map_err(|error| ImportError::Spool(error.into()))?;
                visit(Planned::Op(op))?;
            }
        }
        Ok(())
    }
}

/// Writes the length of the record that began at `start`.
fn close_record(record: &mut [u8], start: usize) -> io::Result<()> {
    let length = u32::try_from(record.len() - start - RECORD_HEAD)
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    record[start + 1..start + RECORD_HEAD].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

fn read_record(file: &mut impl io::Read, record: &mut Vec<u8>) -> io::Result<u8> {
    let mut head = [0; RECORD_HEAD];
    file.read_exact(&mut head)?;
    let [kind, length @ ..] = head;
    record.resize(u32::from_le_bytes(length) as usize, 0);
    file.read_exact(record)?;
    Ok(kind)
}

fn read_cells<'r>(
    mut record: &'r [u8],
    fields: &'r [FieldName],
) -> io::Result<Vec<(&'r FieldName, &'r str)>> {
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let mut cells = Vec::with_capacity(fields.len());
    while !record.is_empty() {
        let (head, rest) = record
            .split_first_chunk::<CELL_HEAD>()
            .ok_or_else(damaged)?;
        let [a, b, length @ ..] = *head;
        let (text, rest) = rest
            .split_at_checked(u32::from_le_bytes(length) as usize)
            .ok_or_else(damaged)?;
        let field = fields.get(usize::from(u16::from_le_bytes([a, b])));
        let text = std::str::from_utf8(text).map_err(|_| damaged())?;
        cells.push((field.ok_or_else(damaged)?, text));
        record = rest;
    }
    Ok(cells)
}

/// How many bytes a text has inside the quotes of canonical JSON.
fn json_bytes(text: &str) -> usize {
    let more = |byte: u8| match byte {
        b'"' | b'\\' => 1,
        0..0x20 => 5,
        _ => 0,
    };
    text.len() + text.bytes().map(more).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(limits: PartLimits) -> Spool {
        let fields = ["_order", "nom", "ville"].map(|name| name.parse().expect("a field"));
        Spool::new(fields.to_vec(), limits)
    }

    /// What comes out of each part: new rows as `field=text`, and other operations.
    fn read(spool: &mut Spool) -> Vec<Vec<String>> {
        let mut parts = Vec::new();
        for part in spool.parts().to_vec() {
            let mut ops = Vec::new();
            let each = spool.each(part, |op| {
                ops.push(match op {
                    Planned::Add(cells) => {
                        let cells = cells.iter().map(|(name, text)| format!("{name}={text}"));
                        cells.collect::<Vec<_>>().join(" ")
                    }
                    Planned::Op(PlannedOp::Del(row, _)) => format!("-{row}"),
                    Planned::Op(PlannedOp::Set(_, field, _, value)) => format!("{field}:{value:?}"),
                });
                Ok(())
            });
            each.expect("a readable spool");
            assert_eq!(ops.len(), part.ops);
            parts.push(ops);
        }
        parts
    }

    #[test]
    fn operations_come_back_in_their_parts() {
        let mut spool = spool(PartLimits {
            ops: 3,
            bytes: 1 << 20,
        });
        let row: RowId = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd"
            .parse()
            .expect("a row id");
        let nom: FieldName = "nom".parse().expect("a field");
        let one = Counts::default();
        let set = |value: &str| PlannedOp::Set(row, nom.clone(), None, Some(value.to_owned()));
        spool
            .add([(1, "Ana\n\"é\""), (2, "")].into_iter(), one)
            .expect("room");
        spool.add(std::iter::empty(), one).expect("room");
        // Both operations on one row stand in one part.
        spool.push(&[set("a"), set("b")], one).expect("room");
        spool
            .push(&[PlannedOp::Del(row, Hash::ZERO)], one)
            .expect("room");
        assert_eq!(
            read(&mut spool),
            [
                vec!["nom=Ana\n\"é\" ville=".to_owned(), String::new()],
                vec![
                    "nom:Some(\"a\")".to_owned(),
                    "nom:Some(\"b\")".to_owned(),
                    format!("-{row}")
                ],
            ]
        );
        let adds: Vec<usize> = spool.parts().iter().map(|part| part.adds).collect();
        assert_eq!(adds, [2, 0]);
    }

    #[test]
    fn a_part_is_never_estimated_shorter_than_its_body() {
        use rustine_domain::ids::{DatasetUid, Salt};
        use rustine_domain::log::{Meta, build::Additions};
        let mut spool = spool(PartLimits::default());
        let uid: DatasetUid = "urn:uuid:226cc6c9-53e0-4b8a-ab80-d5637d592fcd"
            .parse()
            .expect("a uid");
        let meta = Meta {
            salt: Salt([0; 16]),
            content: serde_json::Map::new(),
        };
        let mut additions = Additions::new(uid, None, meta, 0).expect("an entry");
        for text in ["", "a", "\"\\\u{1}\n\u{7f}é"] {
            spool
                .add(
                    [(0, "V"), (1, text), (2, text)].into_iter(),
                    Counts::default(),
                )
                .expect("room");
        }
        let part = spool.parts()[0];
        let each = spool.each(part, |op| {
            let Planned::Add(cells) = op else {
                panic!("only adds were pushed")
            };
            let row = RowId(uuid::Uuid::now_v7());
            additions.add(row, &Salt([1; 16]), cells).expect("a row");
            Ok(())
        });
        each.expect("a readable spool");
        let (_, text) = additions.finish().expect("an entry");
        assert!(text.len() <= part.bytes + REST_BYTES);
    }
}
