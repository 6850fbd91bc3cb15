//! What an operator does about an origin that is gone: makes a successor, or brings the dataset here with its recovery
//! key. The other copies are asked first, once it is certain who asks and for what.

use actix_web::{HttpResponse, web};
use rustine_app::datasets::find;
use rustine_app::datasets::moving::{self, MoveError};
use rustine_app::datasets::rotate::RecoveryKey;
use rustine_app::succession::{self, make};
use rustine_domain::ids::{ActorName, DatasetAddress};

use super::{Typed, operating, page, parsed};
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::finding::{Around, CopyAsker};
use crate::view::Fault;
use crate::visit::Visit;

/// Longest name that is shown again.
const MOST_TYPED: usize = 100;

/// What a form wants, or the page that says what is wrong with it.
enum Wish<T> {
    Go(DatasetAddress, T),
    Again(Answer),
}

fn again(
    visit: &Visit,
    address: &str,
    (anchor, key): (&'static str, &str),
    mut typed: Typed,
) -> Result<Answer, Failure> {
    typed.wrong = anchor;
    let fault = Fault {
        anchor: Some(anchor.to_owned()),
        sentence: visit.page.t(key),
    };
    Answer::with(
        422,
        Keep::Never,
        &page(visit, address, vec![fault], &typed)?,
    )
}

/// Reads a form on a thread of its own, asks the other copies, then acts.
async fn in_turn<T: Send + 'static>(
    visit: Visit,
    asker: &CopyAsker,
    what: Around,
    read: impl FnOnce(&Visit) -> Result<Wish<T>, Failure> + Send + 'static,
    act: impl FnOnce(&Visit, &DatasetAddress, T) -> Result<Answer, Failure> + Send + 'static,
) -> HttpResponse {
    let asked = web::block(move || {
        let wish = read(&visit);
        (visit, wish)
    });
    let Ok((visit, wish)) = asked.await else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let (address, wanted) = match wish {
        Ok(Wish::Go(address, wanted)) => (address, wanted),
        Ok(Wish::Again(answer)) => return visit.answer(|_| Ok(answer)).await,
        Err(failure) => return visit.answer(|_| Err(failure)).await,
    };
    if let Err(why) = asker.ask(&address, what).await {
        return visit.answer(|_| Err(Failure::new(409, why))).await;
    }
    visit
        .answer(move |visit| act(visit, &address, wanted))
        .await
}

fn short(text: &str) -> String {
    text.trim().chars().take(MOST_TYPED).collect()
}

/// `POST /datasets/{dataset}/origin/fork`: the operator makes a successor here, having seen the others.
pub async fn fork(
    visit: Visit,
    copies: web::Data<CopyAsker>,
    address: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let of = address.clone();
    let read = move |visit: &Visit| {
        let (posted, _) = operating(visit, body)?;
        let typed = Typed {
            name: short(posted.text("name")),
            ..Typed::default()
        };
        let beside = posted.text("beside") == "1";
        match typed.name.parse::<ActorName>() {
            Ok(name) => Ok(Wish::Go(parsed(&of)?, (name, beside))),
            Err(_) => Ok(Wish::Again(again(
                visit,
                &of,
                ("name", "origin-name-form"),
                typed,
            )?)),
        }
    };
    let act = move |visit: &Visit, of: &DatasetAddress, (name, beside): (ActorName, bool)| {
        let app = &visit.app;
        let typed = || Typed {
            name: name.to_string(),
            ..Typed::default()
        };
        let known = app.db.read(|tx| {
            let dataset = find(app, tx, of).map_err(|_| Failure::not_found())?;
            Ok::<_, Failure>(succession::count(app, tx, &dataset)?)
        })?;
        if !known.candidates.is_empty() && !beside {
            return again(visit, &address, ("beside", "fork-exists"), typed());
        }
        match make::make(app, of, &name) {
            Ok(made) => Ok(Answer::see(format!("/datasets/{}", made.name))),
            Err(make::MakeError::Taken(_) | make::MakeError::Reserved(_)) => {
                again(visit, &address, ("name", "origin-name-taken"), typed())
            }
            Err(make::MakeError::Dataset(_)) => Err(Failure::not_found()),
            Err(make::MakeError::Store(error)) => Err(error.into()),
            Err(error) => Err(Failure::new(409, error.to_string())),
        }
    };
    in_turn(visit, &copies, Around::Successors, read, act).await
}

/// `POST /datasets/{dataset}/origin/take-over`: the operator brings a dataset here whose origin is gone, with its
/// recovery key. No other copy may hold more of it.
pub async fn take_over(
    visit: Visit,
    copies: web::Data<CopyAsker>,
    address: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let of = address.clone();
    let read = move |visit: &Visit| {
        let (posted, _) = operating(visit, body)?;
        let typed = Typed {
            new_name: short(posted.text("new-name")),
            ..Typed::default()
        };
        let name = match typed.new_name.as_str() {
            "" => None,
            name => match name.parse::<ActorName>() {
                Ok(name) => Some(name),
                Err(_) => {
                    let fault = ("new-name", "origin-name-form");
                    return Ok(Wish::Again(again(visit, &of, fault, typed)?));
                }
            },
        };
        let fault = match RecoveryKey::read(posted.text("key")) {
            Ok(_) if posted.text("sure") != "1" => ("sure", "closing-unsure"),
            Ok(recovery) => return Ok(Wish::Go(parsed(&of)?, (recovery, name))),
            Err(_) => ("key", "closing-no-key"),
        };
        Ok(Wish::Again(again(visit, &of, fault, typed)?))
    };
    let act = move |visit: &Visit,
                    of: &DatasetAddress,
                    (recovery, name): (RecoveryKey, Option<ActorName>)| {
        let typed = || Typed {
            new_name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Typed::default()
        };
        match moving::take_over(&visit.app, of, &recovery, name.as_ref()) {
            Ok(moved) => {
                let name = moved.url.rsplit('/').next().unwrap_or_default();
                Ok(Answer::see(format!("/datasets/{name}")))
            }
            Err(MoveError::Key(_)) => {
                again(visit, &address, ("key", "takeover-other-key"), typed())
            }
            Err(MoveError::Heir(_)) => {
                again(visit, &address, ("new-name", "origin-name-taken"), typed())
            }
            Err(MoveError::Dataset(_)) => Err(Failure::not_found()),
            Err(MoveError::Store(error)) => Err(error.into()),
            Err(error) => Err(Failure::new(409, error.to_string())),
        }
    };
    in_turn(visit, &copies, Around::Fresher, read, act).await
}
