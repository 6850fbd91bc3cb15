//! What an operator does about blocks, drafts and lists.

use actix_web::HttpResponse;
use rustine_app::blocks::lists::{self, ListError};
use rustine_app::blocks::{block, drafts};

use super::{BlocksPage, read, refused};
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::pages::account::checked;
use crate::view::Fault;
use crate::visit::Visit;

/// `POST /admin/blocks`; `act` says what.
pub async fn act(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, _) = checked(visit, body)?;
            visit.operator()?;
            let (domain, reason) = (posted.text("domain"), posted.text("reason"));
            let app = &visit.app;
            let done = match posted.text("act") {
                "block" => block::add(app, domain, reason).map(|_| "blocked"),
                "draft" => drafts::write(app, domain, reason).map(|_| "drafted"),
                "remove" => {
                    if !block::remove(app, domain)? {
                        return Err(Failure::not_found());
                    }
                    Ok("removed")
                }
                "apply" => match drafts::apply(app, number(&posted)?) {
                    Ok(None) => return Err(Failure::not_found()),
                    Ok(Some(_)) => Ok("blocked"),
                    Err(error) => Err(error),
                },
                "dismiss" => {
                    if !drafts::dismiss(app, number(&posted)?)? {
                        return Err(Failure::not_found());
                    }
                    Ok("dismissed")
                }
                _ => return list(visit, &posted),
            };
            match done {
                Ok(word) => Ok(see(word)),
                Err(error) => refused(read(visit)?, error),
            }
        })
        .await
}

fn list(visit: &Visit, posted: &Posted) -> Result<Answer, Failure> {
    let app = &visit.app;
    let name = posted.text("name");
    let done = match posted.text("act") {
        "subscribe" => {
            let kind = match posted.text("kind") {
                lists::FIRES => lists::FIRES,
                _ => lists::CSV,
            };
            lists::subscribe(app, kind, posted.text("url"), name).map(|_| "listed")
        }
        "import" => lists::import(app, name, posted.text("csv")).map(|_| "imported"),
        "read" => {
            if !lists::hurry(app, number(posted)?)? {
                return Err(Failure::not_found());
            }
            Ok("listed")
        }
        "unsubscribe" => {
            let id = number(posted)?;
            if !app.db.write(|tx| tx.delete_block_list(id))? {
                return Err(Failure::not_found());
            }
            Ok("unlisted")
        }
        _ => return Err(Failure::not_found()),
    };
    match done {
        Ok(word) => Ok(see(word)),
        Err(error) => not_listed(read(visit)?, error),
    }
}

fn not_listed(mut page: BlocksPage, error: ListError) -> Result<Answer, Failure> {
    let (anchor, key) = match error {
        ListError::NoAddress(_) => ("url", "blocks-no-address"),
        ListError::Known => ("url", "blocks-list-known"),
        ListError::NoList(_) => ("csv", "blocks-no-list"),
        ListError::Many => ("url", "blocks-many-lists"),
        ListError::Store(error) => return Err(error.into()),
    };
    page.problems.push(Fault {
        anchor: Some(anchor.to_owned()),
        sentence: page.page.t(key),
    });
    Answer::with(422, Keep::Never, &page)
}

fn number(posted: &Posted) -> Result<i64, Failure> {
    let which = posted.text("which").parse();
    which.map_err(|_| Failure::not_found())
}

fn see(word: &str) -> Answer {
    Answer::see(format!("/admin/blocks?done={word}"))
}
