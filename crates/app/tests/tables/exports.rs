//! The forms of an export, and what comes back from them.

use rustine_app::datasets::export::Format;
use rustine_app::datasets::import::Counts;
use rustine_app::datasets::validate::validate;
use rustine_domain::problem::{Code, Place};
use serde_json::{Value, json};

use crate::support::{NAME, Node};

#[test]
fn json_is_typed_where_cells_read() {
    let node = Node::new();
    node.import_with("Places,Nom\n12,Ana\ndouze,\n", |options| {
        options.schema = Some(json!({"fields": [{"name": "Places", "type": "integer"}]}));
    })
    .expect("an import");
    let document: Value = serde_json::from_str(&node.export(Format::Json, false)).expect("JSON");
    assert_eq!(
        document,
        json!({"rows": [{"places": 12, "nom": "Ana"}, {"places": "douze", "nom": null}]})
    );
    let lines = node.export(Format::JsonLines, true);
    let first: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["_id"], json!(node.id_of("nom", "Ana")));
    assert!(first["_order"].is_string());
}

#[test]
fn an_export_with_ids_comes_back_to_the_same_rows() {
    let node = Node::new();
    node.import("nom,ville\nAna,Lyon\nBob,Lille\n");
    let (ana, bob) = (node.id_of("nom", "Ana"), node.id_of("nom", "Bob"));
    let file = node.export(Format::Csv, true);
    let header = file.lines().next().expect("a header");
    assert_eq!(header, "_id,nom,ville,_order,_source,_same,_license");
    // Everything of both lines changes, and they change places: only the ids tell.
    let file = format!("_id,nom,ville\n{bob},Robert,Roubaix\n{ana},Anna,Paris\n,Cléo,Nice\n");
    let imported = node.import(&file);
    assert_eq!(
        imported.counts,
        Counts {
            added: 1,
            changed: 2,
            removed: 0,
            moved: 1,
            cells: 4
        }
    );
    assert_eq!(node.id_of("nom", "Robert"), bob);
    assert_eq!(
        node.csv(),
        "nom,ville\nRobert,Roubaix\nAnna,Paris\nCléo,Nice\n"
    );
}

#[test]
fn a_new_file_with_a_column_of_ids_keeps_it() {
    let node = Node::new();
    let file = "_id,_order,nom\n7,2,Ana\n8,1,Bob\n";
    node.import(file);
    assert_eq!(node.csv(), file);
    let again = node.import(file);
    assert_eq!(again.entries, 0);
}

#[test]
fn a_dataset_without_rows_is_a_header() {
    let node = Node::new();
    node.import("a,b\n");
    assert_eq!(node.csv(), "a,b\n");
    assert_eq!(node.export(Format::Json, false), "{\"rows\":[]}\n");
}

#[test]
fn validating_names_the_row_and_the_field() {
    let node = Node::new();
    node.import_with("id,places\na,12\nb,douze\nA,3\n", |options| {
        options.schema = Some(json!({"fields": [
            {"name": "id", "constraints": {"unique": true}},
            {"name": "places", "type": "integer"},
        ]}));
    })
    .expect("an import");
    let address = NAME.parse().expect("an address");
    let found = validate(&node.app, &address).expect("readable");
    assert_eq!((found.rows, found.total()), (3, 2));
    let codes: Vec<Code> = found.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::NotInteger, Code::Unique]);
    let rows = node.rows();
    assert_eq!(found.problems[0].row, Some(Place::Row(rows[1].row_id)));
}
