//! What an operator does with an instance: asks, answers, chooses, ends.

use actix_web::{HttpResponse, web};
use rustine_app::peers::ask::{self, AskError, Choice};
use rustine_app::peers::choose::{self, ChooseError};
use rustine_app::peers::decide::{self, DecideError};
use rustine_app::peers::{policy, view};
use rustine_app::rules::change::RulesError;
use rustine_domain::ids::{ActorName, Host};
use rustine_domain::rules::{Ceiling, Outcome};

use super::read;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::pages::account::checked;
use crate::view::Fault;
use crate::visit::Visit;

/// `POST /admin/peers/{host}`; `act` says what.
pub async fn act(visit: Visit, host: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = checked(visit, body)?;
            visit.operator()?;
            let host: Host = host.parse().map_err(|_| Failure::not_found())?;
            match done(visit, &host, &posted) {
                Ok(Some(word)) => Ok(Answer::see(format!("/admin/peers/{host}?done={word}"))),
                Ok(None) => Ok(Answer::see("/admin/peers?done=removed")),
                Err(Refused::Page(anchor, key)) => {
                    let mut page = read(visit, &host, None)?;
                    // Somebody corrects what she typed.
                    page.watching = false;
                    page.problems.push(Fault {
                        anchor: Some(anchor.to_owned()),
                        sentence: visit.page.t(key),
                    });
                    Answer::with(422, Keep::Never, &page)
                }
                Err(Refused::Failure(failure)) => Err(failure),
            }
        })
        .await
}

/// Why nothing was done.
enum Refused {
    /// The page says why: field, key.
    Page(&'static str, &'static str),
    /// Another page says so.
    Failure(Failure),
}

/// The word that the page says what was done by; none where the page is gone.
fn done(visit: &Visit, host: &Host, posted: &Posted) -> Result<Option<&'static str>, Refused> {
    let app = &visit.app;
    let word = match posted.text("act") {
        "ask" => {
            let actor = app
                .db
                .read(|tx| tx.find_remote_actor(&instance_actor(visit, host)))?;
            // The actor is kept by the look that shows this button.
            let actor = actor.ok_or_else(|| Refused::Failure(Failure::not_found()))?;
            ask::ask_with(app, &actor, &choice(posted)?)?;
            "asked"
        }
        "accept" => {
            decide::accept_with(app, host, &choice(posted)?)?;
            "accepted"
        }
        "refuse" => {
            decide::refuse(app, host)?;
            "refused"
        }
        "copy" => {
            choose::copy(app, host, &copies(posted))?;
            "chosen"
        }
        "groups" => {
            let chosen = choice(posted)?;
            choose::set_groups(app, host, &chosen.groups.unwrap_or_default())?;
            if let Some(outcome) = chosen.proposals {
                policy::set(app, host, outcome)?;
            }
            "chosen"
        }
        "again" => {
            view::send_again(app, host.as_str())?;
            "again"
        }
        "keep" => {
            decide::remove(app, host)?;
            return Ok(None);
        }
        "delete" => {
            decide::remove_with_copies(app, host)?;
            return Ok(None);
        }
        _ => return Err(Refused::Failure(Failure::not_found())),
    };
    Ok(Some(word))
}

fn instance_actor(visit: &Visit, host: &Host) -> String {
    format!("{}://{host}/actor", visit.app.settings.origin.scheme())
}

fn copies(posted: &Posted) -> Vec<ActorName> {
    let names = posted.texts("copy");
    names.filter_map(|name| name.parse().ok()).collect()
}

fn choice(posted: &Posted) -> Result<Choice, Refused> {
    Ok(Choice {
        copies: copies(posted),
        groups: Some(choose::groups(posted.text("groups"))?),
        proposals: match posted.text("proposals") {
            "" => None,
            "queue" => Some(Outcome::Queue),
            "at-once" => Some(Outcome::Accept(Ceiling::USUAL)),
            "drop" => Some(Outcome::Drop),
            _ => {
                return Err(Refused::Failure(Failure::bad(
                    "the form is not one of ours",
                )));
            }
        },
    })
}

impl From<rustine_store::StoreError> for Refused {
    fn from(error: rustine_store::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<RulesError> for Refused {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::TooMany => Self::Page("proposals", "peer-proposals-too-many"),
            RulesError::Store(error) => error.into(),
            other => Self::Failure(Failure::new(409, other.to_string())),
        }
    }
}

impl From<AskError> for Refused {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Suspended(_) => Self::Page("host-title", "peers-key-changed"),
            AskError::Blocked { .. } => Self::Page("host-title", "peers-blocked"),
            AskError::Ourselves => Self::Page("host-title", "peers-ourselves"),
            AskError::NotRustine(_) => Self::Page("host-title", "peers-not-rustine"),
            AskError::Rules(error) => error.into(),
            AskError::Store(error) => error.into(),
        }
    }
}

impl From<DecideError> for Refused {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Suspended(_) => Self::Page("host-title", "peers-key-changed"),
            DecideError::NotAsking(_) | DecideError::Unknown(_) => {
                Self::Failure(Failure::new(409, error.to_string()))
            }
            DecideError::Rules(error) => error.into(),
            DecideError::Store(error) => error.into(),
        }
    }
}

impl From<ChooseError> for Refused {
    fn from(error: ChooseError) -> Self {
        match error {
            ChooseError::Group(_) => Self::Page("groups", "peer-groups-wrong"),
            ChooseError::Unknown(_) => Self::Failure(Failure::not_found()),
            ChooseError::Store(error) => error.into(),
        }
    }
}
