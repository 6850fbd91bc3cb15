//! Guesses how a file is written from its beginning.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::decode::{ReadAs, cell};
use super::dialect::{Dialect, Encoding, Newline, SEPARATORS};
use super::kind::other_than_csv;
use super::limits::SAMPLE_BYTES;
use super::problem::{Code, Problem};
use super::scan::{Scanner, Step};
use super::source::{byte_order_mark, decode_utf16};

/// How many rows are cut with each separator to choose one.
const ROWS_TRIED: usize = 200;

/// Guesses the dialect from the first [`SAMPLE_BYTES`] of a file, or from all of a shorter one.
///
/// Refuses an empty file, and what is no CSV at all ([`Code::NotACsv`]). Everything else has an answer: UTF-8
/// when nothing speaks against it, and the separator under which the first line has several cells and the
/// others as many.
pub fn sniff(sample: &[u8]) -> Result<Dialect, Problem> {
    let mark = byte_order_mark(sample);
    let body = &sample[mark.map_or(0, |(_, length)| length)..];
    let wide = match mark {
        Some((encoding, _)) => Some(encoding).filter(|e| *e != Encoding::Utf8),
        None => utf16_without_mark(body),
    };
    let decoded;
    let text = match wide {
        None => body,
        Some(encoding) => {
            decoded = utf16_sample(body, encoding)?;
            decoded.as_slice()
        }
    };
    if let Some(kind) = other_than_csv(text) {
        return Err(Problem::new(Code::NotACsv).with("kind", kind));
    }
    if text.trim_ascii().is_empty() {
        return Err(Problem::new(Code::EmptyFile));
    }
    let text = without_unfinished_line(text, sample.len() >= SAMPLE_BYTES);
    let mut dialect = Dialect {
        encoding: wide.unwrap_or_else(|| encoding(text)),
        newline: newline(text),
        bom: mark.is_some(),
        ..Dialect::default()
    };
    match separator_line(text) {
        Some(separator) => {
            dialect.separator = separator;
            dialect.separator_line = true;
        }
        None => dialect.separator = separator(text, dialect),
    }
    Ok(dialect)
}

/// Text of western languages in UTF-16 has a nul in every second byte.
fn utf16_without_mark(body: &[u8]) -> Option<Encoding> {
    let pairs = &body[..body.len().min(512) / 2 * 2];
    let nuls = |odd: usize| {
        pairs
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd, half) = (nuls(0), nuls(1), pairs.len() / 2);
    // Three quarters and an eighth, as other letters and symbols stand between.
    let most = |count: usize| half >= 2 && count * 4 >= half * 3;
    let few = |count: usize| count * 8 <= half;
    match (most(even) && few(odd), most(odd) && few(even)) {
        (true, _) => Some(Encoding::Utf16Be),
        (_, true) => Some(Encoding::Utf16Le),
        _ => None,
    }
}

fn utf16_sample(body: &[u8], encoding: Encoding) -> Result<Vec<u8>, Problem> {
    let utf16 = if encoding == Encoding::Utf16Be {
        UTF_16BE
    } else {
        UTF_16LE
    };
    let mut decoder = utf16.new_decoder_without_bom_handling();
    let mut text = Vec::new();
    decode_utf16(&mut decoder, body, false, &mut text)
        .map_err(|_| Problem::new(Code::Utf16Broken))?;
    Ok(text)
}

fn without_unfinished_line(text: &[u8], unfinished: bool) -> &[u8] {
    let end = text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    match end {
        Some(end) if unfinished => &text[..=end],
        _ => text,
    }
}

/// The encoding in which most cells with other than ASCII characters are valid.
fn encoding(text: &[u8]) -> Encoding {
    let (mut utf8, mut windows_1252) = (0, 0);
    let delimits = |byte: &u8| SEPARATORS.contains(byte) || matches!(byte, b'\n' | b'\r' | b'"');
    for part in text.split(delimits) {
        match cell(part, false).1 {
            ReadAs::Ascii => {}
            ReadAs::Utf8 => utf8 += 1,
            ReadAs::Windows1252 => windows_1252 += 1,
        }
    }
    if windows_1252 > utf8 {
        Encoding::Windows1252
    } else {
        Encoding::Utf8
    }
}

