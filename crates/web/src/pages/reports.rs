//! `/moderation/reports`: what people reported, for those who decide on the dataset, here or through a grant.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::reports::{self, settle};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ReportRecord, StoreError, Tx};

use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::report::kind;
use crate::reading;
use crate::view::change::RowLink;
use crate::visit::Visit;

/// Reports shown at once.
const SHOWN: i64 = 50;

/// What waits.
#[derive(Template)]
#[template(path = "reports.html")]
pub struct ReportsPage {
    /// The frame.
    pub page: Page,
    /// The oldest first.
    pub reports: Vec<ReportLine>,
}

/// A report that waits.
#[derive(Debug, Clone)]
pub struct ReportLine {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub about: RowLink,
    /// The dataset.
    pub dataset: String,
    /// Its origin, for a copy.
    pub origin: Option<String>,
    /// Key of the problem.
    pub kind: &'static str,
    /// In the reporter's words.
    pub text: Option<String>,
    /// The instance that it came through.
    pub host: String,
    /// When.
    pub created: Timestamp,
}

/// `GET /moderation/reports`
pub async fn list(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let (person, _) = visit.member()?;
            let reports = visit.app.db.read(|tx| {
                let found = reports::list(&visit.app, tx, person, SHOWN)?;
                let lines = found
                    .into_iter()
                    .map(|(dataset, report)| line(tx, &dataset, report));
                lines.collect::<Result<Vec<_>, StoreError>>()
            })?;
            Answer::private(&ReportsPage {
                page: visit.page.clone(),
                reports,
            })
        })
        .await
}

fn line(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    report: ReportRecord,
) -> Result<ReportLine, StoreError> {
    let about = match report.row_id {
        Some(row) => {
            let schema = reading::schema_of(dataset)?;
            let held = tx.find_row(dataset.id, row)?;
            let cells = held.map(|held| held.cells.clone()).unwrap_or_default();
            reading::row_link(dataset, &schema, row, &cells)
        }
        None => RowLink {
            title: reading::title(dataset),
            href: format!("/datasets/{}", reading::address(dataset)),
        },
    };
    Ok(ReportLine {
        id: report.id,
        about,
        dataset: reading::title(dataset),
        origin: Some(dataset.host.clone()).filter(|host| !host.is_empty()),
        kind: kind(&report.problem),
        text: report.content,
        host: report.host,
        created: report.created,
    })
}

/// `POST /moderation/reports/{report}`
pub async fn settle(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (person, _) = visit.member()?;
            let form = Posted::parse(&body.0?);
            visit.check_form(&form)?;
            let handled = match form.text("outcome") {
                "handled" => true,
                "dismissed" => false,
                _ => return Err(Failure::bad("the form is not one of ours")),
            };
            settle::settle(&visit.app, &id, person, handled)?;
            Ok(Answer::see("/moderation/reports"))
        })
        .await
}
