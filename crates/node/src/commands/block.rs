//! `rustine block …`

use std::path::Path;

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::blocks::cuts::Cuts;
use rustine_app::blocks::{block, drafts, lists};
use rustine_store::BlockListRecord;
use serde_json::{Value, json};

use crate::cli::{Block, BlockListKind};
use crate::output::Answer;

/// Blocks, unblocks and lists domains; a block covers the subdomains. Lists of others only propose.
pub fn run(data: &Path, command: &Block) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    match command {
        Block::Add {
            domain,
            dry_run: true,
            ..
        } => {
            let (domain, cuts) = block::preview(&app, domain)?;
            let text = format!("A block of {domain} would cut:\n{}", lines(&cuts));
            Ok(Answer::done(shown(&domain, &cuts, false), text))
        }
        Block::Add {
            domain,
            reason,
            draft: true,
            ..
        } => {
            let domain = drafts::write(&app, domain, reason)?;
            Ok(Answer::done(
                json!({"domain": domain, "draft": true}),
                format!("{domain} is a draft: `rustine block drafts` shows it, nothing is cut."),
            ))
        }
        Block::Add { domain, reason, .. } => {
            let (domain, cuts) = block::add(&app, domain, reason)?;
            let text = format!(
                "{domain} and its subdomains are blocked. Cut:\n{}",
                lines(&cuts)
            );
            Ok(Answer::done(shown(&domain, &cuts, true), text))
        }
        Block::Remove { domain } => remove(&app, domain),
        Block::List => list(&app),
        Block::Drafts => waiting(&app),
        Block::Apply { id } => match drafts::apply(&app, *id)? {
            Some((domain, cuts)) => {
                let text = format!(
                    "The draft about {domain} was applied. Cut:\n{}",
                    lines(&cuts)
                );
                Ok(Answer::done(shown(&domain, &cuts, true), text))
            }
            None => Ok(gone(*id)),
        },
        Block::Dismiss { id } => match drafts::dismiss(&app, *id)? {
            true => Ok(Answer::done(
                json!({"id": id, "dismissed": true}),
                format!("Draft {id} was put aside."),
            )),
            false => Ok(gone(*id)),
        },
        Block::Import { file } => import(&app, file),
        Block::Subscribe { url, kind, name } => {
            let kind = match kind {
                BlockListKind::Csv => lists::CSV,
                BlockListKind::Fires => lists::FIRES,
            };
            let id = lists::subscribe(&app, kind, url, name)?;
            Ok(Answer::done(
                json!({"id": id, "url": url}),
                format!(
                    "The running server reads list {id} soon, and once a day; what it says is proposed, never applied."
                ),
            ))
        }
        Block::Lists => {
            let all = app.db.read(|tx| tx.list_block_lists())?;
            let text: Vec<String> = all.iter().map(list_line).collect();
            let json: Vec<Value> = all.iter().map(list_json).collect();
            Ok(Answer::done(json!({"lists": json}), text.join("\n")))
        }
        Block::Unsubscribe { id } => {
            let removed = app.db.write(|tx| tx.delete_block_list(*id))?;
            let text = match removed {
                true => format!("List {id} is gone with its proposals; blocks stay."),
                false => format!("There is no list {id}."),
            };
            Ok(Answer {
                json: json!({"id": id, "removed": removed}),
                text,
                done: removed,
            })
        }
    }
}

fn remove(app: &App, domain: &str) -> anyhow::Result<Answer> {
    let removed = block::remove(app, domain)?;
    let text = if removed {
        format!("{domain} is not blocked any more. What was cut is begun anew by people.")
    } else {
        format!("{domain} was not blocked.")
    };
    Ok(Answer {
        json: json!({"domain": domain, "removed": removed}),
        text,
        done: removed,
    })
}

fn list(app: &App) -> anyhow::Result<Answer> {
    let blocks = app.db.read(|tx| tx.list_blocks())?;
    let lines: Vec<String> = blocks
        .iter()
        .map(|block| format!("{:<32} {}", block.domain, block.reason))
        .collect();
    let json: Vec<_> = blocks
        .iter()
        .map(|block| json!({"domain": block.domain, "reason": block.reason, "created": block.created}))
        .collect();
    Ok(Answer::done(json!({"blocks": json}), lines.join("\n")))
}

