//! Lists of domains that others would block: what they say becomes drafts, and a person decides each.

use std::collections::BTreeMap;

use rustine_domain::time::Timestamp;
use rustine_formats::blocklist::{self, Reading, Verdict};
use rustine_formats::csv::ReadError;
use rustine_store::{BlockDraftRecord, BlockListRecord, NewBlockList, StoreError, Tx};

use super::drafts::{APPLIED, BLOCK, UNBLOCK, WAITING};
use super::{block, covers};
use crate::App;

/// The CSV that servers of the fediverse export.
pub const CSV: &str = "csv";
/// A feed of the Fediverse Intelligence Replication Endpoint Server protocol.
pub const FIRES: &str = "fires";

/// A list is read once a day, in seconds.
pub const EVERY_SECONDS: i64 = 86_400;
/// One that could not be read is tried again after an hour.
pub const AGAIN_SECONDS: i64 = 3_600;
/// Lists at most.
pub const MOST_LISTS: usize = 20;

/// Why a list was not added.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The address is none that could be asked.
    #[error("{0:?} is no address of a list: it begins with https://")]
    NoAddress(String),
    /// It is there already.
    #[error("this list is there already")]
    Known,
    /// It is no CSV.
    #[error("this is no list of domains: {0}")]
    NoList(#[from] ReadError),
    /// There are too many.
    #[error("there are {MOST_LISTS} lists already: remove one first")]
    Many,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a reading of a list came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// New drafts.
    pub proposed: usize,
    /// Domains that were there already: blocked, drafted, or put aside once.
    pub known: usize,
    /// Lines that name no domain that could be blocked, such as masked ones.
    pub unreadable: usize,
}

/// Subscribes to a list; it is read by the server soon, and once a day from then on.
///
/// # Errors
/// [`ListError`]
pub fn subscribe(app: &App, kind: &str, url: &str, name: &str) -> Result<i64, ListError> {
    let address = url.trim();
    let parsed = url::Url::parse(address)
        .ok()
        .filter(|url| url.scheme() == "https" || (app.settings.dev && url.scheme() == "http"));
    let Some(parsed) = parsed.filter(url::Url::has_host) else {
        return Err(ListError::NoAddress(address.chars().take(80).collect()));
    };
    let name = match name.trim() {
        "" => parsed.host_str().unwrap_or_default(),
        name => name,
    };
    insert(app, kind, address, name)
}

/// Takes a CSV that was handed in.
///
/// # Errors
/// [`ListError`]
pub fn import(app: &App, name: &str, text: &str) -> Result<(i64, Taken), ListError> {
    let reading = blocklist::csv(text)?;
    let id = insert(app, CSV, "", name.trim())?;
    let taken = take(app, id, &reading)?;
    Ok((id, taken))
}

fn insert(app: &App, kind: &str, url: &str, name: &str) -> Result<i64, ListError> {
    app.db.write(|tx| {
        let lists = tx.list_block_lists()?;
        if !url.is_empty() && lists.iter().any(|list| list.url == url) {
            return Err(ListError::Known);
        }
        if lists.len() >= MOST_LISTS {
            return Err(ListError::Many);
        }
        let now = app.clock.now();
        Ok(tx.insert_block_list(&NewBlockList {
            kind: kind.to_owned(),
            url: url.to_owned(),
            name: name.chars().take(80).collect(),
            due_at: now,
            created: now,
        })?)
    })
}

/// Subscriptions that are due to be read.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App) -> Result<Vec<BlockListRecord>, StoreError> {
    let now = app.clock.now();
    let lists = app.db.read(|tx| tx.list_block_lists())?.into_iter();
    Ok(lists
        .filter(|list| !list.url.is_empty() && list.due_at <= now)
        .collect())
}

/// Asks for a subscription to be read now; true where there is one.
///
/// # Errors
/// Where the store fails.
pub fn hurry(app: &App, id: i64) -> Result<bool, StoreError> {
    app.db.write(|tx| {
        let Some(list) = tx.find_block_list(id)?.filter(|list| !list.url.is_empty()) else {
            return Ok(false);
        };
        tx.set_block_list_read(id, None, list.error.as_deref(), app.clock.now())?;
        Ok(true)
    })
}

/// Notes that a list could not be read.
///
/// # Errors
/// Where the store fails.
pub fn failed(app: &App, id: i64, why: &str) -> Result<(), StoreError> {
    let next = app.clock.now().plus_seconds(AGAIN_SECONDS);
    let why: String = why.chars().take(300).collect();
    app.db
        .write(|tx| tx.set_block_list_read(id, None, Some(&why), next))
}

/// Takes what a list says now: new names become drafts, and the end of a block is proposed where we blocked a domain
/// because of this list and it does not name it any more. Nothing is blocked or unblocked.
///
/// # Errors
/// Where the store fails.
pub fn take(app: &App, id: i64, reading: &Reading) -> Result<Taken, StoreError> {
    let mut said: BTreeMap<String, (Verdict, &str)> = BTreeMap::new();
    let mut taken = Taken {
        unreadable: reading.unreadable,
        ..Taken::default()
    };
    for entry in &reading.entries {
        match block::check(app, &entry.domain) {
            // A later word about the same domain takes the place of an earlier one.
            Ok(domain) => drop(said.insert(domain, (entry.verdict, entry.reason.as_str()))),
            Err(_) => taken.unreadable += 1,
        }
    }
    let now = app.clock.now();
    app.db.write(|tx| {
        if tx.find_block_list(id)?.is_none() {
            return Ok(taken);
        }
        let drafts = tx.list_block_drafts_of(id)?;
        let before: BTreeMap<String, BlockDraftRecord> = drafts
            .into_iter()
            .map(|draft| (draft.domain.clone(), draft))
            .collect();
        for (domain, (verdict, reason)) in &said {
            let draft = draft(id, domain, BLOCK, reason, now);
            let known = before.get(domain);
            let is_new = *verdict == Verdict::Block
                && known.is_none_or(|known| known.action == UNBLOCK && known.state == WAITING)
                && !covers(tx, domain)?;
            if is_new {
                tx.put_block_draft(&draft)?;
                taken.proposed += 1;
            } else if *verdict == Verdict::Block {
                taken.known += 1;
            }
        }
        for (domain, known) in before {
            let named = said
                .get(&domain)
                .is_some_and(|(verdict, _)| *verdict == Verdict::Block);
            if !named {
                taken.proposed += usize::from(take_back(tx, id, &known, now)?);
            }
        }
        let next = now.plus_seconds(EVERY_SECONDS);
        tx.set_block_list_read(id, Some(now), None, next)?;
        Ok(taken)
    })
}

/// A list does not name a domain any more. True where the end of a block is proposed.
fn take_back(
    tx: &mut Tx<'_>,
    list: i64,
    known: &BlockDraftRecord,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match (known.action.as_str(), known.state.as_str()) {
        (BLOCK, APPLIED) if covers(tx, &known.domain)? => {
            tx.put_block_draft(&draft(list, &known.domain, UNBLOCK, "", now))?;
            Ok(true)
        }
        (BLOCK, WAITING) => {
            tx.delete_block_draft(known.id)?;
            Ok(false)
        }
        _ => Ok(false),
    }
}

fn draft(list: i64, domain: &str, action: &str, reason: &str, now: Timestamp) -> BlockDraftRecord {
    BlockDraftRecord {
        id: 0,
        domain: domain.to_owned(),
        list,
        action: action.to_owned(),
        reason: reason.chars().take(300).collect(),
        state: WAITING.to_owned(),
        created: now,
    }
}
