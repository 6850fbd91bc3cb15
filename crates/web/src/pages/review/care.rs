//! What moderators do about a proposal besides deciding: look after it, note something, undo it, put it back.

use actix_web::{HttpResponse, web};
use rustine_app::patches::burst;
use rustine_app::patches::care::{self, CareError, NOTE_CHARACTERS};
use rustine_app::patches::decide::DecideError;
use rustine_app::patches::propose::SUMMARY_CHARACTERS;
use rustine_app::patches::undo::{self, UndoError};
use rustine_domain::ids::PatchId;

use super::opened::{Again, open};
use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::sending::Refused;
use crate::visit::{Visit, address_of};

/// `POST /moderation/{id}/assign`
pub async fn assign(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (id, form) = sent(visit, &id, body)?;
            let person = visit.moderator()?;
            let to = match form.text("to") {
                "" => None,
                "me" => Some(person.name.as_str()),
                name => Some(name),
            };
            care::assign(&visit.app, id, person, to)?;
            Ok(back(visit, id, "beside"))
        })
        .await
}

/// `POST /moderation/{id}/notes`
pub async fn note(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (id, form) = sent(visit, &id, body)?;
            let text = form.text("note");
            let key = match care::note(&visit.app, id, visit.moderator()?, text) {
                Ok(()) => return Ok(back(visit, id, "notes")),
                Err(CareError::Empty) => "problem-note-empty",
                Err(CareError::TooLong) => "problem-too-long",
                Err(other) => return Err(other.into()),
            };
            let sentence = visit.page.t1(key, "limit", NOTE_CHARACTERS);
            let again = Again {
                refused: Refused::at("note", sentence),
                note: text.to_owned(),
                ..Again::default()
            };
            open(visit, &id.to_string())?.again(visit, 422, again)
        })
        .await
}

/// `POST /moderation/{id}/undo`
pub async fn undo(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (id, form) = sent(visit, &id, body)?;
            let why = form.text("why");
            let refused = match undo::undo(&visit.app, id, visit.moderator()?, Some(why)) {
                Ok(undone) => return Ok(back(visit, undone.id, "content")),
                Err(error) => refusal(visit, error)?,
            };
            let again = Again {
                refused,
                why: why.to_owned(),
                ..Again::default()
            };
            open(visit, &id.to_string())?.again(visit, 409, again)
        })
        .await
}

/// Why nothing was undone, in the reader's words.
fn refusal(visit: &Visit, error: UndoError) -> Result<Refused, Failure> {
    let key = match error {
        UndoError::ChangedSince => "problem-undo-changed",
        UndoError::Gone => "problem-undo-gone",
        UndoError::Already(_) => "problem-undo-already",
        UndoError::NotApplied => "problem-undo-not-applied",
        UndoError::TooLong => "problem-too-long",
        UndoError::Decide(DecideError::Problems(problems)) => {
            let mut refused = Refused::problems(visit, &problems);
            refused
                .faults
                .iter_mut()
                .for_each(|fault| fault.anchor = Some("undo".to_owned()));
            return Ok(refused);
        }
        UndoError::Decide(other) => return Err(other.into()),
        UndoError::Store(error) => return Err(error.into()),
    };
    let sentence = visit.page.t1(key, "limit", SUMMARY_CHARACTERS);
    Ok(Refused::at("undo", sentence))
}

/// `POST /moderation/{id}/release`
pub async fn release(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (id, _) = sent(visit, &id, body)?;
            burst::release(&visit.app, id, visit.moderator()?)?;
            Ok(back(visit, id, "content"))
        })
        .await
}

fn sent(visit: &Visit, id: &str, body: Body) -> Result<(PatchId, Posted), Failure> {
    visit.moderator()?;
    let form = Posted::parse(&body.0?);
    visit.check_form(&form)?;
    Ok((id.parse().map_err(|_| Failure::not_found())?, form))
}

/// To the proposal's page, in the same queue.
fn back(visit: &Visit, id: PatchId, anchor: &str) -> Answer {
    let path = format!("/moderation/{id}");
    Answer::see(format!("{}#{anchor}", address_of(&path, &visit.query)))
}
