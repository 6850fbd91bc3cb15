use super::*;

fn example(code: Code) -> Problem {
    let field: FieldName = "code_postal".parse().unwrap();
    Problem::new(code)
        .about(&field, "Code postal")
        .with("value", "7500")
        .with("limit", "5")
        .with("length", "4")
        .with("unit", "characters")
        .with("min", "5")
        .with("max", "5")
        .with("class", "digits")
        .with("example", "51100")
        .with("delimiter", ",")
        .with("yes", "oui")
        .with("no", "non")
        .with("type", "string")
        .with("key", "primaryKey")
        .with("pattern", "^x$")
        .with_options(["a", "b"])
}

#[test]
fn every_code_has_a_sentence_in_both_languages_that_names_its_field_or_value() {
    for &code in Code::ALL {
        let sentences = Lang::ALL.map(|lang| example(code).sentence(lang));
        assert_ne!(sentences[0], sentences[1], "{code}");
        for sentence in sentences {
            let names = sentence.contains("7500") || sentence.contains("Code postal");
            assert!(names || code == Code::EmptyPatch, "{code}: {sentence}");
            // What is wrong, then what to do.
            assert!(
                sentence.ends_with('.') && sentence.contains(['.', ':', '?']),
                "{sentence}"
            );
            assert!(sentence.len() > 30, "{sentence}");
        }
    }
}

#[test]
fn codes_are_kebab_case_and_read_back() {
    for &code in Code::ALL {
        let word = code.as_str();
        assert!(
            word.bytes().all(|b| b == b'-' || b.is_ascii_lowercase()),
            "{word}"
        );
        assert_eq!(word.parse(), Ok(code));
    }
    assert!("nonsense".parse::<Code>().is_err());
}

#[test]
fn a_shape_is_told_by_its_count() {
    let problem = example(Code::Shape);
    assert_eq!(
        problem.sentence(Lang::Fr),
        "«\u{a0}Code postal\u{a0}»\u{a0}: «\u{a0}7500\u{a0}» doit compter 5 chiffres. Corrigez la valeur."
    );
    assert_eq!(
        problem.sentence(Lang::En),
        "“Code postal”: “7500” must be 5 digits. Correct the value."
    );
}

#[test]
fn long_values_are_cut_to_eighty_characters() {
    let long = "é".repeat(200);
    let cut = shown(&long);
    assert_eq!(cut.chars().count(), SHOWN_CHARACTERS);
    assert!(cut.ends_with('…'));
    assert_eq!(shown(&"é".repeat(80)), "é".repeat(80));
    assert_eq!(shown("a\nb\u{0}c"), "a b c");
    let sentence = Problem::new(Code::NotInteger)
        .with("value", &long)
        .sentence(Lang::Fr);
    assert!(!sentence.contains(&"é".repeat(80)));
}

#[test]
fn many_options_are_cut_to_twelve() {
    let options: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    let problem = Problem::new(Code::Choice).with_options(options.iter().map(String::as_str));
    assert_eq!(
        problem.arg("options"),
        "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"
    );
}

#[test]
fn a_field_without_a_title_is_called_by_its_name() {
    let field: FieldName = "nom".parse().unwrap();
    assert_eq!(
        Problem::new(Code::Required).about(&field, " ").arg("field"),
        "nom"
    );
}

#[test]
fn a_problem_survives_json() {
    let row: RowId = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd".parse().unwrap();
    for place in [Place::Line(12), Place::Row(row), Place::Label("_:1".into())] {
        let problem = example(Code::Minimum).at(place);
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
    }
}

#[test]
fn a_line_number_stands_in_front_of_a_located_sentence() {
    let problem = example(Code::Required).at(Place::Line(7));
    assert!(problem.located(Lang::Fr).starts_with("Ligne 7\u{a0}: «"));
    assert!(problem.located(Lang::En).starts_with("Line 7: “"));
}
