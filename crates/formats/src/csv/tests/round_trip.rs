use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn write(style: Style, rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = Writer::with_style(Vec::new(), style);
    for row in rows {
        writer.write(row).expect("memory");
    }
    writer.finish().expect("memory")
}

fn read_in(dialect: Dialect, file: &[u8]) -> Vec<Vec<String>> {
    let mut reader = Reader::with_dialect(file, dialect).expect("a CSV file");
    let mut rows = vec![reader.header().to_vec()];
    rows.extend(reader.rows().map(|row| row.expect("a row").1));
    rows
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ ,;|\t\"'\r\n\u{A0}\u{FEFF}aé=]{0,6}",
        Just(String::new()),
        Just("sep=;".to_owned()),
        "\\PC{0,12}",
        any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..5).prop_flat_map(|width| vec(vec(cell(), width), 1..8))
}

fn style() -> impl Strategy<Value = Style> {
    let separators = prop::sample::select(dialect::SEPARATORS.to_vec());
    let newlines = prop::sample::select(vec![Newline::Lf, Newline::CrLf, Newline::Cr]);
    (separators, newlines, any::<bool>()).prop_map(|(separator, newline, bom)| Style {
        separator,
        newline,
        bom,
        neutralise: false,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_character_for_character(rows in table(), style in style()) {
        let file = write(style, &rows);
        prop_assert_eq!(read_in(style.dialect(), &file), rows);
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_then_survive_a_round_trip(
        bytes in vec(prop_oneof![
            prop::sample::select(b"\",;\n\r\xC3\xA9a ".to_vec()), any::<u8>()
        ], 0..200)
    ) {
        if let Ok((rows, ..)) = read(&bytes) {
            let file = write(Style::default(), &rows);
            prop_assert_eq!(read_in(Dialect::default(), &file), rows);
        }
    }
}

proptest! {
    // Each case is long in a debug build.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn reading_does_not_depend_on_how_the_bytes_arrive(rows in table(), size in 1_usize..5) {
        struct Slowly<'a>(&'a [u8], usize);
        impl std::io::Read for Slowly<'_> {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                let count = self.1.min(self.0.len()).min(out.len());
                let (now, later) = self.0.split_at(count);
                out[..count].copy_from_slice(now);
                self.0 = later;
                Ok(count)
            }
        }
        // A sample as long as the first block, so that the rest comes in small pieces.
        let mut rows = rows;
        let width = rows[0].len();
        rows.insert(1, vec!["x".repeat(limits::MAX_CELL_BYTES / width); width]);
        let file = write(Style::default(), &rows);
        let mut reader = Reader::with_dialect(Slowly(&file, size), Dialect::default()).expect("a CSV file");
        let mut found = vec![reader.header().to_vec()];
        found.extend(reader.rows().map(|row| row.expect("a row").1));
        prop_assert_eq!(found, rows);
    }
}

#[test]
fn quotes_are_written_only_where_they_must_be() {
    let row = ["a b", " x ", "l'É", "a;b", "a,b", "a\"b", "a\nb", ""];
    let row = row.map(str::to_owned).to_vec();
    let file = write(Style::default(), &[row]);
    assert_eq!(
        String::from_utf8(file).expect("UTF-8"),
        "a b, x ,l'É,a;b,\"a,b\",\"a\"\"b\",\"a\nb\",\n"
    );
}

#[test]
fn absent_and_empty_are_both_written_as_nothing() {
    let mut writer = Writer::new(Vec::new());
    let row: [Option<&str>; 3] = [Some("a"), None, Some("")];
    writer
        .write(row.map(Option::unwrap_or_default))
        .expect("memory");
    assert_eq!(writer.finish().expect("memory"), b"a,,\n");
}

#[test]
fn the_excel_variant_neutralises_formulas_and_counts_them() {
    let mut writer = Writer::with_style(Vec::new(), Style::excel());
    writer.write(["tél", "x"]).expect("memory");
    writer.write(["+33 6", "=1;2"]).expect("memory");
    assert_eq!(writer.neutralised(), 2);
    let file = String::from_utf8(writer.finish().expect("memory")).expect("UTF-8");
    assert_eq!(file, "\u{FEFF}tél;x\r\n'+33 6;\"'=1;2\"\r\n");
}
