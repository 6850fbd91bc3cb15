//! Where what is sent to an actor elsewhere goes.

use rustine_store::{StoreError, Tx};

use crate::App;

/// The inbox of an actor on a host: as its document says, where we know it, or the one that every Rustine has.
///
/// # Errors
/// Where the store fails.
pub fn inbox_of(app: &App, tx: &mut Tx<'_>, actor: &str, host: &str) -> Result<String, StoreError> {
    let known = tx.find_remote_actor(actor)?;
    Ok(known.map_or_else(
        || shared_inbox(app, host),
        |actor| actor.shared_inbox.unwrap_or(actor.inbox),
    ))
}

/// Where every Rustine instance takes activities.
pub fn shared_inbox(app: &App, host: &str) -> String {
    format!("{}://{host}/inbox", app.settings.origin.scheme())
}
