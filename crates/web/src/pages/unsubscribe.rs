//! `/desabonnement/{token}`: ends letters of one kind with one click, without logging in (RFC 8058).
//!
//! Opening the page ends nothing: programs that look at letters follow their links. The link itself is what proves
//! that one may, so the token of this browser is not asked for: a mail program has none.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::notifications::unsubscribe;

use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::visit::Visit;

/// What whoever holds the letter sees.
#[derive(Template)]
#[template(path = "unsubscribe.html")]
pub struct UnsubscribePage {
    /// The frame.
    pub page: Page,
    /// Where the click goes.
    pub action: String,
    /// It was clicked.
    pub done: bool,
}

/// `GET /desabonnement/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let known = visit.app.db.read(|tx| unsubscribe::read(tx, &token))?;
            known.ok_or_else(Failure::not_found)?;
            page(visit, &token, false)
        })
        .await
}

/// `POST /desabonnement/{token}`
pub async fn end(visit: Visit, token: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            body.0?;
            let ended = unsubscribe::end(&visit.app, &token)?;
            ended.ok_or_else(Failure::not_found)?;
            page(visit, &token, true)
        })
        .await
}

fn page(visit: &Visit, token: &str, done: bool) -> Result<Answer, Failure> {
    Answer::private(&UnsubscribePage {
        page: visit.page.clone(),
        action: format!("/desabonnement/{token}"),
        done,
    })
}
