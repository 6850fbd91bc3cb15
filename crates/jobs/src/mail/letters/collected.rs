//! Several events in one letter.

use rustine_app::notifications::Kind;
use rustine_app::notifications::letters::MOST_LISTED;
use rustine_app::notifications::upkeep::Upkeep;
use rustine_app::patches::{by_link, decide::status_of};
use rustine_domain::ids::PatchId;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::super::sheet::{Block, Sheet};
use super::{Reader, answer, comment, news, origin, proposal, upkeep};

/// What one letter tells of.
pub(super) struct Events<'a> {
    /// Proposals that wait for a decision of the reader.
    pub to_decide: &'a [PatchId],
    /// Proposals of the reader that were answered.
    pub decided: &'a [PatchId],
    /// Proposals about which somebody wrote to the reader.
    pub commented: &'a [PatchId],
    /// Datasets that moved, fell silent or have a successor: each with what happened.
    pub origins: &'a [(i64, String)],
    /// Since when those whom the reader follows have posted, in seconds since the epoch.
    pub news: Option<i64>,
    /// What else waits for the reader.
    pub upkeep: &'a [Upkeep],
}

/// A part for each kind of event. Nothing where none is left.
pub(super) fn write(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    events: &Events<'_>,
) -> Result<Option<Sheet>, StoreError> {
    let words = reader.words;
    let (mut blocks, mut count, mut first) = (Vec::new(), 0, None);
    let parts = [
        (Kind::ToDecide, waiting(reader, tx, events.to_decide)?),
        (Kind::Decided, answered(reader, tx, events.decided)?),
        (Kind::Commented, written(reader, tx, events.commented)?),
        (Kind::Reported, waits_too(reader, tx, events.upkeep)?),
        (Kind::Origins, homes(reader, tx, events.origins)?),
        (Kind::News, posted(reader, tx, events.news)?),
    ];
    for (kind, (events, part)) in parts {
        if !part.is_empty() {
            first.get_or_insert(kind);
        }
        count += events;
        blocks.extend(part);
    }
    let Some(kind) = first else {
        return Ok(None);
    };
    let page = reader.app.url("/notifications");
    blocks.push(Block::button(words.say("collected-button"), &page));
    let args = vec![("count", number(count).into())];
    Ok(Some(Sheet {
        lang: words.lang.as_str(),
        subject: words.say_with("collected-subject", args),
        blocks,
        foot: words.say(match kind {
            Kind::ToDecide | Kind::ExpiresSoon => "to-decide-foot",
            _ => "collected-foot",
        }),
        unsubscribe: reader.unsubscribe(tx, kind)?,
    }))
}

/// How many events a part tells of, and its blocks.
type Part = (usize, Vec<Block>);

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Proposals that wait, each with its link.
fn waiting(reader: &Reader<'_>, tx: &mut Tx<'_>, ids: &[PatchId]) -> Result<Part, StoreError> {
    let words = reader.words;
    let mut open: Vec<(PatchRecord, DatasetRecord)> = Vec::new();
    for id in ids {
        let found = proposal::load(tx, *id)?;
        open.extend(found.filter(|(patch, _)| !status_of(patch).is_final()));
    }
    if open.is_empty() {
        return Ok((0, Vec::new()));
    }
    let args = vec![("count", number(open.len()).into())];
    let mut blocks = vec![Block::Heading(words.say_with("collected-to-decide", args))];
    for (patch, dataset) in open.iter().take(MOST_LISTED) {
        let changes = proposal::read(tx, dataset, patch)?;
        let what = proposal::headline(words, &changes);
        let title = proposal::title(dataset);
        let args = vec![("what", what.into()), ("title", title.into())];
        blocks.push(Block::Paragraph(words.say_with("collected-line", args)));
        if let Some(user) = reader.user {
            let link = by_link::make(reader.app, tx, user, patch)?;
            blocks.push(Block::button(words.say("to-decide-button"), &link));
        }
    }
    if open.len() > MOST_LISTED {
        let args = vec![("count", number(open.len() - MOST_LISTED).into())];
        blocks.push(Block::Paragraph(words.say_with("collected-more", args)));
    }
    Ok((open.len(), blocks))
}

fn answered(reader: &Reader<'_>, tx: &mut Tx<'_>, ids: &[PatchId]) -> Result<Part, StoreError> {
    let lines = answer::lines(reader, tx, ids)?;
    Ok(listed(reader, "collected-decided", lines))
}

fn written(reader: &Reader<'_>, tx: &mut Tx<'_>, ids: &[PatchId]) -> Result<Part, StoreError> {
    let lines = comment::lines(reader, tx, ids)?;
    Ok(listed(reader, "collected-commented", lines))
}

fn waits_too(reader: &Reader<'_>, tx: &mut Tx<'_>, events: &[Upkeep]) -> Result<Part, StoreError> {
    let lines = upkeep::lines(reader, tx, events)?;
    Ok(listed(reader, "collected-upkeep", lines))
}

fn listed(reader: &Reader<'_>, heading: &str, lines: Vec<String>) -> Part {
    if lines.is_empty() {
        return (0, Vec::new());
    }
    let count = lines.len();
    let heading = Block::Heading(reader.words.say(heading));
    let lines = lines.into_iter().map(Block::Paragraph);
    (count, std::iter::once(heading).chain(lines).collect())
}

fn homes(
    reader: &Reader<'_>,
    tx: &mut Tx<'_>,
    events: &[(i64, String)],
) -> Result<Part, StoreError> {
    let blocks = origin::blocks(reader, tx, events)?;
    if blocks.is_empty() {
        return Ok((0, blocks));
    }
    let heading = Block::Heading(reader.words.say("collected-origins"));
    let count = blocks.len() / 2;
    Ok((count, std::iter::once(heading).chain(blocks).collect()))
}

fn posted(reader: &Reader<'_>, tx: &mut Tx<'_>, since: Option<i64>) -> Result<Part, StoreError> {
    let Some(since) = since else {
        return Ok((0, Vec::new()));
    };
    let blocks = news::blocks(reader, tx, since)?;
    if blocks.is_empty() {
        return Ok((0, blocks));
    }
    let heading = Block::Heading(reader.words.say("collected-news"));
    Ok((1, std::iter::once(heading).chain(blocks).collect()))
}
