//! Who hears that a dataset lives elsewhere now, or that somebody offers to go on with it: the people here who follow
//! it, and the operators, who keep the copy. They are told and choose; nobody's follow is changed by itself.

use std::collections::BTreeSet;

use rustine_store::{DatasetRecord, NewNotification, StoreError, Tx, UserRecord};

use crate::App;
use crate::accounts::OPERATOR;

/// The dataset moved, with its history and its identity.
pub const MOVED: &str = "moved";
/// Another dataset says that it goes on with this one.
pub const SUCCESSOR: &str = "successor";

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

fn tell(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    followed: &[String],
    kind: &str,
) -> Result<(), StoreError> {
    let mut actors = BTreeSet::new();
    for url in followed {
        actors.extend(tx.list_follows_of(url)?.into_iter().map(|it| it.actor));
    }
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
            tx.insert_notification(&NewNotification {
                user_id: user.id,
                kind: kind.to_owned(),
                patch: None,
                dataset: Some(dataset.id),
                data: "{}".to_owned(),
                mailed: "off".to_owned(),
                created: app.clock.now(),
            })?;
        }
    }
}
