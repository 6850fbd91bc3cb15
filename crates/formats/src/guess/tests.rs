use proptest::collection::vec;
use proptest::prelude::*;
use rustine_domain::cell;
use rustine_domain::schema::{Audience, Schema, draft};

use super::*;

/// A column of this title with these values is guessed as `type`, `type format`, `number ,`…
fn check(title: &str, values: &[&str], expected: &str) {
    let rows: Vec<Vec<String>> = values
        .iter()
        .map(|value| vec![(*value).to_owned()])
        .collect();
    let field = guess(&[title.to_owned()], &rows).remove(0);
    let mut found = field.kind.as_str().to_owned();
    for more in [field.format, field.decimal_char].into_iter().flatten() {
        found = format!("{found} {more}");
    }
    assert_eq!(found, expected, "{title}: {values:?}");
}

#[test]
fn plain_numbers_are_numbers() {
    check("adhérents", &["1", "20", "", "0", "-5"], "integer");
    check("latitude", &["48.5", "-1.25", "3"], "number");
    check("latitude", &["48,5", "-1,25", "3"], "number ,");
    check("année", &["2008", "2009"], "integer");
}

#[test]
fn what_only_looks_like_a_number_is_text() {
    for values in [
        &["01000", "75011"][..],
        &["+5"],
        &["1", " 2"],
        &["1", "x"],
        &["1.5", "1,5"],
        &["1 000"],
        &["24\u{A0}975,00"],
        &["1234567890123456"],
        &["612345678", "1612345678"],
        &["1e5"],
        &["-0"],
        &["1."],
        &[".5"],
        &["1.2.3"],
        &[""],
        &[" "],
    ] {
        check("x", values, "string");
    }
}

#[test]
fn codes_stay_text_by_their_shape_or_their_title() {
    check("x", &["35181600000000", "26490000100000"], "string");
    check("x", &["35000", "44000"], "string");
    check("x", &["18000", "950"], "integer");
    for title in [
        "Département",
        "code_access",
        "N_TEL",
        "tel1",
        "idAttribuant",
        "n° SIREN",
        "Réf.",
        "CP",
        "HORAIRES",
        "tél. fixe",
        "Parcelle",
    ] {
        check(title, &["25", "39", "7"], "string");
    }
    for title in ["Nombre", "places", "taille", "idée", "Codex"] {
        check(title, &["25", "39", "7"], "integer");
    }
}

/// A column of so many rows, the first of which have a value.
fn check_filled(filled: usize, rows: usize, value: &str, expected: &str) {
    let values = (0..rows).map(|row| if row < filled { value } else { "" });
    check("x", &values.collect::<Vec<_>>(), expected);
}

#[test]
fn a_column_that_is_nearly_empty_stays_text() {
    for (value, kind) in [
        ("8", "integer"),
        ("8.5", "number"),
        ("2024-02-29", "date"),
        ("a@hub.example", "string email"),
        ("https://hub.example/", "string uri"),
    ] {
        check_filled(16, 284, value, "string");
        check_filled(10, 50, value, kind);
        check_filled(10, 51, value, "string");
        // Fewer values must fill half of the rows.
        check_filled(9, 18, value, kind);
        check_filled(9, 19, value, "string");
        check_filled(1, 1, value, kind);
        check_filled(1, 3, value, "string");
    }
}

#[test]
fn dates_are_dates_when_all_are_of_one_form() {
    check("maj", &["2024-02-29", "2023-12-01"], "date");
    check("maj", &["29/02/2024", "01/12/2023"], "date %d/%m/%Y");
    for values in [
        &["2023-02-29"][..],
        &["2024-02-29", "01/12/2023"],
        &["12/31/2023"],
        &["1/2/2023"],
        &["2023-1-2"],
        &["2023-01-02 "],
        &["01/12/23"],
        &["é023-01-0"],
    ] {
        check("maj", values, "string");
    }
}

