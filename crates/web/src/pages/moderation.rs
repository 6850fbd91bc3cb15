//! `/moderation`: the proposals that wait, local and from other instances, in one queue.

use askama::Template;
use rustine_domain::time::Timestamp;

use crate::page::Page;
use crate::view::{Choice, Standing};

/// The queue.
#[derive(Template)]
#[template(path = "moderation.html")]
pub struct ModerationPage {
    /// The frame.
    pub page: Page,
    /// Proposals that match.
    pub total: i64,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
    /// Dataset, origin, status.
    pub filters: Vec<QueueFilter>,
    /// Oldest first.
    pub entries: Vec<QueueEntry>,
    /// More.
    pub next_href: Option<String>,
}

/// A filter of the queue.
#[derive(Debug, Clone)]
pub struct QueueFilter {
    /// Name of its parameter.
    pub name: &'static str,
    /// Key of its label.
    pub title_key: &'static str,
    /// What can be chosen.
    pub options: Vec<Choice>,
}

/// A proposal in the queue.
#[derive(Debug, Clone)]
pub struct QueueEntry {
    /// Id of the proposal.
    pub id: String,
    /// `name` or `name@host`.
    pub dataset: String,
    /// Its title.
    pub dataset_title: String,
    /// Instance it came from; none for our own visitors.
    pub origin: Option<String>,
    /// The proposer's message.
    pub summary: Option<String>,
    /// Title of the first row it touches.
    pub row_title: Option<String>,
    /// How many operations.
    pub changes: i64,
    /// When it came.
    pub sent: Timestamp,
    /// Where it stands.
    pub status: Standing,
}

impl QueueEntry {
    /// What the link says: the row and how much changes, then the message.
    pub fn headline(&self, page: &Page) -> String {
        let changes = page.n("changes-count", &self.changes);
        let row = match &self.row_title {
            Some(title) => page.t2("headline-row", "title", title, "changes", changes),
            None => changes,
        };
        match &self.summary {
            Some(summary) => page.t2("headline-summary", "row", row, "summary", summary),
            None => row,
        }
    }
}
