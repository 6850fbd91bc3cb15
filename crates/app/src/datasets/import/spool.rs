//! What is to be written, kept in a temporary file until it is: as many operations as there are, in little memory.
//!
//! The file has one operation a line, cut into parts that each fit into one entry. All operations on one row stand
//! in one part.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::ops::AddAssign;

use rustine_domain::ids::{FieldName, Hash, RowId};
use rustine_domain::log::origin_limits;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlannedOp {
    /// Gives a cell another value, or takes it away.
    #[serde(rename = "s")]
    Set(RowId, FieldName, Option<Hash>, Option<String>),
    /// Adds a row.
    #[serde(rename = "a")]
    Add(BTreeMap<FieldName, String>),
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
    bytes: usize,
    /// What it changes.
    pub counts: Counts,
}

/// Operations on disk.
pub struct Spool {
    file: BufWriter<SpooledTempFile>,
    at: u64,
    parts: Vec<Part>,
    limits: PartLimits,
    line: Vec<u8>,
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
    fn default() -> Self {
        Self {
            ops: origin_limits::OPS,
            bytes: origin_limits::BODY_BYTES,
        }
    }
}

impl Spool {
    /// An empty spool.
    pub fn new(limits: PartLimits) -> Self {
        Self {
            file: BufWriter::new(SpooledTempFile::new(MEMORY_BYTES)),
            at: 0,
            parts: Vec::new(),
            limits,
            line: Vec::new(),
        }
    }

    /// Takes the operations on one row, and what they count for.
    pub fn push(&mut self, ops: &[PlannedOp], counts: Counts) -> io::Result<()> {
        if ops.is_empty() {
            return Ok(());
        }
        self.line.clear();
        for op in ops {
            serde_json::to_writer(&mut self.line, op)?;
            self.line.push(b'\n');
        }
        let bytes = self.line.len() + ops.len() * LONGER_BYTES;
        let fits = self.parts.last().is_some_and(|part| {
            part.ops + ops.len() <= self.limits.ops
                && part.bytes + bytes + REST_BYTES <= self.limits.bytes
        });
        if !fits {
            self.parts.push(Part {
                start: self.at,
                ..Part::default()
            });
        }
        if let Some(part) = self.parts.last_mut() {
            part.ops += ops.len();
            part.bytes += bytes;
            part.counts += counts;
        }
        self.at += self.line.len() as u64;
        self.file.write_all(&self.line)
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
    pub fn each(&mut self, part: Part, mut visit: impl FnMut(PlannedOp)) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(part.start))?;
        let mut lines = BufReader::with_capacity(64 * 1024, file);
        let mut line = Vec::new();
        for _ in 0..part.ops {
            line.clear();
            lines.read_until(b'\n', &mut line)?;
            visit(serde_json::from_slice(&line)?);
        }
        Ok(())
    }
}
