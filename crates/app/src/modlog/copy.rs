//! Copies of moderation logs: asked for at their origin, verified line by line, kept as received.
//!
//! What decides whether a line is taken is [`modlog::follow`]: the next number, the hash of the line before it, a
//! signature by the instance that owns the dataset. An origin that tells the past otherwise is not followed any more, and
//! the operator reads why.

use rustine_domain::json;
use rustine_domain::key::Multikey;
use rustine_domain::modlog::{LineProblem, MAX_BYTES, Tail, follow};
use rustine_domain::proof;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ModlogCopyRecord, ModlogRecord, StoreError, Tx};
use serde_json::{Map, Value};

use crate::App;

/// Lines asked for at once.
pub const PAGE: i64 = 500;
/// After news, the origin is asked again so soon: there may be more.
const SOON_SECONDS: i64 = 5;
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
                from: tail(tx, id)?.n + 1,
                url: dataset.url,
                host: dataset.host,
            });
        }
        Ok(found)
    })
}

fn tail(tx: &mut Tx<'_>, dataset: i64) -> Result<Tail, StoreError> {
    let last = tx.last_modlog(dataset)?;
    Ok(last.map_or_else(Tail::default, |last| Tail {
        n: last.n.unsigned_abs(),
        hash: Some(last.hash),
    }))
}

/// Takes the lines of an answer, as far as they hold under the keys of the origin's instance.
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
        let record = tx.load_dataset(dataset)?;
        let mut tail = tail(tx, dataset)?;
        let mut taken = Ok(());
        let mut count = 0;
        for text in lines {
            match read(&record, tail, text, keys) {
                Ok((line, next)) => {
                    tx.insert_modlog(&line)?;
                    tail = next;
                    count += 1;
                }
                Err(problem) => {
                    taken = Err(problem);
                    break;
                }
            }
        }
        let problem = taken.as_ref().err().map(ToString::to_string);
        asked(app, tx, dataset, count > 0, problem)?;
        Ok(match taken {
            Ok(()) => Taken::Lines(count),
            Err(problem) => Taken::Refused(problem),
        })
    })
}

fn read(
    dataset: &DatasetRecord,
    tail: Tail,
    text: &str,
    keys: &[Multikey],
) -> Result<(ModlogRecord, Tail), LineProblem> {
    if text.len() > MAX_BYTES {
        return Err(LineProblem::Form);
    }
    let document = json::parse(text.as_bytes()).map_err(|_| LineProblem::Form)?;
    let document = document.as_object().ok_or(LineProblem::Form)?;
    let former = former_key(dataset, document);
    let keys = former.as_ref().map_or(keys, std::slice::from_ref);
    let (line, next) = follow(tail, dataset.uid, document, keys)?;
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

/// The key of a line that was written while the dataset was elsewhere: its instance may be gone, so the line is believed
/// under the key that it names. The present origin, whose own lines name the hash of this one, answers for it.
fn former_key(dataset: &DatasetRecord, document: &Map<String, Value>) -> Option<Multikey> {
    let url = document.get("context").and_then(Value::as_str)?;
    if url == dataset.url {
        return None;
    }
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
    let failures = match news {
        true => 0,
        false => before.map_or(0, |before| before.failures.saturating_add(1)),
    };
    tx.put_modlog_copy(&ModlogCopyRecord {
        dataset,
        due: now.plus_seconds(rest_seconds(failures)),
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
