//! Verified copies of other instances' datasets: adding, applying what the log brings, showing, removing.
//!
//! What to ask next is decided by the state machine of the federation crate; here stands what one entry does, in
//! one transaction.

pub mod add;
pub mod apply;
pub mod beyond;
pub mod choose;
pub mod imports;
pub mod missing;
pub mod remove;
pub mod rival;
pub mod status;

pub use status::Status;

use rustine_domain::ids::Host;
use rustine_store::StoreError;

use crate::App;

/// Writes down which instances keep a copy too, as the origin names them. A copy that was removed is left alone.
///
/// # Errors
/// Where the store fails.
pub fn remember_holders(app: &App, dataset: i64, hosts: &[Host]) -> Result<(), StoreError> {
    let now = app.clock.now();
    let known = app.db.read(|tx| tx.list_copy_holders(dataset))?;
    // They are asked once an hour and seldom change.
    if hosts
        .iter()
        .all(|host| known.iter().any(|it| it == host.as_str()))
    {
        return Ok(());
    }
    app.db.write(|tx| {
        if tx.find_dataset(dataset)?.is_none() {
            return Ok(());
        }
        for host in hosts.iter().filter(|host| *host != app.host()) {
            tx.put_copy_holder(dataset, host.as_str(), now)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
