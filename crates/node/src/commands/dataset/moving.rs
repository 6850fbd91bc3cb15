//! `rustine dataset move` and `rustine dataset agree`

use std::path::Path;

use anyhow::Context as _;
use rustine_app::datasets::find;
use rustine_app::datasets::heir;
use rustine_app::datasets::moving::{self, Moved};
use rustine_app::datasets::rotate::RecoveryKey;
use rustine_domain::ids::{ActorName, DatasetAddress, Host};
use rustine_federation::Federation;
use serde_json::json;

use crate::output::Answer;

/// What `move` is told.
pub struct Wanted<'a> {
    /// The dataset: ours, or a copy whose origin is gone.
    pub dataset: &'a DatasetAddress,
    /// The page with the recovery key.
    pub recovery_key: &'a Path,
    /// Where to.
    pub to: &'a Host,
    /// Its name there, where it becomes ours.
    pub name: Option<&'a ActorName>,
}

/// Hands a dataset of ours over, or takes one over whose origin is gone.
pub fn run(federation: &Federation, wanted: &Wanted<'_>) -> anyhow::Result<Answer> {
    let app = federation.app();
    let file = wanted.recovery_key;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let recovery = RecoveryKey::read(&text)?;
    let dataset = app.db.read(|tx| find(app, tx, wanted.dataset))?;
    let runtime = super::super::runtime()?;
    let mut silent = Vec::new();
    let moved = if wanted.to == app.host() {
        silent = runtime.block_on(federation.no_copy_holds_more(wanted.dataset))?;
        runtime.block_on(federation.ask_for_moderation_lines(dataset.id))?;
        moving::take_over(app, wanted.dataset, &recovery, wanted.name)?
    } else {
        let address = DatasetAddress {
            name: dataset.name.parse().context("the stored name is damaged")?,
            host: None,
        };
        let heir = runtime.block_on(federation.heir(&address, wanted.to))?;
        moving::hand_over(app, wanted.dataset, &recovery, &heir)?
    };
    Ok(answer(wanted, &moved, &silent))
}

fn answer(wanted: &Wanted<'_>, moved: &Moved, silent: &[String]) -> Answer {
    let mut text = format!(
        "{} lives at {} from entry {} on. Copies and followers are told; the page you used is spent for this dataset.",
        wanted.dataset, moved.url, moved.seq
    );
    if !silent.is_empty() {
        text.push_str(&format!(
            "\nNot asked, because silent: {}. What only they hold is not part of it.",
            silent.join(", ")
        ));
    }
    Answer::done(
        json!({
            "dataset": wanted.dataset,
            "url": moved.url,
            "seq": moved.seq,
            "key": moved.key,
            "silent": silent,
        }),
        text,
    )
}

/// Agrees to take a copy over, or takes that back.
pub fn agree(
    app: &rustine_app::App,
    dataset: &DatasetAddress,
    name: Option<&ActorName>,
    withdraw: bool,
) -> anyhow::Result<Answer> {
    if withdraw {
        let was = heir::withdraw(app, dataset)?;
        let text = format!("This instance does not take {dataset} over.");
        return Ok(Answer::done(
            json!({"dataset": dataset, "agreed": false, "changed": was}),
            text,
        ));
    }
    let heir = heir::agree(app, dataset, name)?;
    let text = format!(
        "This instance will go on with {dataset} at {} once its owner runs there\n  rustine dataset move {} \
         --recovery-key FILE --to {}",
        heir.url,
        dataset.name,
        app.host()
    );
    let mut json = heir.to_json();
    json["dataset"] = json!(dataset);
    json["agreed"] = json!(true);
    Ok(Answer::done(json, text))
}
