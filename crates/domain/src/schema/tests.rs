use serde_json::json;

use super::*;
use crate::problem::Code;

fn codes(document: Value) -> Vec<&'static str> {
    match Schema::parse(&document) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|p| p.code.as_str()).collect(),
    }
}

fn one_field(mut field: Value) -> Value {
    field["name"] = json!("nom");
    json!({"fields": [field]})
}

fn name(text: &str) -> FieldName {
    text.parse().unwrap()
}

#[test]
fn a_document_is_kept_whole() {
    let document = json!({
        "title": "Lieux", "description": "…", "audience": "public", "mood": 1,
        "licenses": [{"name": "etalab-2.0", "path": "https://…"}],
        "fields": [{"name": "nom", "title": "Nom du lieu"}, {"name": "code", "type": "integer"}],
        "primaryKey": "code", "uniqueKeys": [["nom", "code"]], "missingValues": ["", "-"],
        "foreignKeys": [{"fields": "code", "reference": {"resource": "", "fields": "code"}}]
    });
    let schema = Schema::parse(&document).unwrap();
    assert_eq!(schema.document(), &document);
    assert_eq!(schema.audience, Audience::Public);
    assert_eq!(schema.licenses[0].name, "etalab-2.0");
    assert_eq!(schema.field("nom").unwrap().title, "Nom du lieu");
    assert_eq!(schema.field("code").unwrap().title, "code");
    assert_eq!(schema.field("code").unwrap().missing_values, ["", "-"]);
    assert_eq!(schema.primary_key, [name("code")]);
    assert_eq!(schema.foreign_keys[0].resource, None);
    assert_eq!(
        schema.keys(),
        [vec![name("code")], vec![name("nom"), name("code")]]
    );
    assert!(schema.requires(&name("code")) && !schema.requires(&name("nom")));
}

#[test]
fn what_is_wrong_with_a_document_is_named() {
    for (document, expected) in [
        (json!([]), &["schema-not-object", "schema-no-fields"][..]),
        (json!({}), &["schema-no-fields"]),
        (json!({"fields": [{"name": "Nom"}]}), &["schema-bad-name"]),
        (
            json!({"fields": [{"name": "_order"}]}),
            &["schema-bad-name"],
        ),
        (json!({"fields": ["nom"]}), &["schema-bad-name"]),
        (
            json!({"fields": [{"name": "a"}, {"name": "a"}]}),
            &["schema-repeated-name"],
        ),
        (
            json!({"fields": [{"name": "a"}], "title": 3}),
            &["schema-bad-member"],
        ),
        (
            json!({"fields": [{"name": "a"}], "primaryKey": "b"}),
            &["schema-unknown-key-field"],
        ),
        (
            json!({"fields": [{"name": "a"}], "uniqueKeys": [["a", 1]]}),
            &["schema-bad-member"],
        ),
        (
            json!({"fields": [{"name": "a", "example": 1.5}]}),
            &["schema-bad-number"],
        ),
        (
            json!({"fields": [{"name": "a", "example": 9_007_199_254_740_993_i64}]}),
            &["schema-bad-number"],
        ),
    ] {
        assert_eq!(codes(document.clone()), expected, "{document}");
    }
    let many: Vec<Value> = (0..=MAX_FIELDS)
        .map(|n| json!({"name": format!("f{n}")}))
        .collect();
    assert_eq!(codes(json!({"fields": many})), ["schema-too-many-fields"]);
}

#[test]
fn what_is_wrong_with_a_field_is_named() {
    for (field, expected) in [
        (
            json!({"constraints": {"pattern": "(?=a)b"}}),
            "schema-bad-pattern",
        ),
        (
            json!({"constraints": {"pattern": "a)|(b"}}),
            "schema-bad-pattern",
        ),
        (
            json!({"constraints": {"pattern": "(?x)a #"}}),
            "schema-bad-pattern",
        ),
        (
            json!({"constraints": {"pattern": "\\w{1000}{1000}"}}),
            "schema-bad-pattern",
        ),
        (
            json!({"constraints": {"pattern": 5}}),
            "schema-bad-constraint",
        ),
        (
            json!({"constraints": {"minimum": 1}}),
            "schema-unfit-constraint",
        ),
        (
            json!({"constraints": {"required": "yes"}}),
            "schema-bad-constraint",
        ),
        (
            json!({"constraints": {"enum": []}}),
            "schema-bad-constraint",
        ),
        (json!({"constraints": []}), "schema-bad-constraint"),
        (
            json!({"type": "integer", "constraints": {"minimum": "x"}}),
            "schema-bad-constraint",
        ),
        (
            json!({"type": "integer", "constraints": {"maxLength": 3}}),
            "schema-unfit-constraint",
        ),
        (
            json!({"type": "date", "format": "jj/mm/aaaa"}),
            "schema-bad-format",
        ),
        (
            json!({"type": "number", "decimalChar": ",", "groupChar": ","}),
            "schema-bad-member",
        ),
        (
            json!({"type": "boolean", "trueValues": "oui"}),
            "schema-bad-member",
        ),
        (
            json!({"type": "list", "delimiter": ""}),
            "schema-bad-member",
        ),
        (json!({"missingValues": "-"}), "schema-bad-member"),
    ] {
        assert_eq!(codes(one_field(field.clone())), [expected], "{field}");
    }
}

