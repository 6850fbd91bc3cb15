//! `/moderation`: the proposals that wait, local and from other instances, in one queue.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::patches::care::Problem;
use rustine_app::patches::ops_of;
use rustine_app::{reports, rules};
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::PatchId;
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use super::alike;
use super::keys::{self, Key};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::fields::{row_title, title_field};
use crate::page::Page;
use crate::reading;
use crate::view::Standing;
use crate::visit::Visit;

pub(super) mod filters;
pub(super) mod queue;

pub use filters::QueueFilter;
use queue::Queue;

/// The queue.
#[derive(Template)]
#[template(path = "moderation.html")]
pub struct ModerationPage {
    /// The frame.
    pub page: Page,
    /// The decision that was just taken.
    pub done: Option<Standing>,
    /// A vote was just cast.
    pub voted: bool,
    /// How many were just accepted together, and how many could not be.
    pub together: Option<(i64, i64)>,
    /// How many of a burst were just refused.
    pub refused: Option<i64>,
    /// Proposals that match.
    pub total: i64,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
    /// Dataset, origin, kind, assignee, age, status, order.
    pub filters: Vec<QueueFilter>,
    /// Filters leave proposals out.
    pub narrowed: bool,
    /// Those of this page that can be decided together.
    pub groups: Vec<alike::Group>,
    /// Comments that wait to be read.
    pub comments: i64,
    /// Reports that wait to be seen to.
    pub reports: i64,
    /// The datasets on which citizens vote: address and title.
    pub votes: Vec<(String, String)>,
    /// What came in floods and was set aside.
    pub bursts: Vec<Burst>,
    /// In the order asked for.
    pub entries: Vec<QueueEntry>,
    /// What our people proposed elsewhere, newest first.
    pub elsewhere: Vec<QueueEntry>,
    /// What keys do here.
    pub keys: &'static [Key],
    /// More.
    pub next_href: Option<String>,
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
    /// Its page, in this queue.
    pub href: String,
    /// Host whose people decide, where that is not ours.
    pub waits_at: Option<String>,
    /// Key of what was reported.
    pub problem_key: Option<&'static str>,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// When it expires, where that is soon.
    pub expires: Option<Timestamp>,
}

/// Proposals that came in a flood.
#[derive(Debug, Clone)]
pub struct Burst {
    /// Its id.
    pub id: String,
    /// Title of the dataset.
    pub title: String,
    /// How many wait.
    pub count: i64,
}

impl ModerationPage {
    fn has_reports(&self) -> bool {
        self.reports > 0
    }

    fn has_comments(&self) -> bool {
        self.comments > 0
    }
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
/// Comments that wait are counted so far.
const COMMENTS: i64 = 100;
/// Of those that wait elsewhere, so many are shown.
const ELSEWHERE: i64 = 20;

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
    Ok(keys::with_script(Answer::private(&page)?))
}

fn queue(
    visit: &Visit,
    tx: &mut Tx<'_>,
    datasets: &[DatasetRecord],
) -> Result<ModerationPage, Failure> {
    let queue = Queue::asked(visit, tx, datasets)?;
    let patches = queue.list(tx, queue::place(visit.asked("after")), ENTRIES)?;
    let total = tx.count_patches(&queue.filter)?;
    let full = i64::try_from(patches.len()).is_ok_and(|length| length == ENTRIES);
    let next = patches
        .last()
        .filter(|_| full)
        .map(|last| format!("{}.{}", last.created.seconds(), last.id));
    let oldest = tx.list_oldest_patches(&queue.filter, None, 1)?.pop();
    let by_id: BTreeMap<i64, &DatasetRecord> = datasets
        .iter()
        .map(|dataset| (dataset.id, dataset))
        .collect();
    Ok(ModerationPage {
        page: visit.page.clone(),
        done: Standing::find(visit.asked("done")).filter(|standing| !standing.is_open()),
        voted: visit.asked("done") == "voted",
        together: together(visit),
        refused: visit.asked("refused").parse::<u16>().ok().map(i64::from),
        total,
        oldest: oldest.map(|patch| patch.created),
        filters: filters::filters(visit, tx, datasets)?,
        narrowed: queue.is_narrowed(),
        groups: alike::groups(&visit.page, &by_id, &patches)?,
        comments: comments(tx, &by_id)?,
        reports: reports(visit, tx)?,
        votes: voted_on(tx, datasets)?,
        bursts: bursts(tx, &by_id)?,
        entries: entries(visit, tx, &queue, &by_id, &patches)?,
        elsewhere: elsewhere(visit, tx, &queue, &by_id)?,
        keys: keys::QUEUE,
        next_href: next.map(|next| queue.href("/moderation", &[("after", &next)])),
    })
}

