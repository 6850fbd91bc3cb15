//! `/moderation/{id}`: one proposal, before and after, and the three decisions. Reading never decides.

use askama::Template;
use rustine_domain::time::Timestamp;

use crate::page::Page;
use crate::view::change::{Operation, Side};
use crate::view::input::{Control, Input};
use crate::view::{Clash, Fault, Standing};

/// Reasons that a moderator may choose; the sentence goes to the proposer.
pub const PRESETS: [&str; 4] = [
    "reason-refuse-source",
    "reason-refuse-wrong",
    "reason-refuse-duplicate",
    "reason-refuse-scope",
];

/// What a moderator sees.
#[derive(Template)]
#[template(path = "review.html")]
pub struct ReviewPage {
    /// The frame.
    pub page: Page,
    /// Id of the proposal.
    pub id: String,
    /// Digest of the version shown: another version cannot be decided by this form.
    pub digest: String,
    /// Page of the dataset.
    pub dataset_href: String,
    /// Its title.
    pub dataset_title: String,
    /// Where it stands.
    pub status: Standing,
    /// Instance it came from; none for our own visitors.
    pub origin: Option<String>,
    /// Name and address, if the visitor gave them here.
    pub sender: Option<String>,
    /// The proposer's message.
    pub summary: Option<String>,
    /// When it came.
    pub sent: Timestamp,
    /// What it changes.
    pub operations: Vec<Operation>,
    /// What the schema says against it.
    pub problems: Vec<Fault>,
    /// Cells that changed in between.
    pub conflicts: Vec<Clash>,
    /// The decision, once there is one.
    pub decision: Option<Decision>,
    /// This node's people decide.
    pub decidable: bool,
    /// Nothing stands against accepting it as it is.
    pub acceptable: bool,
    /// Host whose people decide otherwise.
    pub decided_by: String,
    /// Values as proposed, to correct before accepting.
    pub inputs: Vec<Input>,
    /// The form of corrections is open.
    pub amending: bool,
    /// The form of refusal is open.
    pub refusing: bool,
    /// Reason typed.
    pub reason: String,
    /// Keys of the reasons to choose from.
    pub presets: &'static [&'static str],
}

/// A decision that was taken.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
}
