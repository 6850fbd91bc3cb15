//! Files that must stop early, and the limits: each is fired here.

use std::io::{self, Read};

use super::limits::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_LISTED, MAX_ROW_BYTES};
use super::*;
use rustine_domain::problem::Lang;

/// Endless input that counts how much was taken from it.
struct Endless<'a> {
    head: &'a [u8],
    pattern: &'static [u8],
    read: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in out.iter_mut() {
            *byte = match self.head.split_first() {
                Some((first, rest)) => {
                    self.head = rest;
                    *first
                }
                None => self.pattern[self.read % self.pattern.len()],
            };
            self.read += 1;
        }
        Ok(out.len())
    }
}

/// Input that never ends is refused for this reason after little was read.
fn check_endless(head: &[u8], pattern: &'static [u8], code: Code, line: u64) {
    let mut input = Endless {
        head,
        pattern,
        read: 0,
    };
    let result = Reader::open(&mut input).and_then(|mut reader| {
        let mut row = Row::default();
        while reader.read(&mut row)? {}
        Ok(())
    });
    let Err(ReadError::Refused(problem)) = result else {
        panic!("refused as {code}, but {result:?}");
    };
    assert_eq!((problem.code, problem.line), (code, Some(line)));
    assert!(input.read <= 1024 * 1024, "read {} bytes", input.read);
}

#[test]
fn an_unclosed_quote_is_refused_with_the_line_that_opens_it() {
    let problem = check_refused(
        "nom,note\nA,x\nB,\"y\nC,z\nD,w\n",
        Code::QuoteUnclosed,
        Some(3),
    );
    assert_eq!(problem.column, Some(2));
    check_endless(b"nom,note\nA,x\nB,\"y\n", b"C,z\n", Code::QuoteUnclosed, 3);
    check_endless(b"\"nom,note\n", b"C,z\n", Code::QuoteUnclosed, 1);
}

#[test]
fn a_cell_above_the_limit_is_refused() {
    let cell = |bytes: usize| format!("a,b\n1,{}\n2,3\n", "x".repeat(bytes));
    assert!(read(cell(MAX_CELL_BYTES).as_bytes()).is_ok());
    check_refused(cell(MAX_CELL_BYTES + 1), Code::CellTooLarge, Some(2));
    let quoted = format!("a,b\n1,\"{}\"\n", "x".repeat(MAX_CELL_BYTES + 1));
    check_refused(quoted, Code::CellTooLarge, Some(2));
    check_endless(b"a,b\n", b"x", Code::CellTooLarge, 2);
    check_endless(b"a,b\n1,2", b"\r", Code::CellTooLarge, 2);
}

#[test]
fn a_cell_that_grows_above_the_limit_when_decoded_is_refused() {
    let mut file = b"a,b\n1,".to_vec();
    file.resize(file.len() + MAX_CELL_BYTES, 0xE9);
    check_refused(file, Code::CellTooLarge, Some(2));
}

#[test]
fn a_line_above_the_limit_is_refused() {
    let cells = |count: usize| {
        let cell = "x".repeat(MAX_CELL_BYTES / 2);
        format!("a,b\n{}\n", vec![cell; count].join(","))
    };
    let most = MAX_ROW_BYTES / (MAX_CELL_BYTES / 2);
    assert!(read(cells(most).as_bytes()).is_ok());
    check_refused(cells(most + 1), Code::LineTooLong, Some(2));
}

#[test]
fn more_columns_than_the_limit_are_refused() {
    let row = |count: usize| vec!["x"; count].join(",");
    let header = |count: usize| {
        (0..count)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    assert!(read(format!("{}\n", header(MAX_COLUMNS)).as_bytes()).is_ok());
    check_refused(
        format!("{}\n", header(MAX_COLUMNS + 1)),
        Code::TooManyColumns,
        Some(1),
    );
    check_refused(
        format!("a,b\n{}\n", row(MAX_COLUMNS + 1)),
        Code::TooManyColumns,
        Some(2),
    );
    check_endless(b"a,b\n", b",", Code::TooManyColumns, 2);
}

#[test]
fn only_the_first_problems_of_a_kind_are_listed() {
    let file = format!("a,b\n{}", "1\n".repeat(MAX_LISTED + 50));
    let (_, _, report) = read(file.as_bytes()).expect("a CSV file");
    assert_eq!(report.problems().len(), MAX_LISTED);
    assert_eq!(report.count(Code::RowShort), MAX_LISTED as u64 + 50);
}

#[test]
fn a_nul_character_refuses_the_file_but_every_one_is_listed() {
    let mut file = "nom,note\n".to_owned();
    for n in 0..50 {
        file.push_str(&format!("ligne {n},rien\n"));
    }
    file.push_str("x,a\0b\n\0,z\n");
    let (_, _, report) = read(file.as_bytes()).expect("readable to its end");
    let nuls: Vec<_> = report
        .problems()
        .iter()
        .map(|p| (p.code, p.line, p.column))
        .collect();
    assert_eq!(
        nuls,
        [
            (Code::NulCharacter, Some(52), Some(2)),
            (Code::NulCharacter, Some(53), Some(1))
        ]
    );
    assert!(report.refusal().is_some());
}

#[test]
fn nothing_but_white_space_is_an_empty_file() {
    for file in ["", "\u{FEFF}", "\n\n", " \r\n\t"] {
        check_refused(file, Code::EmptyFile, None);
    }
    check_refused("sep=;\n", Code::EmptyFile, None);
}

#[test]
fn what_is_no_csv_gets_one_clear_sentence() {
    let problem = check_refused(b"PK\x03\x04\x14\x00rest", Code::NotACsv, None);
    assert_eq!(
        problem.located(Lang::Fr),
        "Ce n’est pas un CSV, mais un classeur (XLSX, ODS) ou une archive ZIP. Importez-le comme classeur, ou enregistrez la feuille en CSV."
    );
    check_refused("<!doctype html><html>", Code::NotACsv, None);
    let zeros = [0_u8; 4096];
    check_refused(zeros, Code::NotACsv, None);
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    check("nom,ville\n", &[&["nom", "ville"]]);
}

#[test]
fn an_error_of_the_input_is_passed_on() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    assert!(matches!(Reader::open(Failing), Err(ReadError::Io(_))));
}
