//! `/datasets/{dataset}/report`: somebody tells those who decide that something is not as it should be, and proposes
//! nothing; without an account.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::care::Problem;
use rustine_app::reports::CHARACTERS;
use rustine_app::reports::file::{FileError, Reporter, file};
use rustine_domain::ids::RowId;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields::row_title;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::sending::Refused;
use crate::view::{DatasetHead, Fault};
use crate::visit::Visit;

/// The form.
#[derive(Template)]
#[template(path = "report.html")]
pub struct ReportPage {
    /// The frame.
    pub page: Page,
    /// What is reported, or where it stands.
    pub dataset: DatasetHead,
    /// The row and what people call it.
    pub row: Option<(String, String)>,
    /// What may be wrong: its word and the key of its title.
    pub kinds: [(&'static str, &'static str); 5],
    /// The one chosen.
    pub why: String,
    /// What was typed.
    pub text: String,
    /// It was sent.
    pub sent: bool,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}

/// `GET /datasets/{dataset}/report`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let row = visit.asked("row").to_owned();
            let page = read(
                visit,
                &address,
                &row,
                &Posted::default(),
                Refused::default(),
            )?;
            Answer::private(&page)
        })
        .await
}

/// `POST /datasets/{dataset}/report`
pub async fn send(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            let row = posted.text("row").to_owned();
            let refused = match write(visit, &address, &row, &posted)? {
                Ok(()) => {
                    let row = match row.is_empty() {
                        true => String::new(),
                        false => format!("row={row}&"),
                    };
                    let path = format!("/datasets/{address}/report?{row}sent=yes");
                    return Ok(Answer::see(path));
                }
                Err(refused) => refused,
            };
            let page = read(visit, &address, &row, &posted, refused)?;
            Answer::with(422, Keep::Never, &page)
        })
        .await
}

fn write(
    visit: &Visit,
    address: &str,
    row: &str,
    posted: &Posted,
) -> Result<Result<(), Refused>, Failure> {
    // What this person may not read is not there for her.
    read(visit, address, row, posted, Refused::default())?;
    let Some(problem) = Problem::find(posted.text("why")) else {
        return Ok(Err(Refused::at("why", visit.page.t("report-problem-why"))));
    };
    let text = posted.text("text");
    if problem == Problem::Other && text.trim().is_empty() {
        return Ok(Err(Refused::at(
            "text",
            visit.page.t("report-problem-text"),
        )));
    }
    let by = match &visit.person {
        Some(person) => Reporter::Person(person),
        None => Reporter::Visitor(visit.address),
    };
    let dataset = address.parse().map_err(|_| Failure::not_found())?;
    let row = parsed(row)?;
    let key = match file(&visit.app, &dataset, row, problem, text, by) {
        Ok(()) => return Ok(Ok(())),
        Err(FileError::TooLong) => "problem-too-long",
        Err(FileError::Full) => "report-problem-full",
        Err(other) => return Err(other.into()),
    };
    let sentence = visit.page.t1(key, "limit", CHARACTERS);
    Ok(Err(Refused::at("text", sentence)))
}

/// The key of a problem's title.
pub(super) fn kind(problem: &str) -> &'static str {
    match Problem::find(problem) {
        Some(Problem::Gone) => "report-kind-gone",
        Some(Problem::Duplicate) => "report-kind-duplicate",
        Some(Problem::Wrong) => "report-kind-wrong",
        Some(Problem::Charter) => "report-kind-charter",
        Some(Problem::Other) | None => "report-kind-other",
    }
}

fn parsed(row: &str) -> Result<Option<RowId>, Failure> {
    match row {
        "" => Ok(None),
        row => row.parse().map(Some).map_err(|_| Failure::not_found()),
    }
}

fn read(
    visit: &Visit,
    address: &str,
    row: &str,
    posted: &Posted,
    refused: Refused,
) -> Result<ReportPage, Failure> {
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let row = match row {
            "" => None,
            id => {
                let row = reading::load_row(tx, &record, id)?;
                Some((id.to_owned(), row_title(&schema, &row.cells, row.row_id)))
            }
        };
        Ok(ReportPage {
            page: visit.page.clone(),
            dataset: reading::head(&visit.app, tx, &record, &schema)?,
            row,
            kinds: Problem::ALL.map(|problem| (problem.as_str(), kind(problem.as_str()))),
            why: posted.text("why").to_owned(),
            text: posted.text("text").to_owned(),
            sent: visit.asked("sent") == "yes",
            problems: refused.faults,
        })
    })
}
