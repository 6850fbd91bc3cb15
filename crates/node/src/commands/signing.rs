//! Commands that sign. Beside a running server they wait for its questions to the copies; alone they count as a start
//! and ask by themselves (`protocol.md` §3.6, "Ask before you sign").

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustine_app::{App, custody};
use rustine_federation::Federation;

use crate::run_lock::RunLock;

/// How often a command looks whether the server has its answers.
const LOOK: Duration = Duration::from_millis(200);
/// How often it looks at most: 20 seconds. Then the refusal says why nothing is signed.
const LOOKS: usize = 100;

/// An instance that may sign. Dropping it ends the run, where the command was alone.
pub struct Signing {
    federation: Arc<Federation>,
    alone: Option<RunLock>,
}

impl Signing {
    /// The instance among others.
    pub fn federation(&self) -> &Arc<Federation> {
        &self.federation
    }

    /// The instance.
    pub fn app(&self) -> &Arc<App> {
        self.federation.app()
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        if self.alone.is_some()
            && let Err(error) = custody::end(self.federation.app())
        {
            tracing::warn!(%error, "That this command ended well was not written down: {error}");
        }
    }
}

/// Opens the instance of a data folder for a command that signs.
///
/// # Errors
/// As [`super::open_federation`], and where the store fails.
pub fn open(data: &Path) -> anyhow::Result<Signing> {
    let federation = super::open_federation(data)?;
    let alone = RunLock::take(data)?;
    if alone.is_some() {
        if !custody::begin(federation.app())?.is_empty() {
            super::runtime()?.block_on(federation.ask_before_signing())?;
        }
    } else {
        for _ in 0..LOOKS {
            if custody::waiting(federation.app())?.is_empty() {
                break;
            }
            std::thread::sleep(LOOK);
        }
    }
    Ok(Signing { federation, alone })
}
