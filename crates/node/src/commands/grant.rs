//! `rustine grant …`

use std::path::Path;

use anyhow::{Context as _, bail};
use rustine_app::accounts::{account, roles};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use serde_json::json;

use crate::cli::{Grant, GrantRole};
use crate::output::Answer;

/// Gives, lists and revokes roles on datasets, as the first operator.
pub fn run(data: &Path, command: &Grant) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    match command {
        Grant::Add {
            dataset,
            to,
            role,
            until,
        } => {
            if let Some(host) = app.normalise(to).host {
                bail!(
                    "{to} is somebody of {host}: for now, roles are given to people with an account on {}",
                    app.host()
                );
            }
            let role = match role {
                GrantRole::Write => Role::Write,
                GrantRole::Maintain => Role::Maintain,
            };
            let until = until.as_deref().map(end_of).transpose()?;
            let by = account::person(&app, None)?;
            let id = roles::give(&app, &by, dataset, &to.name, role, until)?;
            let json = json!({"id": id, "dataset": dataset, "to": to.name, "role": role.as_str(), "until": until});
            let text = format!("{} has the role {} on {dataset}.", to.name, role.as_str());
            Ok(Answer::done(json, text))
        }
        Grant::List => {
            let given = roles::list(&app, None)?;
            let lines: Vec<String> = given
                .iter()
                .map(|given| {
                    let until = given.until.map(|until| format!(" until {until}"));
                    format!(
                        "{:<5} {:<24} {:<9} {}{}",
                        given.id,
                        given.dataset,
                        given.role.as_str(),
                        given.name,
                        until.unwrap_or_default()
                    )
                })
                .collect();
            let json: Vec<_> = given
                .iter()
                .map(|given| {
                    json!({"id": given.id, "dataset": given.dataset, "to": given.name, "role": given.role.as_str(),
                           "by": given.given_by, "until": given.until})
                })
                .collect();
            Ok(Answer::done(json!({"grants": json}), lines.join("\n")))
        }
        Grant::Revoke { id } => {
            let by = account::person(&app, None)?;
            roles::revoke(&app, &by, None, *id)?;
            Ok(Answer::done(
                json!({"id": id, "revoked": true}),
                format!("The role {id} was revoked."),
            ))
        }
    }
}

/// The end of a day, in UTC.
fn end_of(day: &str) -> anyhow::Result<Timestamp> {
    let begin: Timestamp = format!("{day}T00:00:00Z")
        .parse()
        .with_context(|| format!("{day:?} is no day such as 2026-12-31"))?;
    Ok(begin.plus_seconds(86_400))
}
