//! `/moderation/{id}/alike`: proposals of one sender that do the same to other rows, accepted with one button.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::decide::{self, DecideError, Decision};
use rustine_app::patches::ops_of;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, PatchId};
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use super::moderation;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields::name_of;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading::{self, operations};
use crate::sending::Refused;
use crate::view::Fault;
use crate::view::change::{ChangeKind, Operation, Side};
use crate::visit::Visit;

/// The proposals that are alike.
#[derive(Template)]
#[template(path = "alike.html")]
pub struct AlikePage {
    /// The frame.
    pub page: Page,
    /// One of them.
    pub id: String,
    /// What they do.
    pub what: String,
    /// Each with its changes, newest first.
    pub entries: Vec<AlikeEntry>,
    /// How many stand here.
    pub count: i64,
    /// How many more there are.
    pub more: i64,
    /// What is wrong with what was chosen.
    pub problems: Vec<Fault>,
}

/// One of the proposals.
#[derive(Debug, Clone)]
pub struct AlikeEntry {
    /// Its id.
    pub id: String,
    /// Its id and the digest of the version shown.
    pub value: String,
    /// The row and the message.
    pub headline: String,
    /// When it came.
    pub sent: Timestamp,
    /// What it changes.
    pub operations: Vec<Operation>,
}

/// Proposals of the queue that are alike.
#[derive(Debug, Clone)]
pub struct Group {
    /// Id of one of them.
    pub id: String,
    /// How many.
    pub count: i64,
    /// What they do.
    pub what: String,
}

/// Proposals of one page.
const MOST: usize = 40;
/// Proposals that are looked through for others of their kind.
const SEARCHED: i64 = 1000;

/// What makes proposals alike: the dataset, who sent them, and what they do to which fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    dataset: i64,
    sender: (String, Option<String>, Option<String>),
    acts: BTreeSet<Act>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Set(FieldName),
    Add,
    Del,
}

impl Likeness {
    fn of(patch: &PatchRecord) -> Result<Self, StoreError> {
        let act = |op: OfferedOp| match op {
            OfferedOp::Set { field, .. } => Act::Set(field),
            OfferedOp::Add { .. } => Act::Add,
            OfferedOp::Del { .. } => Act::Del,
        };
        Ok(Self {
            dataset: patch.dataset,
            sender: (
                patch.proposer_host.clone(),
                patch.proposer.clone(),
                patch.visitor.clone(),
            ),
            acts: ops_of(patch)?.into_iter().map(act).collect(),
        })
    }

    fn words(&self, page: &Page, dataset: &DatasetRecord, schema: &Schema) -> String {
        let word = |act: &Act| match act {
            Act::Set(field) => schema
                .field(field.as_str())
                .map_or_else(|| field.to_string(), name_of),
            Act::Add => page.t(ChangeKind::Add.proposed_key()),
            Act::Del => page.t(ChangeKind::Del.proposed_key()),
        };
        let acts: Vec<String> = self.acts.iter().map(word).collect();
        let title = reading::title(dataset);
        page.t2("alike-what", "title", title, "acts", acts.join(", "))
    }
}

/// The groups of two and more among the proposals of a page of the queue.
pub(super) fn groups(
    page: &Page,
    datasets: &BTreeMap<i64, &DatasetRecord>,
    listed: &[PatchRecord],
) -> Result<Vec<Group>, StoreError> {
    let mut alike: BTreeMap<Likeness, Vec<&PatchRecord>> = BTreeMap::new();
    for patch in listed.iter().filter(|patch| patch.status == "pending") {
        alike.entry(Likeness::of(patch)?).or_default().push(patch);
    }
    let mut groups = Vec::new();
    for (likeness, patches) in alike {
        let Some(dataset) = datasets.get(&likeness.dataset) else {
            continue;
        };
        if let [first, _, ..] = patches.as_slice() {
            groups.push(Group {
                id: first.id.to_string(),
                count: i64::try_from(patches.len()).unwrap_or(i64::MAX),
                what: likeness.words(page, dataset, &reading::schema_of(dataset)?),
            });
        }
    }
    Ok(groups)
}

