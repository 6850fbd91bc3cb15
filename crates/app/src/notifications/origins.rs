//! Who hears that a dataset lives elsewhere now, that its origin has fallen silent, or that somebody offers to go on with
//! it: the people here who follow it, and the operators, who keep the copy. They are told, in the page and by letter, and
//! choose; nobody's follow is changed by itself.

use std::collections::BTreeSet;

use rustine_store::{DatasetRecord, NotificationRecord, StoreError, Tx, UserRecord};
use serde_json::{Value, json};

use super::{About, Kind, line};
use crate::App;
use crate::accounts::OPERATOR;

/// The dataset moved, with its history and its identity.
pub const MOVED: &str = "moved";
/// Another dataset says that it goes on with this one.
pub const SUCCESSOR: &str = "successor";

/// The origin has not answered for [`SILENCE_SECONDS`].
pub const SILENT: &str = "silent";
/// Every word above.
const EVENTS: [&str; 3] = [MOVED, SUCCESSOR, SILENT];

/// People hear of a silence when it has lasted so long: a server that is restarted concerns nobody.
pub const SILENCE_SECONDS: i64 = 86_400;

/// People are read so many at a time.
const PAGE: i64 = 200;

/// A dataset moved; `former` are the actors under which it was followed.
///
/// # Errors
/// Where the store fails.
pub fn moved(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    former: &[String],
) -> Result<(), StoreError> {
    tell(app, tx, dataset, former, MOVED)
}

/// A successor of a dataset was seen for the first time.
///
/// # Errors
/// Where the store fails.
pub fn succeeded(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    let url = [dataset.url.clone()];
    tell(app, tx, dataset, &url, SUCCESSOR)
}

/// Tells of a silence that lasts, once for each silence; true where that was now.
///
/// # Errors
/// Where the store fails.
pub fn silent(app: &App, dataset: i64) -> Result<bool, StoreError> {
    app.db.write(|tx| {
        let state = tx.find_replica_state(dataset)?;
        let Some(since) = state.and_then(|state| state.silent_since) else {
            return Ok(false);
        };
        let lasts = app.clock.now() >= since.plus_seconds(SILENCE_SECONDS);
        if !lasts || tx.is_anybody_told_of(dataset, Kind::Origins.word(), &data(SILENT), since)? {
            return Ok(false);
        }
        let dataset = tx.load_dataset(dataset)?;
        let url = [dataset.url.clone()];
        tell(app, tx, &dataset, &url, SILENT)?;
        Ok(true)
    })
}

/// What a line keeps of an event.
pub(super) fn data(event: &str) -> String {
    json!({"event": event}).to_string()
}

/// The event that a line tells of; `None` for lines of other kinds.
pub fn event(line: &NotificationRecord) -> Option<&'static str> {
    let data: Value = serde_json::from_str(&line.data).unwrap_or_default();
    // Older lines have the event as their kind.
    let word = data["event"].as_str().unwrap_or(&line.kind);
    EVENTS.into_iter().find(|known| *known == word)
}

fn tell(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    followed: &[String],
    event: &'static str,
) -> Result<(), StoreError> {
    let mut actors = BTreeSet::new();
    for url in followed {
        actors.extend(tx.list_follows_of(url)?.into_iter().map(|it| it.actor));
    }
    let about = About {
        dataset: Some(dataset.id),
        event: Some(event),
        ..About::default()
    };
    let mut after = 0;
    loop {
        let users = tx.list_users(after, PAGE)?;
        let Some(last) = users.last() else {
            return Ok(());
        };
        after = last.id;
        let concerned = |user: &&UserRecord| {
            let follows = actors.contains(&format!("/users/{}", user.name));
            !user.disabled && (user.role == OPERATOR || follows)
        };
        for user in users.iter().filter(concerned) {
            line(app, tx, user.id, Kind::Origins, &about)?;
        }
    }
}
