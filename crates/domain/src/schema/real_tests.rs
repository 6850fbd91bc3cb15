//! Published schemas, read from the folder of shared data where that is at hand.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::{Schema, adopt};
use crate::cell;

/// The folder of shared data: `RUSTINE_SHARED`, or the folder beside the repository.
fn shared(name: &str) -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("RUSTINE_SHARED").map_or(beside, PathBuf::from);
    let path = folder.join("data/schemas").join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("skipped: no shared data/schemas/{name}");
    }
    text
}

/// A small reader of RFC 4180, enough for the published examples.
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.trim_end().chars().peekable();
    while let Some(letter) = letters.next() {
        let row = rows.last_mut().unwrap();
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows
}

fn check_example(name: &str, fields: usize) {
    let document = shared(&format!("{name}.schema.json"));
    let example = shared(&format!("{name}.exemple-valide.csv"));
    let Some((document, example)) = document.zip(example) else {
        return;
    };
    let document: Value = serde_json::from_str(&document).unwrap();
    let rows = csv(&example);
    let schema = Schema::parse(&adopt(&document, &rows[0])).unwrap();
    assert_eq!(schema.fields.len(), fields);
    let titles: Vec<&String> = schema.fields.iter().map(|f| &f.title).collect();
    assert_eq!(titles.len(), titles.iter().collect::<BTreeSet<_>>().len());
    let mut checked = 0;
    for row in &rows[1..] {
        for (header, value) in rows[0].iter().zip(row) {
            let field = schema.fields.iter().find(|f| &f.title == header).unwrap();
            let problems = cell::check(field, Some(value)).err();
            assert!(problems.is_none(), "{header}: {problems:?}");
            checked += 1;
        }
    }
    assert!(checked >= fields, "{name} has no row");
}

#[test]
fn the_standard_of_digital_mediation_accepts_its_own_example() {
    check_example("mediation-numerique", 32);
}

#[test]
fn the_schema_of_charging_stations_accepts_its_own_example() {
    check_example("irve-statique", 40);
}

#[test]
fn schemas_of_hubs_become_ours() {
    for (name, fields) in [
        ("bfc-ternum-schema.json", 29),
        ("rhinocc-inclusion-schema.json", 57),
    ] {
        let Some(text) = shared(name) else { continue };
        let schema = Schema::parse(&adopt(&serde_json::from_str(&text).unwrap(), &[]));
        assert_eq!(schema.unwrap().fields.len(), fields, "{name}");
    }
}

#[test]
fn models_of_the_datami_widget_become_ours() {
    for name in [
        "bfc-ternum-fields-custom-props.json",
        "rhinocc-inclusion-fields-custom-props.json",
    ] {
        let Some(text) = shared(name) else { continue };
        let (schema, problems) = Schema::read(&adopt(&serde_json::from_str(&text).unwrap(), &[]));
        assert!(
            schema.fields.len() > 5 && problems.is_empty(),
            "{name}: {problems:?}"
        );
    }
}

#[test]
fn the_multi_value_fields_of_the_standard_offer_choices() {
    let Some(text) = shared("mediation-numerique.schema.json") else {
        return;
    };
    let schema = Schema::parse(&adopt(&serde_json::from_str(&text).unwrap(), &[])).unwrap();
    let offered: Vec<(&str, usize)> = schema
        .fields
        .iter()
        .filter_map(|f| Some((f.name.as_str(), f.choices()?.values().count())))
        .collect();
    assert_eq!(
        offered,
        [
            ("itinerance", 2),
            ("services", 9),
            ("publics_specifiquement_adresses", 5),
            ("prise_en_charge_specifique", 7),
            ("frais_a_charge", 3),
            ("dispositif_programmes_nationaux", 11),
            ("formations_labels", 10),
            ("modalites_acces", 6),
            ("modalites_accompagnement", 4),
        ]
    );
}
