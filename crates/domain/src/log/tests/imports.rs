//! Imports read row by row, held against the general reader.

use std::collections::BTreeMap;

use super::super::build::read_rows;
use super::super::*;
use super::origin::{Origin, cells};
use crate::ids::{Hash, RowId, Salt};

/// A log whose second entry adds three rows, one of them with everything that JSON escapes.
fn origin() -> (Origin, Vec<RowId>) {
    let mut origin = Origin::new();
    let rows: Vec<RowId> = (0..3).map(|_| origin.row_id()).collect();
    let values = ["\"Été\"\n\\\u{1}", "", "a"];
    let ops = rows.iter().zip(values).map(|(row, value)| {
        let salt = origin.salt();
        Op::add(*row, salt, cells(&[("nom", value), ("places", "1")]), None)
    });
    let ops = ops.collect::<Vec<_>>();
    origin.import(ops);
    (origin, rows)
}

struct Read {
    ops: Vec<(RowId, Hash, Salt, BTreeMap<String, String>)>,
    text: String,
}

fn read(line: &str) -> Option<Read> {
    let mut ops = Vec::new();
    let read = read_rows(line.as_bytes(), |(row, hash, salt, cells)| {
        let texts = cells.iter();
        let texts = texts.map(|(field, text)| (field.to_string(), (*text).to_owned()));
        ops.push((row, hash, salt, texts.collect()));
    })?;
    assert_eq!(
        read.added.rows,
        ops.iter().map(|op| (op.0, op.1)).collect::<Vec<_>>()
    );
    Some(Read {
        ops,
        text: read.text,
    })
}

#[test]
fn an_import_read_row_by_row_is_what_the_general_reader_finds() {
    let (origin, _) = origin();
    let line = Line::parse(origin.lines[1].as_bytes()).unwrap();
    let body = line.read_body().unwrap().unwrap();
    let read = read(&origin.lines[1]).unwrap();
    assert_eq!(read.text, body.to_text());
    assert_eq!(read.ops.len(), body.ops.len());
    for (op, (row, hash, salt, texts)) in body.ops.iter().zip(read.ops) {
        let Op::Add {
            row: expected,
            state,
            ..
        } = op
        else {
            panic!("an import of adds has another operation");
        };
        assert_eq!(row, *expected);
        assert_eq!(hash, state.hash(line.header.uid, row));
        assert_eq!(Some(salt), state.op_salt);
        let values = state.parts().cells.into_iter();
        let values: BTreeMap<String, String> = values.map(|(f, v)| (f.to_string(), v)).collect();
        assert_eq!(texts, values);
    }
}

#[test]
fn whatever_differs_from_the_header_is_not_read_row_by_row() {
    let (origin, rows) = origin();
    let line = &origin.lines[1];
    let other = rows[1].to_string().replace('4', "5");
    for (what, forged) in [
        ("a value", line.replace(":\"a\"", ":\"b\"")),
        ("a value gone", line.replace("\"nom\":\"a\",", "")),
        ("a row", line.replace(&rows[1].to_string(), &other)),
        (
            "one row twice",
            line.replace(&rows[1].to_string(), &rows[2].to_string()),
        ),
        (
            "meta",
            line.replace("\"content\":{}", "\"content\":{\"a\":1}"),
        ),
        ("no meta", {
            let meta = line.find("\"meta\":").unwrap();
            let ops = line[meta..].find(",\"ops\"").unwrap();
            format!("{}\"meta\":null{}", &line[..meta], &line[meta + ops..])
        }),
    ] {
        assert_ne!(&forged, line, "{what}");
        assert!(read(&forged).is_none(), "{what}");
    }
}

#[test]
fn unusual_forms_are_left_to_the_general_reader() {
    let (origin, _) = origin();
    let line = &origin.lines[1];
    let inside = line.strip_suffix('}').unwrap();
    for (what, unusual) in [
        ("withheld", format!("{inside},\"withheld\":[]}}")),
        ("an unknown member", format!("{inside},\"x\":1}}")),
        ("a member twice", format!("{inside},\"body\":{{}}}}")),
        ("something after it", format!("{line} 1")),
        ("cut", line[..line.len() - 1].to_owned()),
        ("an escaped key", line.replace("\"nom\"", "\"no\\u006d\"")),
        (
            "another order",
            line.replace(
                "\"nom\":\"a\",\"places\":\"1\"",
                "\"places\":\"1\",\"nom\":\"a\"",
            ),
        ),
        (
            "a key twice",
            line.replace(
                "\"nom\":\"a\",\"places\":\"1\"",
                "\"nom\":\"b\",\"nom\":\"a\",\"places\":\"1\"",
            ),
        ),
    ] {
        assert_ne!(&unusual, line, "{what}");
        assert!(read(&unusual).is_none(), "{what}");
    }
    assert!(read(&origin.lines[0]).is_none(), "a genesis");
}

#[test]
fn entries_of_other_operations_are_left_to_the_general_reader() {
    let (mut origin, rows) = origin();
    let set = origin.set(rows[0], "nom", Some("b"));
    let row = origin.row_id();
    let salt = origin.salt();
    let add = Op::add(row, salt, cells(&[("nom", "c")]), None);
    origin.import(vec![add.clone(), set]);
    let (row, label) = (origin.row_id(), "_:a1".to_owned());
    let salt = origin.salt();
    let labelled = Op::add(row, salt, cells(&[("nom", "d")]), Some(label));
    origin.patch(vec![labelled]);
    let deleted = origin.del(rows[1]);
    origin.import(vec![deleted]);
    for seq in 2..5 {
        assert!(read(&origin.lines[seq]).is_none(), "{seq}");
    }
}
