//! What the servers on one database tell each other about a copy that one of them keeps.

use rustine_store::{StoreError, Tx};

use super::super::blocking;
use super::super::driver::number;
use super::super::machine::Event;
use super::{CopyTask, Stored};

impl CopyTask {
    /// Takes what another server has heard, each thing once.
    pub(super) fn hear(&mut self, stored: &Stored) {
        if stored.hinted > self.heard {
            self.heard = stored.hinted;
            if let Some(seq) = stored.hinted {
                let event = self.event_of(super::Message::Hint(seq));
                let now = self.now();
                self.machine.note(now, event);
            }
        }
        self.hear_redact(stored);
    }

    /// As [`CopyTask::hear`], of an erasure that is not done.
    pub(super) fn hear_redact(&mut self, stored: &Stored) {
        if stored.redact > self.heard_redact {
            self.heard_redact = stored.redact;
            if let Some(seq) = stored.redact {
                self.knows_of_redact(seq);
                let now = self.now();
                self.machine.note(now, Event::Hint(seq));
            }
        }
    }

    /// Writes which erasure is not done: the other servers hold the values of the copy back too.
    pub(super) async fn write_behind(&mut self) {
        let (behind, written) = (self.behind, self.behind_written);
        if behind == written {
            return;
        }
        self.heard_redact = self.heard_redact.max(behind);
        let dataset = self.dataset;
        let write = move |tx: &mut Tx<'_>| match (behind, written) {
            (Some(redact), _) => tx.hint_redact(dataset, number(redact)),
            (None, Some(done)) => tx.release_redact(dataset, number(done)),
            (None, None) => Ok(()),
        };
        if self.write(write).await {
            self.behind_written = behind;
        }
    }

    /// Writes, once, that this server has asked for what the copy missed: the others need not hold it back either.
    pub(super) async fn write_attempt(&mut self) {
        if self.attempted || self.holder.is_empty() {
            return;
        }
        let (dataset, holder) = (self.dataset, self.holder.clone());
        self.attempted = self
            .write(move |tx| tx.note_attempt(dataset, &holder))
            .await;
    }

    async fn write(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> bool {
        let app = self.shared.app.clone();
        let written = blocking(move || app.db.write(work)).await;
        if let Err(error) = &written {
            let dataset = self.dataset;
            tracing::warn!(%error, dataset, "How a copy stands was not written: {error}");
        }
        written.is_ok()
    }
}
