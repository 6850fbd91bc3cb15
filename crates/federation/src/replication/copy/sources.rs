//! Whom a copy may ask: its sources, the instances that keep a copy too, and whoever goes on with a silent origin's
//! dataset.

use std::collections::BTreeSet;

use rustine_app::notifications::origins;
use rustine_app::replicas::listing;
use rustine_protocol::object::collection::read_ids;

use super::super::fetch::host_of;
use super::super::machine::{CHECK_SECONDS, Standing};
use super::super::{blocking, sources, succession};
use super::CopyTask;

impl CopyTask {
    /// Reads where the copy may be pulled from. Known sources keep what is remembered of them.
    pub(super) async fn find_sources(&mut self) {
        let (app, dataset, listed) = (self.shared.app.clone(), self.dataset, self.listed.clone());
        let places = blocking(move || {
            app.db.read(|tx| {
                let (Some(record), Some(state)) =
                    (tx.find_dataset(dataset)?, tx.find_replica_state(dataset)?)
                else {
                    return Ok(Vec::new());
                };
                sources::places(&app, tx, &record, &state, &listed)
            })
        })
        .await;
        match places {
            Ok(places) => {
                self.machine.keep_origins(|log| {
                    let mut named = places.iter();
                    named.any(|place| place.log == log && place.standing == Standing::Origin)
                });
                for place in places {
                    self.machine.add_source(place.log, place.standing);
                }
            }
            Err(error) => self.own_fault = Some(error.to_string()),
        }
    }

    /// Asks the origin which instances keep a copy too, once an hour while it answers.
    pub(super) async fn ask_for_replicas(&mut self) {
        let now = self.now();
        let due = self
            .listed_at
            .is_none_or(|at| now >= at.plus_seconds(CHECK_SECONDS));
        let origin = self
            .machine
            .sources()
            .iter()
            .find(|source| source.standing == Standing::Origin && source.answers());
        let Some(log) = origin.filter(|_| due).map(|source| source.log.clone()) else {
            return;
        };
        self.listed_at = Some(now);
        let address = format!("{}/replicas", log.strip_suffix("/log").unwrap_or(&log));
        let Ok(url) = address.parse() else { return };
        let accept = rustine_protocol::vocabulary::ACTIVITY_JSON;
        let answer = self
            .shared
            .remote
            .document(url, accept, "list of replicas")
            .await;
        match answer.map(|document| read_ids(&document.value)) {
            Ok(Ok(ids)) => {
                self.listed = sources::hosts(&ids);
                self.take_list().await;
            }
            Ok(Err(problem)) => {
                tracing::debug!(%problem, "The list of replicas cannot be read: {problem}");
            }
            Err(error) => {
                tracing::debug!(%error, "The list of replicas was not had: {error}");
            }
        }
    }

    /// While the origin is silent, asks once an hour who goes on with its dataset.
    pub(super) async fn ask_for_successors(&mut self) {
        let now = self.now();
        let due = self
            .succession_at
            .is_none_or(|at| now >= at.plus_seconds(CHECK_SECONDS));
        if self.origin_answers != Some(false) || !due {
            return;
        }
        self.succession_at = Some(now);
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        if let Err(error) = blocking(move || origins::silent(&app, dataset)).await {
            tracing::warn!(%error, dataset, "Nobody was told that an origin is silent: {error}");
        }
        let (remote, app) = (&self.shared.remote, &self.shared.app);
        let sources = self.machine.sources().iter();
        let left_alone: BTreeSet<String> = sources
            .filter(|source| source.is_quarantined(now))
            .map(|source| host_of(&source.log))
            .collect();
        let asked = succession::ask(remote, app, self.dataset, &left_alone).await;
        if let Err(error) = asked {
            let dataset = self.dataset;
            tracing::warn!(%error, dataset, "What was heard of successors was not written: {error}");
        }
    }

    /// Takes the origin's list of copies: who keeps one too, and whether it knows of ours.
    async fn take_list(&self) {
        let (app, dataset, listed) = (self.shared.app.clone(), self.dataset, self.listed.clone());
        let written = blocking(move || listing::take(&app, dataset, &listed)).await;
        if let Err(error) = written {
            tracing::warn!(%error, dataset, "Who keeps a copy too was not written: {error}");
        }
    }

    /// The origin lacks entries of its own that we hold, so it runs on an older database, which may not know of us.
    pub(super) async fn follow_again(&self) {
        let (app, dataset) = (self.shared.app.clone(), self.dataset);
        if let Err(error) = blocking(move || listing::follow_again(&app, dataset)).await {
            tracing::warn!(%error, dataset, "The origin was not asked again to push: {error}");
        }
    }
}
