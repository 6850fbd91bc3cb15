//! `/feed`: what those whom one follows have posted.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::follows::news;
use rustine_domain::time::Timestamp;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::visit::Visit;

/// Posts of a page.
const POSTS: i64 = 20;

/// A page of posts.
#[derive(Template)]
#[template(path = "feed.html")]
pub struct FeedPage {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub posts: Vec<Post>,
    /// Earlier ones.
    pub next: Option<String>,
}

/// A post.
pub struct Post {
    /// `name@host` of its writer, or the id where the actor is not known any more.
    pub account: String,
    /// Its page.
    pub url: String,
    /// HTML that was cleaned when it came.
    pub content: String,
    /// When it was written.
    pub published: Timestamp,
}

/// `GET /feed`
pub async fn show(visit: Visit) -> HttpResponse {
    visit.answer(read).await
}

fn read(visit: &Visit) -> Result<Answer, Failure> {
    let (person, _) = visit.member()?;
    let before = match visit.asked("before") {
        "" => None,
        number => Some(number.parse().map_err(|_| Failure::bad("no such place"))?),
    };
    let records = news::list(&visit.app, person, before, POSTS)?;
    let full = i64::try_from(records.len()).is_ok_and(|length| length == POSTS);
    let last = records.last().map(|record| record.id);
    let mut accounts: BTreeMap<String, String> = BTreeMap::new();
    visit.app.db.read(|tx| {
        for record in &records {
            if let Some(actor) = tx.find_remote_actor(&record.actor)? {
                let account = format!("{}@{}", actor.name, actor.host);
                accounts.insert(record.actor.clone(), account);
            }
        }
        Ok::<_, rustine_store::StoreError>(())
    })?;
    let posts = records.into_iter().map(|record| Post {
        account: accounts.get(&record.actor).cloned().unwrap_or(record.actor),
        url: record.url,
        content: record.content,
        published: record.published,
    });
    Answer::private(&FeedPage {
        page: visit.page.clone(),
        posts: posts.collect(),
        next: last
            .filter(|_| full)
            .map(|last| format!("/feed?before={last}")),
    })
}
