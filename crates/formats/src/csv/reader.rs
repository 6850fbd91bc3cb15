//! Reads a CSV file row by row, changing nothing.

use std::io::{self, Read};

use super::decode::{ReadAs, cell};
use super::dialect::{Dialect, Encoding};
use super::limits::{MAX_CELL_BYTES, MAX_COLUMNS, SAMPLE_BYTES};
use super::problem::{Code, Problem, Report};
use super::row::Row;
use super::scan::{Scanner, Step, Stop};
use super::sniff::sniff;
use super::source::{Source, SourceError, read_head};

/// Why a file cannot be read, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is refused; the sentence says what to do.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// The bytes could not be had.
    #[error("could not read the file")]
    Io(#[from] io::Error),
}

/// A CSV file being read: its header, then its rows, with a report of everything odd.
///
/// Cells come out as they stand in the file: not trimmed, line ends inside quotes kept, quotes undone only
/// where they enclose the whole cell. Blank lines are skipped; lines of separators alone are rows without
/// values. Memory is bounded by the limits of [`super::limits`], whatever the file holds.
///
/// ```
/// use rustine_formats::csv::{Reader, Row};
/// let file = "nom;ville\n\"Labo; 7\";01 Bourg \n".as_bytes();
/// let mut reader = Reader::open(file).expect("a CSV file");
/// assert_eq!(reader.header(), ["nom", "ville"]);
/// let mut row = Row::default();
/// while reader.read(&mut row).expect("a row") {
///     assert_eq!(row.cells().collect::<Vec<_>>(), ["Labo; 7", "01 Bourg "]);
/// }
/// assert!(reader.report().is_empty());
/// ```
pub struct Reader<R> {
    source: Source<R>,
    scanner: Scanner,
    dialect: Dialect,
    header: Vec<String>,
    header_line: u64,
    report: Report,
    /// Cells with other than ASCII characters seen so far, by encoding.
    utf8_cells: u64,
    windows_1252_cells: u64,
    /// The most columns that hold anything, header included.
    columns: usize,
}

impl<R: Read> Reader<R> {
    /// Opens a file whose dialect is to be guessed.
    pub fn open(mut inner: R) -> Result<Self, ReadError> {
        let head = read_head(&mut inner, SAMPLE_BYTES)?;
        let dialect = sniff(&head)?;
        Self::start(inner, head, dialect)
    }

    /// Opens a file in the dialect that a person chose. A byte order mark is skipped all the same.
    pub fn with_dialect(mut inner: R, dialect: Dialect) -> Result<Self, ReadError> {
        let head = read_head(&mut inner, SAMPLE_BYTES)?;
        Self::start(inner, head, dialect)
    }

    fn start(inner: R, head: Vec<u8>, dialect: Dialect) -> Result<Self, ReadError> {
        let source = Source::new(inner, head, dialect.encoding).map_err(read_error)?;
        let mut reader = Self {
            source,
            scanner: Scanner::new(&dialect),
            dialect,
            header: Vec::new(),
            header_line: 0,
            report: Report::default(),
            utf8_cells: 0,
            windows_1252_cells: 0,
            columns: 0,
        };
        let mut row = Row::default();
        if dialect.separator_line {
            reader.read_row(&mut row)?;
        }
        if !reader.read_row(&mut row)? {
            return Err(Problem::new(Code::EmptyFile).into());
        }
        reader.take_header(&row);
        Ok(reader)
    }

    /// How the file is written; the encoding settles with the first cell that is not ASCII.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The titles of the first line, as they stand.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What was found so far. Look at [`Report::refusal`] at the end, before anything is kept.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The titles of all columns seen so far: the header, and `""` for each column in which cells stand beyond it.
    pub fn titles(&self) -> Vec<String> {
        let mut titles = self.header.clone();
        titles.resize(self.columns.max(titles.len()), String::new());
        titles
    }

