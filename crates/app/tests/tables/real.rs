//! Real and naughty tables: what is exported is what was imported, cell for cell.

use std::path::Path;

use rustine_app::datasets::export::{Format, export};
use rustine_app::datasets::import::{ImportOptions, Imported, import};
use rustine_domain::ids::DatasetAddress;

use crate::support::{Node, csv_files, load, shared_data};

/// Imports a file under a name of its own, and compares what is exported.
fn check(node: &Node, n: usize, file: &Path, schema: Option<&Path>) -> Imported {
    let name = format!("table_{n}");
    let mut options = ImportOptions::new(name.parse().expect("a name"));
    options.schema = schema.map(|path| {
        let text = std::fs::read(path).expect("a schema");
        serde_json::from_slice(&text).expect("JSON")
    });
    let imported = import(&node.app, &options, file, &mut |_| {})
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut out = Vec::new();
    let address: DatasetAddress = name.parse().expect("an address");
    export(&node.app, &address, Format::Csv, false, &mut out).expect("an export");
    assert_eq!(load(&node.file(out)), load(file), "{}", file.display());
    let again = import(&node.app, &options, file, &mut |_| {}).expect("a re-import");
    assert_eq!(again.entries, 0, "{}: {:?}", file.display(), again.counts);
    imported
}

#[test]
fn real_tables_come_out_as_they_went_in_and_a_second_import_writes_nothing() {
    let Some(data) = shared_data() else { return };
    let node = Node::new();
    let mut files = csv_files(&data.join("tables"));
    files.extend(csv_files(&data.join("naughty")));
    assert!(files.len() >= 25, "only {} files", files.len());
    for (n, file) in files.iter().enumerate() {
        check(&node, n, file, None);
    }
}

#[test]
fn published_schemas_fit_the_examples_that_are_published_with_them() {
    let Some(data) = shared_data() else { return };
    let node = Node::new();
    for (n, name) in ["mediation-numerique", "irve-statique"].iter().enumerate() {
        let file = data.join(format!("schemas/{name}.exemple-valide.csv"));
        let schema = data.join(format!("schemas/{name}.schema.json"));
        let imported = check(&node, n, &file, Some(&schema));
        let told: Vec<String> = imported
            .problems
            .iter()
            .map(|problem| problem.located(rustine_domain::problem::Lang::En))
            .collect();
        assert_eq!(told, Vec::<String>::new(), "{name}");
        assert!(imported.rows > 0);
    }
}
