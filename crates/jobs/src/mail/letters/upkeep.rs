//! Letters to those who run the node or decide on a dataset: what waits for them, and where. What people wrote stands in
//! the page alone.

use rustine_app::notifications::upkeep::Upkeep;
use rustine_store::{StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, proposal};

/// One event. Nothing where somebody saw to it meanwhile.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    what: &Upkeep,
) -> Result<Option<Sheet>, StoreError> {
    let Some(about) = about(tx, what)? else {
        return Ok(None);
    };
    let words = reader.words;
    let word = word(what);
    let say = |part: &str| {
        let args = vec![("about", about.as_str().into())];
        words.say_with(&format!("{word}-{part}"), args)
    };
    let page = reader.app.url(&what.page());
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: say("subject"),
        blocks: vec![
            Block::Paragraph(say("text")),
            Block::button(say("button"), &page),
        ],
        foot: words.say(foot(what)),
        unsubscribe: reader.unsubscribe(tx, what.kind())?,
    }))
}

/// One line for each event that still waits.
pub(super) fn lines(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    events: &[Upkeep],
) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for what in events {
        if let Some(about) = about(tx, what)? {
            let key = format!("{}-text", word(what));
            let args = vec![("about", about.into())];
            lines.push(reader.words.say_with(&key, args));
        }
    }
    Ok(lines)
}

/// The host, or the title of the dataset; nothing where it does not wait any more.
fn about(tx: &mut Tx<'_>, what: &Upkeep) -> Result<Option<String>, StoreError> {
    if !what.waits(tx)? {
        return Ok(None);
    }
    Ok(match what {
        Upkeep::PeerAsked { host } | Upkeep::KeyChanged { host, .. } => Some(host.clone()),
        Upkeep::Reported { dataset } => {
            let found = tx.find_dataset(*dataset)?;
            found.map(|dataset| proposal::title(&dataset))
        }
    })
}

fn word(what: &Upkeep) -> &'static str {
    match what {
        Upkeep::PeerAsked { .. } => "peer-asked",
        Upkeep::KeyChanged { .. } => "key-changed",
        Upkeep::Reported { .. } => "reported",
    }
}

fn foot(what: &Upkeep) -> &'static str {
    match what {
        Upkeep::Reported { .. } => "reported-foot",
        _ => "upkeep-foot",
    }
}
