//! `rustine dataset fork`, `successors` and `vote`

use anyhow::bail;
use rustine_app::App;
use rustine_app::accounts::account;
use rustine_app::datasets::find;
use rustine_app::succession::{self, Succession, make, vote};
use rustine_domain::ids::{ActorName, DatasetAddress, DatasetUid};
use rustine_federation::Federation;
use rustine_federation::replication::succession::Heard;
use serde_json::{Value, json};

use crate::output::Answer;

/// Asks the others, then shows who goes on with a dataset.
pub fn list(federation: &Federation, dataset: &DatasetAddress) -> anyhow::Result<Answer> {
    let app = federation.app();
    let heard = ask(federation, dataset)?;
    let known = known(app, dataset)?;
    let mut json = shown(&known);
    json["silent"] = json!(heard.silent);
    json["refused"] = json!(heard.refused);
    let mut text = lines(dataset, &known);
    for why in &heard.refused {
        text.push_str(&format!("\nNot a successor: {why}"));
    }
    if !heard.silent.is_empty() {
        text.push_str(&format!("\nSilent: {}", heard.silent.join(", ")));
    }
    Ok(Answer::done(json, text))
}

fn ask(federation: &Federation, dataset: &DatasetAddress) -> anyhow::Result<Heard> {
    let app = federation.app();
    let id = app.db.read(|tx| find(app, tx, dataset))?.id;
    Ok(super::super::runtime()?.block_on(federation.ask_for_successors(id))?)
}

fn known(app: &App, dataset: &DatasetAddress) -> anyhow::Result<Succession> {
    let record = app.db.read(|tx| find(app, tx, dataset))?;
    Ok(app.db.read(|tx| succession::count(app, tx, &record))?)
}

fn shown(known: &Succession) -> Value {
    let successors = known.candidates.iter().map(|candidate| {
        let successor = &candidate.successor;
        json!({
            "uid": successor.uid,
            "genesis": successor.genesis,
            "url": successor.url,
            "title": successor.title,
            "seq": successor.from_seq,
            "votes": candidate.votes,
            "chosen": candidate.chosen,
        })
    });
    json!({"entitled": known.entitled, "successors": successors.collect::<Vec<_>>()})
}

fn lines(dataset: &DatasetAddress, known: &Succession) -> String {
    if known.candidates.is_empty() {
        return format!("Nobody is known to go on with {dataset}.");
    }
    let line = |candidate: &succession::Candidate| {
        let successor = &candidate.successor;
        let chosen = if candidate.chosen { "  chosen" } else { "" };
        format!(
            "{}  {}\n  taken over up to entry {}; {} of {} people with the role maintain are for it{chosen}",
            successor.url, successor.uid, successor.from_seq, candidate.votes, known.entitled
        )
    };
    let all: Vec<String> = known.candidates.iter().map(line).collect();
    all.join("\n")
}

/// Makes a successor here, once it was seen which there are.
pub fn fork(
    federation: &Federation,
    dataset: &DatasetAddress,
    name: &ActorName,
    beside: bool,
) -> anyhow::Result<Answer> {
    let app = federation.app();
    let _ = ask(federation, dataset)?;
    let known = known(app, dataset)?;
    if !known.candidates.is_empty() && !beside {
        bail!(
            "somebody goes on with {dataset} already:\n{}\nFollow or copy one of them, or make another one with --beside",
            lines(dataset, &known)
        );
    }
    let made = make::make(app, dataset, name)?;
    let text = format!(
        "{} goes on with {dataset} from entry {} on, under an identity of its own. Partners are told; whoever follows \
         {dataset} chooses.",
        made.url, made.seq
    );
    let mut json = super::shown(&made);
    json["url"] = json!(made.url);
    json["of"] = json!(dataset);
    Ok(Answer::done(json, text))
}

/// Says which successor a person of this instance is for.
pub fn say(
    app: &App,
    dataset: &DatasetAddress,
    successor: DatasetUid,
    user: Option<&ActorName>,
) -> anyhow::Result<Answer> {
    let person = account::person(app, user)?;
    vote::vote(app, &person, dataset, successor)?;
    let known = known(app, dataset)?;
    Ok(Answer::done(shown(&known), lines(dataset, &known)))
}
