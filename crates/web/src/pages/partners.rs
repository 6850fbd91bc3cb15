//! `/partners`: what this node's partners publish, listed and searched; where there is a copy here, its page. A search
//! also finds rows of the copies that are kept here; each result names its origin.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::peers;
use rustine_store::search::fold;
use rustine_store::{DatasetRecord, PeerDatasetRecord, RowQuery, StoreError, Tx};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::license::License;
use crate::page::Page;
use crate::reading;
use crate::view::change::RowLink;
use crate::visit::{Visit, address_of};

/// Datasets on one page at most; a search narrows them.
const SHOWN: usize = 200;
/// Copies whose rows are searched at most.
const SEARCHED: usize = 100;
/// Rows named of one copy; its own page has all.
const ROWS: usize = 5;

/// The datasets of all partners.
#[derive(Template)]
#[template(path = "partners.html")]
pub struct PartnersPage {
    /// The frame.
    pub page: Page,
    /// What was searched.
    pub q: String,
    /// How many fit.
    pub found: i64,
    /// The first of them.
    pub datasets: Vec<PartnerCard>,
    /// Copies here in which rows were found.
    pub copies: Vec<CopyHits>,
}

/// Rows that were found in a copy.
pub struct CopyHits {
    /// What people call the dataset.
    pub title: String,
    /// Whose it is.
    pub host: String,
    /// All rows of it that fit.
    pub href: String,
    /// How many they are.
    pub found: i64,
    /// The first of them.
    pub rows: Vec<RowLink>,
}

/// A dataset of a partner.
pub struct PartnerCard {
    /// The copy here, or else its page there.
    pub href: String,
    /// There is a copy here.
    pub is_copied: bool,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// Whose it is.
    pub host: String,
    /// Its terms.
    pub license: Option<License>,
    /// How many rows.
    pub rows: i64,
}

/// `GET /partners`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let q: String = visit.asked("q").trim().chars().take(200).collect();
            let (cards, copies) = visit.app.db.read(|tx| {
                let readable = reading::list(tx, visit.person.as_ref())?;
                Ok::<_, Failure>((cards(tx, &readable, &q)?, copies(tx, &readable, &q)?))
            })?;
            let found = i64::try_from(cards.len()).unwrap_or(i64::MAX);
            Answer::page(&PartnersPage {
                page: visit.page.clone(),
                q,
                found,
                datasets: cards.into_iter().take(SHOWN).collect(),
                copies,
            })
        })
        .await
}

/// Rows of the copies that this reader may see, by words; nothing where nothing is searched.
fn copies(tx: &mut Tx<'_>, readable: &[DatasetRecord], q: &str) -> Result<Vec<CopyHits>, Failure> {
    let mut found = Vec::new();
    if !q.chars().any(char::is_alphanumeric) {
        return Ok(found);
    }
    let elsewhere = readable.iter().filter(|dataset| !dataset.is_local());
    for dataset in elsewhere.take(SEARCHED) {
        let rows = tx.query_rows(&RowQuery {
            dataset: dataset.id,
            search: Some(q.to_owned()),
            limit: ROWS,
            ..RowQuery::default()
        })?;
        if rows.total == 0 {
            continue;
        }
        let schema = reading::schema_of(dataset)?;
        let path = format!("/datasets/{}", reading::address(dataset));
        let links = rows
            .rows
            .iter()
            .map(|row| reading::row_link(dataset, &schema, row.row_id, &row.cells));
        found.push(CopyHits {
            title: reading::title(dataset),
            host: dataset.host.clone(),
            href: address_of(&path, &[("q".to_owned(), q.to_owned())]),
            found: rows.total,
            rows: links.collect(),
        });
    }
    found.sort_by_cached_key(|copy| (fold(&copy.title), copy.host.clone()));
    Ok(found)
}

fn cards(
    tx: &mut Tx<'_>,
    readable: &[DatasetRecord],
    q: &str,
) -> Result<Vec<PartnerCard>, Failure> {
    let words: Vec<String> = fold(q).split_whitespace().map(str::to_owned).collect();
    let mut accepted: Option<(String, bool)> = None;
    let mut cards = Vec::new();
    let mut listed = tx.list_peer_datasets(None)?;
    listed.sort_by(|one, other| one.host.cmp(&other.host));
    for dataset in listed.into_iter().filter(|dataset| fits(dataset, &words)) {
        if accepted
            .as_ref()
            .is_none_or(|(host, _)| *host != dataset.host)
        {
            let is_peer = peers::is_accepted(tx, &dataset.host)?;
            accepted = Some((dataset.host.clone(), is_peer));
        }
        // Whoever only asks to be a partner is not shown to everybody.
        if accepted.as_ref().is_some_and(|(_, is_peer)| *is_peer) {
            let copy = readable
                .iter()
                .find(|copy| copy.host == dataset.host && copy.name == dataset.name);
            cards.push(card(dataset, copy.map(reading::address)));
        }
    }
    cards.sort_by_cached_key(|card| (fold(&card.title), card.host.clone()));
    Ok(cards)
}

/// True where every word stands in what is known of the dataset, accents and case aside.
fn fits(dataset: &PeerDatasetRecord, words: &[String]) -> bool {
    let PeerDatasetRecord {
        name,
        host,
        title,
        description,
        ..
    } = dataset;
    let text = fold(&format!("{title} {name} {host} {description}"));
    words.iter().all(|word| text.contains(word.as_str()))
}

fn card(dataset: PeerDatasetRecord, copy: Option<String>) -> PartnerCard {
    PartnerCard {
        is_copied: copy.is_some(),
        href: copy.map_or(dataset.url, |address| format!("/datasets/{address}")),
        title: match dataset.title.trim() {
            "" => dataset.name,
            title => title.to_owned(),
        },
        description: dataset.description,
        host: dataset.host,
        license: dataset.license.as_deref().map(License::of),
        rows: dataset.row_count,
    }
}

/// True where some partner lists something: the catalogue leads here then.
///
/// # Errors
/// Where the store fails.
pub fn are_there(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let mut peers = tx.list_peers()?.into_iter();
    Ok(peers.any(|peer| peer.state == peers::ACCEPTED))
}
