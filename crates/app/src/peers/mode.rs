//! Who may speak to this instance: everybody, its peers and whoever asks to be one, or its peers alone.

use rustine_store::{StoreError, Tx};

use super::{ACCEPTED, ASKED};
use crate::App;
use crate::settings::Mode;

/// Where an operator's choice is kept; it takes the place of the setting.
const KEY: &str = "peering/mode";

/// The mode in force.
///
/// # Errors
/// Where the store fails.
pub fn of(app: &App, tx: &mut Tx<'_>) -> Result<Mode, StoreError> {
    let chosen = tx.find_instance_value(KEY)?;
    Ok(chosen
        .and_then(|word| Mode::parse(&word))
        .unwrap_or(app.settings.mode))
}

/// The mode in force.
///
/// # Errors
/// Where the store fails.
pub fn read(app: &App) -> Result<Mode, StoreError> {
    app.db.read(|tx| of(app, tx))
}

/// Chooses the mode from now on; a running server notices it with the next activity.
///
/// # Errors
/// Where the store fails.
pub fn set(app: &App, mode: Mode) -> Result<(), StoreError> {
    app.db
        .write(|tx| tx.set_instance_value(KEY, mode.as_str()))?;
    tracing::info!("The mode is {} from now on", mode.as_str());
    Ok(())
}

/// The hosts that may speak where not everybody may: partners, and those whom ours have asked, because they answer.
///
/// # Errors
/// Where the store fails.
pub fn allowed(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let peers = tx.list_peers()?.into_iter();
    Ok(peers
        .filter(|peer| [ACCEPTED, ASKED].contains(&peer.state.as_str()))
        .map(|peer| peer.host)
        .collect())
}
