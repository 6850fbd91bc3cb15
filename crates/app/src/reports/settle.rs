//! Somebody who may decide settles a report: here, or at the origin through the mail.
//!
//! A moderator of another instance answers the Flag with `Accept` (handled) or `Reject` (dismissed); the origin reads from
//! its own tables whether she may, writes the line, and answers the others in the same words.

use rustine_domain::checks::Check;
use rustine_domain::ids::Host;
use rustine_domain::review::Role;
use rustine_protocol::vocabulary::RUSTINE_V1;
use rustine_store::{DatasetRecord, RemoteActorRecord, ReportRecord, StoreError, Tx};
use serde_json::json;

use super::{DISMISSED, HANDLED, entitled_hosts, find_by_flag, known_flag, may_settle, own_flag};
use crate::App;
use crate::accounts::Person;
use crate::actors::inboxes::inbox_of;
use crate::grants::role_of;
use crate::modlog::{self, By, Line};
use crate::outbox::{self, Outgoing};

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// No such report that is open.
    #[error("no such report waits here")]
    Unknown,
    /// The person may not decide on the dataset.
    #[error("{0} may not decide on this dataset: ask its owner")]
    NotAllowed(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Settles a report as handled, or dismissed.
///
/// # Errors
/// [`SettleError`]
pub fn settle(app: &App, id: &str, by: &Person, handled: bool) -> Result<(), SettleError> {
    app.db.write(|tx| {
        let report = tx.find_report(id)?.ok_or(SettleError::Unknown)?;
        let dataset = tx.load_dataset(report.dataset)?;
        if !may_settle(app, tx, by, &dataset)? {
            return Err(SettleError::NotAllowed(by.name.clone()));
        }
        if !tx.settle_report(id, word(handled), app.clock.now())? {
            return Err(SettleError::Unknown);
        }
        let actor = format!("/users/{}", by.name);
        if !dataset.is_local() {
            let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
            let flag = known_flag(app, &report);
            return Ok(answer(app, tx, &flag, (&actor, &inbox), handled)?);
        }
        let role = role_of(app, tx, &app.url(&actor), dataset.id)?;
        Ok(done(app, tx, &dataset, &report, &By::here(role), handled)?)
    })
}

/// Takes the answer to a Flag that we know; false where there is no such report or its sender may not settle it.
///
/// # Errors
/// Where the store fails.
pub fn answered(
    app: &App,
    tx: &mut Tx<'_>,
    flag: &str,
    sender: &RemoteActorRecord,
    handled: bool,
) -> Result<bool, StoreError> {
    let Some(report) = find_by_flag(app, tx, flag)? else {
        return Ok(false);
    };
    let dataset = tx.load_dataset(report.dataset)?;
    if !dataset.is_local() {
        // The origin tells how it ended.
        let origin = sender.id == dataset.url || !Check::FlagAnswer.stands();
        return Ok(origin && tx.settle_report(&report.id, word(handled), app.clock.now())?);
    }
    let role = role_of(app, tx, &sender.id, dataset.id)?;
    let Ok(host) = sender.host.parse::<Host>() else {
        return Ok(false);
    };
    let may = role >= Role::Write || !Check::FlagAnswer.stands();
    if !may || !tx.settle_report(&report.id, word(handled), app.clock.now())? {
        return Ok(false);
    }
    let by = By::elsewhere(role, &host);
    done(app, tx, &dataset, &report, &by, handled)?;
    Ok(true)
}

fn word(handled: bool) -> &'static str {
    match handled {
        true => HANDLED,
        false => DISMISSED,
    }
}

/// At the origin: the line, and the answer to everybody who was told of the report.
fn done(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    report: &ReportRecord,
    by: &By,
    handled: bool,
) -> Result<(), StoreError> {
    let from = report.host.parse().unwrap_or_else(|_| app.host().clone());
    let line = Line::ReportHandled {
        from,
        problem: report.problem.clone(),
        outcome: word(handled),
    };
    modlog::write(app, tx, dataset, by, line)?;
    let mut hosts = entitled_hosts(app, tx, dataset)?;
    hosts.insert(report.host.clone());
    hosts.remove(app.host().as_str());
    let actor = format!("/datasets/{}", dataset.name);
    for host in hosts {
        let inbox = crate::actors::inboxes::shared_inbox(app, &host);
        let flag = match host == report.host {
            true => known_flag(app, report),
            false => own_flag(app, report),
        };
        answer(app, tx, &flag, (&actor, &inbox), handled)?;
    }
    Ok(())
}

/// `Accept` or `Reject` of a Flag.
fn answer(
    app: &App,
    tx: &mut Tx<'_>,
    flag: &str,
    (actor, inbox): (&str, &str),
    handled: bool,
) -> Result<(), StoreError> {
    let activity = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", RUSTINE_V1],
        "id": app.activity_id(),
        "type": if handled { "Accept" } else { "Reject" },
        "actor": app.url(actor),
        "object": {"id": flag, "type": "Flag"},
    });
    let outgoing = Outgoing {
        activity: &activity,
        actor,
        object_key: &format!("report:{flag}"),
    };
    outbox::send(app, tx, &outgoing, inbox)
}
