//! Letters to whoever proposed something: what became of it, in the words of the decision.

use rustine_app::notifications::Kind;
use rustine_app::patches::decide::status_of;
use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, proposal};

/// What the sentences of a status begin with; `None` where there is nothing to tell.
fn word(patch: &PatchRecord) -> Option<&'static str> {
    match status_of(patch) {
        Status::Accepted => Some("accepted"),
        Status::Amended => Some("amended"),
        Status::Refused => Some("refused"),
        Status::Expired => Some("expired"),
        Status::Pending | Status::Conflict | Status::Withdrawn => None,
    }
}

/// What became of one proposal.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    id: PatchId,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let Some((patch, dataset)) = proposal::load(tx, id)? else {
        return Ok(None);
    };
    let Some(word) = word(&patch) else {
        return Ok(None);
    };
    let title = proposal::title(&dataset);
    let named = || vec![("title", title.as_str().into())];
    let mut blocks = vec![Block::Paragraph(
        words.say_with(&format!("{word}-text"), named()),
    )];
    if word == "refused"
        && let Some(reason) = &patch.reason
    {
        blocks.push(Block::Quote(reason.clone()));
    }
    let changes = proposal::read(tx, &dataset, &patch)?;
    blocks.extend(proposal::blocks(words, &changes, false));
    blocks.push(Block::button(
        words.say("answered-button"),
        &page(reader, &dataset, &changes),
    ));
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say_with(&format!("{word}-subject"), named()),
        blocks,
        foot: words.say(match reader.user {
            Some(_) => "answered-foot",
            None => "answered-foot-once",
        }),
        unsubscribe: reader.unsubscribe(tx, Kind::Decided)?,
    }))
}

/// One line for each proposal that was answered.
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
        if let Some(word) = word(&patch) {
            let title = proposal::title(&dataset);
            let args = vec![("title", title.into())];
            lines.push(reader.words.say_with(&format!("{word}-text"), args));
        }
    }
    Ok(lines)
}

/// The row where there is one, else the dataset.
fn page(
    reader: &Reader<'_>,
    dataset: &DatasetRecord,
    changes: &[rustine_app::patches::changes::RowChange],
) -> String {
    let address = match dataset.is_local() {
        true => dataset.name.clone(),
        false => format!("{}@{}", dataset.name, dataset.host),
    };
    let path = match changes {
        [one] if one.what == rustine_app::patches::changes::What::Set => one.row,
        _ => None,
    };
    match path {
        Some(row) => reader.app.url(&format!("/datasets/{address}/rows/{row}")),
        None => reader.app.url(&format!("/datasets/{address}")),
    }
}