#[test]
fn only_known_words_are_truths_and_both_must_occur() {
    check("ouvert", &["oui", "Non", "OUI", ""], "boolean");
    check("ouvert", &["vrai", "faux"], "boolean");
    check("ouvert", &["true", "false"], "boolean");
    for values in [
        &["oui", "oui"][..],
        &["oui", "false"],
        &["oui", "non", "?"],
        // More spellings than any care explains.
        &["oui", "Oui", "OUI", "oUi", "non", "Non", "NON"],
        &["o", "n"],
        &["1", "0", "x"],
    ] {
        check("ouvert", values, "string");
    }
    let rows = ["Oui", "non", "oui"].map(|value| vec![value.to_owned()]);
    let field = guess(&["x".to_owned()], &rows).remove(0);
    assert_eq!(field.true_values, ["Oui", "oui"]);
    assert_eq!(field.false_values, ["non"]);
}

#[test]
fn addresses_are_recognised() {
    check(
        "courriel",
        &["contact@hub.example", "a.b-c@x.y.example"],
        "string email",
    );
    check(
        "site",
        &["https://hub.example/a?b=c", "http://x.example"],
        "string uri",
    );
    check("site", &["www.hub.example"], "string");
    check("courriel", &["a@b.example ; c@d.example"], "string");
}

#[test]
fn names_are_made_from_titles_and_never_twice() {
    let titles = [
        "Code postal",
        "",
        "code_postal",
        "Été à l’œuvre",
        "",
        "2e nom",
        "_order",
    ];
    let fields = guess(&titles.map(str::to_owned), &[]);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "code_postal",
            "champ",
            "code_postal_2",
            "ete_a_l_oeuvre",
            "champ_2",
            "champ_2e_nom",
            "order"
        ]
    );
    assert_eq!(fields[3].title, "Été à l’œuvre");
}

#[test]
fn keys_are_suggested_only_when_named_so_filled_and_unique() {
    let titles = ["id", "SIRET", "nom", "réf"].map(str::to_owned);
    let find = |rows: &[[&str; 4]]| {
        let mut finder = KeyFinder::new(&titles);
        for row in rows {
            finder.observe(|index| row.get(index).copied());
        }
        finder.candidates()
    };
    assert_eq!(
        find(&[["1", "a", "x", "r"], ["2", "b", "y", "s"]]),
        [0, 1, 3]
    );
    assert_eq!(find(&[["1", "a", "x", "r"], ["2", "", "y", "R"]]), [0]);
    assert!(find(&[]).is_empty());
}

#[test]
fn only_the_first_columns_named_like_keys_are_watched() {
    let titles: Vec<String> = (0..10).map(|n| format!("id{n}")).collect();
    let mut finder = KeyFinder::new(&titles);
    finder.observe(|_| Some("x"));
    assert_eq!(finder.candidates(), (0..8).collect::<Vec<_>>());
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,4}",
        "-?[0-9]{1,3}[.,][0-9]{1,3}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
        "[0-3][0-9]/[01][0-9]/20[0-9]{2}",
        "oui|non|Oui|true|FALSE|vrai",
        "[a-z.+_-]{1,4}@[a-z.-]{1,6}",
        "https?://[a-z./-]{1,8}",
        "\\PC{0,6}",
    ]
}

proptest! {
    #[test]
    fn every_value_reads_as_what_was_guessed(pool in vec(value(), 1..3), picks in vec(0..3_usize, 1..6)) {
        let values: Vec<&String> = picks.iter().map(|pick| &pool[pick % pool.len()]).collect();
        let rows: Vec<Vec<String>> = values.iter().map(|value| vec![(*value).clone()]).collect();
        let drafts = guess(&["valeur".to_owned()], &rows);
        let document = draft("t", &drafts, &[], "", &Audience::Private);
        let schema = Schema::parse(&document).expect("a guessed schema is valid");
        for value in values {
            prop_assert!(cell::read(&schema.fields[0], value).is_ok(), "{value:?} as {document}");
        }
    }
}
