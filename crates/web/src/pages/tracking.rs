//! `/suivi/{token}`: the private page of a proposal, for whoever holds its link.

use askama::Template;
use rustine_domain::time::Timestamp;

use crate::page::Page;
use crate::view::change::{Operation, Side};
use crate::view::{Clash, Standing};

/// What was proposed, where it waits, what was decided.
#[derive(Template)]
#[template(path = "tracking.html")]
pub struct TrackingPage {
    /// The frame.
    pub page: Page,
    /// Page of the dataset.
    pub dataset_href: String,
    /// Its title.
    pub dataset_title: String,
    /// Where it stands.
    pub status: Standing,
    /// Host of the instance whose people decide.
    pub waiting_at: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// Why it was refused or changed.
    pub reason: Option<String>,
    /// The visitor's message.
    pub summary: Option<String>,
    /// What was proposed.
    pub operations: Vec<Operation>,
    /// Cells that changed in between.
    pub conflicts: Vec<Clash>,
    /// Takes the proposal back; none once it is decided.
    pub withdraw: Option<String>,
}
