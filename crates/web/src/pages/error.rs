//! What went wrong, in the reader's language, and what to do.

use askama::Template;

use crate::page::Page;

/// An error as a page.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub page: Page,
    /// HTTP status.
    pub status: u16,
    /// Key of the heading.
    pub title_key: String,
    /// Key of the sentence that says what to do.
    pub help_key: String,
}

/// Statuses with words of their own; others read as 500 or, below, as 400.
const WORDED: [u16; 10] = [400, 403, 404, 409, 410, 413, 429, 500, 503, 507];

impl ErrorPage {
    /// The page of a status.
    pub fn new(page: Page, status: u16) -> Self {
        let words = match status {
            status if WORDED.contains(&status) => status,
            400..=499 => 400,
            _ => 500,
        };
        Self {
            page,
            status,
            title_key: format!("error-{words}-title"),
            help_key: format!("error-{words}-help"),
        }
    }
}
