//! Redactions beyond our head that we know of: they act before the entries between are read, and as long as one has
//! not acted no value is served (`protocol.md` §3.5, §3.6).

use rustine_app::replicas::apply::ApplyError;
use rustine_app::replicas::beyond::obey_beyond;
use rustine_domain::log::Kind;

use super::super::blocking;
use super::super::branch;
use super::super::machine::{SourceIndex, Standing};
use super::{CopyTask, Removed};

/// Headers that are read ahead at once; each has some 2 KiB, and its signature is verified twice.
const HEADERS_AHEAD: u64 = 2000;

impl CopyTask {
    /// Somebody who may say so says that entry `seq` orders an erasure.
    pub(super) fn knows_of_redact(&mut self, seq: u64) {
        if self.machine.local().is_none_or(|local| local.seq < seq) {
            self.behind = Some(self.behind.map_or(seq, |known| known.max(seq)));
            self.shared.hold.set_behind_redact(self.dataset, true);
        }
    }

    /// Ends the hold once the erasure was applied, or the origin itself shows that there is none.
    pub(super) fn release(&mut self) {
        let Some(redact) = self.behind else { return };
        let Some(local) = self.machine.local() else {
            return;
        };
        let mut sources = self.machine.sources().iter();
        let origin_has_no_more = self.machine.announced() == Some(local.seq)
            && sources.any(|source| source.standing == Standing::Origin && source.answers());
        if local.seq >= redact || origin_has_no_more {
            self.behind = None;
            self.shared.hold.set_behind_redact(self.dataset, false);
        }
    }

    /// A copy that was whole before and is several entries behind reads their headers first, and erases what they
    /// order.
    pub(super) async fn erase_ahead(&mut self, source: SourceIndex) -> Result<(), Removed> {
        let announced = self.machine.sources()[source].announced();
        let (Some(local), Some(announced)) = (self.machine.local(), announced) else {
            return Ok(());
        };
        let next = local.seq + 1;
        if !self.was_whole || self.looked_ahead >= next {
            return Ok(());
        }
        let last = announced.seq.min(local.seq + HEADERS_AHEAD);
        let log = self.log_of(source);
        let shared = self.shared.clone();
        let read = branch::headers(&shared.remote, &log, next, |header| header.seq >= last).await;
        // Whatever is wrong with the source shows when its entries are read.
        let Ok(headers) = read else { return Ok(()) };
        self.looked_ahead = headers.last().map_or(next, |header| header.seq);
        let redact = headers
            .iter()
            .rev()
            .find(|header| matches!(header.kind, Kind::Redact(_)));
        let Some(redact) = redact.map(|header| header.seq) else {
            return Ok(());
        };
        shared.hold.set_behind_redact(self.dataset, true);
        let (app, dataset) = (shared.app.clone(), self.dataset);
        match blocking(move || obey_beyond(&app, dataset, &headers)).await {
            Ok(_) | Err(ApplyError::Refused(_)) => {
                // It is done, or was no order of the dataset's.
                shared
                    .hold
                    .set_behind_redact(self.dataset, self.behind.is_some());
            }
            Err(ApplyError::Removed) => return Err(Removed),
            Err(error) => {
                tracing::warn!(%error, dataset, "An erasure could not be done yet: {error}");
                self.knows_of_redact(redact);
            }
        }
        Ok(())
    }
}
