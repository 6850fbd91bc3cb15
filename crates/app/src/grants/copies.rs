//! A copy of the dataset for whoever accepted a role on it: her queue shows proposals beside the values they would
//! replace, and the rights themselves are read from the log of the copy.
//!
//! Fetching takes the network and may fail, so acceptance writes down the wish and a worker fulfils it. A copy that an
//! operator removes later is not begun again.

use rustine_domain::ids::DatasetAddress;
use rustine_store::{HeldGrantRecord, StoreError, Tx};

use super::ACCEPTED;
use crate::App;
use crate::blocks;
use crate::outbox::host;

/// How long after a failure it is tried again.
const PAUSE_SECONDS: i64 = 600;

/// A copy to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The grant whose holder needs it.
    pub grant: String,
    /// The dataset.
    pub address: DatasetAddress,
}

/// The copies that are due, claimed: whoever asks fails or ends before one is due again.
///
/// # Errors
/// Where the store fails.
pub fn due(app: &App, most: i64) -> Result<Vec<Wanted>, StoreError> {
    let now = app.clock.now();
    let is_nothing = |held: &Vec<HeldGrantRecord>| held.is_empty();
    if is_nothing(&app.db.read(|tx| tx.list_held_grants_to_copy(now, most))?) {
        return Ok(Vec::new());
    }
    app.db.write(|tx| {
        let mut wanted = Vec::new();
        for mut held in tx.list_held_grants_to_copy(now, most)? {
            let address = address_of(&held.dataset_url);
            let why_not = why_not(app, tx, &held, address.as_ref())?;
            held.copy_due = match why_not {
                None => Some(now.plus_seconds(PAUSE_SECONDS)),
                Some(_) => None,
            };
            if let (None, Some(address)) = (&why_not, address) {
                let grant = held.id.clone();
                wanted.push(Wanted { grant, address });
            }
            held.copy_error = why_not.flatten().or(held.copy_error);
            tx.put_held_grant(&held)?;
        }
        Ok(wanted)
    })
}

/// `name@host` of a dataset's URL, where it is that of an instance like ours.
fn address_of(url: &str) -> Option<DatasetAddress> {
    let name = url.rsplit_once("/datasets/")?.1.parse().ok()?;
    Some(DatasetAddress {
        name,
        host: Some(host(url)?),
    })
}

/// `Some` where no copy is to be begun any more, with a reason that is worth showing.
fn why_not(
    app: &App,
    tx: &mut Tx<'_>,
    held: &HeldGrantRecord,
    address: Option<&DatasetAddress>,
) -> Result<Option<Option<String>>, StoreError> {
    let over = held.state != ACCEPTED || held.end_at <= app.clock.now();
    if over || tx.find_dataset_by_url(&held.dataset_url)?.is_some() {
        return Ok(Some(None));
    }
    let Some(host) = address.and_then(|address| address.host.as_ref()) else {
        let why = format!("{} is no dataset that can be copied", held.dataset_url);
        return Ok(Some(Some(why)));
    };
    let blocked = blocks::covers(tx, host.as_str())?;
    Ok(blocked.then(|| Some(format!("{host} is blocked here"))))
}

/// A copy was begun, or why not.
///
/// # Errors
/// Where the store fails.
pub fn tried(app: &App, grant: &str, error: Option<&str>) -> Result<(), StoreError> {
    app.db.write(|tx| {
        let Some(mut held) = tx.find_held_grant(grant)? else {
            return Ok(());
        };
        if error.is_none() {
            held.copy_due = None;
        }
        held.copy_error = error.map(|why| why.chars().take(500).collect());
        tx.put_held_grant(&held)
    })
}

#[cfg(test)]
mod tests {
    use rustine_store::BlockRecord;

    use super::*;
    use crate::grants::{OFFERED, hold};
    use crate::patches::desk::Desk;

    const GRANT: &str = "http://b.localhost:2/grants/5b2a7c1e";

    /// Lea was offered a role on a dataset that nobody copies here.
    fn offered() -> Desk {
        let desk = Desk::new(|_| {});
        let now = desk.node.app.clock.now();
        let held = HeldGrantRecord {
            id: GRANT.to_owned(),
            dataset_url: "http://b.localhost:2/datasets/aides".to_owned(),
            user_id: desk.lea.id,
            role: "write".to_owned(),
            state: OFFERED.to_owned(),
            end_at: now.plus_seconds(100_000),
            created: now,
            updated: now,
            copy_due: None,
            copy_error: None,
        };
        let app = &desk.node.app;
        app.db.write(|tx| tx.put_held_grant(&held)).unwrap();
        desk
    }

    fn wanted(desk: &Desk) -> Vec<String> {
        let due = due(&desk.node.app, 5).unwrap();
        due.iter().map(|due| due.address.to_string()).collect()
    }

    fn error(desk: &Desk) -> Option<String> {
        let held = desk.node.app.db.read(|tx| tx.find_held_grant(GRANT));
        held.unwrap().unwrap().copy_error
    }

    #[test]
    fn whoever_accepts_has_a_copy_begun_until_there_is_one() {
        let desk = offered();
        let app = &desk.node.app;
        assert!(wanted(&desk).is_empty(), "an offer alone copies nothing");
        hold::answer(app, &desk.lea, GRANT, true).unwrap();
        assert_eq!(wanted(&desk), ["aides@b.localhost:2"]);
        assert!(wanted(&desk).is_empty(), "it was claimed");
        tried(app, GRANT, Some("nobody answers")).unwrap();
        assert_eq!(error(&desk).as_deref(), Some("nobody answers"));
        desk.node.clock.advance(600);
        assert_eq!(wanted(&desk), ["aides@b.localhost:2"]);
        tried(app, GRANT, None).unwrap();
        assert_eq!(error(&desk), None);
        // What an operator removes later is not begun again.
        desk.node.clock.advance(600);
        assert!(wanted(&desk).is_empty());
    }

    #[test]
    fn nothing_is_copied_for_a_role_that_was_given_back_or_from_a_blocked_server() {
        let desk = offered();
        let app = &desk.node.app;
        hold::answer(app, &desk.lea, GRANT, true).unwrap();
        hold::answer(app, &desk.lea, GRANT, false).unwrap();
        assert!(wanted(&desk).is_empty());
        let desk = offered();
        let app = &desk.node.app;
        hold::answer(app, &desk.lea, GRANT, true).unwrap();
        let block = BlockRecord {
            domain: "localhost".to_owned(),
            reason: "tests".to_owned(),
            created: app.clock.now(),
        };
        app.db.write(|tx| tx.put_block(&block)).unwrap();
        assert!(wanted(&desk).is_empty());
        assert_eq!(
            error(&desk).as_deref(),
            Some("b.localhost:2 is blocked here")
        );
    }
}
