//! Copies of moderation logs: asked for at their origin, verified line by line, kept as received.
//!
//! What decides whether a line is taken is [`modlog::follow`]: the next number, the hash of the line before it, a
//! signature by the instance that owns the dataset. An origin that tells the past otherwise is not followed any more, and
//! the operator reads why.

use std::collections::BTreeSet;

use rustine_domain::checks::Check;
use rustine_domain::ids::Host;
use rustine_domain::json;
use rustine_domain::key::Multikey;
use rustine_domain::log::Chain;
use rustine_domain::modlog::{LineProblem, MAX_BYTES, Tail, follow};
use rustine_domain::proof;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ModlogCopyRecord, ModlogRecord, StoreError, Tx};
use serde_json::{Map, Value};

use super::anchor;
use crate::peers::ACCEPTED;
use crate::{App, blocks};

/// Lines asked for at once.
pub const PAGE: i64 = 500;
/// After news, the origin is asked again so soon: there may be more.
const SOON_SECONDS: i64 = 5;
/// Copies asked at most while the origin is silent.
const MOST_ASKED: usize = 10;
/// The longest rest where nothing new comes.
const REST_SECONDS: i64 = 3_600;

/// A copy whose origin is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The copy.
    pub dataset: i64,
    /// The dataset's address at its origin.
    pub url: String,
    /// The origin.
    pub host: String,
    /// The number of the line that is wanted next.
    pub from: u64,
}

/// What an answer was worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// So many new lines.
    Lines(usize),
    /// None of it, from this line on.
    Refused(LineProblem),
}

/// The copies to ask for now. A copy that got new entries since is due whatever its rest.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App, limit: i64) -> Result<Vec<Due>, StoreError> {
    let now = app.clock.now();
    app.db.read(|tx| {
        let mut found = Vec::new();
        for id in tx.list_due_modlogs(now, limit)? {
            let dataset = tx.load_dataset(id)?;
            found.push(Due {
                dataset: id,
                from: anchor::tail(tx, id)?.n + 1,
                url: dataset.url,
                host: dataset.host,
            });
        }
        Ok(found)
    })
}

/// Where else the lines of a copy may be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    /// The dataset's addresses at other copies.
    pub places: Vec<String>,
    /// The actor of the origin's instance, as it was fetched last: its keys.
    pub origin_document: String,
    /// The number of the line that is wanted next.
    pub from: u64,
}

/// The instances that keep a copy too; `None` where the dataset is ours, or its origin was never heard.
///
/// # Errors
/// Where the store fails.
pub fn others(app: &App, dataset: i64) -> Result<Option<Others>, StoreError> {
    app.db.read(|tx| {
        let dataset = tx.load_dataset(dataset)?;
        let scheme = app.settings.origin.scheme();
        let actor = tx.find_remote_actor(&format!("{scheme}://{}/actor", dataset.host))?;
        let Some(actor) = actor.filter(|_| !dataset.is_local()) else {
            return Ok(None);
        };
        let mut hosts: BTreeSet<String> = tx.list_copy_holders(dataset.id)?.into_iter().collect();
        let peers = tx.list_peers()?.into_iter();
        let peers = peers.filter(|peer| peer.state == ACCEPTED);
        hosts.extend(peers.map(|peer| peer.host));
        hosts.remove(app.host().as_str());
        hosts.remove(&dataset.host);
        let mut places = Vec::new();
        for host in hosts {
            let asked = host.parse::<Host>().is_ok() && !blocks::covers(tx, &host)?;
            if asked && places.len() < MOST_ASKED {
                let (name, origin) = (&dataset.name, &dataset.host);
                places.push(format!("{scheme}://{host}/datasets/{name}@{origin}"));
            }
        }
        Ok(Some(Others {
            places,
            origin_document: actor.doc,
            from: anchor::tail(tx, dataset.id)?.n + 1,
        }))
    })
}