fn entries(
    visit: &Visit,
    tx: &mut Tx<'_>,
    queue: &Queue,
    datasets: &BTreeMap<i64, &DatasetRecord>,
    patches: &[PatchRecord],
) -> Result<Vec<QueueEntry>, Failure> {
    let ids: Vec<PatchId> = patches.iter().map(|patch| patch.id).collect();
    let cares = tx.list_cares(&ids)?;
    let mut entries = Vec::new();
    for patch in patches {
        let Some(dataset) = datasets.get(&patch.dataset) else {
            continue;
        };
        let mut made = entry(visit, tx, dataset, patch)?;
        if let Some(care) = cares.iter().find(|care| care.patch == patch.id) {
            let problem = care.problem.as_deref().and_then(Problem::find);
            made.problem_key = problem.map(filters::problem_key);
            made.assignee = match care.assignee {
                Some(id) => tx.find_user(id)?.map(|user| user.name),
                None => None,
            };
        }
        made.href = queue.href(&format!("/moderation/{}", patch.id), &[]);
        entries.push(made);
    }
    Ok(entries)
}

/// What our people proposed to datasets of others and nobody answered yet; on the first page of the whole queue only.
fn elsewhere(
    visit: &Visit,
    tx: &mut Tx<'_>,
    queue: &Queue,
    datasets: &BTreeMap<i64, &DatasetRecord>,
) -> Result<Vec<QueueEntry>, Failure> {
    if queue.is_narrowed() || !visit.asked("after").is_empty() {
        return Ok(Vec::new());
    }
    let sent = PatchFilter {
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        direction: Some("out".to_owned()),
        ..PatchFilter::default()
    };
    let mut entries = Vec::new();
    for patch in tx.list_patches(&sent, None, ELSEWHERE)? {
        if let Some(dataset) = datasets.get(&patch.dataset) {
            entries.push(entry(visit, tx, dataset, &patch)?);
        }
    }
    Ok(entries)
}

/// Comments that wait on these datasets.
fn comments(tx: &mut Tx<'_>, datasets: &BTreeMap<i64, &DatasetRecord>) -> Result<i64, StoreError> {
    let held = tx.list_held_comments(COMMENTS)?;
    let ours = held
        .iter()
        .filter(|one| datasets.contains_key(&one.dataset));
    Ok(i64::try_from(ours.count()).unwrap_or(COMMENTS))
}

/// Reports that wait for the reader, counted as far as comments are.
fn reports(visit: &Visit, tx: &mut Tx<'_>) -> Result<i64, Failure> {
    let found = reports::list(&visit.app, tx, visit.moderator()?, COMMENTS)?;
    Ok(i64::try_from(found.len()).unwrap_or(COMMENTS))
}

/// The datasets of ours whose owner lets citizens vote.
fn voted_on(
    tx: &mut Tx<'_>,
    datasets: &[DatasetRecord],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut found = Vec::new();
    for dataset in datasets.iter().filter(|dataset| dataset.is_local()) {
        if rules::settings(tx, dataset.id)?.votes_on {
            found.push((reading::address(dataset), reading::title(dataset)));
        }
    }
    Ok(found)
}

fn bursts(
    tx: &mut Tx<'_>,
    datasets: &BTreeMap<i64, &DatasetRecord>,
) -> Result<Vec<Burst>, Failure> {
    let found = tx.list_bursts()?;
    let burst = |(id, dataset, count)| {
        let dataset = datasets.get(&dataset)?;
        Some(Burst {
            id,
            title: reading::title(dataset),
            count,
        })
    };
    Ok(found.into_iter().filter_map(burst).collect())
}

/// What became of proposals that were accepted together.
fn together(visit: &Visit) -> Option<(i64, i64)> {
    let count = |name: &str| visit.asked(name).parse::<u16>().ok().map(i64::from);
    Some((count("accepted")?, count("left")?))
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
    let held = match first {
        Some(row) => tx.find_row(dataset.id, row)?,
        None => None,
    };
    let row_title = match held {
        Some(row) => Some(row_title(&schema, &row.cells, row.row_id)),
        None => ops.iter().find_map(|op| new_title(&schema, op)),
    };
    Ok(QueueEntry {
        id: patch.id.to_string(),
        dataset: reading::address(dataset),
        dataset_title: reading::title(dataset),
        origin: Some(patch.proposer_host.clone())
            .filter(|host| !host.is_empty() && host != visit.app.host().as_str()),
        summary: patch.summary.clone(),
        row_title,
        changes: i64::try_from(ops.len()).unwrap_or(i64::MAX),
        sent: patch.created,
        status: Standing::find(&patch.status).unwrap_or(Standing::Pending),
        href: format!("/moderation/{}", patch.id),
        waits_at: (!dataset.is_local()).then(|| dataset.host.clone()),
        problem_key: None,
        assignee: None,
        expires: queue::expires_soon(visit, patch),
    })
}

/// What people would call a row that is to be added; none where it has no name.
fn new_title(schema: &Schema, op: &OfferedOp) -> Option<String> {
    let OfferedOp::Add { cells, .. } = op else {
        return None;
    };
    let title = title_field(schema)?;
    cells.get(&title.name).cloned()
}
