//! What a copy does while it stands still: it looks whether its fork is settled, and goes on erasing.

use rustine_app::replicas::apply::ApplyError;
use rustine_app::replicas::beyond::obey_beyond;

use super::super::blocking;
use super::super::branch::{self, Look};
use super::super::machine::{CHECK_SECONDS, Event, Halt, SourceIndex};
use super::super::pull::End;
use super::{CopyTask, Removed};

impl CopyTask {
    /// True where no entry is applied until a person or a later version acts.
    pub(super) fn stands_still(&self) -> bool {
        self.machine.halt().is_some_and(Halt::stands_still)
    }

    /// Once an hour, and at every hint: asks whether a rotation of the key has settled the fork, and erases what
    /// entries order that are not applied.
    pub(super) async fn look_beyond(&mut self) -> Result<(), Removed> {
        let now = self.now();
        if now < self.looked_at.plus_seconds(CHECK_SECONDS) {
            return Ok(());
        }
        self.looked_at = now;
        let mut sources: Vec<SourceIndex> = (0..self.machine.sources().len())
            .filter(|source| !self.machine.sources()[*source].is_quarantined(now))
            .collect();
        sources.sort_by_key(|source| self.standing_of(*source));
        if self.machine.halt() == Some(Halt::Forked)
            && let Some(event) = self.look_for_rotation(&sources).await?
        {
            self.machine.note(now, Event::Resumed);
            return self.attempt(event).await;
        }
        // The look for a rotation may have shown that one of them is bad.
        let now = self.now();
        sources.retain(|source| !self.machine.sources()[*source].is_quarantined(now));
        self.obey_beyond(&sources).await
    }

    /// What to do where some source's branch settles the fork.
    async fn look_for_rotation(
        &mut self,
        sources: &[SourceIndex],
    ) -> Result<Option<Event>, Removed> {
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        let forks = blocking(move || app.db.read(|tx| tx.list_forks(dataset))).await;
        let first = forks.ok().and_then(|forks| forks.first().map(|it| it.seq));
        let Some(first) = first.and_then(|seq| u64::try_from(seq).ok()) else {
            return Ok(None);
        };
        for source in sources {
            let log = self.log_of(*source);
            let shared = self.shared.clone();
            let look = branch::judge_from(&shared.remote, &shared.app, dataset, &log, first).await;
            let settled = matches!(look, Look::Resumed | Look::Displaced);
            match self.looked(*source, look)? {
                event if settled => return Ok(Some(event)),
                Event::Bad => self.machine.quarantine(self.now(), *source),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Takes the redactions after our head from the first source whose headers follow it.
    async fn obey_beyond(&mut self, sources: &[SourceIndex]) -> Result<(), Removed> {
        let Some(next) = self.machine.local().map(|local| local.seq + 1) else {
            return Ok(());
        };
        for source in sources {
            let log = self.log_of(*source);
            let shared = self.shared.clone();
            let headers = match branch::headers(&shared.remote, &log, next, |_| false).await {
                Ok(headers) => headers,
                Err(end) => {
                    if matches!(end, End::Bad(_)) {
                        self.machine.quarantine(self.now(), *source);
                    }
                    continue;
                }
            };
            let (app, dataset) = (shared.app.clone(), self.dataset);
            match blocking(move || obey_beyond(&app, dataset, &headers)).await {
                Ok(_) => return Ok(()),
                Err(ApplyError::Removed) => return Err(Removed),
                Err(error) => {
                    tracing::info!(%error, dataset, "Headers beyond our head were not used: {error}");
                }
            }
        }
        Ok(())
    }
}
