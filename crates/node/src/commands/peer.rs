//! `rustine peer …`

use std::path::Path;

use rustine_app::peers::{ask, decide};
use rustine_store::PeerRecord;
use serde_json::{Value, json};

use crate::cli::Peer;
use crate::output::Answer;

/// Asks for, lists, answers and ends peerings.
pub fn run(data: &Path, command: &Peer) -> anyhow::Result<Answer> {
    match command {
        Peer::Add { host } => {
            let federation = super::open_federation(data)?;
            let actor = super::runtime()?.block_on(federation.instance_actor(host))?;
            let peer = ask::ask(federation.app(), &actor)?;
            let text = if peer.state == rustine_app::peers::ACCEPTED {
                format!("{host} is a partner.")
            } else {
                format!(
                    "{host} was asked; its operator answers. `rustine peer list` shows the state."
                )
            };
            Ok(Answer::done(shown(&peer), text))
        }
        Peer::List => {
            let app = super::open(data)?;
            let peers = app.db.read(|tx| tx.list_peers())?;
            let lines: Vec<String> = peers
                .iter()
                .map(|peer| format!("{:<32} {}", peer.host, words(&peer.state)))
                .collect();
            let json: Vec<Value> = peers.iter().map(shown).collect();
            Ok(Answer::done(json!({"peers": json}), lines.join("\n")))
        }
        Peer::Accept { host } => {
            let peer = decide::accept(&*super::open(data)?, host)?;
            Ok(Answer::done(shown(&peer), format!("{host} is a partner.")))
        }
        Peer::Refuse { host } => {
            let peer = decide::refuse(&*super::open(data)?, host)?;
            Ok(Answer::done(
                shown(&peer),
                format!("The request of {host} was refused."),
            ))
        }
        Peer::Remove { host } => {
            let peer = decide::remove(&*super::open(data)?, host)?;
            Ok(Answer::done(
                shown(&peer),
                format!("{host} is no partner any more; copies stay as they are."),
            ))
        }
    }
}

fn shown(peer: &PeerRecord) -> Value {
    json!({"host": peer.host, "state": peer.state, "since": peer.updated})
}

fn words(state: &str) -> &str {
    match state {
        rustine_app::peers::ASKED => "asked: waits for their operator",
        rustine_app::peers::ASKING => "asks: answer with `rustine peer accept` or `refuse`",
        other => other,
    }
}
