//! `rustine peer …`

mod policy;
mod show;

use std::path::Path;

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::actors::confirm::{self, Change};
use rustine_app::actors::fingerprint;
use rustine_app::log::keys::RSA;
use rustine_app::peers::ask::Choice;
use rustine_app::peers::{ask, choose, decide, mode, view};
use rustine_app::settings::Mode;
use rustine_domain::rules::{Ceiling, Outcome};
use rustine_store::{PeerRecord, StoreError};
use serde_json::{Value, json};

use crate::cli::{ChoiceOptions, KeepCopies, Peer, PeerMode, PeerProposals};
use crate::output::Answer;

/// Asks for, lists, answers and ends peerings.
pub fn run(data: &Path, command: &Peer) -> anyhow::Result<Answer> {
    match command {
        Peer::Add { host, choice } => {
            let choice = choice.read()?;
            let federation = super::open_federation(data)?;
            let actor = super::runtime()?.block_on(federation.instance_actor(host))?;
            let peer = ask::ask_with(federation.app(), &actor, &choice)?;
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
            list(&app)
        }
        Peer::Show { host } => {
            let app = super::open(data)?;
            let view = view::one(&app, host.as_str())?;
            let view = view.with_context(|| {
                format!(
                    "there is nothing between this node and {host}: `rustine peer add {host}` asks"
                )
            })?;
            Ok(Answer::done(show::json(&view), show::text(&view)))
        }
        Peer::Policy { host, options } => policy::run(&*super::open(data)?, host, options),
        Peer::Mode { mode } => {
            let app = super::open(data)?;
            if let Some(chosen) = mode {
                mode::set(&app, chosen.of())?;
            }
            let word = mode::read(&app)?.as_str();
            Ok(Answer::done(json!({"mode": word}), word))
        }
        Peer::Accept { host, choice } => {
            let peer = decide::accept_with(&*super::open(data)?, host, &choice.read()?)?;
            Ok(Answer::done(shown(&peer), format!("{host} is a partner.")))
        }
        Peer::Refuse { host } => {
            let peer = decide::refuse(&*super::open(data)?, host)?;
            Ok(Answer::done(
                shown(&peer),
                format!("The request of {host} was refused."),
            ))
        }
        Peer::Remove {
            host,
            copies: KeepCopies::Keep,
        } => {
            let peer = decide::remove(&*super::open(data)?, host)?;
            Ok(Answer::done(
                shown(&peer),
                format!("{host} is no partner any more; copies stay, to be read."),
            ))
        }
        Peer::Remove {
            host,
            copies: KeepCopies::Delete,
        } => {
            let (peer, gone) = decide::remove_with_copies(&*super::open(data)?, host)?;
            Ok(Answer::done(
                shown(&peer),
                format!("{host} is no partner any more; {gone} copies were deleted."),
            ))
        }
        Peer::Confirm { whose, fingerprint } => {
            let app = super::open(data)?;
            let changes = confirm::confirm(&app, whose, fingerprint.as_deref())?;
            let lines: Vec<String> = changes
                .iter()
                .map(|change| {
                    format!(
                        "{}\n  was {}\n  is  {}",
                        change.actor, change.old, change.new
                    )
                })
                .collect();
            let text = format!("{}\nThe new key is known from now on.", lines.join("\n"));
            let json: Vec<Value> = changes.iter().map(key_shown).collect();
            Ok(Answer::done(json!({"confirmed": json}), text))
        }
    }
}

/// Peerings, and below them whose key changed. Our own key stands there too, for the partner who asks.
fn list(app: &App) -> anyhow::Result<Answer> {
    let (peers, own) = app
        .db
        .read(|tx| Ok::<_, StoreError>((tx.list_peers()?, tx.find_key("/actor", RSA)?)))?;
    let waiting = confirm::waiting(app)?;
    let mut lines: Vec<String> = peers
        .iter()
        .map(|peer| format!("{:<32} {}", peer.host, words(&peer.state)))
        .collect();
    for change in &waiting {
        let Change {
            actor,
            host,
            old,
            new,
        } = change;
        lines.push(format!(
            "{actor} shows another key: what it sends is refused. Ask its operator for the fingerprint, then `rustine peer confirm {host}`\n  was {old}\n  is  {new}"
        ));
    }
    let key = own.map(|own| fingerprint(&own.public));
    let shown: Vec<Value> = peers
        .iter()
        .map(|peer| {
            let mut shown = shown(peer);
            shown["suspended"] = waiting.iter().any(|change| change.host == peer.host).into();
            shown
        })
        .collect();
    let suspended: Vec<Value> = waiting.iter().map(key_shown).collect();
    let json = json!({"peers": shown, "suspended": suspended, "key": key});
    Ok(Answer::done(json, lines.join("\n")))
}

fn key_shown(change: &Change) -> Value {
    json!({"actor": change.actor, "host": change.host, "was": change.old, "is": change.new})
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

impl ChoiceOptions {
    fn read(&self) -> anyhow::Result<Choice> {
        let groups = self.groups.as_deref().map(choose::groups).transpose()?;
        Ok(Choice {
            copies: self.copies.clone(),
            groups,
            proposals: match self.proposals {
                PeerProposals::Rules => None,
                PeerProposals::Queue => Some(Outcome::Queue),
                PeerProposals::Accept => Some(Outcome::Accept(Ceiling::USUAL)),
                PeerProposals::Drop => Some(Outcome::Drop),
            },
        })
    }
}

impl PeerMode {
    fn of(self) -> Mode {
        match self {
            Self::Open => Mode::Open,
            Self::AllowList => Mode::AllowList,
            Self::Silent => Mode::Silent,
        }
    }
}
