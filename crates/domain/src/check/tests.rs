use serde_json::{Value, json};

use super::table::{Table, name, row_id};
use super::*;
use crate::problem::{Lang, Place};

const PLACES: &str = "id,nom,code,places\n1,Gare,75001,dix\n2,Mairie,75002,3";

fn places() -> Value {
    json!({
        "fields": {
            "nom": {"title": "Nom", "constraints": {"required": true}},
            "code": {"title": "Code postal", "constraints": {"pattern": "^\\d{5}$"}},
            "places": {"type": "integer", "constraints": {"minimum": 0}}
        },
        "uniqueKeys": [["nom", "code"]]
    })
}

fn report_on(csv: &str, definitions: Value, ops: &str) -> Report {
    let mut table = Table::new(csv, definitions);
    let (schema, ops) = (table.schema.clone(), table.ops(ops));
    check(table.dataset(&schema), &ops, &mut table).unwrap()
}

fn check_codes(csv: &str, definitions: Value, ops: &str, expected: &[&str]) {
    let report = report_on(csv, definitions, ops);
    let problems = report.problems.iter();
    let conflicts = report.conflicts.iter().map(|c| &c.problem);
    let codes: Vec<&str> = problems.chain(conflicts).map(|p| p.code.as_str()).collect();
    assert_eq!(codes, expected, "{ops}");
}

fn check_places(ops: &str, expected: &[&str]) {
    check_codes(PLACES, places(), ops, expected);
}

#[test]
fn a_good_patch_is_clean() {
    check_places(
        "set 1 nom=Gare2; set 2 code=75003; add nom=Halle code=75004",
        &[],
    );
}

#[test]
fn an_old_bad_cell_never_blocks_a_correction_of_another() {
    // "dix" is no integer, and stays what it is.
    check_places("set 1 nom=Gare2", &[]);
    check_places("set 1 places=onze", &["not-integer"]);
}

#[test]
fn a_cell_left_as_it_is_is_not_checked() {
    let report = report_on(PLACES, places(), "set 1 places=dix; set 1 code=75009");
    assert!(report.is_clean());
    assert_eq!(report.noops, [0]);
}

#[test]
fn only_the_fields_set_are_checked() {
    check_places("set 1 code=7500", &["shape"]);
    check_places("set 2 places=-1; set 2 code=x", &["minimum", "shape"]);
}

#[test]
fn emptying_a_required_cell_is_a_problem() {
    check_places("set 1 nom", &["required"]);
    check_places("set 1 nom=", &["required"]);
    check_places("set 1 code", &[]);
}

#[test]
fn emptying_a_cell_of_the_primary_key_is_a_problem() {
    let keyed = json!({"primaryKey": "nom"});
    check_codes("id,nom\n1,a", keyed.clone(), "set 1 nom", &["required"]);
    check_codes("id,nom,b\n1,a,", keyed, "add b=x", &["required"]);
}

#[test]
fn an_added_row_must_have_its_required_cells() {
    check_places("add code=75004", &["required"]);
    check_places("add nom= code=75004", &["required"]);
    check_places("add", &["empty-row", "required"]);
}

#[test]
fn a_problem_says_where_it_is_and_what_to_do() {
    let report = report_on(PLACES, places(), "set 1 code=7500");
    let problem = &report.problems[0];
    assert_eq!(problem.row, Some(Place::Row(row_id(1))));
    assert_eq!(problem.field, Some(name("code")));
    let sentence = problem.sentence(Lang::Fr);
    assert!(
        sentence.contains("7500") && sentence.contains("5 chiffres"),
        "{sentence}"
    );
    let report = report_on(PLACES, places(), "set 1 nom=x; add code=7500 nom=a");
    assert_eq!(report.problems[0].row, Some(Place::Label("_:2".into())));
}

#[test]
fn unknown_and_reserved_fields_are_refused() {
    check_places("set 1 ville=Paris", &["unknown-field"]);
    check_places("set 1 ville", &[]);
    check_places("set 1 _order=a0", &["reserved-field"]);
    check_places("add nom=a _source=x", &["reserved-field"]);
    let uid = "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371";
    check_places(&format!("set 1 _same={uid}/{}", row_id(7)), &[]);
    check_places(&format!("set 1 _same={uid}"), &["bad-same"]);
    check_places("set 1 _same", &[]);
}

#[test]
fn one_operation_per_cell_and_none_beside_a_deletion() {
    check_places(
        "set 1 code=75001; set 1 code=75009",
        &["repeated-operation"],
    );
    check_places("set 1 code=75009; del 1", &["repeated-operation"]);
    check_places("del 1; set 1 code=75009", &["repeated-operation"]);
    check_places("del 1; del 1", &["repeated-operation"]);
}

