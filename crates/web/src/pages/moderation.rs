//! `/moderation`: the proposals that wait, local and from other instances, in one queue.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::patches::ops_of;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use super::alike;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::fields::row_title;
use crate::page::Page;
use crate::reading;
use crate::view::{Choice, Standing};
use crate::visit::{Visit, address_of};

/// The queue.
#[derive(Template)]
#[template(path = "moderation.html")]
pub struct ModerationPage {
    /// The frame.
    pub page: Page,
    /// The decision that was just taken.
    pub done: Option<Standing>,
    /// How many were just accepted together, and how many could not be.
    pub together: Option<(i64, i64)>,
    /// Proposals that match.
    pub total: i64,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
    /// Dataset, origin, status.
    pub filters: Vec<QueueFilter>,
    /// Filters leave proposals out.
    pub narrowed: bool,
    /// Those of this page that can be decided together.
    pub groups: Vec<alike::Group>,
    /// Newest first.
    pub entries: Vec<QueueEntry>,
    /// More.
    pub next_href: Option<String>,
}

/// A filter of the queue.
#[derive(Debug, Clone)]
pub struct QueueFilter {
    /// Name of its parameter.
    pub name: &'static str,
    /// Key of its label.
    pub title_key: &'static str,
    /// Key of what stands for no choice.
    pub any_key: &'static str,
    /// What can be chosen.
    pub options: Vec<Choice>,
}

/// A proposal in the queue.
#[derive(Debug, Clone)]
pub struct QueueEntry {
    /// Id of the proposal.
    pub id: String,
    /// `name` or `name@host`.
    pub dataset: String,
    /// Its title.
    pub dataset_title: String,
    /// Instance it came from; none for our own visitors.
    pub origin: Option<String>,
    /// The proposer's message.
    pub summary: Option<String>,
    /// Title of the first row it touches.
    pub row_title: Option<String>,
    /// How many operations.
    pub changes: i64,
    /// When it came.
    pub sent: Timestamp,
    /// Where it stands.
    pub status: Standing,
}

impl QueueEntry {
    /// What the link says: the row and how much changes, then the message.
    pub fn headline(&self, page: &Page) -> String {
        let changes = page.n("changes-count", &self.changes);
        let row = match &self.row_title {
            Some(title) => page.t2("headline-row", "title", title, "changes", changes),
            None => changes,
        };
        match &self.summary {
            Some(summary) => page.t2("headline-summary", "row", row, "summary", summary),
            None => row,
        }
    }
}

/// Proposals of a page.
const ENTRIES: i64 = 50;

/// `GET /moderation`
pub async fn show(visit: Visit) -> HttpResponse {
    visit.answer(read).await
}

fn read(visit: &Visit) -> Result<Answer, Failure> {
    let person = visit.moderator()?;
    let page = visit.app.db.read(|tx| {
        let mut datasets = reading::list(tx, visit.person.as_ref())?;
        datasets.retain(|dataset| person.may_decide(dataset.id));
        queue(visit, tx, &datasets)
    })?;
    Answer::private(&page)
}

fn queue(
    visit: &Visit,
    tx: &mut Tx<'_>,
    datasets: &[DatasetRecord],
) -> Result<ModerationPage, Failure> {
    let filter = PatchFilter {
        datasets: Some(datasets.iter().map(|dataset| dataset.id).collect()),
        ..asked_filter(visit, datasets)
    };
    let patches = tx.list_patches(&filter, after(visit.asked("after")), ENTRIES)?;
    let total = tx.count_patches(&filter)?;
    let full = i64::try_from(patches.len()).is_ok_and(|length| length == ENTRIES);
    let last = patches.last();
    let by_id: BTreeMap<i64, &DatasetRecord> = datasets
        .iter()
        .map(|dataset| (dataset.id, dataset))
        .collect();
    let mut entries = Vec::new();
    for patch in &patches {
        if let Some(dataset) = by_id.get(&patch.dataset) {
            entries.push(entry(visit, tx, dataset, patch)?);
        }
    }
    let next = last
        .filter(|_| full)
        .map(|last| format!("{}.{}", last.created.seconds(), last.id));
    // The list is newest first, so the oldest is only known where its end is on this page.
    let oldest = last.filter(|_| !full).map(|last| last.created);
    Ok(ModerationPage {
        page: visit.page.clone(),
        done: Standing::find(visit.asked("done")).filter(|standing| !standing.is_open()),
        together: together(visit),
        total,
        oldest,
        filters: filters(visit, datasets),
        narrowed: ["dataset", "origin", "status"]
            .iter()
            .any(|name| !visit.asked(name).is_empty()),
        groups: alike::groups(&visit.page, &by_id, &patches)?,
        entries,
        next_href: next.map(|next| {
            let mut query: Vec<_> = visit
                .query
                .iter()
                .filter(|(name, _)| !["after", "done", "accepted", "left"].contains(&name.as_str()))
                .cloned()
                .collect();
            query.push(("after".to_owned(), next));
            address_of("/moderation", &query)
        }),
    })
}

