//! *Corriger*: proposes new values for a row, without an account.

use askama::Template;

use crate::page::Page;
use crate::view::input::{Control, Input};
use crate::view::{Contact, DatasetHead, Fault};

/// The form, filled with the row's values or with what was typed.
#[derive(Template)]
#[template(path = "correct.html")]
pub struct CorrectPage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call the row.
    pub title: String,
    /// The row's page.
    pub href: String,
    /// One per field of the schema.
    pub inputs: Vec<Input>,
    /// What the form was opened on: values and commitments by field, so that only changes are sent.
    pub base: String,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}