fn waiting(app: &App) -> anyhow::Result<Answer> {
    let (waiting, all) = app.db.read(|tx| {
        let waiting = tx.list_waiting_block_drafts("", i64::MAX)?;
        Ok::<_, rustine_store::StoreError>((waiting, tx.list_block_lists()?))
    })?;
    let name = |id: i64| {
        let list = all.iter().find(|list| list.id == id);
        list.map_or("by hand", |list| list.name.as_str())
    };
    let lines: Vec<String> = waiting
        .iter()
        .map(|draft| {
            format!(
                "{:>6}  {:<8} {:<32} {}  {}",
                draft.id,
                draft.action,
                draft.domain,
                name(draft.list),
                draft.reason
            )
        })
        .collect();
    let json: Vec<Value> = waiting
        .iter()
        .map(|draft| json!({"id": draft.id, "action": draft.action, "domain": draft.domain, "list": draft.list, "reason": draft.reason}))
        .collect();
    Ok(Answer::done(json!({"drafts": json}), lines.join("\n")))
}

fn import(app: &App, file: &Path) -> anyhow::Result<Answer> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy());
    let (id, taken) = lists::import(app, name.as_deref().unwrap_or("file"), &text)?;
    let text = format!(
        "{} domains are drafts now, {} were known, {} cannot be read. Nothing is blocked: `rustine block drafts`.",
        taken.proposed, taken.known, taken.unreadable
    );
    let json = json!({"list": id, "proposed": taken.proposed, "known": taken.known, "unreadable": taken.unreadable});
    Ok(Answer::done(json, text))
}

fn gone(id: i64) -> Answer {
    Answer {
        json: json!({"id": id, "done": false}),
        text: format!("No draft {id} waits."),
        done: false,
    }
}

fn shown(domain: &str, cuts: &Cuts, done: bool) -> Value {
    let pairs = |pairs: &[(String, String)]| -> Vec<String> {
        pairs
            .iter()
            .map(|(one, other)| format!("{one} {other}"))
            .collect()
    };
    json!({
        "domain": domain,
        "blocked": done,
        "peers": cuts.peers,
        "followers": cuts.followers.iter().map(|(object, count)| json!({"object": object, "count": count})).collect::<Vec<_>>(),
        "follows": pairs(&cuts.follows),
        "replicas": pairs(&cuts.replicas),
        "grants": cuts.grants.iter().map(|(who, dataset)| json!({"to": who, "dataset": dataset})).collect::<Vec<_>>(),
        "roles": cuts.roles.iter().map(|(user, dataset)| json!({"user": user, "dataset": dataset})).collect::<Vec<_>>(),
        "copies": cuts.copies,
        "proposals": cuts.proposals,
        "deliveries": cuts.deliveries,
    })
}

fn lines(cuts: &Cuts) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        cuts.peers
            .iter()
            .map(|host| format!("  partnership with {host}")),
    );
    for (object, count) in &cuts.followers {
        lines.push(format!("  {count} followers of {object}"));
    }
    for (actor, object) in &cuts.follows {
        lines.push(format!("  {actor} follows {object}"));
    }
    for (host, dataset) in &cuts.replicas {
        lines.push(format!("  the copy of {dataset} on {host}"));
    }
    for (who, dataset) in &cuts.grants {
        lines.push(format!("  the role of {who} on {dataset}"));
    }
    for (user, dataset) in &cuts.roles {
        lines.push(format!("  what {user} may do on {dataset}"));
    }
    if cuts.deliveries > 0 {
        lines.push(format!("  {} deliveries that wait", cuts.deliveries));
    }
    for copy in &cuts.copies {
        lines.push(format!(
            "  (stays, and hears no more from its origin: the copy of {copy})"
        ));
    }
    if cuts.proposals > 0 {
        lines.push(format!(
            "  (stay in the queue, their senders hear nothing: {} proposals)",
            cuts.proposals
        ));
    }
    match lines.is_empty() {
        true => "  nothing".to_owned(),
        false => lines.join("\n"),
    }
}

fn list_json(list: &BlockListRecord) -> Value {
    json!({"id": list.id, "kind": list.kind, "url": list.url, "name": list.name, "fetched": list.fetched_at, "error": list.error})
}

fn list_line(list: &BlockListRecord) -> String {
    let state = match (&list.error, list.fetched_at) {
        (Some(error), _) => error.clone(),
        (None, Some(at)) => format!("read {at}"),
        (None, None) => "not read yet".to_owned(),
    };
    format!(
        "{:>4}  {:<6} {:<24} {}  {state}",
        list.id, list.kind, list.name, list.url
    )
}
