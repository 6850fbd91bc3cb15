//! An instance in a temporary folder, and short words for importing and exporting.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustine_app::App;
use rustine_app::clock::{FixedClock, SystemEntropy};
use rustine_app::datasets::export::{Format, export};
use rustine_app::datasets::import::{Counts, ImportError, ImportOptions, Imported, import};
use rustine_app::log::append;
use rustine_app::log::keys::ED25519;
use rustine_app::log::rows::row_state;
use rustine_app::settings::Settings;
use rustine_domain::ids::{DatasetAddress, FieldName, Hash, RowId};
use rustine_domain::key::LogKey;
use rustine_domain::log::{Body, EntryDraft, Kind, Meta, Op};
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_formats::csv::Reader;
use rustine_store::{DatasetRecord, Db, KeyRecord, RowRecord, StoreError};
use tempfile::TempDir;

#[path = "../../../formats/tests/support/mod.rs"]
mod real_tables;

pub use real_tables::{csv_files, shared_data};

/// The dataset that every test imports.
pub const NAME: &str = "lieux";

/// An instance that goes when this is dropped.
pub struct Node {
    pub app: App,
    folder: TempDir,
}

impl Node {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open(&folder.path().join("rustine.sqlite").display().to_string())
            .expect("a database");
        db.migrate().expect("a fresh database migrates");
        db.write(|tx| {
            tx.set_instance_value("recovery_next", &Hash([7; 32]).to_string())?;
            tx.insert_key(&KeyRecord {
                owner: "/actor".to_owned(),
                kind: ED25519.to_owned(),
                public: LogKey::from_seed([8; 32]).multikey().to_string(),
                secret: Some(vec![8; 32]),
                created: Timestamp::from_seconds(1_780_000_000).expect("a time"),
            })
        })
        .expect("the instance's recovery hash and key");
        let origin = "https://hub.example".parse().expect("a URL");
        let settings = Settings::new(origin, ([127, 0, 0, 1], 8080).into(), "Hub".to_owned());
        let clock = Arc::new(FixedClock::at(1_780_000_000));
        let app =
            App::with_clock(db, settings, clock, Arc::new(SystemEntropy)).expect("an instance");
        Self { app, folder }
    }

    /// A file beside the database.
    pub fn file(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("table.csv");
        std::fs::write(&path, text).expect("the folder can be written");
        path
    }

    pub fn import(&self, text: &str) -> Imported {
        self.import_with(text, |_| {}).expect("an import")
    }

    pub fn import_with(
        &self,
        text: &str,
        change: impl FnOnce(&mut ImportOptions),
    ) -> Result<Imported, ImportError> {
        let file = self.file(text);
        self.import_file(&file, change)
    }

    pub fn import_file(
        &self,
        file: &Path,
        change: impl FnOnce(&mut ImportOptions),
    ) -> Result<Imported, ImportError> {
        let mut options = ImportOptions::new(NAME.parse().expect("a name"));
        change(&mut options);
        import(&self.app, &options, file, &mut |_| {})
    }

    pub fn export(&self, format: Format, with_ids: bool) -> String {
        let mut out = Vec::new();
        let address = NAME.parse().expect("an address");
        export(&self.app, &address, format, with_ids, &mut out).expect("an export");
        String::from_utf8(out).expect("UTF-8")
    }

    pub fn csv(&self) -> String {
        self.export(Format::Csv, false)
    }

    pub fn find(&self) -> Option<DatasetRecord> {
        self.app
            .db
            .read(|tx| tx.find_dataset_by_name(NAME, ""))
            .expect("a readable database")
    }

    pub fn dataset(&self) -> DatasetRecord {
        self.find().expect("a dataset")
    }

    pub fn schema(&self) -> Schema {
        let document = serde_json::from_str(&self.dataset().schema).expect("JSON");
        Schema::parse(&document).expect("a schema")
    }

    /// The rows in the owner's order.
    pub fn rows(&self) -> Vec<RowRecord> {
        let dataset = self.dataset().id;
        let mut rows = Vec::new();
        self.app
            .db
            .read(|tx| {
                tx.each_row_in_order(dataset, |row| {
                    rows.push(row);
                    Ok::<_, StoreError>(())
                })
            })
            .expect("rows");
        rows
    }

    /// The id of the row that has this value in a field.
    pub fn id_of(&self, field: &str, value: &str) -> String {
        let rows = self.rows();
        let row = rows
            .iter()
            .find(|row| row.cells.get(field).is_some_and(|held| held == value));
        row.expect("a row with the value").row_id.to_string()
    }

    /// Gives a cell a value by an entry of its own, as an accepted patch does.
    pub fn set(&self, row: RowId, field: &str, value: &str) {
        let field: FieldName = field.parse().expect("a field");
        let written = self.app.db.write(|tx| {
            let mut dataset = tx.find_dataset_by_name(NAME, "")?.expect("a dataset");
            let held = tx.find_row(dataset.id, row)?.expect("the row");
            let base = row_state(&held)?.commitment(dataset.uid, row, &field);
            let new = Some((self.app.entropy.salt(), value.to_owned()));
            let op = Op::set(dataset.uid, row, field.clone(), base, new);
            let meta = Meta {
                salt: self.app.entropy.salt(),
                content: serde_json::Map::new(),
            };
            append(
                &self.app,
                tx,
                &mut dataset,
                EntryDraft::with_ops(Kind::Patch, meta, vec![op]),
            )
        });
        written.expect("an entry");
    }

    /// The operations of the entries after a seq.
    pub fn ops_after(&self, seq: u64) -> Vec<Op> {
        let dataset = self.dataset().id;
        let from = i64::try_from(seq).expect("a small seq") + 1;
        let bodies = self
            .app
            .db
            .read(|tx| tx.list_bodies(dataset, from, 1000))
            .expect("bodies");
        let kinds = self
            .app
            .db
            .read(|tx| tx.list_entries(dataset, from, 1000))
            .expect("entries");
        let read = |(entry, (_, body)): (&rustine_store::EntryRecord, &(i64, String))| {
            let kind = if entry.kind == "schema" {
                Kind::Schema
            } else {
                Kind::Import { batch: None }
            };
            let body = serde_json::from_str(body).expect("JSON");
            Body::parse(&body, &kind).expect("a body").ops
        };
        kinds.iter().zip(&bodies).flat_map(read).collect()
    }
}

