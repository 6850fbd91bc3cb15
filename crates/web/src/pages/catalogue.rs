//! `/`: the datasets of this node, its own and its verified copies.

use askama::Template;
use rustine_domain::time::Timestamp;

use crate::license::License;
use crate::page::Page;

/// The list of datasets.
#[derive(Template)]
#[template(path = "catalogue.html")]
pub struct CataloguePage {
    /// The frame.
    pub page: Page,
    /// Own ones first, by title.
    pub datasets: Vec<Card>,
}

/// One dataset of the list.
#[derive(Debug, Clone)]
pub struct Card {
    /// `name` or `name@host`.
    pub address: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: Option<String>,
    /// How many rows.
    pub rows: i64,
    /// Its terms.
    pub license: Option<License>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Host of the owner, for a copy.
    pub origin: Option<String>,
}
