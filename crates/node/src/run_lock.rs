//! One file of the data folder is locked while a server, or a command that signs, runs there. The system gives the
//! lock back when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

/// The locked file.
const NAME: &str = "run.lock";
/// How often a server looks whether a command has ended.
const LOOK: Duration = Duration::from_millis(100);

/// The lock, until it is dropped.
pub struct RunLock(
    #[expect(dead_code, reason = "the lock lasts as long as the file is open")] File,
);

impl RunLock {
    /// Takes the lock; `None` where another process has it.
    ///
    /// # Errors
    /// Where the data folder cannot be written.
    pub fn take(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = data.join(NAME);
        let cannot = || format!("{} cannot be used", path.display());
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    /// As [`RunLock::take`], for a server, which lets a short command end first.
    ///
    /// # Errors
    /// Where the data folder cannot be written.
    pub fn take_soon(data: &Path) -> anyhow::Result<Option<Self>> {
        for _ in 0..50 {
            if let Some(lock) = Self::take(data)? {
                return Ok(Some(lock));
            }
            std::thread::sleep(LOOK);
        }
        Ok(None)
    }
}
