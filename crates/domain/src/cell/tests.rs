use serde_json::json;

use super::*;
use crate::problem::Code;
use crate::schema::Schema;

/// Reads `value` in a field defined by `definition` (its name is added) and gives the JSON of the value, or
/// the words of the problems.
fn check_cell(definition: Value, value: &str, expected: Result<Value, &[&str]>) {
    let field = field(&definition);
    let found = check(&field, Some(value));
    let words = found
        .as_ref()
        .map(TypedValue::to_json)
        .map_err(|problems| problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>());
    assert_eq!(
        words,
        expected.map_err(<[_]>::to_vec),
        "{value:?} in {definition}"
    );
}

fn field(definition: &Value) -> Field {
    let mut members = definition.clone();
    members["name"] = json!("f");
    members["title"] = json!("Champ");
    let schema = Schema::parse(&json!({"fields": [members]}));
    schema.unwrap().fields.remove(0)
}

#[test]
fn strings_are_kept_as_they_are() {
    check_cell(json!({}), "  Café ", Ok(json!("  Café ")));
    check_cell(json!({"type": "hologram"}), "x", Ok(json!("x")));
    check_cell(
        json!({"type": "string", "format": "email"}),
        "a@b.fr",
        Ok(json!("a@b.fr")),
    );
    check_cell(
        json!({"type": "string", "format": "email"}),
        "a@b",
        Err(&["not-email"]),
    );
    check_cell(
        json!({"type": "string", "format": "uri"}),
        "www.a.fr",
        Err(&["not-uri"]),
    );
    check_cell(
        json!({"type": "string", "format": "uuid"}),
        "12",
        Err(&["not-uuid"]),
    );
    check_cell(
        json!({"type": "string", "format": "braille"}),
        "⠁",
        Ok(json!("⠁")),
    );
}

#[test]
fn integers_have_no_fraction() {
    let integer = json!({"type": "integer"});
    check_cell(integer.clone(), " 0042 ", Ok(json!(42)));
    check_cell(integer.clone(), "-7", Ok(json!(-7)));
    check_cell(
        integer.clone(),
        "90071992547409930",
        Ok(json!("90071992547409930")),
    );
    for bad in ["1.0", "1e3", "1_000", "douze", "1 000"] {
        check_cell(integer.clone(), bad, Err(&["not-integer"]));
    }
    check_cell(
        json!({"type": "integer", "groupChar": " "}),
        "1 000",
        Ok(json!(1000)),
    );
    check_cell(
        json!({"type": "integer", "bareNumber": false}),
        "env. 12 €",
        Ok(json!(12)),
    );
    check_cell(
        json!({"type": "integer", "bareNumber": false}),
        "€",
        Err(&["not-integer"]),
    );
}

#[test]
fn numbers_have_the_marks_of_their_field() {
    let french = json!({"type": "number", "decimalChar": ",", "groupChar": " "});
    check_cell(french.clone(), "24 975,50", Ok(json!(24975.5)));
    check_cell(french.clone(), "24.5", Err(&["not-number"]));
    check_cell(json!({"type": "number"}), "43.52609", Ok(json!(43.52609)));
    check_cell(json!({"type": "number"}), "1e3", Ok(json!(1000)));
    check_cell(json!({"type": "number"}), "24,5", Err(&["not-number"]));
    check_cell(
        json!({"type": "number", "bareNumber": false}),
        "95,5 %",
        Err(&["not-number"]),
    );
    let percent = json!({"type": "number", "bareNumber": false, "decimalChar": ","});
    check_cell(percent, "95,5 %", Ok(json!(95.5)));
    check_cell(json!({"type": "number"}), "NaN", Ok(json!("NaN")));
    check_cell(json!({"type": "number"}), "-INF", Ok(json!("-INF")));
    check_cell(json!({"type": "number"}), "1e400", Ok(json!("0.1e401")));
}

#[test]
fn booleans_are_the_texts_of_their_field() {
    check_cell(json!({"type": "boolean"}), "TRUE", Ok(json!(true)));
    check_cell(json!({"type": "boolean"}), "0", Ok(json!(false)));
    check_cell(json!({"type": "boolean"}), "oui", Err(&["not-boolean"]));
    let french = json!({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]});
    check_cell(french.clone(), "oui", Ok(json!(true)));
    check_cell(french, "true", Err(&["not-boolean"]));
}

