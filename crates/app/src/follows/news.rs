//! What followed actors post: kept for the people here who follow them, cleaned when it comes.

use std::collections::HashSet;

use ammonia::Builder;
use rustine_domain::time::Timestamp;
use rustine_protocol::object::Note;
use rustine_store::{NewsRecord, RemoteActorRecord, StoreError, Tx};

use super::ACCEPTED;
use crate::App;
use crate::accounts::Person;
use crate::notifications;

/// Posts are kept so long.
pub const KEPT_SECONDS: i64 = 90 * 86_400;
/// Posts kept of one actor.
pub const MOST_OF_ONE: i64 = 200;
/// Longest post, in bytes of what its server sent; longer ones are left out, as half a text may mean its opposite.
pub const LONGEST: usize = 16_384;

/// Keeps a post where somebody here follows its writer and was granted that, and where it is for everybody or for the
/// writer's followers; true where it was kept. What is addressed to single people is nobody's news.
///
/// # Errors
/// Where the store fails.
pub fn receive(
    app: &App,
    tx: &mut Tx<'_>,
    note: &Note,
    sender: &RemoteActorRecord,
) -> Result<bool, StoreError> {
    let followed = tx.list_follows_of(&sender.id)?;
    let wanted = followed
        .iter()
        .any(|follow| follow.state == ACCEPTED && follow.actor.starts_with("/users/"));
    if !wanted || !is_open(note, sender) || note.content.len() > LONGEST {
        return Ok(false);
    }
    let content = clean(&note.content);
    if content.trim().is_empty() {
        return Ok(false);
    }
    let now = app.clock.now();
    let kept = tx.insert_news(&NewsRecord {
        id: 0,
        note: note.id.to_string(),
        actor: sender.id.clone(),
        url: note.url.as_ref().unwrap_or(&note.id).to_string(),
        content,
        // A server that is ahead of time does not stand above all others for ever.
        published: note.published.unwrap_or(now).min(now),
        received: now,
    })?;
    tx.cut_news_of(&sender.id, MOST_OF_ONE)?;
    for follow in followed.iter().filter(|_| kept) {
        let name = follow.actor.strip_prefix("/users/");
        if let (Some(name), ACCEPTED) = (name, follow.state.as_str())
            && let Some(user) = tx.find_user_by_name(name)?
        {
            notifications::tell_of_news(app, tx, user.id)?;
        }
    }
    Ok(kept)
}

fn is_open(note: &Note, sender: &RemoteActorRecord) -> bool {
    let document: serde_json::Value = serde_json::from_str(&sender.doc).unwrap_or_default();
    let followers = document["followers"].as_str();
    let mut audience = note.to.iter().chain(&note.cc);
    audience.any(|one| {
        one.as_str() == rustine_protocol::vocabulary::PUBLIC || Some(one.as_str()) == followers
    })
}

/// A stranger's HTML with nothing left that runs, loads or disguises: paragraphs, lists, emphasis and links.
pub fn clean(html: &str) -> String {
    const TAGS: [&str; 13] = [
        "p",
        "br",
        "a",
        "em",
        "strong",
        "b",
        "i",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
    ];
    Builder::default()
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::from(["lang"]))
        .url_schemes(HashSet::from(["https", "http"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .clean(html)
        .to_string()
}

/// The text of cleaned HTML, line by line, for a letter in plain text.
pub fn text(cleaned: &str) -> String {
    let mut marked = cleaned.replace("<br>", "\n");
    for end in ["</p>", "</li>", "</blockquote>", "</pre>"] {
        marked = marked.replace(end, &format!("\n{end}"));
    }
    let bare = Builder::default()
        .tags(HashSet::new())
        .clean(&marked)
        .to_string();
    // What is left of HTML are the characters that it writes as words; the last one stands for itself.
    let written = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ];
    let read = written
        .iter()
        .fold(bare, |text, (word, letter)| text.replace(word, letter));
    read.trim().to_owned()
}

/// What those whom a person follows have posted, newest first, before one of them.
///
/// # Errors
/// Where the store fails.
pub fn list(
    app: &App,
    person: &Person,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<NewsRecord>, StoreError> {
    let begin = app.clock.now().plus_seconds(-KEPT_SECONDS);
    let actor = format!("/users/{}", person.name);
    app.db.read(|tx| tx.list_news(&actor, before, begin, limit))
}

/// What has come for a person since an instant, newest first; for a digest.
///
/// # Errors
/// Where the store fails.
pub fn since(
    tx: &mut Tx<'_>,
    user: i64,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<NewsRecord>, StoreError> {
    match tx.find_user(user)? {
        Some(user) => tx.list_news(&format!("/users/{}", user.name), None, since, limit),
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests;
