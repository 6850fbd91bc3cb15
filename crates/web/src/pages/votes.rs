//! `/datasets/{dataset}/votes`: people with an account say what they think of proposals that wait, where an owner lets
//! them.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::rules::votes::{self, vote};
use rustine_app::rules::{settings, vote_rules};
use rustine_domain::rules::{Count, VoteRules};
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use super::moderation::{self, QueueEntry};
use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::view::DatasetHead;
use crate::visit::Visit;

/// Proposals shown at once, the oldest first.
const SHOWN: i64 = 20;

/// Proposals that wait, and what people said.
#[derive(Template)]
#[template(path = "votes.html")]
pub struct VotesPage {
    /// The frame.
    pub page: Page,
    /// The dataset.
    pub dataset: DatasetHead,
    /// How many votes accept.
    pub rules: VoteRules,
    /// The proposals.
    pub cases: Vec<VoteCase>,
}

/// A proposal that people vote on.
pub struct VoteCase {
    /// Its id.
    pub id: String,
    /// What it does.
    pub entry: QueueEntry,
    /// The values, field by field.
    pub changes: Vec<Change>,
    /// Votes in favour.
    pub agree: i64,
    /// Votes against.
    pub disagree: i64,
    /// What this person said.
    pub said: Option<bool>,
    /// It is this person's own.
    pub own: bool,
}

/// A value that would change.
pub struct Change {
    /// The field's title.
    pub field: String,
    /// What is proposed; empty for none.
    pub value: String,
}

/// `GET /datasets/{dataset}/votes`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| Answer::private(&read(visit, &address)?))
        .await
}

/// `POST /datasets/{dataset}/votes`
pub async fn send(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (person, _) = visit.member()?;
            let form = Posted::parse(&body.0?);
            visit.check_form(&form)?;
            let id = form.text("which").parse();
            let id = id.map_err(|_| Failure::not_found())?;
            let agrees = match form.text("vote") {
                "agree" => true,
                "disagree" => false,
                _ => return Err(Failure::bad("the form is not one of ours")),
            };
            vote(&visit.app, id, person, agrees)?;
            Ok(Answer::see(format!("/datasets/{address}/votes")))
        })
        .await
}

fn read(visit: &Visit, address: &str) -> Result<VotesPage, Failure> {
    let (person, _) = visit.member()?;
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, Some(person), address)?;
        let rules = vote_rules(&settings(tx, record.id)?);
        if !record.is_local() || !rules.on {
            return Err(Failure::not_found());
        }
        let waiting = PatchFilter {
            dataset: Some(record.id),
            statuses: vec!["pending".to_owned()],
            direction: Some("in".to_owned()),
            set_aside: Some(false),
            ..PatchFilter::default()
        };
        let mut cases = Vec::new();
        for patch in tx.list_oldest_patches(&waiting, None, SHOWN)? {
            cases.push(case(visit, tx, (&record, person), &patch)?);
        }
        let schema = reading::schema_of(&record)?;
        Ok(VotesPage {
            page: visit.page.clone(),
            dataset: reading::head(&visit.app, tx, &record, &schema)?,
            rules,
            cases,
        })
    })
}

fn case(
    visit: &Visit,
    tx: &mut Tx<'_>,
    (dataset, person): (&DatasetRecord, &Person),
    patch: &PatchRecord,
) -> Result<VoteCase, Failure> {
    let own = visit.app.url(&format!("/users/{}", person.name));
    let Count { agree, disagree } = votes::count(tx, patch.id)?;
    let said = tx.list_votes(patch.id)?;
    let said = said.iter().find(|(voter, _)| *voter == person.id);
    Ok(VoteCase {
        id: patch.id.to_string(),
        entry: moderation::entry(visit, tx, dataset, patch)?,
        changes: changes(dataset, patch)?,
        agree: agree.cast_signed(),
        disagree: disagree.cast_signed(),
        said: said.map(|(_, agrees)| *agrees),
        own: patch.proposer.as_deref() == Some(own.as_str()),
    })
}

fn changes(dataset: &DatasetRecord, patch: &PatchRecord) -> Result<Vec<Change>, Failure> {
    use rustine_domain::digest::OfferedOp;
    let schema = reading::schema_of(dataset)?;
    let titled = |name: &str, value: Option<&String>| Change {
        field: schema.field(name).map_or_else(
            || name.to_owned(),
            |field| match field.title.is_empty() {
                true => name.to_owned(),
                false => field.title.clone(),
            },
        ),
        value: value.cloned().unwrap_or_default(),
    };
    let ops = rustine_app::patches::ops_of(patch).map_err(|error: StoreError| error)?;
    let mut found = Vec::new();
    for op in &ops {
        match op {
            OfferedOp::Set { field, value, .. } => {
                found.push(titled(field.as_str(), value.as_ref()));
            }
            OfferedOp::Add { cells, .. } => {
                let cells = cells.iter();
                found.extend(cells.map(|(field, value)| titled(field.as_str(), Some(value))));
            }
            OfferedOp::Del { .. } => {}
        }
    }
    Ok(found)
}
