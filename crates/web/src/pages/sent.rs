//! `/suivi/{token}/envoyee`: thanks, and the private link that shows what becomes of the proposal.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::tracking;
use crate::reading;
use crate::visit::Visit;

/// What a visitor sees after *Envoyer*.
#[derive(Template)]
#[template(path = "sent.html")]
pub struct SentPage {
    /// The frame.
    pub page: Page,
    /// Host of the instance whose people decide.
    pub waiting_at: String,
    /// The full private address.
    pub link: String,
    /// Page of the dataset.
    pub dataset_href: String,
    /// Its title.
    pub dataset_title: String,
}

/// `GET /suivi/{token}/envoyee`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit.answer(move |visit| read(visit, &token)).await
}

fn read(visit: &Visit, token: &str) -> Result<Answer, Failure> {
    let (_, dataset) = tracking::load(visit, token)?;
    Answer::private(&SentPage {
        page: visit.page.clone(),
        waiting_at: tracking::waiting_at(visit, &dataset),
        link: visit.app.url(&format!("/suivi/{token}")),
        dataset_href: format!("/datasets/{}", reading::address(&dataset)),
        dataset_title: reading::title(&dataset),
    })
}
