//! Whether this process is the one that the world reaches at our address (`protocol.md` §2).
//!
//! Who copies a data folder and starts both copies has two processes with the same keys, which would sign two
//! histories. So each start draws a nonce and keeps it in the database: processes on one database share it, a copied
//! database draws its own. A server asks its public address for it; where another one comes back, this database
//! signs nothing until its own comes back, over restarts too.

use std::sync::atomic::{AtomicBool, Ordering};

use rustine_store::{StoreError, Tx};

use crate::App;

/// Key of the table `instance`: drawn at the last start of a server on this database.
const RUN: &str = "run_nonce";
/// Key of the table `instance`: there while another database answers at our address.
const ELSEWHERE: &str = "answers_elsewhere";

/// What to do about it, for whoever runs the node.
pub const REMEDY: &str = "another server with a copy of this database answers at the address of this node, so this \
                          one only reads: nothing was changed; stop the one that is not wanted, and let the address \
                          lead to the other, which then signs again by itself";

/// What this process knows without asking the database.
#[derive(Debug, Default)]
pub struct Presence {
    elsewhere: AtomicBool,
}

impl Presence {
    /// True where this process only reads.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere.load(Ordering::Relaxed)
    }
}

/// A server starts: draws its nonce. What was known of another database at our address still holds.
///
/// # Errors
/// Where the store fails.
pub fn begin(app: &App) -> Result<(), StoreError> {
    let nonce = app.entropy.uuid().to_string();
    let elsewhere = app.db.write(|tx| {
        tx.set_instance_value(RUN, &nonce)?;
        is_elsewhere(tx)
    })?;
    app.presence.elsewhere.store(elsewhere, Ordering::Relaxed);
    Ok(())
}

/// The nonce that this database answers with; `None` before the first start of a server.
///
/// # Errors
/// Where the store fails.
pub fn nonce(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    tx.find_instance_value(RUN)
}

/// True where another database answers at our address: nothing may be signed.
///
/// # Errors
/// Where the store fails.
pub fn is_elsewhere(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.find_instance_value(ELSEWHERE)?.is_some())
}

/// Whether a nonce that came back from our address is the one of this database, now.
///
/// # Errors
/// Where the store fails.
pub fn is_ours(app: &App, answered: &str) -> Result<bool, StoreError> {
    Ok(app.db.read(nonce)?.as_deref() == Some(answered))
}

/// Writes down who answers at our address: this database or another one. Says so where that changed.
///
/// # Errors
/// Where the store fails.
pub fn settle(app: &App, ours: bool) -> Result<(), StoreError> {
    let before = app.db.read(is_elsewhere)?;
    match (before, ours) {
        (false, false) => {
            app.db
                .write(|tx| tx.set_instance_value(ELSEWHERE, app.origin()))?;
            tracing::error!("At {}, {REMEDY}", app.origin());
        }
        (true, true) => {
            app.db.write(|tx| tx.delete_instance_value(ELSEWHERE))?;
            tracing::warn!(
                "{} leads to this server again: it signs again",
                app.origin()
            );
        }
        (false, true) | (true, false) => {}
    }
    app.presence.elsewhere.store(!ours, Ordering::Relaxed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[test]
    fn a_copied_database_draws_a_nonce_of_its_own() {
        let original = TestApp::new("http://a.localhost:1");
        begin(&original.app).unwrap();
        let nonce = |node: &TestApp| node.app.db.read(super::nonce).unwrap().unwrap();
        let copied = original.from_backup();
        begin(&copied.app).unwrap();
        assert_ne!(nonce(&original), nonce(&copied));
        assert!(is_ours(&original.app, &nonce(&original)).unwrap());
        assert!(!is_ours(&copied.app, &nonce(&original)).unwrap());
    }

    #[test]
    fn that_another_answers_is_remembered_until_the_own_nonce_comes_back() {
        let node = TestApp::new("http://a.localhost:1");
        let app = &node.app;
        begin(app).unwrap();
        assert!(!app.presence.is_elsewhere());
        settle(app, false).unwrap();
        begin(app).unwrap();
        assert!(app.presence.is_elsewhere(), "a restart changes nothing");
        settle(app, true).unwrap();
        assert!(!app.presence.is_elsewhere());
        assert!(!app.db.read(is_elsewhere).unwrap());
    }
}
