//! `/suivi/{token}/envoyee`: thanks, and the private link that shows what becomes of the proposal.

use askama::Template;

use crate::page::Page;

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
