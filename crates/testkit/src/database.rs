//! Databases on the PostgreSQL server that `RUSTINE_TEST_POSTGRES` names.

use std::sync::atomic::{AtomicU32, Ordering};

use rustine_store::testing::{ask_postgres, tell_postgres};

/// A database of its own, empty at first, that goes when this is dropped.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// Creates one; `None` where no server is named.
    ///
    /// # Panics
    /// When the server does not answer.
    #[must_use]
    pub fn fresh() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("RUSTINE_TEST_POSTGRES").ok()?;
        let (before, _) = server.rsplit_once('/')?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("node_{}_{count}", std::process::id());
        tell_postgres(&server, &format!("CREATE DATABASE {name}"));
        let url = format!("{before}/{name}");
        Some(Self { server, name, url })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The texts that a query gives in a column `text`.
    ///
    /// # Panics
    /// When the query fails.
    #[must_use]
    pub fn ask(&self, query: &str) -> Vec<String> {
        ask_postgres(&self.url, query)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Whoever still uses it was killed a moment ago.
        tell_postgres(
            &self.server,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// True where every node of a test is to have its database on PostgreSQL (`tests/run --postgres`).
#[must_use]
pub fn on_postgres() -> bool {
    std::env::var("RUSTINE_TEST_ENGINE").is_ok_and(|engine| engine == "postgres") || in_pairs()
}

/// True where every such node is to be two servers on one database, behind one address (`tests/run --pairs`).
#[must_use]
pub fn in_pairs() -> bool {
    std::env::var("RUSTINE_TEST_ENGINE").is_ok_and(|engine| engine == "pairs")
}
