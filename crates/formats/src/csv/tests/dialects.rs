use super::*;

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units
        .flat_map(|u| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn each_separator_is_found() {
    for separator in dialect::SEPARATORS {
        let s = char::from(separator);
        let dialect = check(
            format!("nom{s}lat{s}note\nA{s}48{s}x\nB{s}47{s}y\n"),
            &[
                &["nom", "lat", "note"],
                &["A", "48", "x"],
                &["B", "47", "y"],
            ],
        );
        assert_eq!(dialect.separator, separator);
    }
}

#[test]
fn decimal_commas_and_commas_in_text_do_not_hide_semicolons() {
    let dialect = check(
        "nom;lat;lon\nA, B;48,1;2,5\nC, D;47,1;3,5\n",
        &[
            &["nom", "lat", "lon"],
            &["A, B", "48,1", "2,5"],
            &["C, D", "47,1", "3,5"],
        ],
    );
    assert_eq!(dialect.separator, b';');
}

#[test]
fn rows_with_one_cell_more_than_the_header_do_not_hide_the_comma() {
    let (rows, dialect, report) =
        read("nom,montant,note\nA,24 975,00,x\nB,1 000,00,y\n".as_bytes()).expect("a CSV file");
    assert_eq!(dialect.separator, b',');
    assert_eq!(rows[1], ["A", "24 975", "00", "x"]);
    assert_eq!(report.count(Code::RowTooLong), 2);
}

#[test]
fn semicolons_behind_every_row_do_not_hide_the_comma() {
    let file = "nom,montant,note,n;;\nA,24 975,00,x,1;;\nB,1 000,y,2;;\nC,1,5,z,3;;\n";
    let (_, dialect, _) = read(file.as_bytes()).expect("a CSV file");
    assert_eq!(dialect.separator, b',');
}

#[test]
fn a_separator_behind_a_single_column_is_found() {
    check_report(
        "a;\n1;\n",
        &[&["a", ""], &["1", ""]],
        &[(Code::HeaderEmpty, 1, Some(2))],
    );
}

#[test]
fn separators_inside_quotes_do_not_count() {
    let dialect = check(
        "a;b\n\"1,2,3,4\";x\n\"5,6,7,8\";y\n",
        &[&["a", "b"], &["1,2,3,4", "x"], &["5,6,7,8", "y"]],
    );
    assert_eq!(dialect.separator, b';');
}

#[test]
fn a_table_of_one_column_is_not_cut() {
    let dialect = check(
        "adresse\n1 rue X, Paris\n2 rue Y, Lyon\n",
        &[&["adresse"], &["1 rue X, Paris"], &["2 rue Y, Lyon"]],
    );
    assert_eq!(dialect.separator, b';');
}

#[test]
fn the_hint_of_excel_is_obeyed_and_is_no_row() {
    let dialect = check("sep=;\r\na;b,c\r\n1;2\r\n", &[&["a", "b,c"], &["1", "2"]]);
    assert!(dialect.separator_line);
}

#[test]
fn every_line_end_is_understood() {
    let rows: [&[&str]; 3] = [&["a", "b"], &["1", "2"], &["3", "4"]];
    assert_eq!(check("a,b\n1,2\n3,4\n", &rows).newline, Newline::Lf);
    assert_eq!(check("a,b\r\n1,2\r\n3,4\r\n", &rows).newline, Newline::CrLf);
    assert_eq!(check("a,b\r1,2\r3,4\r", &rows).newline, Newline::Cr);
    assert_eq!(
        check("a,b\r\r\n1,2\r\r\n3,4\r\r\n", &rows).newline,
        Newline::CrLf
    );
}

#[test]
fn a_carriage_return_inside_a_line_is_text() {
    check("a,b\n1\r2,\r3\n", &[&["a", "b"], &["1\r2", "\r3"]]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_title() {
    let dialect = check(
        "\u{FEFF}nom,ville\nÉ,x\n",
        &[&["nom", "ville"], &["É", "x"]],
    );
    assert!(dialect.bom && dialect.encoding == Encoding::Utf8);
    let dialect = check(
        "\u{FEFF}\"nom\",ville\nÉ,x\n",
        &[&["nom", "ville"], &["É", "x"]],
    );
    assert!(dialect.bom);
}

#[test]
fn windows_1252_is_read_without_a_word() {
    let dialect = check(
        b"nom;co\xFBt\n\xC9cole;5 \x80\nl\x92\x9Cuvre;6\xA0\x80\n",
        &[
            &["nom", "coût"],
            &["École", "5 €"],
            &["l’œuvre", "6\u{A0}€"],
        ],
    );
    assert_eq!(dialect.encoding, Encoding::Windows1252);
}

#[test]
fn windows_1252_behind_a_long_plain_beginning_is_adopted() {
    let mut file = b"nom,n\n".to_vec();
    for n in 0..20_000 {
        file.extend_from_slice(format!("ligne,{n}\n").as_bytes());
    }
    assert!(file.len() > 2 * limits::SAMPLE_BYTES);
    file.extend_from_slice(b"\xC9cole,1\nL\xE9o,2\n");
    let (rows, dialect, report) = read(&file).expect("a CSV file");
    assert_eq!(rows.last().expect("a row"), &["Léo", "2"]);
    assert_eq!(dialect.encoding, Encoding::Windows1252);
    assert!(report.is_empty());
}

#[test]
fn cells_in_another_encoding_than_most_are_read_and_reported() {
    let mixed = b"nom,ville\n\xC9cole,Orl\xE9ans\nL\xE9o,Mo\xC3\xBBtiers\n";
    check_report(
        mixed,
        &[
            &["nom", "ville"],
            &["École", "Orléans"],
            &["Léo", "Moûtiers"],
        ],
        &[(Code::EncodingMixed, 3, Some(2))],
    );
    let mut mostly_utf8 = "nom,ville\nÉcole,Orléans\nÀ,".as_bytes().to_vec();
    mostly_utf8.extend_from_slice(b"B\xE9\n");
    check_report(
        mostly_utf8,
        &[&["nom", "ville"], &["École", "Orléans"], &["À", "Bé"]],
        &[(Code::EncodingMixed, 3, Some(2))],
    );
}

#[test]
fn a_character_cut_by_a_separator_is_not_glued_together() {
    check_report(
        b"a,b\n\xC3\xA9,\xC3\xA9\n\xC3,\xA9\n",
        &[&["a", "b"], &["é", "é"], &["Ã", "©"]],
        &[
            (Code::EncodingMixed, 3, Some(1)),
            (Code::EncodingMixed, 3, Some(2)),
        ],
    );
}

#[test]
fn utf16_is_decoded_with_and_without_mark() {
    let text = "nom\tville\r\nÉcole\tOrléans 😀\r\n";
    let rows: [&[&str]; 2] = [&["nom", "ville"], &["École", "Orléans 😀"]];
    for big in [false, true] {
        let dialect = check(utf16(text, big), &rows);
        let encoding = if big {
            Encoding::Utf16Be
        } else {
            Encoding::Utf16Le
        };
        assert_eq!((dialect.encoding, dialect.bom), (encoding, false));
        assert!(check(utf16(&format!("\u{FEFF}{text}"), big), &rows).bom);
    }
}

#[test]
fn long_utf16_is_decoded_across_blocks() {
    let mut text = "\u{FEFF}nom;n\r\n".to_owned();
    for n in 0..30_000 {
        text.push_str(&format!("é😀;{n}\r\n"));
    }
    let (rows, ..) = read(&utf16(&text, false)).expect("a CSV file");
    assert_eq!(rows.len(), 30_001);
    assert!(
        rows[1..]
            .iter()
            .enumerate()
            .all(|(n, row)| row[0] == "é😀" && row[1] == n.to_string())
    );
}

#[test]
fn damaged_utf16_is_refused() {
    let mut file = utf16("\u{FEFF}nom;ville\r\nA;B\r\n", false);
    file.extend_from_slice(&[0x00, 0xD8, 0x41, 0x00]);
    check_refused(&file, Code::Utf16Broken, None);
    let odd = &utf16("\u{FEFF}nom;ville\r\nA;B\r\n", false);
    check_refused(&odd[..odd.len() - 1], Code::Utf16Broken, None);
}

#[test]
fn a_person_may_choose_another_dialect() {
    let dialect = Dialect {
        separator: b';',
        quote: None,
        ..Dialect::default()
    };
    let file = "a;b\n\"x;y\"\n".as_bytes();
    let mut reader = Reader::with_dialect(file, dialect).expect("a CSV file");
    let rows: Vec<_> = reader.rows().map(|row| row.expect("a row").1).collect();
    assert_eq!(rows, [["\"x", "y\""]]);
}