    /// Reads the next row into `row`; `false` at the end of the file.
    ///
    /// A row may have fewer cells than the header, or more.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        if !self.read_row(row)? {
            return Ok(false);
        }
        self.check_width(row);
        Ok(true)
    }

    /// The rest of the rows, with their lines.
    pub fn rows(&mut self) -> impl Iterator<Item = Result<(u64, Vec<String>), ReadError>> + '_ {
        let mut row = Row::default();
        std::iter::from_fn(move || match self.read(&mut row) {
            Ok(true) => Some(Ok((row.line(), row.to_vec()))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
        // A file is not read on behind an error.
        .scan(false, |failed, item| {
            let goes_on = !*failed;
            *failed |= item.is_err();
            goes_on.then_some(item)
        })
    }

    fn read_row(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            let input = self.source.fill().map_err(read_error)?;
            let step = if input.is_empty() {
                match self.scanner.finish() {
                    Step::More => return Ok(false),
                    step => step,
                }
            } else {
                let (taken, step) = self.scanner.feed(input);
                self.source.consume(taken);
                step
            };
            match step {
                Step::More => {}
                Step::Row => break,
                Step::Stop(stop) => return Err(self.refusal(stop).into()),
            }
        }
        self.take_row(row)?;
        self.scanner.next_row();
        Ok(true)
    }

    /// Turns the raw cells of the scanner into text, reporting what is odd about single cells.
    fn take_row(&mut self, row: &mut Row) -> Result<(), ReadError> {
        row.clear(self.scanner.row_line);
        let bytes = self.scanner.bytes.as_slice();
        let whole = std::str::from_utf8(bytes).ok().filter(|text| {
            // Two halves of a character, in neighbouring cells, look whole only side by side.
            text.is_ascii()
                || self.dialect.encoding != Encoding::Windows1252
                    && self
                        .scanner
                        .ends
                        .iter()
                        .all(|end| text.is_char_boundary(*end))
        });
        match whole {
            Some(text) => {
                self.utf8_cells += u64::from(!text.is_ascii());
                row.set(text, &self.scanner.ends);
            }
            None => self.decode_cells(row)?,
        }
        for index in self.scanner.stray.iter().copied() {
            if self.report.wants(Code::QuoteStray) {
                let problem = Problem::new(Code::QuoteStray).on_line(row.line());
                self.report.push(problem.in_column(index, &self.header));
            }
        }
        if row.text().contains('\0') {
            self.report_nuls(row);
        }
        Ok(())
    }

    fn decode_cells(&mut self, row: &mut Row) -> Result<(), ReadError> {
        let mut start = 0;
        for (index, end) in self.scanner.ends.iter().copied().enumerate() {
            let mostly_1252 = self.dialect.encoding == Encoding::Windows1252;
            let (text, read_as) = cell(&self.scanner.bytes[start..end], mostly_1252);
            if text.len() > MAX_CELL_BYTES {
                let problem = Problem::new(Code::CellTooLarge).on_line(row.line());
                return Err(problem.in_column(index, &self.header).into());
            }
            row.push(&text);
            start = end;
            let odd = match read_as {
                ReadAs::Ascii => None,
                ReadAs::Utf8 => {
                    self.utf8_cells += 1;
                    mostly_1252.then_some((Encoding::Utf8, Encoding::Windows1252))
                }
                ReadAs::Windows1252 => {
                    self.windows_1252_cells += 1;
                    // The sample was ASCII: this first cell tells the encoding of the file.
                    if self.windows_1252_cells == 1 && self.utf8_cells == 0 {
                        self.dialect.encoding = Encoding::Windows1252;
                    }
                    (self.dialect.encoding != Encoding::Windows1252)
                        .then_some((Encoding::Windows1252, Encoding::Utf8))
                }
            };
            if let Some((found, expected)) = odd
                && self.report.wants(Code::EncodingMixed)
            {
                let problem = Problem::new(Code::EncodingMixed)
                    .on_line(row.line())
                    .in_column(index, &self.header);
                self.report.push(
                    problem
                        .with("found", found.name())
                        .with("expected", expected.name()),
                );
            }
        }
        Ok(())
    }

    fn report_nuls(&mut self, row: &Row) {
        for (index, text) in row.cells().enumerate() {
            if text.contains('\0') {
                let problem = Problem::new(Code::NulCharacter).on_line(row.line());
                self.report.add(problem.in_column(index, &self.header));
            }
        }
    }

    fn take_header(&mut self, row: &Row) {
        self.header_line = row.line();
        self.header = row.to_vec();
        self.columns = self.header.len();
        for (index, title) in self.header.iter().enumerate() {
            let on_line = |code| {
                Problem::new(code)
                    .on_line(row.line())
                    .in_column(index, &self.header)
            };
            if title.trim().is_empty() {
                self.report.add(on_line(Code::HeaderEmpty));
            } else if let Some(first) = self.header[..index].iter().position(|t| t == title) {
                self.report
                    .add(on_line(Code::HeaderDuplicate).with("first", first + 1));
            }
        }
    }

    /// Reports a row that is empty, short or long. Empty cells beyond the header are no cells: a trailing separator.
    fn check_width(&mut self, row: &Row) {
        let filled = row.filled_width();
        self.columns = self.columns.max(filled);
        let code = match (filled, row.len()) {
            (0, _) => Code::RowEmpty,
            (filled, _) if filled > self.header.len() => Code::RowTooLong,
            (_, len) if len < self.header.len() => Code::RowShort,
            _ => return,
        };
        if self.report.wants(code) {
            let problem = Problem::new(code)
                .on_line(row.line())
                .with("found", row.len())
                .with("expected", self.header.len());
            self.report.push(problem);
        }
    }

    fn refusal(&self, stop: Stop) -> Problem {
        let line = self.scanner.row_line;
        let column = self.scanner.ends.len();
        match stop {
            Stop::QuoteUnclosed { line } => Problem::new(Code::QuoteUnclosed)
                .on_line(line)
                .in_column(column, &self.header),
            Stop::CellTooLarge => Problem::new(Code::CellTooLarge)
                .on_line(line)
                .in_column(column, &self.header),
            Stop::RowTooLarge => Problem::new(Code::LineTooLong).on_line(line),
            Stop::TooManyColumns => Problem::new(Code::TooManyColumns)
                .on_line(line)
                .with("limit", MAX_COLUMNS),
        }
    }
}

fn read_error(error: SourceError) -> ReadError {
    match error {
        SourceError::Io(error) => ReadError::Io(error),
        SourceError::Broken => Problem::new(Code::Utf16Broken).into(),
    }
}
