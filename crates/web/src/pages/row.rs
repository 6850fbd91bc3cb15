//! `/datasets/{dataset}/rows/{id}`: one row, its values and its history.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::comments::SHOWN;
use rustine_domain::ids::RowId;
use rustine_domain::time::Timestamp;
use rustine_store::{CommentPlace, DatasetRecord, PatchFilter, StoreError, Tx};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::fields::{self, row_title};
use crate::page::Page;
use crate::pages::dataset::cell_shown;
use crate::reading::{self, facts, history};
use crate::view::change::{Change, Side};
use crate::view::comment::{Comment, Content};
use crate::view::{DatasetHead, Shown};
use crate::visit::{Visit, address_of};

/// The page of a row.
#[derive(Template)]
#[template(path = "row.html")]
pub struct RowPage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call it.
    pub title: String,
    /// Its own address.
    pub href: String,
    /// The same with the site, to hand on.
    pub share: String,
    /// What it is in the words of schema.org.
    pub kind: &'static str,
    /// One per field of the schema, in its order.
    pub values: Vec<FieldValue>,
    /// Proposals on this row that wait for a decision.
    pub waiting: i64,
    /// Latest first.
    pub history: Vec<Change>,
    /// Older entries.
    pub older_href: Option<String>,
    /// Since when nobody changed it, where that is long ago.
    pub stale: Option<Timestamp>,
    /// What people say about it, as far as it was read.
    pub comments: Vec<Comment>,
    /// Where somebody with an account writes.
    pub comment_href: Option<String>,
    /// A comment was just left and waits.
    pub comment_held: bool,
}

/// A value under the title of its field.
#[derive(Debug, Clone)]
pub struct FieldValue {
    /// Field title.
    pub title: String,
    /// The value by its type.
    pub shown: Shown,
    /// Its property of schema.org, where it has one.
    pub property: Option<&'static str>,
}

/// Steps of the history on one page.
const STEPS: usize = 20;
/// Comments shown at most.
const COMMENTS: i64 = 100;
/// Waiting proposals that are looked through for this row.
const WAITING: i64 = 500;

/// `GET /datasets/{dataset}/rows/{id}`
pub async fn show(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    visit
        .answer(move |visit| read(visit, &path.0, &path.1))
        .await
}

fn read(visit: &Visit, address: &str, id: &str) -> Result<Answer, Failure> {
    let page = visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let row = reading::load_row(tx, &record, id)?;
        let stale =
            facts::stale_rows(&visit.app, tx, &record, &schema, std::slice::from_ref(&row))?;
        let value = |field: &rustine_domain::schema::Field| FieldValue {
            title: fields::name_of(field),
            shown: cell_shown(field, &row),
            property: fields::property(&schema, field),
        };
        let mut steps = history::steps(tx, &record, &row)?;
        let before: i64 = visit.asked("before").parse().unwrap_or(i64::MAX);
        steps.retain(|step| step.seq < before);
        let older = steps.len().saturating_sub(STEPS);
        let href = reading::row_href(&record, row.row_id);
        let older_href = (older > 0).then(|| {
            let from = [("before".to_owned(), steps[older].seq.to_string())];
            format!("{}#history", address_of(&href, &from))
        });
        let history = steps
            .into_iter()
            .skip(older)
            .rev()
            .filter_map(|step| history::change(step, &schema))
            .collect();
        let place = CommentPlace::Row(record.id, row.row_id);
        let said = tx.list_comments(place, &[SHOWN], COMMENTS)?;
        let comment_href = Some(format!("{href}/comment"));
        Ok::<_, Failure>(RowPage {
            page: visit.page.clone(),
            dataset: reading::head(&visit.app, tx, &record, &schema)?,
            title: row_title(&schema, &row.cells, row.row_id),
            share: visit.app.url(&href),
            kind: fields::thing(&schema),
            href,
            values: schema.fields.iter().map(value).collect(),
            waiting: waiting(tx, &record, row.row_id)?,
            history,
            older_href,
            stale: stale.get(&row.row_id).copied(),
            comments: said.into_iter().map(Comment::of).collect(),
            comment_href: comment_href.filter(|_| record.is_local() && visit.person.is_some()),
            comment_held: visit.asked("comment") == "held",
        })
    })?;
    Answer::page(&page)
}

/// How many open proposals name this row.
fn waiting(tx: &mut Tx<'_>, dataset: &DatasetRecord, row: RowId) -> Result<i64, StoreError> {
    let filter = PatchFilter {
        dataset: Some(dataset.id),
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        ..PatchFilter::default()
    };
    let row = row.to_string();
    let patches = tx.list_patches(&filter, None, WAITING)?;
    let count = patches
        .iter()
        .filter(|patch| patch.ops.contains(&row))
        .count();
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
