//! Looking into a node's database from outside, to say that nothing changed.

use std::collections::BTreeMap;
use std::path::Path;

use rustine_store::{NewReview, StoreError};

use crate::node::Node;

/// What the engine finds wrong with the files of a SQLite database; empty on a sound one.
#[must_use]
pub fn faults(path: &Path) -> Vec<String> {
    let checked =
        rustine_store::Db::open(&path.to_string_lossy()).and_then(|db| db.check_integrity());
    checked.unwrap_or_else(|error| vec![error.to_string()])
}

/// Keeps a review that a node on SQLite holds so many times more, under ids of their own: a quota of thousands is reached
/// without as many requests.
///
/// # Panics
/// When the node does not hold it, or its database cannot be written.
pub fn repeat_review(node: &Node, url: &str, times: usize) {
    let path = node.data().join("rustine.sqlite");
    let db = rustine_store::Db::open(&path.to_string_lossy()).expect("the database opens");
    let repeated = db.write(|tx| {
        let kept = tx.find_review(url)?.expect("the review is held");
        for number in 1..=times {
            tx.insert_review(&NewReview {
                url: format!("{url}-{number}"),
                dataset: kept.dataset,
                patch: kept.patch,
                reviewer: kept.reviewer.clone(),
                host: kept.host.clone(),
                digest: kept.digest,
                verdict: kept.verdict.clone(),
                content: kept.content.clone(),
                document: kept.document.clone(),
                received: kept.received,
                void: None,
                amended: None,
            })?;
        }
        Ok::<_, StoreError>(())
    });
    repeated.expect("the database can be written");
}

/// Every table of a node by its name, each row as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(BTreeMap<String, Vec<String>>);

impl State {
    /// Reads the tables of a node on SQLite, running or not.
    ///
    /// # Panics
    /// When its database cannot be read.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        Self::at(&node.data().join("rustine.sqlite"))
    }

    /// Reads the tables of a SQLite database.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(rustine_store::testing::dump(path))
    }

    /// The rows of a table.
    #[must_use]
    pub fn table(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The same without some tables.
    #[must_use]
    pub fn without(mut self, tables: &[&str]) -> Self {
        self.0.retain(|name, _| !tables.contains(&name.as_str()));
        self
    }

    /// The same without the rows for which `drop` is true.
    #[must_use]
    pub fn without_rows(mut self, table: &str, drop: impl Fn(&str) -> bool) -> Self {
        if let Some(rows) = self.0.get_mut(table) {
            rows.retain(|row| !drop(row));
        }
        self
    }

    /// What differs between two states, in words; empty where nothing does.
    #[must_use]
    pub fn difference(&self, later: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (table, rows) in &later.0 {
            let before = self.table(table);
            found.extend(
                rows.iter()
                    .filter(|row| !before.contains(row))
                    .map(|row| format!("+ {table}: {row}")),
            );
        }
        for (table, rows) in &self.0 {
            let after = later.table(table);
            found.extend(
                rows.iter()
                    .filter(|row| !after.contains(row))
                    .map(|row| format!("- {table}: {row}")),
            );
        }
        found
    }
}
