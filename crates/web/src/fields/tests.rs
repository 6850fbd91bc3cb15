use std::collections::BTreeMap;

use rustine_domain::schema::Schema;
use serde_json::{Value, json};

use super::{filter, input, main_fields, name_of, row_title, shown};
use crate::i18n::Lang;
use crate::view::Shown;
use crate::view::input::Control;

fn schema(fields: Value) -> Schema {
    Schema::read(&json!({"title": "Lieux", "fields": fields})).0
}

fn one(field: Value) -> Schema {
    schema(json!([field]))
}

fn check_shown(field: Value, value: &str, expected: &Shown) {
    let schema = one(field);
    assert_eq!(shown(&schema.fields[0], Some(value)), *expected);
}

fn check_control(field: Value, value: &str, expected: fn(&Control) -> bool) {
    let schema = one(field.clone());
    let input = input(&schema, &schema.fields[0], value, Lang::Fr);
    assert!(
        expected(&input.control),
        "{field} {value:?}: {:?}",
        input.control
    );
    assert_eq!(input.value, value);
}

const SERVICES: &str = "(?:(?:^|\\|)(Aide|Accès libre))+$";

fn link(href: &str, text: &str) -> Shown {
    Shown::Link {
        href: href.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn values_are_shown_by_their_type() {
    check_shown(
        json!({"name": "ouvert", "type": "boolean"}),
        "true",
        &Shown::Yes,
    );
    check_shown(
        json!({"name": "ouvert", "type": "boolean"}),
        "peut-être",
        &Shown::Text("peut-être".to_owned()),
    );
    let services =
        json!({"name": "services", "type": "string", "constraints": {"pattern": SERVICES}});
    check_shown(
        services,
        "Aide|Accès libre",
        &Shown::List(vec!["Aide".to_owned(), "Accès libre".to_owned()]),
    );
    check_shown(json!({"name": "nom", "type": "string"}), "", &Shown::Absent);
}

#[test]
fn only_harmless_addresses_become_links() {
    let site = || json!({"name": "site", "type": "string"});
    check_shown(
        site(),
        "https://a.example/x",
        &link("https://a.example/x", "https://a.example/x"),
    );
    check_shown(
        site(),
        "ana@a.example",
        &link("mailto:ana@a.example", "ana@a.example"),
    );
    for text in [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a b",
        "a@b.example?bcc=c@d.example",
        "//a.example",
    ] {
        check_shown(site(), text, &Shown::Text(text.to_owned()));
    }
    let phone = || json!({"name": "contact_tel", "type": "string"});
    check_shown(
        phone(),
        "+33 3 00 00 00 00",
        &link("tel:+33300000000", "+33 3 00 00 00 00"),
    );
    check_shown(
        phone(),
        "demander Ana",
        &Shown::Text("demander Ana".to_owned()),
    );
}

#[test]
fn each_type_has_its_control() {
    check_control(json!({"name": "n", "type": "integer"}), "3", |c| {
        *c == Control::Number { whole: true }
    });
    check_control(json!({"name": "n", "type": "number"}), "1,5", |c| {
        *c == Control::Number { whole: false }
    });
    check_control(json!({"name": "d", "type": "date"}), "2026-10-01", |c| {
        *c == Control::Date
    });
    check_control(
        json!({"name": "e", "type": "string", "format": "email"}),
        "a@b.example",
        |c| *c == Control::Email,
    );
    check_control(
        json!({"name": "u", "type": "string", "format": "uri"}),
        "",
        |c| *c == Control::Url,
    );
    check_control(json!({"name": "telephone", "type": "string"}), "", |c| {
        *c == Control::Phone
    });
    let kind = json!({"name": "k", "type": "string", "constraints": {"enum": ["a", "b"]}});
    check_control(
        kind,
        "a",
        |c| matches!(c, Control::Select(options) if options.len() == 2 && options[0].chosen),
    );
    let services = json!({"name": "s", "type": "string", "constraints": {"pattern": SERVICES}});
    check_control(
        services,
        "Aide",
        |c| matches!(c, Control::Checkboxes(options) if options[0].chosen && !options[1].chosen),
    );
}

#[test]
fn no_control_loses_what_a_cell_holds() {
    // Each of these boxes would change the text as soon as the form is sent.
    check_control(json!({"name": "d", "type": "date"}), "1/10/2026", |c| {
        *c == Control::Text
    });
    check_control(json!({"name": "d", "type": "date"}), "2026-13-01", |c| {
        *c == Control::Text
    });
    check_control(
        json!({"name": "e", "type": "string", "format": "email"}),
        " a@b.example",
        |c| *c == Control::Text,
    );
    check_control(json!({"name": "t", "type": "string"}), "a\nb", |c| {
        *c == Control::LongText
    });
    check_control(json!({"name": "t", "type": "integer"}), "a\rb", |c| {
        *c == Control::LongText
    });
    let kind = json!({"name": "k", "type": "string", "constraints": {"enum": ["a", "b"]}});
    check_control(
        kind,
        "autre",
        |c| matches!(c, Control::Select(options) if options[2].value == "autre" && options[2].chosen),
    );
    let services = json!({"name": "s", "type": "string", "constraints": {"pattern": SERVICES}});
    check_control(
        services,
        "Aide|Vieux",
        |c| matches!(c, Control::Checkboxes(options) if options.len() == 3 && options[2].chosen),
    );
}

#[test]
fn a_boolean_keeps_its_own_spelling() {
    let field = json!({"name": "b", "type": "boolean", "trueValues": ["oui", "OUI"], "falseValues": ["non"]});
    check_control(
        field,
        "OUI",
        |c| matches!(c, Control::Select(options) if options[0].value == "OUI" && options[0].chosen && options[1].value == "non"),
    );
    let odd = json!({"name": "b", "type": "boolean"});
    check_control(
        odd,
        "bof",
        |c| matches!(c, Control::Select(options) if options.len() == 3 && options[2].chosen),
    );
}

#[test]
fn a_filter_offers_the_choices_of_its_field() {
    let schema = one(json!({"name": "s", "type": "string", "constraints": {"pattern": SERVICES}}));
    let made = filter(&schema.fields[0], Some("Aide"));
    assert!(made.contains && made.options[0].chosen && made.options.len() == 2);
    let text = one(json!({"name": "nom", "type": "string"}));
    assert!(filter(&text.fields[0], None).options.is_empty());
}

#[test]
fn a_header_made_for_machines_is_read_as_words() {
    let name = |title: &str| {
        name_of(&one(json!({"name": "x", "title": title, "type": "string"})).fields[0])
    };
    assert_eq!(name("code_postal"), "Code postal");
    assert_eq!(name("Code Postal"), "Code Postal");
    assert_eq!(name("été"), "été");
    assert_eq!(name("__"), "__");
}

#[test]
fn a_row_is_called_by_its_name() {
    let id = "018f6b1e-7c1d-7c1d-8c1d-018f6b1e7c1d".parse().unwrap();
    let schema = schema(json!([
        {"name": "bfc_id", "type": "string"}, {"name": "lon", "type": "number"}, {"name": "ville", "type": "string"},
        {"name": "nom_structure", "type": "string"}
    ]));
    let cells = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    let title = |pairs: &[(&str, &str)]| row_title(&schema, &cells(pairs), id);
    assert_eq!(
        title(&[("ville", "Dijon"), ("nom_structure", "Le Fil")]),
        "Le Fil"
    );
    assert_eq!(
        title(&[("ville", "Dijon"), ("nom_structure", " ")]),
        "Dijon"
    );
    assert_eq!(title(&[]), "018f6b1e");
}

#[test]
fn a_wide_table_shows_its_main_columns_first() {
    let names = ["id", "latitude", "nom", "ville", "a", "b", "c", "d", "e"];
    let fields: Vec<_> = names
        .iter()
        .map(|name| json!({"name": name, "type": "string"}))
        .collect();
    let schema = schema(json!(fields));
    let shown = |all| -> Vec<String> {
        main_fields(&schema, all)
            .iter()
            .map(|field| field.name.to_string())
            .collect()
    };
    assert_eq!(shown(false), ["nom", "ville", "a", "b", "c", "d"]);
    assert_eq!(shown(true)[..3], ["nom", "id", "latitude"]);
    assert_eq!(shown(true).len(), names.len());
}
