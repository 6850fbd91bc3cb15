//! *Ajouter*: proposes a new row, without an account.

use askama::Template;

use crate::page::Page;
use crate::view::input::{Control, Input};
use crate::view::{Contact, DatasetHead, Fault};

/// The form for a new row.
#[derive(Template)]
#[template(path = "add.html")]
pub struct AddPage {
    /// The frame.
    pub page: Page,
    /// Where the row would stand.
    pub dataset: DatasetHead,
    /// One per field of the schema.
    pub inputs: Vec<Input>,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}
