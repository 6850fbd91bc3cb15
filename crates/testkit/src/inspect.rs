//! Looking into a node's database from outside, to say that nothing changed.

use std::collections::BTreeMap;

use crate::node::Node;

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
        Self(rustine_store::testing::dump(
            &node.data().join("rustine.sqlite"),
        ))
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
