//! How a CSV file is written: what was sniffed, or what a person chose instead.

/// The character encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or plain ASCII.
    Utf8,
    /// What Excel writes on a French Windows.
    Windows1252,
    /// "Unicode text" of Excel, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
}

impl Encoding {
    /// The name by which people and other programs know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newline {
    /// `\n`; a `\r` right before it belongs to the line end as well.
    Lf,
    /// `\r\n`. Reading makes no difference between this and `Lf`.
    CrLf,
    /// `\r` alone, as old Macintosh programs write.
    Cr,
}

impl Newline {
    /// The bytes of the line end.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// The separators that are tried, in order of preference.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a CSV file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The encoding of most cells; a cell that cannot be read so is read as the other 8-bit encoding and reported.
    pub encoding: Encoding,
    /// The byte between two cells.
    pub separator: u8,
    /// The quote mark, or `None` when quote marks mean nothing (the way out when a file is full of stray ones).
    pub quote: Option<u8>,
    /// What ends a line outside quotes.
    pub newline: Newline,
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// Whether the first line is Excel's `sep=;`, which is no row.
    pub separator_line: bool,
}

impl Default for Dialect {
    /// UTF-8 without byte order mark, `,`, `"`, `\n`: what [`super::Writer`] writes.
    fn default() -> Self {
        Self {
            encoding: Encoding::Utf8,
            separator: b',',
            quote: Some(b'"'),
            newline: Newline::Lf,
            bom: false,
            separator_line: false,
        }
    }
}
