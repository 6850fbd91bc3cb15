//! What an origin says about who copies its dataset: which others do, and whether it knows of us.

use rustine_domain::ids::Host;
use rustine_store::StoreError;

use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::follows::ask;
use crate::peers;

/// Takes the origin's list of copies: the others are remembered for the day on which it cannot be asked. Where it is our
/// partner, and so would list us, and does not, it is asked again to push ([`follow_again`]). A copy that was removed is
/// left alone.
///
/// # Errors
/// Where the store fails.
pub fn take(app: &App, dataset: i64, listed: &[Host]) -> Result<(), StoreError> {
    let others: Vec<&Host> = listed.iter().filter(|host| *host != app.host()).collect();
    let is_listed = others.len() < listed.len();
    let (known, is_partner) = app.db.read(|tx| {
        let copy = tx.find_dataset(dataset)?;
        let is_partner = match copy {
            Some(copy) => peers::is_accepted(tx, &copy.host)?,
            None => false,
        };
        Ok::<_, StoreError>((tx.list_copy_holders(dataset)?, is_partner))
    })?;
    if is_partner && !is_listed {
        follow_again(app, dataset)?;
    }
    // They are asked once an hour and seldom change.
    if others
        .iter()
        .all(|host| known.iter().any(|it| it == host.as_str()))
    {
        return Ok(());
    }
    let now = app.clock.now();
    app.db.write(|tx| {
        if tx.find_dataset(dataset)?.is_none() {
            return Ok(());
        }
        for host in &others {
            tx.put_copy_holder(dataset, host.as_str(), now)?;
        }
        Ok(())
    })
}

/// The origin has lost what it knew of our copy, as after a backup from before we asked it to push: it is asked again.
///
/// # Errors
/// Where the store fails.
pub fn follow_again(app: &App, dataset: i64) -> Result<(), StoreError> {
    let asked = app.db.write(|tx| {
        let Some(copy) = tx.find_dataset(dataset)?.filter(|copy| !copy.is_local()) else {
            return Ok(None);
        };
        let inbox = inbox_of(app, tx, &copy.url, &copy.host)?;
        let renewed = ask::renew(app, tx, "/actor", &uri(&copy.url), &inbox)?;
        Ok::<_, StoreError>(renewed.then_some(copy))
    })?;
    if let Some(copy) = asked {
        tracing::info!(
            dataset = copy.name,
            "{} knows nothing of this copy any more: it is asked again to push",
            copy.host
        );
    }
    Ok(())
}
