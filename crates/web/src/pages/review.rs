//! `/moderation/{id}`: one proposal, before and after, and the three decisions. Reading never decides.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::decide;
use rustine_domain::patch::Reason;
use rustine_domain::time::Timestamp;

use super::keys::{self, Key};
use crate::answer::Answer;
use crate::body::Body;
use crate::forms::Posted;
use crate::page::Page;
use crate::sending::Refused;
use crate::view::change::{Operation, RowLink, Side};
use crate::view::comment::{Comment, Content};
use crate::view::input::{Control, Input};
use crate::view::said::Said;
use crate::view::shift::Shift;
use crate::view::{Choice, Clash, Fault, Standing};
use crate::visit::Visit;

pub mod care;
pub(super) mod opened;

use opened::{Again, open, posted};

/// Reasons that a moderator may choose; the sentence goes to the proposer.
pub const PRESETS: [&str; 7] = [
    "reason-refuse-absent",
    "reason-refuse-wrong",
    "reason-refuse-duplicate",
    "reason-refuse-charter",
    "reason-refuse-source",
    "reason-refuse-scope",
    OTHER,
];
/// The one that says nothing by itself.
const OTHER: &str = "reason-refuse-other";

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
    /// Instance of the sender, ours included.
    pub sender_host: String,
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
    /// The word of whoever looks is one of several, counted at this instance.
    pub voting_at: Option<String>,
    /// The reviews so far.
    pub reviews: Vec<Said>,
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
    /// The one chosen.
    pub preset: String,
    /// Note typed.
    pub note: String,
    /// Message typed.
    pub comment: String,
    /// Key of the words below its label.
    pub comment_hint: &'static str,
    /// What was said about the proposal; none where nobody here decides on it.
    pub comments: Option<Vec<Comment>>,
    /// Why it should be undone, as typed.
    pub why: String,
    /// The form to undo is open.
    pub undoing: bool,
    /// A vote was just cast on the proposal before.
    pub voted: bool,
    /// The decision that was taken on the proposal before.
    pub done: Option<Standing>,
    /// What is known beside the change.
    pub beside: Beside,
    /// What keys do here.
    pub keys: &'static [Key],
}

/// What a moderator knows beside the change itself.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Rows that move on the map.
    pub shifts: Vec<Shift>,
    /// Earlier proposals of the person.
    pub person: Option<Known>,
    /// Earlier proposals of everybody on her instance.
    pub instance: Option<Known>,
    /// Key of what a visitor reported.
    pub reported_key: Option<&'static str>,
    /// When it expires undecided.
    pub expires: Option<Timestamp>,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// That is whoever looks.
    pub mine: bool,
    /// To whom it may be handed over.
    pub hands: Vec<Choice>,
    /// What moderators noted, the oldest first.
    pub notes: Vec<Note>,
    /// The proposal that this one undoes.
    pub undoes: Option<String>,
    /// The proposal that undid this one.
    pub undone_by: Option<String>,
    /// It may be undone.
    pub undoable: bool,
    /// The burst in which it was set aside.
    pub burst: Option<String>,
    /// The one before in the queue.
    pub previous: Option<String>,
    /// The one behind.
    pub next: Option<String>,
    /// The queue.
    pub queue: String,
    /// The query that makes that queue, with its `?`; empty for the whole queue.
    pub query: String,
}

/// What became of earlier proposals of a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Accepted.
    pub accepted: i64,
    /// Refused.
    pub refused: i64,
    /// When the first one came; none where this is the first.
    pub first: Option<Timestamp>,
}

impl Known {
    /// "12 acceptées, 1 refusée, connu depuis …"
    pub fn sentence(&self, page: &Page) -> String {
        let Some(first) = &self.first else {
            return page.t("sender-first");
        };
        let args = vec![
            ("accepted", page.n("sender-accepted", &self.accepted).into()),
            ("refused", page.n("sender-refused", &self.refused).into()),
            ("when", page.instant(first).into()),
        ];
        page.lang.say_with("sender-record", args)
    }
}

/// An internal note.
#[derive(Debug, Clone)]
pub struct Note {
    /// Who wrote it; none where the account is gone.
    pub author: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
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
            let page = Answer::private(&opened.page(visit, Again::default()))?;
            Ok(keys::with_script(page))
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
                preset: form.text("preset").to_owned(),
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
            let ops = match form.text("like") {
                "" => opened.amended(&form)?,
                like => opened.like(like)?,
            };
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
    let preset = PRESETS
        .iter()
        .find(|key| **key == form.text("preset") && **key != OTHER);
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
