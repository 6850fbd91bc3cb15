//! `/`: the datasets of this node, its own and its verified copies.

use actix_web::HttpResponse;
use askama::Template;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, StoreError};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::license::License;
use crate::page::Page;
use crate::pages::first_run::FirstRunPage;
use crate::pages::partners;
use crate::reading;
use crate::visit::Visit;

/// The list of datasets.
#[derive(Template)]
#[template(path = "catalogue.html")]
pub struct CataloguePage {
    /// The frame.
    pub page: Page,
    /// Own ones first, by title.
    pub datasets: Vec<Card>,
    /// There are partners, or copies, which have a page and a search of their own.
    pub has_partners: bool,
}

/// One dataset of the list.
#[derive(Debug, Clone)]
pub struct Card {
    /// `name` or `name@host`.
    pub address: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: Option<String>,
    /// How many rows.
    pub rows: i64,
    /// Its terms.
    pub license: Option<License>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Host of the owner, for a copy.
    pub origin: Option<String>,
}

/// `GET /`
pub async fn show(visit: Visit) -> HttpResponse {
    visit.answer(read).await
}

fn read(visit: &Visit) -> Result<Answer, Failure> {
    let (datasets, has_partners) = visit.app.db.read(|tx| {
        let datasets = reading::list(tx, visit.person.as_ref())?;
        let copied = datasets.iter().any(|dataset| !dataset.is_local());
        Ok::<_, StoreError>((datasets, copied || partners::are_there(tx)?))
    })?;
    let page = visit.page.clone();
    if datasets.is_empty() {
        return Answer::page(&FirstRunPage::new(page));
    }
    let datasets = datasets.iter().map(card).collect::<Result<_, _>>()?;
    Answer::page(&CataloguePage {
        page,
        datasets,
        has_partners,
    })
}

fn card(dataset: &DatasetRecord) -> Result<Card, Failure> {
    Ok(Card {
        address: reading::address(dataset),
        title: reading::title(dataset),
        description: reading::description(&reading::schema_of(dataset)?),
        rows: dataset.row_count,
        license: dataset.license.as_deref().map(License::of),
        updated: dataset.updated,
        origin: (!dataset.is_local()).then(|| dataset.host.clone()),
    })
}