#[test]
fn an_unusable_part_leaves_the_rest_readable() {
    let document = json!({
        "fields": [{"name": "Mauvais"}, {"name": "nom", "constraints": {"pattern": "(?=a)", "required": true}}],
        "primaryKey": ["absent"]
    });
    let (schema, problems) = Schema::read(&document);
    assert_eq!(problems.len(), 2);
    let field = schema.field("nom").unwrap();
    assert!(field.constraints.required);
    let pattern = field.constraints.pattern.as_ref().unwrap();
    assert!(!pattern.is_usable() && pattern.matches("whatever"));
    assert!(schema.primary_key.is_empty());
    assert_eq!(schema.document(), &document);
}

#[test]
fn an_unknown_type_or_audience_is_kept_as_it_is() {
    let document = json!({"fields": [{"name": "a", "type": "smell"}], "audience": "martians"});
    let schema = Schema::parse(&document).unwrap();
    assert_eq!(schema.field("a").unwrap().kind, FieldType::String);
    assert_eq!(schema.audience, Audience::Other("martians".into()));
    assert_eq!(
        Schema::parse(&one_field(json!({}))).unwrap().audience,
        Audience::Private
    );
}

#[test]
fn a_multi_value_pattern_reads_back_as_choices() {
    let field = |pattern: &str| {
        let document = one_field(json!({"constraints": {"pattern": pattern}}));
        Schema::parse(&document).unwrap().fields.remove(0).choices()
    };
    let choices = field("(?:(?:^|\\|)(À distance|Langues \\(autres\\)|ORDI 3.0))+$").unwrap();
    assert_eq!(choices.separator, Some('|'));
    let values: Vec<&str> = choices.values().collect();
    assert_eq!(values, ["À distance", "Langues (autres)", "ORDI 3.0"]);
    assert_eq!(
        choices.split("ORDI 3.0|À distance"),
        ["ORDI 3.0", "À distance"]
    );
    assert_eq!(field("^(oui|non)$").unwrap().separator, None);
    for no_choices in [
        "(?:(?:^|,)(^[A-Z]{2}|Non concerné))+$",
        "^\\d{5}$",
        "(a+|b)",
        "(a)",
        "(?:(?:^|\\|)(a||b))+$",
    ] {
        assert_eq!(field(no_choices), None, "{no_choices}");
    }
}

#[test]
fn choices_written_as_a_pattern_read_back() {
    for choices in [
        Choices::several_of('|', ["a (b)".into(), "c+d".into()]),
        Choices::several_of(';', ["été".into(), "hiver".into()]),
        Choices::one_of(["oui".into(), "non.".into()]),
    ] {
        let pattern = Pattern::new(&choices.to_pattern());
        assert_eq!(pattern.choices(), Some(&choices));
        for value in choices.values() {
            assert!(pattern.matches(value), "{value}");
        }
    }
}

#[test]
fn a_draft_is_a_schema() {
    let mut price = FieldDraft::new(name("prix"), "Prix (€)", FieldType::Number);
    price.decimal_char = Some(",".into());
    let mut state = FieldDraft::new(name("etat"), "État", FieldType::String);
    state.choices = Some(Choices::one_of(["ouvert".into(), "fermé".into()]));
    state.required = true;
    let fields = [
        price,
        state,
        FieldDraft::new(name("vide"), "", FieldType::String),
    ];
    let document = draft(
        "Lieux",
        &fields,
        &[name("etat")],
        "etalab-2.0",
        &Audience::Public,
    );
    let schema = Schema::parse(&document).unwrap();
    assert_eq!((schema.title.as_str(), schema.fields.len()), ("Lieux", 3));
    assert_eq!(schema.licenses[0].name, "etalab-2.0");
    assert_eq!(
        schema
            .field("etat")
            .unwrap()
            .choices()
            .unwrap()
            .values()
            .count(),
        2
    );
    assert_eq!(schema.field("vide").unwrap().title, "");
    assert_eq!(schema.field("vide").unwrap().shown_name(), "vide");
}

