//! Tests of reading and writing; the dialects, limits and real files have files of their own.

mod broken;
mod dialects;
mod round_trip;

use super::*;

/// The rows of a file as `a|b\nc|d`, its dialect and its report.
fn read(file: &[u8]) -> Result<(Vec<Vec<String>>, Dialect, Report), ReadError> {
    let mut reader = Reader::open(file)?;
    let mut rows = vec![reader.header().to_vec()];
    for row in reader.rows() {
        rows.push(row?.1);
    }
    Ok((rows, *reader.dialect(), reader.report().clone()))
}

/// The file, read as it is sniffed, has these rows (the header first) and nothing to report.
fn check(file: impl AsRef<[u8]>, rows: &[&[&str]]) -> Dialect {
    let (found, dialect, report) = read(file.as_ref()).expect("a CSV file");
    assert_eq!(found, rows);
    assert_eq!(report.problems(), [], "nothing to report");
    dialect
}

/// The file is read, with these rows and these problems: code, line, column.
fn check_report(file: impl AsRef<[u8]>, rows: &[&[&str]], problems: &[(Code, u64, Option<usize>)]) {
    let (found, _, report) = read(file.as_ref()).expect("a CSV file");
    assert_eq!(found, rows);
    let listed: Vec<_> = report
        .problems()
        .iter()
        .map(|p| (p.code, p.line.unwrap_or(0), p.column))
        .collect();
    assert_eq!(listed, problems);
}

/// The file is refused for this reason, on this line.
fn check_refused(file: impl AsRef<[u8]>, code: Code, line: Option<u64>) -> Problem {
    match read(file.as_ref()) {
        Err(ReadError::Refused(problem)) => {
            assert_eq!((problem.code, problem.line), (code, line));
            assert!(code.refuses());
            problem
        }
        other => panic!("refused as {code}, but {other:?}"),
    }
}

#[test]
fn cells_come_out_as_they_stand() {
    check(
        " a ,b\n\" x \",  y\t\n01000,+33 6\n\u{A0}7\u{A0},'q'\n",
        &[
            &[" a ", "b"],
            &[" x ", "  y\t"],
            &["01000", "+33 6"],
            &["\u{A0}7\u{A0}", "'q'"],
        ],
    );
}

#[test]
fn quotes_enclose_separators_line_ends_and_doubled_quotes() {
    check(
        "a,b\r\n\"x,y\",\"1\r\n2\n3\r4\"\r\n\"say \"\"hi\"\"\",\"\"\"\"\r\nz,\"\"\r\n",
        &[
            &["a", "b"],
            &["x,y", "1\r\n2\n3\r4"],
            &["say \"hi\"", "\""],
            &["z", ""],
        ],
    );
}

#[test]
fn the_last_line_needs_no_line_end() {
    for end in ["", "\n", "\r\n", "\n\n\n", "\r"] {
        check(format!("a,b\n1,2{end}"), &[&["a", "b"], &["1", "2"]]);
    }
    check("a,b\n1,\"2\"", &[&["a", "b"], &["1", "2"]]);
    check("a,b\n1,", &[&["a", "b"], &["1", ""]]);
}

#[test]
fn blank_lines_are_no_rows_but_lines_of_separators_are() {
    check(
        "\n\na,b\n\n1,2\n\r\n3,4\n",
        &[&["a", "b"], &["1", "2"], &["3", "4"]],
    );
    check_report(
        "a,b\n,\n1,2\n",
        &[&["a", "b"], &["", ""], &["1", "2"]],
        &[(Code::RowEmpty, 2, None)],
    );
}

#[test]
fn a_quoted_nothing_is_a_row_of_a_table_of_one_column() {
    check_report(
        "a\n\"\"\nb\n",
        &[&["a"], &[""], &["b"]],
        &[(Code::RowEmpty, 2, None)],
    );
}

#[test]
fn a_row_knows_the_line_on_which_it_begins() {
    let mut reader = Reader::open("a,b\n\n\"1\n2\",3\n4,5\n".as_bytes()).expect("a CSV file");
    let lines: Vec<u64> = reader.rows().map(|row| row.expect("a row").0).collect();
    assert_eq!(lines, [3, 5]);
}

#[test]
fn quotes_inside_a_bare_cell_are_text() {
    check(
        "a,b\n5\" disk,37°36'37.8\"N\n",
        &[&["a", "b"], &["5\" disk", "37°36'37.8\"N"]],
    );
}

#[test]
fn text_behind_a_closing_quote_stays_with_its_quotes() {
    check_report(
        "a,b\n\"Le Labo\" de Rennes,2\n\"x\"\r,\"\"y\n",
        &[
            &["a", "b"],
            &["\"Le Labo\" de Rennes", "2"],
            &["\"x\"\r", "\"\"y"],
        ],
        &[
            (Code::QuoteStray, 2, Some(1)),
            (Code::QuoteStray, 3, Some(1)),
            (Code::QuoteStray, 3, Some(2)),
        ],
    );
}

#[test]
fn text_with_a_stray_quote_stays_as_it_stands_in_the_file() {
    check_report(
        "a,b\n\"dit \"\"oui\"\"\", ou non\",2\n",
        &[&["a", "b"], &["dit \"oui\"", " ou non\"", "2"]],
        &[(Code::RowTooLong, 2, None)],
    );
    check_report(
        "a;b\n\"x,\"\"y\"\"\"z;2\n",
        &[&["a", "b"], &["\"x,\"\"y\"\"\"z", "2"]],
        &[(Code::QuoteStray, 2, Some(1))],
    );
}

#[test]
fn headers_without_title_or_with_one_twice_are_reported() {
    check_report(
        "a,,a, ,A\n1,2,3,4,5\n",
        &[&["a", "", "a", " ", "A"], &["1", "2", "3", "4", "5"]],
        &[
            (Code::HeaderEmpty, 1, Some(2)),
            (Code::HeaderDuplicate, 1, Some(3)),
            (Code::HeaderEmpty, 1, Some(4)),
        ],
    );
}

#[test]
fn short_and_long_rows_are_kept_and_reported() {
    let file = "a,b,c\n1\n1,2,3,4\n1,2,3,,5,\n1,2,3,,\n";
    check_report(
        file,
        &[
            &["a", "b", "c"],
            &["1"],
            &["1", "2", "3", "4"],
            &["1", "2", "3", "", "5", ""],
            &["1", "2", "3", "", ""],
        ],
        &[
            (Code::RowShort, 2, None),
            (Code::RowTooLong, 3, None),
            (Code::RowTooLong, 4, None),
        ],
    );
    let mut reader = Reader::open(file.as_bytes()).expect("a CSV file");
    assert_eq!(reader.rows().filter(Result::is_ok).count(), 4);
    assert_eq!(reader.titles(), ["a", "b", "c", "", ""]);
}

#[test]
fn a_problem_says_where_and_what_to_do() {
    let (_, _, report) = read(b"Nom,Ville\nA\n").expect("a CSV file");
    let problem = report.problems()[0].clone();
    assert_eq!(
        problem.to_string(),
        "Line 2: The line has 1 cell, the header has 2; the last ones stay empty. Check that no cell is missing."
    );
    let json = serde_json::to_value(&problem).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({"line": 2, "code": "row-short", "args": {"found": "1", "expected": "2"}})
    );
}
