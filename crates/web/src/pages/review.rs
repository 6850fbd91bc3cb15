//! `/moderation/{id}`: one proposal, before and after, and the three decisions. Reading never decides.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::decide;
use rustine_domain::patch::Reason;
use rustine_domain::time::Timestamp;

use crate::answer::Answer;
use crate::body::Body;
use crate::forms::Posted;
use crate::page::Page;
use crate::sending::Refused;
use crate::view::change::{Operation, RowLink, Side};
use crate::view::input::{Control, Input};
use crate::view::{Clash, Fault, Standing};
use crate::visit::Visit;

mod opened;

use opened::{Again, open, posted};

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
    /// Commitments of the cells as this page shows them, by input; JSON.
    pub bases: String,
    /// The operations to correct or leave out before accepting; none where nothing can be.
    pub parts: Vec<Part>,
    /// The form of corrections is open.
    pub amending: bool,
    /// The form of refusal is open.
    pub refusing: bool,
    /// Reason typed.
    pub reason: String,
    /// Keys of the reasons to choose from.
    pub presets: &'static [&'static str],
}

/// An operation in the form of corrections.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its place in the proposal, from 0.
    pub place: usize,
    /// Keys of its heading, where it begins another row than the part before.
    pub heading: Option<Heading>,
    /// Values as proposed; none for a row that goes.
    pub inputs: Vec<Input>,
    /// May be left out: only where something else is left.
    pub optional: bool,
    /// Ticked to be left out.
    pub left_out: bool,
    /// Key of the words beside its box.
    pub leave_key: &'static str,
    /// What those words are about: a field, or nothing.
    pub about: String,
}

/// What stands above the parts of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Key of what is to be done.
    pub key: &'static str,
    /// The row; none for a new one.
    pub row: Option<RowLink>,
}

/// A decision that was taken.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
}

/// `GET /moderation/{id}`
pub async fn show(visit: Visit, id: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let opened = open(visit, &id)?;
            Answer::private(&opened.page(visit, Again::default()))
        })
        .await
}

/// `POST /moderation/{id}/accept`
pub async fn accept(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (opened, _) = posted(visit, &id, body)?;
            opened.decide(visit, &decide::Decision::Accept, Again::default())
        })
        .await
}

/// `POST /moderation/{id}/refuse`
pub async fn refuse(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (opened, form) = posted(visit, &id, body)?;
            let text = reason(visit, &form);
            let again = Again {
                refusing: true,
                reason: form.text("reason").to_owned(),
                ..Again::default()
            };
            match Reason::new(&text) {
                Some(reason) => opened.decide(visit, &decide::Decision::Refuse(reason), again),
                None => {
                    let refused = Refused::at("preset", visit.page.t("problem-reason"));
                    opened.again(visit, 422, Again { refused, ..again })
                }
            }
        })
        .await
}

/// `POST /moderation/{id}/amend`
pub async fn amend(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (opened, form) = posted(visit, &id, body)?;
            let ops = opened.amended(&form)?;
            let again = Again {
                amending: true,
                form,
                ..Again::default()
            };
            if ops.is_empty() {
                let refused = Refused::at("amend", visit.page.t("problem-all-left-out"));
                return opened.again(visit, 422, Again { refused, ..again });
            }
            opened.decide(visit, &decide::Decision::Amend(ops), again)
        })
        .await
}

/// The preset as a sentence, then what was written.
pub(super) fn reason(visit: &Visit, form: &Posted) -> String {
    let preset = PRESETS.iter().find(|key| **key == form.text("preset"));
    let sentences = [
        preset.map(|key| visit.page.t(key)).unwrap_or_default(),
        form.text("reason").trim().to_owned(),
    ];
    sentences
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
