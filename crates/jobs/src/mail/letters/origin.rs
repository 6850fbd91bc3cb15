//! A dataset moved, fell silent or has a successor: letters to those who follow it, or keep the copy.

use rustine_app::datasets::find::address;
use rustine_app::notifications::{Kind, origins};
use rustine_store::{DatasetRecord, StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, proposal};

/// What happened to one dataset. Nothing where it is gone from here.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    dataset: i64,
    event: &str,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let (Some(dataset), Some(word)) = (tx.find_dataset(dataset)?, word(event)) else {
        return Ok(None);
    };
    let title = vec![("title", proposal::title(&dataset).into())];
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say_with(&format!("{word}-subject"), title),
        blocks: vec![
            Block::Paragraph(text(reader, &dataset, word)),
            Block::button(words.say("origin-button"), &page(reader, &dataset)),
        ],
        foot: words.say("origin-foot"),
        unsubscribe: reader.unsubscribe(tx, Kind::Origins)?,
    }))
}

/// One line and one button for each event.
pub(super) fn blocks(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    events: &[(i64, String)],
) -> Result<Vec<Block>, StoreError> {
    let mut blocks = Vec::new();
    for (dataset, event) in events {
        if let (Some(dataset), Some(word)) = (tx.find_dataset(*dataset)?, word(event)) {
            blocks.push(Block::Paragraph(text(reader, &dataset, word)));
            let label = reader.words.say("origin-button");
            blocks.push(Block::button(label, &page(reader, &dataset)));
        }
    }
    Ok(blocks)
}

/// What the keys of an event's sentences begin with.
fn word(event: &str) -> Option<&'static str> {
    match event {
        origins::MOVED => Some("origin-moved"),
        origins::SILENT => Some("origin-silent"),
        origins::SUCCESSOR => Some("origin-successor"),
        _ => None,
    }
}

fn text(reader: &Reader<'_>, dataset: &DatasetRecord, word: &str) -> String {
    let place = match dataset.host.as_str() {
        "" => reader.app.host().to_string(),
        host => host.to_owned(),
    };
    let title = proposal::title(dataset);
    let args = vec![("title", title.into()), ("place", place.into())];
    reader.words.say_with(&format!("{word}-text"), args)
}

fn page(reader: &Reader<'_>, dataset: &DatasetRecord) -> String {
    let path = format!("/datasets/{}/origin", address(dataset));
    reader.app.url(&path)
}