#[test]
fn a_wild_schema_becomes_ours_and_its_keys_follow() {
    let wild = json!({
        "fields": [
            {"name": "lundi matin", "title": "Le lundi matin"},
            {"name": "lundi_matin"},
            {"name": "lat", "example": 48.85},
            {"name": "_order"}
        ],
        "primaryKey": ["lundi matin"],
        "foreignKeys": [{"fields": ["lundi matin"], "reference": {"resource": "", "fields": ["lat"]}}]
    });
    let ours = adopt(&wild, &[]);
    let schema = Schema::parse(&ours).unwrap();
    let names: Vec<&str> = schema.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["lundi_matin_2", "lundi_matin", "lat", "order"]);
    assert_eq!(schema.fields[0].title, "lundi matin");
    assert_eq!(schema.fields[0].label.as_deref(), Some("Le lundi matin"));
    assert_eq!(schema.fields[2].example.as_deref(), Some("48.85"));
    assert_eq!(schema.primary_key, [name("lundi_matin_2")]);
    assert_eq!(adopt(&ours, &[]), ours, "ours stays as it is");
}

#[test]
fn titles_become_the_headers_of_the_file() {
    let published = json!({"fields": [
        {"name": "id", "title": "Identifiant"}, {"name": "nom", "title": "Nom du lieu"}
    ]});
    let ours = adopt(&published, &["id".into(), "Nom du lieu".into()]);
    let schema = Schema::parse(&ours).unwrap();
    let titles: Vec<&str> = schema.fields.iter().map(|f| f.title.as_str()).collect();
    assert_eq!(titles, ["id", "Nom du lieu"]);
    assert_eq!(schema.fields[0].shown_name(), "Identifiant");
}

#[test]
fn a_header_becomes_a_free_name() {
    let taken: BTreeSet<FieldName> = [name("nom"), name("nom_2")].into();
    for (header, expected) in [
        ("Code postal", "code_postal"),
        ("Nom", "nom_3"),
        ("  Cœur d’Hérault (34) ", "coeur_d_herault_34"),
        ("2024", "champ_2024"),
        ("", "champ"),
        ("日本", "champ"),
        ("_order", "order"),
    ] {
        assert_eq!(field_name(header, &taken).as_str(), expected, "{header}");
    }
    assert_eq!(field_name(&"x".repeat(300), &taken).as_str().len(), 63);
}

#[test]
fn a_field_counts_as_changed_unless_defined_identically() {
    let old =
        Schema::parse(&json!({"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})).unwrap();
    let new = Schema::parse(&json!({"fields": [{"name": "b", "type": "integer"}, {"name": "a"}]}))
        .unwrap();
    let names = ["a", "b", "c", "_same"].map(name);
    let changed = old.changed_fields(&new, names);
    assert_eq!(changed, [name("b"), name("c")].into());
}

#[test]
fn a_large_pattern_is_a_problem_and_not_a_panic() {
    let nested = "(".repeat(500) + "a" + &")".repeat(500);
    for pattern in [
        "(".repeat(5_000),
        nested,
        "a".repeat(20_000),
        "(a{1000}){1000}".into(),
    ] {
        let problems = Schema::parse(&one_field(json!({"constraints": {"pattern": pattern}})));
        assert_eq!(problems.unwrap_err()[0].code, Code::SchemaBadPattern);
    }
}

#[test]
fn brackets_inside_classes_and_escapes_are_plain() {
    for (pattern, value) in [
        ("[)(]", ")"),
        ("[]a]", "]"),
        ("[^]a]", "b"),
        ("\\)\\(", ")("),
        ("(?:[(]|x)", "("),
    ] {
        let read = Pattern::new(pattern);
        assert!(read.is_usable() && read.matches(value), "{pattern}");
    }
}

#[test]
fn many_patterns_share_the_room_of_their_schema() {
    let count = |fields: usize| {
        let field = |n| json!({"name": format!("f{n}"), "constraints": {"pattern": "\\w{20}"}});
        let listed: Vec<Value> = (0..fields).map(field).collect();
        codes(json!({"fields": listed})).len()
    };
    assert_eq!(count(1), 0);
    assert_eq!(count(200), 200, "each would fit alone");
}

proptest::proptest! {
    #[test]
    fn every_header_gives_a_name(header in ".{0,90}") {
        let first = field_name(&header, &BTreeSet::new());
        proptest::prop_assert!(!first.is_ours());
        let second = field_name(&header, &[first.clone()].into());
        proptest::prop_assert_ne!(first, second);
    }
}
