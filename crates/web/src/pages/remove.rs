//! *Signaler une suppression*: proposes that a row goes, with a reason, without an account.

use askama::Template;

use crate::page::Page;
use crate::view::{Contact, DatasetHead, Fault};

/// Reasons that a visitor may choose; the sentence goes into the proposal's message.
pub const REASONS: [&str; 4] = [
    "reason-remove-closed",
    "reason-remove-duplicate",
    "reason-remove-wrong",
    "reason-remove-other",
];

/// The form.
#[derive(Template)]
#[template(path = "remove.html")]
pub struct RemovePage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call the row.
    pub title: String,
    /// The row's page.
    pub href: String,
    /// Commitment of the row that the visitor saw.
    pub base: String,
    /// Keys of the reasons.
    pub reasons: &'static [&'static str],
    /// The one chosen.
    pub why: String,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}
