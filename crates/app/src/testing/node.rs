//! An instance on a temporary database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_domain::log::RowState;
use rustine_store::{DatasetRecord, PeerRecord};

use super::RecycledKeys;
use super::{NOW, Origin, now};
use crate::clock::{Clock, FixedClock};
use crate::peers::ACCEPTED;
use crate::replicas::add::add;
use crate::{App, Settings};

const DATABASE: &str = "rustine.sqlite";

fn open(path: &Path) -> rustine_store::Db {
    rustine_store::Db::open(&path.to_string_lossy()).expect("the database opens")
}

/// An instance with this origin, in `--dev`, on the SQLite database at `path`, which is made where it is absent.
pub fn instance(origin: &str, path: &Path, clock: Arc<dyn Clock>) -> Arc<App> {
    let db = open(path);
    db.migrate().expect("a fresh database migrates");
    let mut settings = Settings::new(
        origin.parse().expect("tests name origins rightly"),
        ([127, 0, 0, 1], 0).into(),
        "A hub".to_owned(),
    );
    settings.dev = true;
    let app = App::with_clock(db, settings, clock, Arc::new(RecycledKeys));
    let app = app.expect("the origin has a host");
    Arc::new(app.in_folder(path.parent().expect("a file stands in a folder")))
}

fn rows(app: &App, dataset: i64) -> BTreeMap<RowId, RowState> {
    let mut rows = BTreeMap::new();
    app.db
        .read(|tx| {
            tx.each_row_by_bucket(dataset, None, |record| {
                rows.insert(record.row_id, crate::log::rows::row_state(&record)?);
                Ok::<_, rustine_store::StoreError>(())
            })
        })
        .expect("the rows can be read");
    rows
}

/// The numbers of the rows that differ from an origin's, in the database of an instance.
pub fn differing(app: &App, dataset: i64, origin: &Origin) -> BTreeSet<RowId> {
    let held = rows(app, dataset);
    let all: BTreeSet<RowId> = held.keys().chain(origin.rows.keys()).copied().collect();
    all.into_iter()
        .filter(|row| held.get(row) != origin.rows.get(row))
        .collect()
}

/// An instance on a temporary database.
pub struct TestApp {
    /// The instance.
    pub app: Arc<App>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    place: tempfile::TempDir,
}

/// What a node knows of another instance with which it stands so: `state` is a word of `peers`.
pub fn peer(host: &str, state: &str) -> PeerRecord {
    PeerRecord {
        host: host.to_owned(),
        actor: format!("http://{host}/actor"),
        inbox: format!("http://{host}/inbox"),
        state: state.to_owned(),
        our_activity: None,
        their_activity: None,
        created: now(),
        updated: now(),
    }
}

impl TestApp {
    /// An instance with this origin, in `--dev`, on SQLite in a temporary folder.
    pub fn new(origin: &str) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder can be written");
        let clock = Arc::new(FixedClock::at(NOW));
        Self {
            app: instance(origin, &folder.path().join(DATABASE), clock.clone()),
            clock,
            place: folder,
        }
    }

    /// The same database in another process with other settings, at the same time.
    #[must_use]
    pub fn restarted(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.app.settings.clone();
        change(&mut settings);
        let (clock, entropy) = (self.clock.clone(), Arc::new(RecycledKeys));
        let app = App::with_clock(
            open(&self.place.path().join(DATABASE)),
            settings,
            clock,
            entropy,
        )
        .expect("the origin has a host")
        .in_folder(self.place.path());
        Self {
            app: Arc::new(app),
            ..self
        }
    }

    /// Another node with the same origin and clock, on a backup of this database as it is now.
    #[must_use]
    pub fn from_backup(&self) -> Self {
        let place = tempfile::tempdir().expect("the temporary folder can be written");
        let file = place.path().join(DATABASE);
        self.app
            .db
            .backup_into(&file)
            .expect("the database can be copied");
        let (clock, entropy) = (self.clock.clone(), Arc::new(RecycledKeys));
        let app = App::with_clock(open(&file), self.app.settings.clone(), clock, entropy)
            .expect("the origin has a host")
            .in_folder(place.path());
        Self {
            app: Arc::new(app),
            clock: self.clock.clone(),
            place,
        }
    }

    /// Makes another instance a partner of this one, without a word to it.
    pub fn befriend(&self, host: &str) {
        let peer = peer(host, ACCEPTED);
        let written = self.app.db.write(|tx| tx.put_peer(&peer));
        written.expect("a partner can be written down");
    }

    /// Everything that stands in the files of the database, as it stands there.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.place.path()).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_file() {
                bytes.extend(std::fs::read(path).expect("the file can be read"));
            }
        }
        bytes
    }

    /// Adds an empty copy of an origin's dataset; its number in the store.
    pub fn copy(&self, origin: &Origin, address: &str) -> i64 {
        add(&self.app, &origin.learned(address)).expect("the copy can be added");
        self.record(address).id
    }

    /// What is stored of a dataset.
    pub fn record(&self, address: &str) -> DatasetRecord {
        let address: DatasetAddress = address.parse().expect("tests name datasets rightly");
        self.app
            .db
            .read(|tx| crate::datasets::find(&self.app, tx, &address))
            .expect("the dataset is there")
    }

    /// The rows as they are stored.
    pub fn rows(&self, dataset: i64) -> BTreeMap<RowId, RowState> {
        rows(&self.app, dataset)
    }

    /// The numbers of the rows that differ from an origin's.
    pub fn differing(&self, dataset: i64, origin: &Origin) -> BTreeSet<RowId> {
        differing(&self.app, dataset, origin)
    }
}
