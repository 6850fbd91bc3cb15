//! What those whom somebody follows have posted, in their words.

use rustine_app::follows::news;
use rustine_app::notifications::Kind;
use rustine_domain::time::Timestamp;
use rustine_store::{StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::Reader;

/// Most posts that a letter holds; the page has all.
const MOST: i64 = 20;
/// Most characters of a post in a letter.
const MOST_CHARACTERS: usize = 1_000;

/// A letter of posts. Nothing where they were taken back meanwhile, or nobody is followed any more.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    since: i64,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let mut blocks = blocks(reader, tx, since)?;
    if blocks.is_empty() {
        return Ok(None);
    }
    blocks.insert(0, Block::Paragraph(words.say("news-text")));
    let page = reader.app.url("/feed");
    blocks.push(Block::button(words.say("news-button"), &page));
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say("news-subject"),
        blocks,
        foot: words.say("news-foot"),
        unsubscribe: reader.unsubscribe(tx, Kind::News)?,
    }))
}

/// Posts that came since an instant, in seconds since the epoch, the newest first: who wrote each, and its text.
pub(super) fn blocks(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    since: i64,
) -> Result<Vec<Block>, StoreError> {
    let (Some(user), Some(since)) = (reader.user, Timestamp::from_seconds(since)) else {
        return Ok(Vec::new());
    };
    let mut blocks = Vec::new();
    for post in news::since(tx, user, since, MOST)? {
        let writer = tx.find_remote_actor(&post.actor)?;
        let account = writer.map(|actor| format!("{}@{}", actor.name, actor.host));
        let text = news::text(&post.content);
        let mut shown: String = text.chars().take(MOST_CHARACTERS).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        blocks.push(Block::Heading(account.unwrap_or(post.actor)));
        blocks.push(Block::Quote(shown));
    }
    Ok(blocks)
}
