//! Letters to those who talk about a proposal: what was written last, and where to answer.

use rustine_app::comments::{on_patch, side};
use rustine_app::notifications::Kind;
use rustine_domain::ids::PatchId;
use rustine_store::{PatchRecord, StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, proposal};

/// What was written last about one proposal, by the other side. Nothing where that is gone.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    id: PatchId,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let Some((patch, dataset)) = proposal::load(tx, id)? else {
        return Ok(None);
    };
    let hers = is_hers(reader, tx, &patch)?;
    let other = if hers {
        side::MODERATOR
    } else {
        side::CONTRIBUTOR
    };
    let said = on_patch(tx, id)?;
    let Some(last) = said.iter().rev().find(|comment| comment.side == other) else {
        return Ok(None);
    };
    let title = proposal::title(&dataset);
    let named = || vec![("title", title.as_str().into())];
    let word = if hers { "written-to" } else { "asked-about" };
    let mut blocks = vec![
        Block::Paragraph(words.say_with(&format!("{word}-text"), named())),
        Block::Quote(last.content.clone()),
    ];
    if hers {
        // Nobody but her has the address of her page.
        blocks.push(Block::Paragraph(words.say("written-to-answer")));
    } else {
        let page = reader.app.url(&format!("/moderation/{id}"));
        blocks.push(Block::button(words.say("asked-about-button"), &page));
    }
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say_with(&format!("{word}-subject"), named()),
        blocks,
        foot: words.say(&format!("{word}-foot")),
        unsubscribe: reader.unsubscribe(tx, Kind::Commented)?,
    }))
}

/// One line for each proposal about which somebody wrote.
pub(super) fn lines(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    ids: &[PatchId],
) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for id in ids {
        let Some((patch, dataset)) = proposal::load(tx, *id)? else {
            continue;
        };
        let word = match is_hers(reader, tx, &patch)? {
            true => "written-to-text",
            false => "asked-about-text",
        };
        let args = vec![("title", proposal::title(&dataset).into())];
        lines.push(reader.words.say_with(word, args));
    }
    Ok(lines)
}

/// Whether the reader made the proposal: she wrote it without an account, or with hers.
fn is_hers(reader: &Reader<'_>, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<bool, StoreError> {
    let Some(user) = reader.user else {
        return Ok(true);
    };
    let Some(user) = tx.find_user(user)? else {
        return Ok(false);
    };
    let actor = reader.app.url(&format!("/users/{}", user.name));
    Ok(patch.proposer.as_deref() == Some(actor.as_str()))
}
