//! `rustine grant …`

use std::path::Path;

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::accounts::{account, roles};
use rustine_app::grants::{give, hold};
use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{GrantRecord, HeldGrantRecord};
use serde_json::{Value, json};

use crate::cli::{Grant, GrantRole};
use crate::output::Answer;

/// Gives, lists and revokes roles on datasets, as the first operator; asks for and answers those elsewhere.
pub fn run(data: &Path, command: &Grant) -> anyhow::Result<Answer> {
    match command {
        Grant::Add {
            dataset,
            to,
            role,
            until,
        } => add(data, dataset, to, role_of(*role), until.as_deref()),
        Grant::List => list(&*super::open(data)?),
        Grant::Revoke { id } => revoke(data, id),
        Grant::Ask {
            dataset,
            role,
            content,
            user,
        } => {
            let app = super::open(data)?;
            let by = account::person(&app, user.as_ref())?;
            let held = hold::ask(&app, &by, dataset, role_of(*role), content.as_deref())?;
            let text = format!("{dataset} was asked; `rustine grant list` shows the answer.");
            Ok(Answer::done(shown_held(&held, &by.name), text))
        }
        Grant::Accept { id, user } => answer(data, id, user.as_ref(), true),
        Grant::Decline { id, user } => answer(data, id, user.as_ref(), false),
    }
}

fn role_of(role: GrantRole) -> Role {
    match role {
        GrantRole::Write => Role::Write,
        GrantRole::Maintain => Role::Maintain,
    }
}

fn add(
    data: &Path,
    dataset: &DatasetAddress,
    to: &DatasetAddress,
    role: Role,
    until: Option<&str>,
) -> anyhow::Result<Answer> {
    let signing = super::signing::open(data)?;
    let app = signing.app();
    let until = until.map(end_of).transpose()?;
    let by = account::person(app, None)?;
    let to = app.normalise(to);
    if to.host.is_none() {
        let id = roles::give(app, &by, dataset, &to.name, role, until)?;
        let json = json!({"id": id, "dataset": dataset, "to": to.name, "role": role.as_str(), "until": until});
        let text = format!("{} has the role {} on {dataset}.", to.name, role.as_str());
        return Ok(Answer::done(json, text));
    }
    let found = super::runtime()?.block_on(signing.federation().find_actor(&to))?;
    let grant = give::give(app, &by, dataset, &found.id, role, until)?;
    let text = format!(
        "{to} has the role {} on {dataset} until {}. Its id is {}.",
        grant.role,
        grant.end_at,
        short(&grant.id)
    );
    let mut json = shown(&grant, &dataset.to_string());
    json["to"] = json!(to);
    Ok(Answer::done(json, text))
}

fn revoke(data: &Path, id: &str) -> anyhow::Result<Answer> {
    let signing = super::signing::open(data)?;
    let app = signing.app();
    let by = account::person(app, None)?;
    let json = match id.parse::<i64>() {
        Ok(number) => {
            roles::revoke(app, &by, None, number)?;
            json!({"id": number, "revoked": true})
        }
        Err(_) => {
            let grant = give::revoke(app, &by, id)?;
            json!({"id": short(&grant.id), "revoked": true})
        }
    };
    Ok(Answer::done(json, format!("The role {id} was revoked.")))
}

fn answer(data: &Path, id: &str, user: Option<&ActorName>, accept: bool) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    let by = account::person(&app, user)?;
    let held = hold::answer(&app, &by, id, accept)?;
    let copy = match held.copy_due {
        Some(_) => " A copy of the dataset is begun as soon as this node runs.",
        None => "",
    };
    let text = format!("The role on {} is {}.{copy}", held.dataset_url, held.state);
    Ok(Answer::done(shown_held(&held, &by.name), text))
}

/// The UUID at the end of a grant's URL.
fn short(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

fn shown(grant: &GrantRecord, dataset: &str) -> Value {
    json!({"id": short(&grant.id), "url": grant.id, "dataset": dataset, "to": grant.target, "role": grant.role,
           "state": grant.state, "until": grant.end_at, "seq": grant.granted_seq})
}

fn shown_held(held: &HeldGrantRecord, name: &str) -> Value {
    json!({"id": short(&held.id), "url": held.id, "dataset": held.dataset_url, "to": name, "role": held.role,
           "state": held.state, "until": held.end_at, "copyError": held.copy_error})
}

fn list(app: &App) -> anyhow::Result<Answer> {
    let mut lines = Vec::new();
    let mut json = Vec::new();
    for given in roles::list(app, None)? {
        let until = given.until.map(|until| format!(" until {until}"));
        lines.push(format!(
            "{:<36} {:<24} {:<9} {}{}",
            given.id,
            given.dataset,
            given.role.as_str(),
            given.name,
            until.unwrap_or_default()
        ));
        json.push(
            json!({"id": given.id, "dataset": given.dataset, "to": given.name, "role": given.role.as_str(),
                   "by": given.given_by, "until": given.until, "state": "active"}),
        );
    }
    for (grant, dataset) in give::list(app)? {
        lines.push(format!(
            "{:<36} {:<24} {:<9} {} {} until {}",
            short(&grant.id),
            dataset,
            grant.role,
            grant.target,
            grant.state,
            grant.end_at
        ));
        json.push(shown(&grant, &dataset));
    }
    let mut held_json = Vec::new();
    for (held, _) in hold::list(app, None)? {
        let name = app.db.read(|tx| tx.find_user(held.user_id))?;
        let name = name.map(|user| user.name).unwrap_or_default();
        lines.push(format!(
            "{:<36} {} {:<9} {} {} until {}",
            short(&held.id),
            held.dataset_url,
            held.role,
            name,
            held.state,
            held.end_at
        ));
        held_json.push(shown_held(&held, &name));
    }
    let json = json!({"grants": json, "held": held_json});
    Ok(Answer::done(json, lines.join("\n")))
}

/// The end of a day, in UTC.
fn end_of(day: &str) -> anyhow::Result<Timestamp> {
    let begin: Timestamp = format!("{day}T00:00:00Z")
        .parse()
        .with_context(|| format!("{day:?} is no day such as 2026-12-31"))?;
    Ok(begin.plus_seconds(86_400))
}
