//! *Signaler un problème*: leads to a correction, or proposes that a row goes, with a reason; without an account.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::care::Problem;
use rustine_app::patches::propose::ProposedOp;
use rustine_domain::ids::Hash;
use rustine_store::RowRecord;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields::row_title;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::sending::{self, Refused};
use crate::view::{Contact, DatasetHead, Fault};
use crate::visit::Visit;

/// Reasons that a visitor may choose; the sentence goes into the proposal's message.
pub const REASONS: [&str; 5] = [
    "reason-remove-closed",
    "reason-remove-duplicate",
    "reason-remove-wrong",
    "reason-remove-charter",
    "reason-remove-other",
];

/// The form.
#[derive(Template)]
#[template(path = "remove.html")]
pub struct RemovePage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call the row.
    pub title: String,
    /// The row's page.
    pub href: String,
    /// Its id.
    pub row: String,
    /// Commitment of the row that the visitor saw.
    pub base: String,
    /// Keys of the reasons.
    pub reasons: &'static [&'static str],
    /// The one chosen.
    pub why: String,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}

/// `GET /datasets/{dataset}/rows/{id}/remove`
pub async fn show(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let opened = read(visit, &path.0, &path.1)?;
            Answer::private(&opened.page(visit, &Posted::default(), Refused::default()))
        })
        .await
}

/// `POST /datasets/{dataset}/rows/{id}/remove`
pub async fn send(visit: Visit, path: web::Path<(String, String)>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| write(visit, &path.0, &path.1, body))
        .await
}

fn write(visit: &Visit, address: &str, id: &str, body: Body) -> Result<Answer, Failure> {
    let posted = Posted::parse(&body.0?);
    let opened = read(visit, address, id)?;
    let base: Hash = posted
        .text("base")
        .parse()
        .map_err(|_| Failure::bad("the form is not one of ours"))?;
    if let Some(refused) = opened.refused(visit, &posted, base) {
        return Answer::with(422, Keep::Never, &opened.page(visit, &posted, refused));
    }
    let mut contact = posted.contact();
    contact.summary = summary(visit, posted.text("why"), &contact.summary);
    let ops = vec![ProposedOp::Del {
        row: opened.row.row_id,
        base: Some(base),
    }];
    let dataset = &opened.dataset.address;
    let problem = problem(posted.text("why"));
    match sending::send_report(visit, &posted, dataset, ops, &contact, problem)? {
        Ok(answer) => Ok(answer),
        Err(refused) => Answer::with(422, Keep::Never, &opened.page(visit, &posted, refused)),
    }
}

/// What moderators find the proposal by.
fn problem(why: &str) -> Option<Problem> {
    match why {
        "reason-remove-closed" => Some(Problem::Gone),
        "reason-remove-duplicate" => Some(Problem::Duplicate),
        "reason-remove-wrong" => Some(Problem::Wrong),
        "reason-remove-charter" => Some(Problem::Charter),
        "reason-remove-other" => Some(Problem::Other),
        _ => None,
    }
}

/// The reason chosen as a sentence, then what was written.
fn summary(visit: &Visit, why: &str, written: &str) -> String {
    let reason = match why {
        "reason-remove-other" => String::new(),
        key => visit.page.t(key),
    };
    match (reason.is_empty(), written.is_empty()) {
        (true, _) => written.to_owned(),
        (false, true) => reason,
        (false, false) => format!("{reason}. {written}"),
    }
}

struct Opened {
    dataset: DatasetHead,
    title: String,
    href: String,
    row: RowRecord,
}

fn read(visit: &Visit, address: &str, id: &str) -> Result<Opened, Failure> {
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let row = reading::load_row(tx, &record, id)?;
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        if !dataset.open {
            return Err(Failure::new(409, "the dataset takes no proposals"));
        }
        Ok(Opened {
            dataset,
            title: row_title(&schema, &row.cells, row.row_id),
            href: reading::row_href(&record, row.row_id),
            row,
        })
    })
}

impl Opened {
    fn refused(&self, visit: &Visit, posted: &Posted, base: Hash) -> Option<Refused> {
        let why = posted.text("why");
        let told = why != "reason-remove-other" || !posted.contact().summary.is_empty();
        if !REASONS.contains(&why) || !told {
            return Some(Refused::at("why", visit.page.t("problem-why")));
        }
        (base != self.row.row_hash).then(|| Refused::because(visit.page.t("problem-row-changed")))
    }

    fn page(&self, visit: &Visit, posted: &Posted, refused: Refused) -> RemovePage {
        RemovePage {
            page: visit.page.clone(),
            dataset: self.dataset.clone(),
            title: self.title.clone(),
            href: self.href.clone(),
            row: self.row.row_id.to_string(),
            base: self.row.row_hash.to_string(),
            reasons: &REASONS,
            why: posted.text("why").to_owned(),
            contact: posted.contact(),
            problems: refused.faults,
        }
    }
}
