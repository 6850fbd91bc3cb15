//! Writes CSV such that reading it back gives the same cells, character for character.

use std::io::{self, Write};

use super::dialect::{Dialect, Encoding, Newline};

/// Writes rows of cells.
///
/// By default UTF-8 without byte order mark, `,`, and `\n` rather than RFC 4180's `\r\n`: every reader takes
/// both, and with `\n` an export can stand in a version history and beside the other tools of a Unix machine. A
/// cell is quoted only where it must be.
///
/// ```
/// let mut writer = rustine_formats::csv::Writer::new(Vec::new());
/// writer.write(["nom", "note"]).expect("memory");
/// writer.write(["L'Étincelle", "dit \"oui\", puis\nnon"]).expect("memory");
/// let file = writer.finish().expect("memory");
/// assert_eq!(String::from_utf8(file).as_deref(), Ok("nom,note\nL'Étincelle,\"dit \"\"oui\"\", puis\nnon\"\n"));
/// ```
pub struct Writer<W> {
    out: W,
    style: Style,
    line: Vec<u8>,
    begun: bool,
    neutralised: u64,
}

/// How a file is to be written. It is always UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The byte between two cells.
    pub separator: u8,
    /// What ends a row.
    pub newline: Newline,
    /// Whether a byte order mark comes first; Excel needs it to see UTF-8.
    pub bom: bool,
    /// Whether `'` is put before cells that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab, `\r`
    /// first). This changes cells, so it is for the Excel variant only, and [`Writer::neutralised`] counts it.
    pub neutralise: bool,
}

impl Default for Style {
    fn default() -> Self {
        let Dialect {
            separator,
            newline,
            bom,
            ..
        } = Dialect::default();
        Self {
            separator,
            newline,
            bom,
            neutralise: false,
        }
    }
}

impl Style {
    /// The variant for a French Excel: byte order mark, `;`, `\r\n`, formulas neutralised.
    pub fn excel() -> Self {
        Self {
            separator: b';',
            newline: Newline::CrLf,
            bom: true,
            neutralise: true,
        }
    }

    /// The dialect in which a file of this style is read back.
    pub fn dialect(&self) -> Dialect {
        Dialect {
            encoding: Encoding::Utf8,
            separator: self.separator,
            newline: self.newline,
            bom: self.bom,
            ..Dialect::default()
        }
    }
}

impl<W: Write> Writer<W> {
    /// A writer in the default style. It makes one call to `out` per row; give it a buffered one.
    pub fn new(out: W) -> Self {
        Self::with_style(out, Style::default())
    }

    /// A writer in a style of choice.
    pub fn with_style(out: W, style: Style) -> Self {
        Self {
            out,
            style,
            line: Vec::new(),
            begun: false,
            neutralised: 0,
        }
    }

    /// Writes one row; the first one is the header.
    pub fn write<I>(&mut self, cells: I) -> io::Result<()>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.line.clear();
        if !self.begun && self.style.bom {
            self.line.extend_from_slice("\u{FEFF}".as_bytes());
        }
        let start = self.line.len();
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.line.push(self.style.separator);
            }
            self.push_cell(cell.as_ref(), !self.begun && index == 0);
        }
        // A blank line would be no row.
        if self.line.len() == start {
            self.line.extend_from_slice(b"\"\"");
        }
        self.line
            .extend_from_slice(self.style.newline.as_str().as_bytes());
        self.begun = true;
        self.out.write_all(&self.line)
    }

    /// How many cells were changed because a spreadsheet would have run them.
    pub fn neutralised(&self) -> u64 {
        self.neutralised
    }

    /// Flushes, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn push_cell(&mut self, cell: &str, first: bool) {
        let runs = self.style.neutralise && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        self.neutralised += u64::from(runs);
        let must_quote =
            |byte: u8| byte == self.style.separator || matches!(byte, b'"' | b'\n' | b'\r');
        // At the very beginning these would be taken for a byte order mark and for Excel's hint.
        let hint = cell
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("sep="));
        let special = first && (hint || cell.starts_with('\u{FEFF}'));
        let quoted = special || cell.bytes().any(must_quote);
        if quoted {
            self.line.push(b'"');
        }
        if runs {
            self.line.push(b'\'');
        }
        if quoted {
            push_doubling_quotes(&mut self.line, cell);
            self.line.push(b'"');
        } else {
            self.line.extend_from_slice(cell.as_bytes());
        }
    }
}

fn push_doubling_quotes(line: &mut Vec<u8>, cell: &str) {
    for (index, part) in cell.split('"').enumerate() {
        if index > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(part.as_bytes());
    }
}
