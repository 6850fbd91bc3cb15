//! `/suivi/{token}`: the private page of a proposal, for whoever holds its link.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::comments;
use rustine_app::patches::expire::expires_at;
use rustine_app::patches::list;
use rustine_app::patches::withdraw::{self, Proof};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchRecord};

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading::{self, operations};
use crate::sending::Refused;
use crate::view::change::{Operation, Side};
use crate::view::comment::{Comment, Content};
use crate::view::{Clash, Fault, Standing};
use crate::visit::Visit;

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
    /// Since when they have not answered, while it waits.
    pub silent_since: Option<Timestamp>,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// When it expires undecided; none where others announce that.
    pub expires: Option<Timestamp>,
    /// It was undone since.
    pub undone: bool,
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
    /// What was said about it; none where people elsewhere decide.
    pub comments: Option<Vec<Comment>>,
    /// Where a message goes.
    pub talk: String,
    /// Message typed.
    pub comment: String,
    /// Key of the words below its label.
    pub comment_hint: &'static str,
    /// What is wrong with it.
    pub problems: Vec<Fault>,
}

/// `GET /suivi/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit.answer(move |visit| read(visit, &token)).await
}

/// `POST /suivi/{token}/withdraw`
pub async fn take_back(visit: Visit, token: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            visit.check_form(&Posted::parse(&body.0?))?;
            withdraw::withdraw(&visit.app, &Proof::Token(token.clone()))?;
            Ok(Answer::see(format!("/suivi/{}", *token)))
        })
        .await
}

/// The proposal behind a private link. A token that is not one of ours never reaches the store.
pub fn load(visit: &Visit, token: &str) -> Result<(PatchRecord, DatasetRecord), Failure> {
    let plain = token
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !plain || token.len() > 100 {
        return Err(Failure::not_found());
    }
    list::by_token(&visit.app, token)?.ok_or_else(Failure::not_found)
}

/// Host of the instance whose people decide.
pub fn waiting_at(visit: &Visit, dataset: &DatasetRecord) -> String {
    match dataset.is_local() {
        true => visit.app.host().to_string(),
        false => dataset.host.clone(),
    }
}

fn read(visit: &Visit, token: &str) -> Result<Answer, Failure> {
    Answer::private(&page(visit, token, "", Refused::default())?)
}

/// The page with a message that comes back.
pub fn again(
    visit: &Visit,
    token: &str,
    comment: &str,
    refused: Refused,
) -> Result<Answer, Failure> {
    Answer::with(422, Keep::Never, &page(visit, token, comment, refused)?)
}

fn page(
    visit: &Visit,
    token: &str,
    comment: &str,
    refused: Refused,
) -> Result<TrackingPage, Failure> {
    let (patch, dataset) = load(visit, token)?;
    let schema = reading::schema_of(&dataset)?;
    let (read, undone, said, copied) = visit.app.db.read(|tx| {
        let read = operations::read(tx, &dataset, &schema, &patch)?;
        let said = comments::on_patch(tx, patch.id)?;
        let copied = tx.find_replica_state(dataset.id)?;
        Ok::<_, Failure>((read, tx.find_undoing(patch.id)?.is_some(), said, copied))
    })?;
    let status = Standing::find(&patch.status).unwrap_or(Standing::Pending);
    Ok(TrackingPage {
        page: visit.page.clone(),
        dataset_href: format!("/datasets/{}", reading::address(&dataset)),
        dataset_title: reading::title(&dataset),
        status,
        waiting_at: waiting_at(visit, &dataset),
        silent_since: copied
            .filter(|_| status.is_open())
            .and_then(|state| state.silent_since),
        sent: patch.created,
        decided: patch.decided_at,
        expires: (status.is_open() && dataset.is_local())
            .then(|| expires_at(&visit.app, patch.created)),
        undone,
        reason: patch.reason,
        summary: patch.summary,
        operations: read.operations,
        conflicts: read.conflicts,
        withdraw: status.is_open().then(|| format!("/suivi/{token}/withdraw")),
        comments: dataset
            .is_local()
            .then(|| said.into_iter().map(Comment::of).collect()),
        talk: format!("/suivi/{token}/comments"),
        comment: comment.to_owned(),
        comment_hint: "comment-hint-team",
        problems: refused.faults,
    })
}
