//! `rustine replica …`

use std::path::Path;

use anyhow::bail;
use rustine_app::datasets::find;
use rustine_app::replicas::choose::Chosen;
use rustine_app::replicas::{self, Status};
use serde_json::{Value, json};

use crate::cli::Replica;
use crate::output::Answer;

/// Adds, lists, shows and removes verified copies.
pub fn run(data: &Path, command: &Replica) -> anyhow::Result<Answer> {
    match command {
        Replica::Add { dataset, from } => {
            let federation = super::open_federation(data)?;
            if federation.app().normalise(dataset).host.is_none() {
                bail!("{dataset} is a dataset of this instance: it needs no copy here");
            }
            let learned = super::runtime()?.block_on(federation.learn(dataset, from.as_ref()))?;
            let status = replicas::add::add(federation.app(), &learned)?;
            let text = format!(
                "{dataset} will be copied by the running server; `rustine replica status` shows how far it is."
            );
            Ok(Answer::done(shown(&status), text))
        }
        Replica::List => {
            let app = super::open(data)?;
            let copies = replicas::status::list(&app)?;
            Ok(Answer::done(
                json!({"replicas": copies.iter().map(shown).collect::<Vec<_>>()}),
                lines(&copies),
            ))
        }
        Replica::Status { dataset: None } => {
            let app = super::open(data)?;
            let copies = replicas::status::list(&app)?;
            Ok(Answer::done(
                json!({"replicas": copies.iter().map(shown).collect::<Vec<_>>()}),
                lines(&copies),
            ))
        }
        Replica::Status {
            dataset: Some(dataset),
        } => {
            let app = super::open(data)?;
            let status = replicas::status::of(&app, dataset)?;
            let forks = replicas::choose::forks(&app, dataset)?;
            let mut json = shown(&status);
            json["forks"] = forks
                .iter()
                .map(|(fork, held)| {
                    json!({"seq": fork.seq, "held": held, "rival": fork.entry, "source": fork.source})
                })
                .collect();
            let mut text = lines(std::slice::from_ref(&status));
            for (fork, held) in &forks {
                let held = held.map_or_else(|| "-".to_owned(), |held| held.to_string());
                text.push_str(&format!(
                    "\n  entry {}: held {held}, rival {}",
                    fork.seq, fork.entry
                ));
            }
            Ok(Answer::done(json, text))
        }
        Replica::Choose { dataset, entry } => {
            let app = super::open(data)?;
            let chosen = replicas::choose::choose(&app, dataset, *entry)?;
            let text = match chosen {
                Chosen::Ours => format!("{dataset} goes on with the branch that it held."),
                Chosen::Theirs => format!(
                    "{dataset} is read again, along the other branch; it shows no rows until that is done."
                ),
            };
            Ok(Answer::done(
                json!({"dataset": dataset, "entry": entry, "changed": chosen == Chosen::Theirs}),
                text,
            ))
        }
        Replica::Remove { dataset } => {
            let app = super::open(data)?;
            app.db.read(|tx| find(&app, tx, dataset))?;
            replicas::remove::remove(&app, dataset)?;
            Ok(Answer::done(
                json!({"dataset": dataset, "removed": true}),
                format!("The copy of {dataset} was removed."),
            ))
        }
    }
}

fn shown(status: &Status) -> Value {
    json!({
        "dataset": status.dataset,
        "seq": status.seq,
        "originSeq": status.origin_seq,
        "state": status.state,
        "confirmedAt": status.confirmed_at,
        "source": status.source,
        "error": status.error,
        "originSilentSince": status.origin_silent_since,
    })
}

fn lines(copies: &[Status]) -> String {
    let line = |status: &Status| {
        let seq = status
            .seq
            .map_or_else(|| "-".to_owned(), |seq| seq.to_string());
        let origin = status
            .origin_seq
            .map_or_else(|| "?".to_owned(), |seq| seq.to_string());
        let error = status
            .error
            .as_deref()
            .map(|error| format!("  {error}"))
            .unwrap_or_default();
        let silent = status
            .origin_silent_since
            .map(|since| format!("  the origin has been silent since {since}"))
            .unwrap_or_default();
        format!(
            "{:<36} {:<14} {seq} of {origin}{silent}{error}",
            status.dataset, status.state
        )
    };
    copies.iter().map(line).collect::<Vec<_>>().join("\n")
}
