//! `/admin/blocks`: domains that this node has nothing to do with, what a block would cut, drafts, and lists that
//! propose some.

mod act;

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::blocks::block::{self, BlockError};
use rustine_app::blocks::cuts::Cuts;
use rustine_app::blocks::drafts;
use rustine_domain::time::Timestamp;
use rustine_store::{BlockRecord, StoreError};

pub use act::act;

use crate::answer::{Answer, Keep};
use crate::failure::Failure;
use crate::page::Page;
use crate::view::Fault;
use crate::visit::Visit;

/// Blocks, drafts and lists.
#[derive(Template)]
#[template(path = "blocks.html")]
pub struct BlocksPage {
    /// The frame.
    pub page: Page,
    /// What was just done; a key.
    pub done: Option<&'static str>,
    /// What is wrong.
    pub problems: Vec<Fault>,
    /// A domain that somebody would block, and what that cuts.
    pub preview: Option<Preview>,
    /// What is blocked.
    pub blocks: Vec<BlockRecord>,
    /// How many drafts wait.
    pub waiting: i64,
    /// The first of them.
    pub drafts: Vec<DraftLine>,
    /// Lists that propose.
    pub lists: Vec<ListLine>,
}

/// What a block would cut.
pub struct Preview {
    /// The domain.
    pub domain: String,
    /// Why, as typed so far.
    pub reason: String,
    /// The draft that this is about, if it is one.
    pub draft: Option<i64>,
    /// What would be cut.
    pub cuts: Cuts,
}

/// A draft.
pub struct DraftLine {
    /// Names it in the form.
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// It would take a block back.
    pub unblocks: bool,
    /// Why.
    pub reason: String,
    /// The list that proposes it; none where a person wrote it.
    pub list: Option<String>,
}

/// A list.
pub struct ListLine {
    /// Names it in the form.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// Where it is fetched; empty for a file.
    pub url: String,
    /// When it was last read.
    pub fetched: Option<Timestamp>,
    /// Why it could not be read.
    pub error: Option<String>,
}

/// `GET /admin/blocks`, with `domain` or `draft` as a dry-run.
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            let mut page = read(visit)?;
            page.done = match visit.asked("done") {
                "blocked" => Some("blocks-blocked"),
                "drafted" => Some("blocks-drafted"),
                "removed" => Some("blocks-removed"),
                "dismissed" => Some("blocks-dismissed"),
                "listed" => Some("blocks-listed"),
                "unlisted" => Some("blocks-unlisted"),
                "imported" => Some("blocks-imported"),
                _ => None,
            };
            match preview(visit) {
                Ok(preview) => {
                    page.preview = preview;
                    Answer::private(&page)
                }
                Err(error) => refused(page, error),
            }
        })
        .await
}

fn preview(visit: &Visit) -> Result<Option<Preview>, BlockError> {
    let draft = visit.asked("draft").parse::<i64>().ok();
    let draft = match draft {
        Some(id) => visit.app.db.read(|tx| tx.find_block_draft(id))?,
        None => None,
    };
    let draft = draft.filter(|draft| draft.state == drafts::WAITING);
    let (text, reason, id) = match &draft {
        Some(draft) => (draft.domain.as_str(), draft.reason.as_str(), Some(draft.id)),
        None => (visit.asked("domain"), visit.asked("reason"), None),
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (domain, cuts) = block::preview(&visit.app, text)?;
    Ok(Some(Preview {
        domain,
        reason: reason.chars().take(300).collect(),
        draft: id,
        cuts,
    }))
}

/// The page with what is wrong about a domain.
fn refused(mut page: BlocksPage, error: BlockError) -> Result<Answer, Failure> {
    let key = match error {
        BlockError::NoDomain(_) => "blocks-no-domain",
        BlockError::Ourselves(_) => "blocks-ourselves",
        BlockError::Store(error) => return Err(error.into()),
    };
    page.problems.push(Fault {
        anchor: Some("domain".to_owned()),
        sentence: page.page.t(key),
    });
    Answer::with(422, Keep::Never, &page)
}

fn read(visit: &Visit) -> Result<BlocksPage, Failure> {
    let (blocks, waiting, drafted, lists) = visit.app.db.read(|tx| {
        Ok::<_, StoreError>((
            tx.list_blocks()?,
            tx.count_waiting_block_drafts()?,
            tx.list_waiting_block_drafts("", drafts::PAGE)?,
            tx.list_block_lists()?,
        ))
    })?;
    let name = |id: i64| {
        let list = lists.iter().find(|list| list.id == id);
        list.map(|list| list.name.clone())
    };
    let drafted = drafted.into_iter().map(|draft| DraftLine {
        list: name(draft.list),
        id: draft.id,
        unblocks: draft.action == drafts::UNBLOCK,
        domain: draft.domain,
        reason: draft.reason,
    });
    Ok(BlocksPage {
        page: visit.page.clone(),
        done: None,
        problems: Vec::new(),
        preview: None,
        blocks,
        waiting,
        drafts: drafted.collect(),
        lists: lists
            .into_iter()
            .map(|list| ListLine {
                id: list.id,
                name: list.name,
                url: list.url,
                fetched: list.fetched_at,
                error: list.error,
            })
            .collect(),
    })
}