pub fn counts(added: u64, changed: u64, removed: u64, moved: u64, cells: u64) -> Counts {
    Counts {
        added,
        changed,
        removed,
        moved,
        cells,
    }
}

/// Imports one file after the other; the last one counts, and is what is exported.
pub fn check(files: &[&str], expected: Counts) -> Node {
    check_keyed(&[], files, expected)
}

pub fn check_keyed(key: &[&str], files: &[&str], expected: Counts) -> Node {
    let node = Node::new();
    let mut found = Counts::default();
    for file in files {
        let imported = node
            .import_with(file, |options| {
                options.key = key.iter().map(|k| (*k).to_owned()).collect()
            })
            .expect("an import");
        found = imported.counts;
        assert_eq!(node.csv(), *file);
    }
    assert_eq!(found, expected);
    node
}

/// The address of the dataset.
pub fn address() -> DatasetAddress {
    NAME.parse().expect("an address")
}

/// The cells of a file, every row as wide as the header.
pub fn load(file: &Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(file).expect("a file");
    let mut reader = Reader::open(bytes.as_slice()).expect("a CSV file");
    let rows: Vec<Vec<String>> = reader.rows().map(|row| row.expect("a row").1).collect();
    let titles = reader.titles();
    let width = titles.len();
    let padded = rows.into_iter().map(|mut row| {
        row.resize(width, String::new());
        row
    });
    std::iter::once(titles).chain(padded).collect()
}