#[test]
fn dates_and_times_are_written_iso_in_json() {
    check_cell(
        json!({"type": "date", "format": "%d/%m/%Y"}),
        "21/11/2026",
        Ok(json!("2026-11-21")),
    );
    check_cell(json!({"type": "date"}), "21/11/2026", Err(&["not-date"]));
    check_cell(
        json!({"type": "time"}),
        "09:30:00+02:00",
        Ok(json!("09:30:00+02:00")),
    );
    check_cell(
        json!({"type": "datetime"}),
        "2026-11-21T10:00:00Z",
        Ok(json!("2026-11-21T10:00:00Z")),
    );
    check_cell(json!({"type": "year"}), "2026", Ok(json!(2026)));
    check_cell(json!({"type": "year"}), "26", Err(&["not-year"]));
    check_cell(
        json!({"type": "yearmonth"}),
        "2026-11",
        Ok(json!("2026-11")),
    );
    check_cell(
        json!({"type": "yearmonth"}),
        "2026-13",
        Err(&["not-yearmonth"]),
    );
    check_cell(json!({"type": "duration"}), "PT2H", Ok(json!("PT2H")));
    check_cell(json!({"type": "duration"}), "2 h", Err(&["not-duration"]));
}

#[test]
fn a_position_is_longitude_then_latitude() {
    let expected = || Ok(json!([5.41423, 43.52609]));
    check_cell(json!({"type": "geopoint"}), "5.41423, 43.52609", expected());
    check_cell(
        json!({"type": "geopoint", "format": "array"}),
        "[5.41423000,43.52609]",
        expected(),
    );
    check_cell(
        json!({"type": "geopoint", "format": "object"}),
        "{\"lon\":5.41423,\"lat\":\"43.52609\"}",
        expected(),
    );
    for bad in ["181,0", "0,90.1", "5.4", "1,2,3", "a,b"] {
        check_cell(json!({"type": "geopoint"}), bad, Err(&["not-geopoint"]));
    }
    check_cell(
        json!({"type": "geopoint", "format": "array"}),
        "[1]",
        Err(&["not-geopoint"]),
    );
}

#[test]
fn a_list_reads_each_element() {
    check_cell(json!({"type": "list"}), "a,b", Ok(json!(["a", "b"])));
    let numbers = json!({"type": "list", "delimiter": "|", "itemType": "integer"});
    check_cell(numbers.clone(), "1|2", Ok(json!([1, 2])));
    check_cell(numbers, "1|x", Err(&["not-list"]));
    let counted = json!({"type": "list", "constraints": {"maxLength": 1}});
    check_cell(counted, "a,b", Err(&["max-length"]));
}

#[test]
fn json_cells_are_parsed() {
    check_cell(json!({"type": "array"}), "[1, \"a\"]", Ok(json!([1, "a"])));
    check_cell(json!({"type": "object"}), "[1]", Err(&["not-json"]));
    check_cell(json!({"type": "geojson"}), "{\"a\":1}", Err(&["not-json"]));
    check_cell(
        json!({"type": "geojson"}),
        "{\"type\":\"Point\",\"coordinates\":[1,2]}",
        Ok(json!({"type": "Point", "coordinates": [1, 2]})),
    );
}

#[test]
fn missing_values_are_no_values() {
    check_cell(json!({"type": "integer"}), "", Ok(Value::Null));
    check_cell(
        json!({"type": "integer", "missingValues": ["-", "n/a"]}),
        "n/a",
        Ok(Value::Null),
    );
    check_cell(
        json!({"type": "integer", "missingValues": ["-"]}),
        "",
        Ok(Value::Null),
    );
    let labelled = json!({"type": "integer", "missingValues": [{"value": "99", "label": "refus"}]});
    check_cell(labelled, "99", Ok(Value::Null));
    let required = json!({"missingValues": ["-"], "constraints": {"required": true}});
    check_cell(required, "-", Err(&["required"]));
}

#[test]
fn an_absent_cell_is_missing() {
    let needed = field(&json!({"constraints": {"required": true}}));
    assert_eq!(check(&needed, None).unwrap_err()[0].code, Code::Required);
    assert_eq!(check(&field(&json!({})), None), Ok(TypedValue::Missing));
}

