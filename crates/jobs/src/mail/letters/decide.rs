//! Letters to those who may decide: what is proposed, where it comes from, what that sender sent before, and a link.

use rustine_app::notifications::Kind;
use rustine_app::patches::{by_link, decide::status_of};
use rustine_domain::ids::PatchId;
use rustine_store::{PatchRecord, StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, proposal};

/// Why a letter tells of a proposal that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// It has just come.
    New,
    /// It expires soon.
    NotLong,
}

impl Waits {
    /// What its sentences begin with, and the kind whose letters its foot ends.
    fn word(self) -> (&'static str, Kind) {
        match self {
            Self::New => ("to-decide", Kind::ToDecide),
            Self::NotLong => ("expires-soon", Kind::ExpiresSoon),
        }
    }
}

/// One proposal that waits. Nothing where it was answered meanwhile.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    id: PatchId,
    waits: Waits,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let (word, kind) = waits.word();
    let open = proposal::load(tx, id)?.filter(|(patch, _)| !status_of(patch).is_final());
    let (Some((patch, dataset)), Some(user)) = (open, reader.user) else {
        return Ok(None);
    };
    let changes = proposal::read(tx, &dataset, &patch)?;
    let title = proposal::title(&dataset);
    let named = || vec![("title", title.as_str().into())];
    let mut blocks = vec![
        Block::Paragraph(words.say_with(&format!("{word}-text"), named())),
        Block::Paragraph(record(reader, tx, &patch)?),
    ];
    if let Some(summary) = &patch.summary {
        blocks.push(Block::Quote(summary.clone()));
    }
    blocks.extend(proposal::blocks(words, &changes, true));
    let link = by_link::make(reader.app, tx, user, &patch)?;
    blocks.push(Block::button(words.say("to-decide-button"), &link));
    blocks.push(Block::Paragraph(words.say("to-decide-link")));
    let what = proposal::headline(words, &changes);
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say_with(
            &format!("{word}-subject"),
            vec![("what", what.into()), ("title", title.as_str().into())],
        ),
        blocks,
        foot: words.say("to-decide-foot"),
        unsubscribe: reader.unsubscribe(tx, kind)?,
    }))
}

/// Where a proposal comes from, and what became of those that its sender sent before.
fn record(reader: &Reader<'_>, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<String, StoreError> {
    let words = reader.words;
    let here = patch.proposer_host == reader.app.host().as_str();
    let who = match (here, patch.proposer.is_some()) {
        (true, true) => "from-member",
        (true, false) => "from-visitor",
        (false, true) => "from-member-elsewhere",
        (false, false) => "from-visitor-elsewhere",
    };
    let (applied, refused) = tx.count_decided_of(patch)?;
    let host = patch.proposer_host.as_str();
    let from = words.say_with(who, vec![("host", host.into())]);
    let before = match (applied, refused) {
        (0, 0) => words.say("record-none"),
        _ => words.say_with(
            "record",
            vec![("applied", applied.into()), ("refused", refused.into())],
        ),
    };
    Ok(format!("{from} {before}"))
}
