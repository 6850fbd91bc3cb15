//! `erasures.jsonl`: what was erased here, written beside the database, so that a backup from before can be cleaned
//! when it is restored (`protocol.md` §3.5). It holds commitments, never values.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
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

    /// Adds a line and waits until it is on the disk, with the name of the file. What a crash left of an earlier line
    /// goes first: glued to this one, it would spoil it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn append(&self, erasure: &Erasure) -> io::Result<()> {
        let mut line = serde_json::to_string(erasure)?;
        line.push('\n');
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file: File = options.open(&self.0)?;
        cut_torn_line(&mut file)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        sync_folder(&self.0)
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

/// Shortens a file to its last whole line. The line that a crash cut off belongs to an erasure that was not committed.
fn cut_torn_line(file: &mut File) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut last = [0];
    if end > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if end == 0 || last == *b"\n" {
        return Ok(());
    }
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    let whole = content.iter().rposition(|byte| *byte == b'\n');
    let whole = whole.map_or(0, |at| at + 1);
    file.set_len(u64::try_from(whole).map_err(io::Error::other)?)
}

/// A file that is new is found after a power cut only if its folder was flushed too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Elsewhere a folder cannot be opened as a file; the system keeps names by itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasure(seq: u64) -> Erasure {
        Erasure {
            uid: "urn:uuid:018f2a3b-7c4d-7e5f-8a9b-0c1d2e3f4a5b"
                .parse()
                .unwrap(),
            seq: Some(seq),
            cells: Vec::new(),
            metas: vec![seq],
        }
    }

    #[test]
    fn a_line_that_a_crash_cut_off_does_not_spoil_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = ErasureFile::in_folder(folder.path());
        let path = folder.path().join(ErasureFile::NAME);
        file.append(&erasure(1)).unwrap();
        file.append(&erasure(2)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in [first + 1, first + 10, whole.len() - 1] {
            let mut torn = whole[..cut].to_vec();
            std::fs::write(&path, &torn).unwrap();
            file.append(&erasure(3)).unwrap();
            file.append(&erasure(4)).unwrap();
            assert_eq!(
                file.read().unwrap(),
                [erasure(1), erasure(3), erasure(4)],
                "cut at {cut}"
            );
            // The length was on the disk before the bytes were.
            torn.truncate(first);
            torn.extend([0; 20]);
            std::fs::write(&path, &torn).unwrap();
            file.append(&erasure(3)).unwrap();
            assert_eq!(file.read().unwrap(), [erasure(1), erasure(3)]);
        }
        std::fs::write(&path, &whole[..5]).unwrap();
        file.append(&erasure(5)).unwrap();
        assert_eq!(file.read().unwrap(), [erasure(5)]);
    }
}
