//! `/decision/{token}`: a proposal behind the link of a letter, and the decision that the link allows once.
//!
//! Reading never decides, by whatever method and however often: programs that look at letters follow their links. The
//! decision is a form with the token of this browser, as everywhere.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::by_link::{self, LinkError, Opened, Spent};
use rustine_app::patches::decide::{DecideError, Decision};
use rustine_domain::patch::{Reason, Status};
use rustine_domain::time::Timestamp;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::review;
use crate::reading::{self, operations};
use crate::sending::Refused;
use crate::view::change::{Operation, Side};
use crate::view::{Clash, Fault, Standing};
use crate::visit::Visit;

/// What whoever holds the letter sees.
#[derive(Template)]
#[template(path = "decide_by_mail.html")]
pub struct DecideByMailPage {
    /// The frame.
    pub page: Page,
    /// Where the decision goes.
    pub action: String,
    /// The page of the queue, where it can be corrected after a log-in.
    pub review_href: String,
    /// Name of who decides by the link.
    pub person: String,
    /// Title of the dataset.
    pub dataset_title: String,
    /// Page of the dataset.
    pub dataset_href: String,
    /// Where the proposal stands.
    pub status: Standing,
    /// Instance it came from; none for our own visitors.
    pub origin: Option<String>,
    /// The proposer's message.
    pub summary: Option<String>,
    /// When it came.
    pub sent: Timestamp,
    /// What it changes.
    pub operations: Vec<Operation>,
    /// Cells that changed in between.
    pub conflicts: Vec<Clash>,
    /// Key of the sentence that says why the link decides nothing; none where it does.
    pub spent: Option<&'static str>,
    /// Nothing stands against accepting it as it is.
    pub acceptable: bool,
    /// Why the form comes back.
    pub problems: Vec<Fault>,
    /// The form of refusal is open.
    pub refusing: bool,
    /// Reason typed.
    pub reason: String,
    /// Keys of the reasons to choose from.
    pub presets: &'static [&'static str],
}

/// `GET` and `HEAD /decision/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let opened = open(visit, &token)?;
            Answer::private(&page(visit, &token, opened, Again::default())?)
        })
        .await
}

/// `POST /decision/{token}`
pub async fn decide(visit: Visit, token: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let form = Posted::parse(&body.0?);
            visit.check_form(&form)?;
            let decision = match form.text("verdict") {
                "accept" => Decision::Accept,
                "refuse" => match Reason::new(&review::reason(visit, &form)) {
                    Some(reason) => Decision::Refuse(reason),
                    None => {
                        let refused = Refused::at("preset", visit.page.t("problem-reason"));
                        return again(visit, &token, 422, &form, refused);
                    }
                },
                _ => return Err(Failure::bad("the form names no decision")),
            };
            match by_link::decide(&visit.app, &token, &decision) {
                Ok(_) => Ok(Answer::see(format!("/decision/{}", *token))),
                Err(LinkError::Unknown) => Err(Failure::not_found()),
                // The page says why, and has no button any more.
                Err(LinkError::Spent(_)) | Err(LinkError::Decide(DecideError::Conflict(_))) => {
                    again(visit, &token, 409, &form, Refused::default())
                }
                Err(LinkError::Decide(DecideError::Problems(problems))) => {
                    let refused = Refused::problems(visit, &problems);
                    again(visit, &token, 422, &form, refused)
                }
                Err(LinkError::Decide(error)) => Err(error.into()),
                Err(LinkError::Store(error)) => Err(error.into()),
            }
        })
        .await
}

/// What the form comes back with.
#[derive(Default)]
struct Again {
    refused: Refused,
    refusing: bool,
    reason: String,
}

fn again(
    visit: &Visit,
    token: &str,
    status: u16,
    form: &Posted,
    refused: Refused,
) -> Result<Answer, Failure> {
    let typed = Again {
        refused,
        refusing: form.text("verdict") == "refuse",
        reason: form.text("reason").to_owned(),
    };
    let page = page(visit, token, open(visit, token)?, typed)?;
    Answer::with(status, Keep::Never, &page)
}

fn open(visit: &Visit, token: &str) -> Result<Opened, Failure> {
    by_link::open(&visit.app, token).map_err(|error| match error {
        LinkError::Store(error) => error.into(),
        _ => Failure::not_found(),
    })
}

fn sentence(spent: Spent) -> &'static str {
    match spent {
        Spent::Used => "link-used",
        Spent::Expired => "link-expired",
        Spent::Answered(Status::Withdrawn) => "link-withdrawn",
        Spent::Answered(_) => "link-answered",
        Spent::Changed => "link-changed",
        Spent::NotAllowed => "link-not-allowed",
    }
}

fn page(
    visit: &Visit,
    token: &str,
    opened: Opened,
    again: Again,
) -> Result<DecideByMailPage, Failure> {
    let Opened {
        person,
        patch,
        dataset,
        spent,
    } = opened;
    let schema = reading::schema_of(&dataset)?;
    // Whoever may not decide any more learns nothing more of the proposal than that.
    let read = match spent {
        Some(Spent::NotAllowed) => None,
        _ => Some(
            visit
                .app
                .db
                .read(|tx| operations::read(tx, &dataset, &schema, &patch))?,
        ),
    };
    let (operations, conflicts) =
        read.map_or_else(Default::default, |read| (read.operations, read.conflicts));
    let status = Standing::find(&patch.status).unwrap_or(Standing::Pending);
    let host = patch.proposer_host;
    Ok(DecideByMailPage {
        page: visit.page.clone(),
        action: format!("/decision/{token}"),
        review_href: format!("/moderation/{}", patch.id),
        person: person.map(|person| person.name).unwrap_or_default(),
        dataset_title: reading::title(&dataset),
        dataset_href: format!("/datasets/{}", reading::address(&dataset)),
        status,
        origin: Some(host).filter(|host| !host.is_empty() && host != visit.app.host().as_str()),
        summary: patch.summary.filter(|_| spent != Some(Spent::NotAllowed)),
        sent: patch.created,
        acceptable: conflicts.is_empty() && status == Standing::Pending,
        operations,
        conflicts,
        spent: spent.map(sentence),
        problems: again.refused.faults,
        refusing: again.refusing,
        reason: again.reason,
        presets: &review::PRESETS,
    })
}
