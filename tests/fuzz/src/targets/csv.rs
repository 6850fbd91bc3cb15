//! Tables as people have them (`formats::csv`).

use std::io::Read;

use rustine_formats::csv::limits::{MAX_CELL_BYTES, MAX_COLUMNS};
use rustine_formats::csv::{Dialect, ReadError, Reader, Style, Writer, survey};

/// What is read survives being written and read again, however the bytes arrive, and says where its faults are.
pub fn run(data: &[u8]) {
    let Ok((rows, dialect)) = read(Reader::open(data)) else {
        return;
    };
    let (slowly, _) = read(Reader::open(Slowly(data))).expect("the same bytes, in small pieces");
    assert_eq!(slowly, rows, "reading depends on how bytes arrive");
    // The encoding of a file settles only with its first odd cell, so a survey's dialect reads the whole file alike.
    let seen = survey(Reader::open(data).expect("opened before")).expect("read before");
    assert_eq!(seen.rows as usize, rows.len() - 1);
    assert_eq!(seen.titles.len(), seen.filled.len());
    assert_eq!(seen.titles.len(), seen.fields.len());
    assert_eq!(
        (seen.dialect.separator, seen.dialect.newline),
        (dialect.separator, dialect.newline)
    );
    for row in &rows {
        assert!(row.len() <= MAX_COLUMNS, "{} columns", row.len());
        assert!(row.iter().all(|cell| cell.len() <= MAX_CELL_BYTES));
    }
    let lines = 1 + data
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count() as u64;
    for problem in seen.report.problems() {
        assert!(
            problem.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{problem}"
        );
        assert!(!problem.to_string().is_empty());
    }
    for style in [
        Style::default(),
        Style {
            neutralise: false,
            ..Style::excel()
        },
    ] {
        let file = written(&rows, style);
        let (again, _) =
            read(Reader::with_dialect(&file[..], style.dialect())).expect("our own file");
        assert_eq!(again, rows, "a round trip changes cells");
    }
}

fn read<R: Read>(
    reader: Result<Reader<R>, ReadError>,
) -> Result<(Vec<Vec<String>>, Dialect), ReadError> {
    let mut reader = reader?;
    let mut rows = vec![reader.header().to_vec()];
    for row in reader.rows() {
        rows.push(row?.1);
    }
    Ok((rows, *reader.dialect()))
}

fn written(rows: &[Vec<String>], style: Style) -> Vec<u8> {
    let mut writer = Writer::with_style(Vec::new(), style);
    for row in rows {
        writer.write(row).expect("memory");
    }
    writer.finish().expect("memory")
}

/// Gives three bytes at a time.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = 3.min(self.0.len()).min(out.len());
        let (now, later) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}
