//! `rustine follow …`

use std::path::Path;

use anyhow::bail;
use rustine_app::accounts::account;
use rustine_app::follows::ask;
use rustine_domain::ids::ActorName;
use rustine_store::FollowRecord;
use serde_json::{Value, json};

use crate::cli::Follow;
use crate::output::Answer;

/// Follows datasets of other instances under a person's name.
pub fn run(data: &Path, command: &Follow) -> anyhow::Result<Answer> {
    let federation = super::open_federation(data)?;
    let app = federation.app();
    match command {
        Follow::Add { dataset, user } => {
            let actor = actor(app, user.as_ref())?;
            let target = super::runtime()?.block_on(federation.find_actor(dataset))?;
            let object = rustine_app::context::uri(&target.id);
            let record = app
                .db
                .write(|tx| ask::follow(app, tx, &actor, &object, &target.inbox))?;
            Ok(Answer::done(
                shown(&record),
                format!("{dataset} was asked; `rustine follow list` shows the answer."),
            ))
        }
        Follow::List { user } => {
            let people = match user {
                Some(name) => vec![account::person(app, Some(name))?.name],
                None => account::list(app)?
                    .into_iter()
                    .map(|user| user.name)
                    .collect(),
            };
            let mut follows = Vec::new();
            for name in people {
                follows.extend(
                    app.db
                        .read(|tx| tx.list_follows(&format!("/users/{name}")))?,
                );
            }
            let lines: Vec<String> = follows
                .iter()
                .map(|follow| format!("{:<24} {:<9} {}", follow.actor, follow.state, follow.object))
                .collect();
            let json: Vec<Value> = follows.iter().map(shown).collect();
            Ok(Answer::done(json!({"follows": json}), lines.join("\n")))
        }
        Follow::Remove { dataset, user } => {
            let actor = actor(app, user.as_ref())?;
            let target = super::runtime()?.block_on(federation.find_actor(dataset))?;
            let removed = app
                .db
                .write(|tx| ask::unfollow(app, tx, &actor, &target.id, &target.inbox))?;
            if !removed {
                bail!("{dataset} was not followed");
            }
            Ok(Answer::done(
                json!({"dataset": dataset, "removed": true}),
                format!("{dataset} is not followed any more."),
            ))
        }
    }
}

fn actor(app: &rustine_app::App, user: Option<&ActorName>) -> anyhow::Result<String> {
    Ok(format!("/users/{}", account::person(app, user)?.name))
}

fn shown(follow: &FollowRecord) -> Value {
    json!({"actor": follow.actor, "object": follow.object, "state": follow.state})
}
