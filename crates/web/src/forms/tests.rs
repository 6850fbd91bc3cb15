use rustine_domain::schema::Schema;
use serde_json::json;

use super::{Base, Edit, Posted, Seen, check_contact};
use crate::i18n::Lang;

fn schema() -> Schema {
    Schema::read(&json!({"title": "Lieux", "fields": [
        {"name": "nom", "type": "string"},
        {"name": "texte", "type": "string"},
        {"name": "services", "type": "string", "constraints": {"pattern": "(?:(?:^|\\|)(A|B|C))+$"}}
    ]}))
    .0
}

fn base(cells: &[(&str, &str)]) -> Base {
    let seen =
        |(name, text): &(&str, &str)| (name.parse().unwrap(), Seen(None, (*text).to_owned()));
    Base(cells.iter().map(seen).collect())
}

/// Opens a form on `before`, sends `body`; expects `field=value` per edit, `field` alone when emptied.
fn check(before: &[(&str, &str)], body: &str, expected: &[&str]) {
    let edits = Posted::parse(body.as_bytes()).edits(&schema(), &base(before));
    let show = |edit: &Edit| match &edit.value {
        Some(value) => format!("{}={value}", edit.field),
        None => edit.field.to_string(),
    };
    let edits: Vec<String> = edits.iter().map(show).collect();
    assert_eq!(edits, expected, "{body}");
}

#[test]
fn only_what_a_person_changed_is_sent() {
    check(
        &[("nom", "Le Fil"), ("texte", " deux  espaces ")],
        "f.nom=Le+Fil+vert&f.texte=+deux++espaces+",
        &["nom=Le Fil vert"],
    );
    check(&[("nom", "Le Fil")], "f.nom=", &["nom"]);
    check(&[("nom", "")], "f.nom=Neuf", &["nom=Neuf"]);
    check(&[("nom", "0668497899")], "f.nom=0668497899", &[]);
}

#[test]
fn a_field_that_the_form_did_not_show_is_left_alone() {
    check(
        &[("nom", "Le Fil")],
        "f.nom=Le+Fil&f.texte=intrus&f.autre=x",
        &[],
    );
}

#[test]
fn line_breaks_of_the_browser_change_nothing() {
    check(&[("texte", "a\nb")], "f.texte=a%0D%0Ab", &[]);
    check(&[("texte", "a\r\nb")], "f.texte=a%0D%0Ab", &[]);
    check(&[("texte", "a\nb")], "f.texte=a%0D%0Ac", &["texte=a\nc"]);
    check(
        &[("texte", "a\r\nb")],
        "f.texte=a%0D%0Ac",
        &["texte=a\r\nc"],
    );
}

#[test]
fn choices_are_compared_as_a_set_and_joined_again() {
    check(&[("services", "B|A")], "f.services=A&f.services=B", &[]);
    check(
        &[("services", "A")],
        "f.services=A&f.services=C",
        &["services=A|C"],
    );
    check(&[("services", "A")], "", &["services"]);
}

#[test]
fn a_new_row_holds_only_what_was_filled_in() {
    let row =
        Posted::parse(b"f.nom=+Le+Fil+&f.texte=&f.services=B&f.services=C").new_row(&schema());
    let row: Vec<String> = row
        .iter()
        .map(|(field, value)| format!("{field}={value}"))
        .collect();
    assert_eq!(row, ["nom=Le Fil", "services=B|C"]);
}

#[test]
fn the_hidden_field_reads_back() {
    let base = base(&[("nom", "Le \"Fil\"\n<b>")]);
    assert_eq!(Base::parse(&base.to_text()), Some(base));
    assert_eq!(Base::parse("{\"Nom\":[null,\"x\"]}"), None);
    assert_eq!(Base::parse("x"), None);
}

fn faults(body: &str) -> Vec<String> {
    let contact = Posted::parse(body.as_bytes()).contact();
    let faults = check_contact(&contact, Lang::En);
    faults
        .into_iter()
        .filter_map(|fault| fault.anchor)
        .collect()
}

#[test]
fn consent_is_only_asked_for_a_name_or_an_address() {
    assert!(faults("summary=Bonjour").is_empty());
    assert_eq!(faults("name=Ana"), ["consent"]);
    assert_eq!(faults("email=ana%40a.example"), ["consent"]);
    assert!(faults("name=Ana&email=ana%40a.example&consent=yes").is_empty());
}

#[test]
fn an_address_that_could_break_a_mail_is_refused() {
    for bad in [
        "ana",
        "ana@a",
        "a%0D%0ABcc:x@b.example",
        "a@b.example,c@d.example",
        "@a.example",
        "ana@.example",
    ] {
        assert_eq!(
            faults(&format!("email={bad}&consent=yes")),
            ["email"],
            "{bad}"
        );
    }
}

#[test]
fn a_message_that_is_too_long_is_not_cut_silently() {
    assert_eq!(faults(&format!("summary={}", "a".repeat(501))), ["summary"]);
    assert!(faults(&format!("summary={}", "é".repeat(500))).is_empty());
}