/// `GET /moderation/{id}/alike`
pub async fn show(visit: Visit, id: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| Answer::private(&read(visit, &id, vec![])?))
        .await
}

/// `POST /moderation/{id}/alike`
pub async fn accept(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit.answer(move |visit| decide(visit, &id, body)).await
}

fn read(visit: &Visit, id: &str, problems: Vec<Fault>) -> Result<AlikePage, Failure> {
    visit.moderator()?;
    let id: PatchId = id.parse().map_err(|_| Failure::not_found())?;
    visit.app.db.read(|tx| {
        let one = tx.find_patch(id)?.ok_or_else(Failure::not_found)?;
        let dataset = tx.load_dataset(one.dataset)?;
        visit.moderator_of(dataset.id)?;
        if !dataset.is_local() || !reading::may_read(visit.person.as_ref(), &dataset) {
            return Err(Failure::not_found());
        }
        let schema = reading::schema_of(&dataset)?;
        let likeness = Likeness::of(&one)?;
        let alike = like(tx, &likeness)?;
        let mut entries = Vec::new();
        for patch in alike.iter().take(MOST) {
            entries.push(AlikeEntry {
                id: patch.id.to_string(),
                value: format!("{}.{}", patch.id, patch.digest),
                headline: moderation::entry(visit, tx, &dataset, patch)?.headline(&visit.page),
                sent: patch.created,
                operations: operations::read(tx, &dataset, &schema, patch)?.operations,
            });
        }
        let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        Ok(AlikePage {
            page: visit.page.clone(),
            id: id.to_string(),
            what: likeness.words(&visit.page, &dataset, &schema),
            count: number(entries.len()),
            more: number(alike.len() - entries.len()),
            entries,
            problems,
        })
    })
}

fn like(tx: &mut Tx<'_>, likeness: &Likeness) -> Result<Vec<PatchRecord>, StoreError> {
    let pending = PatchFilter {
        dataset: Some(likeness.dataset),
        statuses: vec!["pending".to_owned()],
        direction: Some("in".to_owned()),
        ..PatchFilter::default()
    };
    let mut alike = Vec::new();
    for patch in tx.list_patches(&pending, None, SEARCHED)? {
        if Likeness::of(&patch)? == *likeness {
            alike.push(patch);
        }
    }
    Ok(alike)
}

fn decide(visit: &Visit, id: &str, body: Body) -> Result<Answer, Failure> {
    let person = visit.moderator()?;
    let form = Posted::parse(&body.0?);
    visit.check_form(&form)?;
    let chosen: Vec<&str> = form.texts("accept").collect();
    if chosen.len() > MOST {
        return Err(Failure::bad("the form is not one of ours"));
    }
    if chosen.is_empty() {
        let refused = Refused::at("proposals", visit.page.t("problem-none-chosen"));
        return Answer::with(422, Keep::Never, &read(visit, id, refused.faults)?);
    }
    let (mut accepted, mut left) = (0, 0);
    // As they came: where two are about one cell, the first is applied and the second is looked at again.
    for value in chosen.into_iter().rev() {
        let Some(patch) = as_shown(visit, value)? else {
            left += 1;
            continue;
        };
        // Each is a decision of its own: one that cannot be applied does not hold up the others.
        match decide::decide(&visit.app, patch, person, &Decision::Accept) {
            Ok(_) => accepted += 1,
            Err(DecideError::Conflict(_) | DecideError::Problems(_) | DecideError::Final(_)) => {
                left += 1;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Answer::see(format!(
        "/moderation?accepted={accepted}&left={left}"
    )))
}

/// The proposal that a box stands for; none where it is no longer the version that was shown.
fn as_shown(visit: &Visit, value: &str) -> Result<Option<PatchId>, Failure> {
    let foreign = || Failure::bad("the form is not one of ours");
    let (id, digest) = value.split_once('.').ok_or_else(foreign)?;
    let id: PatchId = id.parse().map_err(|_| foreign())?;
    let found = visit.app.db.read(|tx| tx.find_patch(id))?;
    Ok(found
        .filter(|patch| patch.digest.to_string() == digest)
        .map(|patch| patch.id))
}