/// Takes the lines of the origin's answer, as far as they hold under the keys of its instance.
///
/// # Errors
/// Where the store fails.
pub fn take(
    app: &App,
    dataset: i64,
    lines: &[String],
    keys: &[Multikey],
) -> Result<Taken, StoreError> {
    app.db.write(|tx| {
        let (count, problem) = add(tx, dataset, lines, keys)?;
        let said = problem.as_ref().map(ToString::to_string);
        asked(app, tx, dataset, count > 0, said)?;
        Ok(problem.map_or(Taken::Lines(count), Taken::Refused))
    })
}

/// Takes lines that another copy serves while the origin is silent, under the keys by which the origin was known. How
/// the origin stands does not change by it.
///
/// # Errors
/// Where the store fails.
pub fn take_from_copy(
    app: &App,
    dataset: i64,
    lines: &[String],
    keys: &[Multikey],
) -> Result<Taken, StoreError> {
    app.db.write(|tx| {
        let (count, problem) = add(tx, dataset, lines, keys)?;
        Ok(problem.map_or(Taken::Lines(count), Taken::Refused))
    })
}

/// Adds lines up to the first that does not hold; how many, and what was wrong.
fn add(
    tx: &mut Tx<'_>,
    dataset: i64,
    lines: &[String],
    keys: &[Multikey],
) -> Result<(usize, Option<LineProblem>), StoreError> {
    let record = tx.load_dataset(dataset)?;
    if record.is_local() {
        // It became ours while it was asked for: we write the next line.
        return Ok((0, None));
    }
    let past = Past::of(tx, &record)?;
    let mut tail = anchor::tail(tx, dataset)?;
    let mut read_lines = Vec::new();
    let mut problem = None;
    for text in lines {
        match read(&record, &past, tail, text, keys) {
            Ok((line, next)) => {
                read_lines.push(line);
                tail = next;
            }
            Err(why) => {
                problem = Some(why);
                break;
            }
        }
    }
    let whole_page = i64::try_from(lines.len()).is_ok_and(|lines| lines >= PAGE);
    let goes_on = whole_page && problem.is_none();
    if !past.is_reached(tail) && !goes_on {
        // Nothing answers for them but the key that they name.
        return Ok((0, problem));
    }
    for line in &read_lines {
        tx.insert_modlog(line)?;
    }
    Ok((read_lines.len(), problem))
}

/// What a dataset's history says about who signs its lines.
struct Past {
    /// The last line before the dataset moved, as the move names it.
    anchor: Option<Tail>,
    /// It moved or its key changed.
    has_moved: bool,
}