fn newline(text: &[u8]) -> Newline {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && text[at - 1] == b'\r' => Newline::CrLf,
        Some(_) => Newline::Lf,
        None if text.contains(&b'\r') => Newline::Cr,
        None => Newline::Lf,
    }
}

/// Excel's own hint: a first line `sep=;`.
fn separator_line(text: &[u8]) -> Option<u8> {
    let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    match line {
        [s, e, p, b'=', separator] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => {
            SEPARATORS.contains(separator).then_some(*separator)
        }
        _ => None,
    }
}

/// The separator under which the table is most regular.
///
/// A separator that the first line lacks is none. A table of one column gets one that occurs nowhere, so that
/// no text is cut.
fn separator(text: &[u8], dialect: Dialect) -> u8 {
    let mut best = (0.0, None);
    for separator in SEPARATORS {
        let score = regularity(
            text,
            Dialect {
                separator,
                ..dialect
            },
        );
        if score > best.0 {
            best = (score, Some(separator));
        }
    }
    let unused = || {
        SEPARATORS
            .into_iter()
            .find(|separator| !text.contains(separator))
    };
    best.1.or_else(unused).unwrap_or(b',')
}

/// The share of rows with the usual number of cells, and how near that number is to the first line's, weighed by
/// how many columns hold anything: `;;` behind every row is regular too. 0 when the first line has one cell.
fn regularity(text: &[u8], dialect: Dialect) -> f64 {
    let Shape { widths, filled } = shape(text, dialect);
    let Some((header, rows)) = widths.split_first().filter(|(header, _)| **header > 1) else {
        return 0.0;
    };
    let usual = most_frequent(rows).unwrap_or(*header);
    let same = rows.iter().filter(|width| **width == usual).count();
    let regular = if rows.is_empty() {
        1.0
    } else {
        same as f64 / rows.len() as f64
    };
    let near = usual.min(*header) as f64 / usual.max(*header) as f64;
    let columns = filled.iter().filter(|filled| **filled).count();
    // A single filled column still speaks for a separator that nothing else speaks against.
    (regular + near) * (0.1 + (columns.max(1) as f64).ln())
}

/// The first rows, cut with some separator.
#[derive(Default)]
struct Shape {
    /// How many cells each row has.
    widths: Vec<usize>,
    /// Which columns hold anything.
    filled: Vec<bool>,
}

impl Shape {
    fn add(&mut self, ends: &[usize]) {
        self.widths.push(ends.len());
        self.filled.resize(self.filled.len().max(ends.len()), false);
        let mut start = 0;
        for (end, filled) in ends.iter().zip(&mut self.filled) {
            *filled |= *end > start;
            start = *end;
        }
    }
}

fn shape(text: &[u8], dialect: Dialect) -> Shape {
    let mut scanner = Scanner::new(&dialect);
    let mut shape = Shape::default();
    let mut rest = text;
    while shape.widths.len() < ROWS_TRIED && !rest.is_empty() {
        let (taken, step) = scanner.feed(rest);
        rest = &rest[taken..];
        match step {
            Step::Row => {
                shape.add(&scanner.ends);
                scanner.next_row();
            }
            Step::More => {}
            // Too wide with this separator is wide all the same: the reader says so with its line.
            Step::Stop(_) => {
                shape.add(&scanner.ends);
                return shape;
            }
        }
    }
    if rest.is_empty() && scanner.finish() == Step::Row {
        shape.add(&scanner.ends);
    }
    shape
}

fn most_frequent(widths: &[usize]) -> Option<usize> {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| same.len())
        .and_then(|same| same.first().copied())
}
