//! `erasures.jsonl`: what was erased here, written beside the database, so that a backup from before can be cleaned
//! when it is restored (`protocol.md` §3.5). It holds commitments, never values.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use rustine_domain::ids::{DatasetUid, FieldName, Hash, RowId};
use rustine_domain::log::Target;
use serde::{Deserialize, Serialize};

/// One erasure: a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The dataset.
    pub uid: DatasetUid,
    /// The redact entry; absent where this instance withholds values of a copy by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<ErasedCell>,
    /// The entries whose metas went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metas: Vec<u64>,
}

/// A cell that was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedCell {
    /// Where it was first committed.
    pub seq: u64,
    /// The row.
    pub row: RowId,
    /// The field.
    pub field: FieldName,
    /// The commitment.
    pub cell: Hash,
}

impl Erasure {
    /// What `targets` take away; `seq` is the redact entry's.
    pub fn of(uid: DatasetUid, seq: Option<u64>, targets: &[Target]) -> Self {
        let mut erasure = Self {
            uid,
            seq,
            cells: Vec::new(),
            metas: Vec::new(),
        };
        for target in targets {
            match target {
                Target::Cell {
                    seq,
                    row,
                    field,
                    cell,
                } => erasure.cells.push(ErasedCell {
                    seq: *seq,
                    row: *row,
                    field: field.clone(),
                    cell: *cell,
                }),
                Target::Meta { seq } => erasure.metas.push(*seq),
            }
        }
        erasure
    }

    /// The targets again.
    pub fn targets(&self) -> Vec<Target> {
        let cells = self.cells.iter().map(|cell| Target::Cell {
            seq: cell.seq,
            row: cell.row,
            field: cell.field.clone(),
            cell: cell.cell,
        });
        let metas = self.metas.iter().map(|seq| Target::Meta { seq: *seq });
        cells.chain(metas).collect()
    }
}

/// The file of an instance.
#[derive(Debug, Clone)]
pub struct ErasureFile(PathBuf);

impl ErasureFile {
    /// The file's name in the data folder.
    pub const NAME: &'static str = "erasures.jsonl";

    /// The file in a data folder; it is made at the first erasure.
    pub fn in_folder(data: &Path) -> Self {
        Self(data.join(Self::NAME))
    }

    /// Adds a line and waits until it is on the disk.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn append(&self, erasure: &Erasure) -> io::Result<()> {
        let mut line = serde_json::to_string(erasure)?;
        line.push('\n');
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file: File = options.open(&self.0)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    }

    /// All lines, oldest first; none where there is no file. A last line that was cut off by a crash belongs to an
    /// erasure that was not committed either, and is left out.
    ///
    /// # Errors
    /// Where the file cannot be read, or a line before the last is damaged.
    pub fn read(&self) -> io::Result<Vec<Erasure>> {
        let file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let lines: Vec<String> = BufReader::new(file).lines().collect::<io::Result<_>>()?;
        let mut erasures = Vec::with_capacity(lines.len());
        for (at, line) in lines.iter().enumerate() {
            match serde_json::from_str(line) {
                Ok(erasure) => erasures.push(erasure),
                Err(_) if at + 1 == lines.len() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(erasures)
    }
}