#[test]
fn bounds_compare_values_not_texts() {
    let bounded = json!({"type": "integer", "constraints": {"minimum": 2, "maximum": "10"}});
    check_cell(bounded.clone(), "9", Ok(json!(9)));
    check_cell(bounded.clone(), "1", Err(&["minimum"]));
    check_cell(bounded, "11", Err(&["maximum"]));
    let open = json!({"type": "number", "constraints": {"exclusiveMinimum": "0.5", "exclusiveMaximum": 1}});
    check_cell(open.clone(), "0.50", Err(&["exclusive-minimum"]));
    check_cell(open.clone(), "1.0", Err(&["exclusive-maximum"]));
    check_cell(open.clone(), "0.7", Ok(json!(0.7)));
    check_cell(
        open,
        "NaN",
        Err(&["exclusive-minimum", "exclusive-maximum"]),
    );
    let dates =
        json!({"type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "31/12/2025"}});
    check_cell(dates.clone(), "01/01/2026", Ok(json!("2026-01-01")));
    check_cell(dates, "30/12/2025", Err(&["minimum"]));
    let french = json!({"type": "number", "decimalChar": ",", "constraints": {"maximum": "1.5"}});
    check_cell(french, "1,6", Err(&["maximum"]));
    let moments = json!({"type": "datetime", "constraints": {"maximum": "2026-01-01T00:00:00Z"}});
    check_cell(
        moments.clone(),
        "2026-01-01T01:00:00+02:00",
        Ok(json!("2026-01-01T01:00:00+02:00")),
    );
    check_cell(moments, "2026-01-01T00:00:00-01:00", Err(&["maximum"]));
}

#[test]
fn lengths_count_characters() {
    let short = json!({"constraints": {"minLength": 2, "maxLength": 4}});
    check_cell(short.clone(), "été", Ok(json!("été")));
    check_cell(short.clone(), "é", Err(&["min-length"]));
    check_cell(short, "étés!", Err(&["max-length"]));
}

#[test]
fn a_pattern_must_match_the_whole_value() {
    check_cell(
        json!({"constraints": {"pattern": "a|b"}}),
        "a",
        Ok(json!("a")),
    );
    check_cell(
        json!({"constraints": {"pattern": "a|b"}}),
        "ac",
        Err(&["pattern"]),
    );
    check_cell(
        json!({"constraints": {"pattern": "\\d{5}"}}),
        "7500",
        Err(&["shape"]),
    );
    check_cell(
        json!({"constraints": {"pattern": "^x+y$"}}),
        "x\ny",
        Err(&["pattern"]),
    );
}

#[test]
fn an_enum_compares_values() {
    let grades = json!({"type": "integer", "constraints": {"enum": [1, "2"]}});
    check_cell(grades.clone(), "02", Ok(json!(2)));
    check_cell(grades, "3", Err(&["choice"]));
    let levels = json!({"categories": [{"value": "h", "label": "haut"}, "b"]});
    check_cell(levels.clone(), "h", Ok(json!("h")));
    check_cell(levels, "haut", Err(&["choice"]));
}

#[test]
fn the_part_that_is_no_choice_is_named() {
    let field = field(&json!({"constraints": {"pattern": "(?:(?:^|\\|)(Gratuit|Payant))+$"}}));
    let problems = check(&field, Some("Gratuit|Cher")).unwrap_err();
    assert_eq!(problems[0].arg("value"), "Cher");
    assert_eq!(problems[0].arg("options"), "Gratuit, Payant");
    assert!(check(&field, Some("Payant|Gratuit")).is_ok());
}

#[test]
fn an_example_that_fits_explains_a_pattern() {
    let field = field(&json!({"example": "A-1", "constraints": {"pattern": "[A-Z]-[0-9]+"}}));
    let problems = check(&field, Some("a1")).unwrap_err();
    assert_eq!(problems[0].arg("example"), "A-1");
}

#[test]
fn an_example_of_a_date_follows_the_pattern() {
    let field = field(&json!({"type": "date", "format": "%d/%m/%Y"}));
    let problems = check(&field, Some("2026-11-21")).unwrap_err();
    assert_eq!(problems[0].arg("example"), "21/11/2026");
}

proptest::proptest! {
    #[test]
    fn no_value_makes_reading_panic(value in ".{0,40}") {
        for kind in crate::schema::FieldType::ALL {
            for format in ["default", "any", "array", "object", "email", "uri", "uuid"] {
                let (schema, _) = Schema::read(&json!({"fields": [
                    {"name": "f", "type": kind.as_str(), "format": format, "groupChar": " ", "bareNumber": false}
                ]}));
                if let Ok(typed) = check(&schema.fields[0], Some(&value)) {
                    typed.to_json();
                }
            }
        }
    }
}
