//! `/datasets/{dataset}/rows/{id}`: one row, its values and its history.

use askama::Template;

use crate::page::Page;
use crate::view::change::{Change, Side};
use crate::view::{DatasetHead, Shown};

/// The page of a row.
#[derive(Template)]
#[template(path = "row.html")]
pub struct RowPage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call it.
    pub title: String,
    /// Its own address.
    pub href: String,
    /// One per field of the schema, in its order.
    pub values: Vec<FieldValue>,
    /// Proposals on this row that wait for a decision.
    pub waiting: i64,
    /// Latest first.
    pub history: Vec<Change>,
    /// Older entries.
    pub older_href: Option<String>,
}

/// A value under the title of its field.
#[derive(Debug, Clone)]
pub struct FieldValue {
    /// Field title.
    pub title: String,
    /// The value by its type.
    pub shown: Shown,
}
