//! The file: surveyed once, then read again as often as needed, row by row.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustine_formats::csv::{self, Reader, Row, Survey};

use super::{ImportError, OnProgress, Progress, Step};

/// How many bytes are read between two reports.
const REPORTED_BYTES: u64 = 1 << 20;

/// A file that may be imported.
pub struct Source {
    path: PathBuf,
    /// Its columns, and what is odd about it.
    pub survey: Survey,
}

impl Source {
    /// Reads the file to its end. Refuses what is no table, or too large a one.
    pub fn look(
        path: &Path,
        most_rows: u64,
        progress: OnProgress<'_>,
    ) -> Result<Self, ImportError> {
        let file = File::open(path)?;
        let counted = Counted {
            total: file.metadata()?.len(),
            done: 0,
            told: 0,
            file,
            progress,
        };
        let survey = csv::survey(Reader::open(counted)?)?;
        if let Some(problem) = survey.report.refusal() {
            return Err(ImportError::Refused(problem.clone()));
        }
        if survey.rows > most_rows {
            return Err(ImportError::TooManyRows {
                rows: survey.rows,
                limit: most_rows,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            survey,
        })
    }

    /// Hands every row to `visit`, with its place from 0.
    pub fn each_row<E: From<ImportError>>(
        &self,
        mut visit: impl FnMut(usize, &Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: ImportError| E::from(error);
        let mut lines = self.lines().map_err(failed)?;
        let mut row = Row::default();
        let mut index = 0;
        while lines.read(&mut row).map_err(|error| failed(error.into()))? {
            visit(index, &row)?;
            index += 1;
        }
        if index as u64 != self.survey.rows || lines.titles() != self.survey.titles {
            return Err(ImportError::FileChanged.into());
        }
        Ok(())
    }

    fn lines(&self) -> Result<Reader<File>, ImportError> {
        let file = File::open(&self.path)?;
        Ok(Reader::with_dialect(file, self.survey.dialect)?)
    }
}

/// Tells how much of a file was read.
struct Counted<'p> {
    file: File,
    total: u64,
    done: u64,
    told: u64,
    progress: OnProgress<'p>,
}

impl Read for Counted<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        self.done += count as u64;
        if self.done - self.told >= REPORTED_BYTES {
            self.told = self.done;
            (self.progress)(Progress {
                step: Step::Reading,
                done: self.done,
                total: self.total,
            });
        }
        Ok(count)
    }
}