impl Past {
    fn of(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Self, StoreError> {
        let chain: Option<Chain> = serde_json::from_str(&dataset.chain).ok();
        Ok(Self {
            anchor: anchor::find(tx, dataset.id)?,
            has_moved: chain.is_some_and(|chain| !chain.rotations.is_empty()),
        })
    }

    /// The key of a line that was written while the dataset was elsewhere: its instance may be gone, so the line is
    /// believed under the key that it names. The line that the move names answers for it; where the meta of the move was
    /// erased, the present origin does, whose own lines name the hash of this one.
    fn is_former(
        &self,
        dataset: &DatasetRecord,
        document: &Map<String, Value>,
    ) -> Result<bool, LineProblem> {
        let url = document.get("context").and_then(Value::as_str);
        let n = document.get("n").and_then(Value::as_u64).unwrap_or(0);
        match self.anchor {
            Some(anchor) if n <= anchor.n => Ok(true),
            _ if url == Some(dataset.url.as_str()) => Ok(false),
            None if self.has_moved => Ok(true),
            _ if !Check::ModlogUid.stands() => Ok(false),
            _ => Err(LineProblem::Dataset),
        }
    }

    /// True where the lines lead to the one that the move names, or beyond.
    fn is_reached(&self, tail: Tail) -> bool {
        self.anchor.is_none_or(|anchor| tail.n >= anchor.n)
    }

    /// The line that the move names must be the very one.
    fn check(&self, tail: Tail) -> Result<(), LineProblem> {
        match self.anchor {
            Some(anchor)
                if anchor.n == tail.n && anchor.hash != tail.hash && Check::ModlogPrev.stands() =>
            {
                Err(LineProblem::Rewritten)
            }
            _ => Ok(()),
        }
    }
}

fn read(
    dataset: &DatasetRecord,
    past: &Past,
    tail: Tail,
    text: &str,
    keys: &[Multikey],
) -> Result<(ModlogRecord, Tail), LineProblem> {
    if text.len() > MAX_BYTES {
        return Err(LineProblem::Form);
    }
    let document = json::parse(text.as_bytes()).map_err(|_| LineProblem::Form)?;
    let document = document.as_object().ok_or(LineProblem::Form)?;
    let former = match past.is_former(dataset, document)? {
        true => named_key(document),
        false => None,
    };
    let keys = former.as_ref().map_or(keys, std::slice::from_ref);
    let (line, next) = follow(tail, dataset.uid, document, keys)?;
    past.check(next)?;
    let hash = next.hash.ok_or(LineProblem::Form)?;
    let record = ModlogRecord {
        dataset: dataset.id,
        n: i64::try_from(line.n).map_err(|_| LineProblem::Form)?,
        action: line.action,
        time: line.time,
        hash,
        line: text.to_owned(),
    };
    Ok((record, next))
}

/// The key that a line names, of the instance on which the dataset was.
fn named_key(document: &Map<String, Value>) -> Option<Multikey> {
    let url = document.get("context").and_then(Value::as_str)?;
    let (origin, _) = url.split_once("/datasets/")?;
    let method = proof::verification_method(document)?;
    let key = method.strip_prefix(origin)?.strip_prefix("/actor#ed25519-");
    key?.parse().ok()
}

/// Notes that an origin gave no usable answer.
///
/// # Errors
/// Where the store fails.
pub fn failed(app: &App, dataset: i64, why: &str) -> Result<(), StoreError> {
    let why: String = why.chars().take(300).collect();
    app.db.write(|tx| {
        let before = tx.find_modlog_copy(dataset)?;
        asked(app, tx, dataset, false, Some(why.clone()))?;
        // A silence is no answer: since when it lasts stays visible.
        if let Some(mut copy) = tx.find_modlog_copy(dataset)? {
            copy.answered = before.and_then(|before| before.answered);
            tx.put_modlog_copy(&copy)?;
        }
        Ok(())
    })
}

fn asked(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: i64,
    news: bool,
    problem: Option<String>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let before = tx.find_modlog_copy(dataset)?;
    // Entries make a copy ask ahead of its rest. That nothing came so early does not make the rest longer, else a line
    // written soon after them would wait for an hour.
    let early = before.as_ref().filter(|before| {
        !news && problem.is_none() && before.problem.is_none() && before.due > now
    });
    let (failures, due) = match (early, news) {
        (Some(before), _) => (before.failures, before.due),
        (None, true) => (0, now.plus_seconds(rest_seconds(0))),
        (None, false) => {
            let failures = before.map_or(0, |before| before.failures.saturating_add(1));
            (failures, now.plus_seconds(rest_seconds(failures)))
        }
    };
    tx.put_modlog_copy(&ModlogCopyRecord {
        dataset,
        due,
        answered: Some(now),
        failures,
        problem,
    })
}

/// Longer each time that nothing new comes, up to an hour.
fn rest_seconds(failures: i64) -> i64 {
    let doubled = u32::try_from(failures).unwrap_or(u32::MAX).min(16);
    (SOON_SECONDS << doubled).min(REST_SECONDS)
}

/// Asks an origin soon: it says that there is something new.
///
/// # Errors
/// Where the store fails.
pub fn hinted(tx: &mut Tx<'_>, dataset: i64, now: Timestamp) -> Result<(), StoreError> {
    let known = tx.find_modlog_copy(dataset)?;
    let copy = known.unwrap_or(ModlogCopyRecord {
        dataset,
        due: now,
        answered: None,
        failures: 0,
        problem: None,
    });
    tx.put_modlog_copy(&ModlogCopyRecord {
        due: now,
        failures: 0,
        ..copy
    })
}

#[cfg(test)]
mod tests;
