use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::testing::shared;

fn canonical_text(text: &str) -> String {
    String::from_utf8(canonical(&parse_document(text.as_bytes()).unwrap())).unwrap()
}

#[test]
fn the_vectors_of_rfc_8785_pass() {
    let Some(folder) = shared("data/vectors/jcs") else {
        return;
    };
    for name in ["arrays", "french", "structures"] {
        let input = std::fs::read(folder.join(format!("{name}.input.json"))).unwrap();
        let output = std::fs::read(folder.join(format!("{name}.output.json"))).unwrap();
        assert_eq!(
            canonical(&parse_document(&input).unwrap()),
            output,
            "{name}"
        );
    }
}

#[test]
fn keys_are_ordered_as_utf_16() {
    // U+1F600 is D83D DE00 in UTF-16 and so stands before U+FB33, unlike in UTF-8.
    assert_eq!(
        canonical_text("{\"\u{fb33}\":1,\"\u{1f600}\":2,\"a\":3,\"B\":4,\"_\":5}"),
        "{\"B\":4,\"_\":5,\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"
    );
}

#[test]
fn numbers_print_as_in_ecmascript() {
    for (input, expected) in [
        ("333333333.33333329", "333333333.3333333"),
        ("1E30", "1e+30"),
        ("4.50", "4.5"),
        ("2e-3", "0.002"),
        ("0.000000000000000000000000001", "1e-27"),
        ("-0.0", "0"),
        ("9007199254740991", "9007199254740991"),
        // Beyond it a double is what counts.
        ("9007199254740993", "9007199254740992"),
        ("-9007199254740993", "-9007199254740992"),
        ("-71.184902", "-71.184902"),
    ] {
        assert_eq!(canonical_text(input), expected, "{input}");
    }
}

#[test]
fn a_text_is_escaped_as_little_as_possible() {
    let text = "\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}\u{2028}\u{8}\t\u{c}\r\u{1f600}";
    assert_eq!(
        String::from_utf8(canonical(&json!(text))).unwrap(),
        "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\u{2028}\\b\\t\\f\\r\u{1f600}\""
    );
}

#[test]
fn what_is_written_piece_by_piece_is_the_same_as_text_and_as_bytes() {
    let mut canon = Canon::with_capacity(0);
    canon.raw("[");
    canon.text("é");
    canon.ascii(b",7]");
    assert_eq!(canon.bytes(), "[\"é\",7]".as_bytes());
    assert_eq!(canon.hash(), hash(&json!(["é", 7])));
    assert_eq!(canon.into_text(), "[\"é\",7]");
}

#[test]
fn ambiguous_texts_are_refused() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let refused = |text: &str| parse(text.as_bytes()).unwrap_err();
    assert_eq!(
        refused(r#"{"a":1,"b":{"c":1,"c":1}}"#),
        JsonProblem::DuplicateKey("c".into())
    );
    // The same key, once escaped.
    assert_eq!(
        refused(r#"{"a":1,"\u0061":2}"#),
        JsonProblem::DuplicateKey("a".into())
    );
    assert_eq!(refused(r#"["a\u0000b"]"#), JsonProblem::NullCharacter);
    assert_eq!(refused(r#"{"a\u0000b":1}"#), JsonProblem::NullCharacter);
    assert!(parse(deep(32).as_bytes()).is_ok());
    assert_eq!(refused(&deep(33)), JsonProblem::TooDeep);
    assert!(parse_line(deep(33).as_bytes()).is_ok());
    assert_eq!(parse_line(b"[7]"), Ok(json!([7])));
    for number in [
        "1.0",
        "1e2",
        "-0",
        "-0.0",
        "0.5",
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551615",
        "1e400",
    ] {
        assert!(
            matches!(
                refused(number),
                JsonProblem::Number | JsonProblem::Syntax(_)
            ),
            "{number}"
        );
    }
    for text in [
        r#""\ud800""#,
        r#""\udc00x""#,
        r#""\ud800\ud800""#,
        "\"\t\"",
        "{a:1}",
        "[1,]",
        "1 2",
        "",
        "\u{feff}1",
        "NaN",
        "01",
    ] {
        assert!(matches!(refused(text), JsonProblem::Syntax(_)), "{text}");
    }
    assert!(matches!(
        parse(b"\"\xff\"").unwrap_err(),
        JsonProblem::Syntax(_)
    ));
    assert!(matches!(
        parse(b"\"\xed\xa0\x80\"").unwrap_err(),
        JsonProblem::Syntax(_)
    ));
}

#[test]
fn a_value_from_another_reader_is_checked_alike() {
    let mut deep = json!(1);
    for _ in 0..32 {
        deep = json!([deep]);
    }
    assert_eq!(check(&deep), Ok(()));
    assert_eq!(check(&json!([deep])), Err(JsonProblem::TooDeep));
    assert_eq!(check(&json!({"a": deep})), Err(JsonProblem::TooDeep));
    let mut named = json!(1);
    for _ in 0..33 {
        named = json!({"a": named});
    }
    assert_eq!(check(&named), Err(JsonProblem::TooDeep));
    assert_eq!(check(&json!([0.5])), Err(JsonProblem::Number));
    assert_eq!(check(&json!({"a": -0.0})), Err(JsonProblem::Number));
    assert_eq!(check(&json!(1u64 << 53)), Err(JsonProblem::Number));
    assert_eq!(check(&json!(-(1i64 << 53))), Err(JsonProblem::Number));
    assert_eq!(check(&json!("\0")), Err(JsonProblem::NullCharacter));
    assert_eq!(check(&json!({"\0": 1})), Err(JsonProblem::NullCharacter));
    assert_eq!(check(&json!({"a": [true, null, "x", 7]})), Ok(()));
}

proptest! {
    #[test]
    fn canonical_json_reads_back_and_stays_as_it_is(value in any_json()) {
        let bytes = canonical(&value);
        let read = parse(&bytes).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(canonical(&read), bytes);
    }

    #[test]
    fn canonical_json_is_that_of_another_implementation(value in any_json()) {
        let other = serde_json_canonicalizer::to_vec(&value).unwrap();
        prop_assert_eq!(canonical(&value), other);
    }

    #[test]
    fn the_length_is_known_without_writing(value in any_json()) {
        prop_assert_eq!(canonical_len(&value), canonical(&value).len());
    }

    #[test]
    fn a_text_is_written_as_serde_writes_it(text in any::<String>()) {
        let other = serde_json::to_vec(&text).unwrap();
        prop_assert_eq!(canonical(&json!(text)), other);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(check(&value), Ok(()));
        }
    }
}

/// Values that the log may hold.
fn any_json() -> impl Strategy<Value = Value> {
    let integer = -(MAX_INTEGER as i64)..=MAX_INTEGER as i64;
    // Control characters and both sides of the surrogates, where orders and escapes differ.
    let text = "([a-z_\"\\\\]|[\u{1}-\u{1f}]|[\u{e000}-\u{e00f}]|[\u{10000}-\u{1000f}]|é){0,6}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integer.prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