#[test]
fn what_changed_meanwhile_is_a_conflict_with_the_base_to_take() {
    let report = report_on(
        PLACES,
        places(),
        "set 1 nom=Gare2 @stale; del 2 @stale; del 9",
    );
    let codes: Vec<_> = report.conflicts.iter().map(|c| c.problem.code).collect();
    assert_eq!(codes, [Code::CellChanged, Code::RowChanged, Code::RowGone]);
    assert_eq!(
        report.conflicts.iter().map(|c| c.op).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    let table = Table::new(PLACES, places());
    let held = table.rows[&row_id(1)].commitment(table.uid(), row_id(1), &name("nom"));
    assert_eq!(report.conflicts[0].held, held);
    assert!(report.conflicts[2].held.is_none());
}

#[test]
fn a_unique_value_may_occur_once_in_whatever_case() {
    let unique = || json!({"fields": {"nom": {"constraints": {"unique": true}}}});
    let csv = "id,nom,b\n1,Été,\n2,Hiver,\n3,Hiver,";
    check_codes(csv, unique(), "set 2 nom=E\u{301}TE\u{301}", &["unique"]);
    check_codes(csv, unique(), "set 2 nom=ete", &[]);
    check_codes(csv, unique(), "add nom=HIVER", &["unique"]);
    check_codes(csv, unique(), "add nom=a; add nom=A", &["unique", "unique"]);
    check_codes(csv, unique(), "add b=x; add b=x", &[]);
}

#[test]
fn an_old_duplicate_never_blocks_a_correction() {
    let unique = || json!({"fields": {"nom": {"constraints": {"unique": true}}}});
    let csv = "id,nom,b\n2,Hiver,\n3,Hiver,";
    check_codes(csv, unique(), "set 2 b=x", &[]);
    check_codes(csv, unique(), "set 2 nom=HIVER", &[]);
    check_codes(csv, unique(), "set 2 nom=Printemps", &[]);
}

#[test]
fn a_patch_may_swap_or_free_a_key() {
    let keyed = || json!({"primaryKey": ["nom"]});
    let csv = "id,nom\n1,a\n2,b";
    check_codes(csv, keyed(), "set 1 nom=b; set 2 nom=a", &[]);
    check_codes(csv, keyed(), "del 1; add nom=a", &[]);
    check_codes(csv, keyed(), "set 1 nom=b", &["unique"]);
    check_codes(csv, keyed(), "set 1 nom=b; set 2 nom=B", &["unique"]);
}

#[test]
fn a_key_of_several_fields_is_one_value() {
    check_places("set 2 nom=gare; set 2 code=75001", &["unique-key"]);
    check_places("set 2 nom=gare", &[]);
    let report = report_on(PLACES, places(), "add nom=Gare code=75001");
    assert_eq!(report.problems[0].arg("value"), "Gare + 75001");
    assert_eq!(report.problems[0].arg("field"), "Nom + Code postal");
    assert_eq!(report.problems[0].arg("other"), row_id(1).to_string());
}

#[test]
fn a_reference_to_the_same_table_must_exist() {
    let tree = || {
        let reference = json!({"fields": "parent", "reference": {"resource": "", "fields": "nom"}});
        json!({"foreignKeys": [reference]})
    };
    let csv = "id,nom,parent\n1,a,\n2,b,perdu";
    check_codes(csv, tree(), "set 1 parent=b", &[]);
    check_codes(csv, tree(), "set 1 parent=c", &["foreign-key"]);
    check_codes(csv, tree(), "set 1 parent=c; add nom=c", &[]);
    check_codes(csv, tree(), "set 2 nom=c; set 1 parent=b", &["foreign-key"]);
    check_codes(csv, tree(), "set 2 nom=c", &[]);
}

#[test]
fn a_patch_for_an_older_schema_goes_on_if_its_fields_are_the_same() {
    let table = Table::new(PLACES, places());
    let mut later = places();
    later["fields"]["code"] = json!({"title": "CP"});
    let later = Table::new("id,nom,code\n", later);
    let conflicts = |ops: &str| -> Vec<usize> {
        let found = schema_conflicts(&table.schema, &later.schema, &table.ops(ops));
        assert!(found.iter().all(|c| c.problem.code == Code::FieldChanged));
        found.iter().map(|c| c.op).collect()
    };
    assert_eq!(conflicts("set 1 nom=x; del 2; add nom=a"), [] as [usize; 0]);
    assert_eq!(
        conflicts("set 1 nom=x; set 1 code=75009; add places=1"),
        [1, 2]
    );
}

#[test]
fn a_huge_patch_is_refused_without_looking_further() {
    let ops = "add nom=x;".repeat(501);
    check_places(&ops, &["too-many-operations"]);
}

#[test]
fn a_report_survives_json() {
    let report = report_on(
        PLACES,
        places(),
        "set 1 nom=y @stale; set 2 code=x; set 2 nom=Mairie",
    );
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}
