//! How a copy stands, in words for its operator.

use rustine_app::replicas::status::{self, News};

use super::super::blocking;
use super::super::machine::{Halt, Standing};
use super::CopyTask;

impl CopyTask {
    /// Tells the operator how the copy stands, if that has changed.
    pub(super) async fn tell(&mut self, pulling: bool) {
        let news = self.news(pulling);
        if news == self.told {
            return;
        }
        let (app, dataset, written) = (self.shared.app.clone(), self.dataset, news.clone());
        let holder = self.holder.clone();
        match blocking(move || status::note(&app, dataset, &written, &holder)).await {
            Ok(true) => self.told = news,
            // This server stood still for too long: another one keeps the copy, and this task ends.
            Ok(false) => self.messages.close(),
            Err(error) => {
                tracing::warn!(%error, dataset, "How a copy stands was not written: {error}");
            }
        }
    }

    fn news(&self, pulling: bool) -> News {
        let state = self.state(pulling);
        News {
            state: Some(state),
            origin: self.origin,
            confirmed_at: self.machine.confirmed_at(),
            source: self.source.clone(),
            error: Some(self.error(state)),
            origin_answers: self.origin_answers,
        }
    }

    fn state(&self, pulling: bool) -> &'static str {
        match self.machine.halt() {
            Some(Halt::Forked) => return status::FORKED,
            Some(Halt::UpgradeNeeded) => return status::UPGRADE_NEEDED,
            Some(Halt::Full(_)) => return status::FULL,
            Some(Halt::Closed) | None => {}
        }
        let answering = || {
            let sources = self.machine.sources().iter();
            sources.filter(|source| source.answers())
        };
        if pulling {
            return status::CATCHING_UP;
        }
        if answering().next().is_none() {
            return status::UNREACHABLE;
        }
        let Some(local) = self.machine.local() else {
            return status::STARTING;
        };
        let announced = answering().filter_map(|source| source.announced());
        if announced.map(|head| head.seq).max() > Some(local.seq) {
            status::CATCHING_UP
        } else {
            status::CURRENT
        }
    }

    /// What is wrong, in a sentence: our own fault, then the origin's; another source's only where none helps.
    fn error(&self, state: &str) -> Option<String> {
        if let Some(own) = &self.own_fault {
            return Some(own.clone());
        }
        if let Some(halt) = self.machine.halt() {
            return Some(why(halt));
        }
        let of_origin = self
            .faults
            .iter()
            .find(|(source, _)| self.standing_of(**source) == Standing::Origin);
        let of_any = || {
            self.faults
                .iter()
                .next()
                .filter(|_| state != status::CURRENT)
        };
        of_origin.or_else(of_any).map(|(_, fault)| fault.clone())
    }
}

/// Why a copy stands still, and what to do.
pub(super) fn why(halt: Halt) -> String {
    let words = match halt {
        Halt::Forked => {
            "two rightly signed histories of this dataset exist: nothing is applied until its owner settles it by \
             rotating the key, or you decide with `rustine replica choose`"
        }
        Halt::UpgradeNeeded => {
            "the log goes on in a form that this version does not know: upgrade Rustine to go on"
        }
        Halt::Closed => "the dataset is closed",
        Halt::Full(quota) => return quota.to_string(),
    };
    words.to_owned()
}