/// What became of proposals that were accepted together.
fn together(visit: &Visit) -> Option<(i64, i64)> {
    let count = |name: &str| visit.asked(name).parse::<u16>().ok().map(i64::from);
    Some((count("accepted")?, count("left")?))
}

fn after(text: &str) -> Option<(Timestamp, PatchId)> {
    let (seconds, id) = text.split_once('.')?;
    Some((
        Timestamp::from_seconds(seconds.parse().ok()?)?,
        id.parse().ok()?,
    ))
}

fn asked_filter(visit: &Visit, datasets: &[DatasetRecord]) -> PatchFilter {
    let dataset = visit.asked("dataset");
    let wanted = datasets
        .iter()
        .find(|known| reading::address(known) == dataset);
    let statuses = match Standing::find(visit.asked("status")) {
        Some(status) => vec![status.name().to_owned()],
        None => vec!["pending".to_owned(), "conflict".to_owned()],
    };
    let ours = visit.app.host().to_string();
    let origin = visit.asked("origin");
    PatchFilter {
        dataset: wanted.map(|dataset| dataset.id),
        statuses,
        direction: Some("in".to_owned()),
        proposer_host: match origin {
            "" => None,
            "here" => Some(ours),
            host => Some(host.to_owned()),
        },
        ..PatchFilter::default()
    }
}

fn filters(visit: &Visit, datasets: &[DatasetRecord]) -> Vec<QueueFilter> {
    let dataset = visit.asked("dataset");
    let options = datasets
        .iter()
        .filter(|dataset| dataset.is_local())
        .map(|known| Choice {
            label: reading::title(known),
            ..Choice::plain(&known.name, known.name == dataset)
        });
    let status = visit.asked("status");
    let origin = visit.asked("origin");
    let mut origins = vec![Choice::keyed("here", "from-here", origin == "here")];
    if !origin.is_empty() && origin != "here" {
        origins.push(Choice::plain(origin, true));
    }
    let statuses = Standing::ALL
        .iter()
        .map(|known| Choice::keyed(known.name(), known.key(), known.name() == status));
    vec![
        QueueFilter {
            name: "dataset",
            title_key: "filter-dataset",
            any_key: "any-value",
            options: options.collect(),
        },
        QueueFilter {
            name: "origin",
            title_key: "filter-origin",
            any_key: "any-value",
            options: origins,
        },
        QueueFilter {
            name: "status",
            title_key: "filter-status",
            any_key: "open-statuses",
            options: statuses.collect(),
        },
    ]
}

pub(super) fn entry(
    visit: &Visit,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<QueueEntry, StoreError> {
    let ops = ops_of(patch)?;
    let schema = reading::schema_of(dataset)?;
    let first = ops.iter().find_map(|op| match op {
        OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => Some(*row),
        OfferedOp::Add { .. } => None,
    });
    let row = match first {
        Some(row) => tx.find_row(dataset.id, row)?,
        None => None,
    };
    Ok(QueueEntry {
        id: patch.id.to_string(),
        dataset: reading::address(dataset),
        dataset_title: reading::title(dataset),
        origin: Some(patch.proposer_host.clone())
            .filter(|host| !host.is_empty() && host != visit.app.host().as_str()),
        summary: patch.summary.clone(),
        row_title: row.map(|row| row_title(&schema, &row.cells, row.row_id)),
        changes: i64::try_from(ops.len()).unwrap_or(i64::MAX),
        sent: patch.created,
        status: Standing::find(&patch.status).unwrap_or(Standing::Pending),
    })
}
