//! A `Flag` arrives: about something of ours, or passed on by the origin of a copy on which people here decide.

use rustine_domain::checks::Check;
use rustine_domain::ids::RowId;
use rustine_protocol::Uri;
use rustine_protocol::activity::Flag;
use rustine_store::{DatasetRecord, RemoteActorRecord, ReportRecord, StoreError, Tx};

use super::{OPEN, fits, parsed, pass_on};
use crate::App;
use crate::notifications::upkeep;

/// Takes a report; false where it is about nothing that is decided on here, is known, or too many wait.
///
/// The gate has established that its actor signed it. Whoever it is, a report never acts by itself.
///
/// # Errors
/// Where the store fails.
pub fn received(
    app: &App,
    tx: &mut Tx<'_>,
    flag: &Flag,
    sender: &RemoteActorRecord,
) -> Result<bool, StoreError> {
    let known = tx.find_report_by_activity(flag.envelope.id.as_str())?;
    let Some((dataset, row)) = about(app, tx, flag, sender)?.filter(|_| known.is_none()) else {
        return Ok(false);
    };
    let (problem, content) = parsed(flag.content.as_deref());
    let now = app.clock.now();
    let report = ReportRecord {
        id: app.entropy.uuid().to_string(),
        dataset: dataset.id,
        row_id: row,
        problem: problem.as_str().to_owned(),
        content,
        host: sender.host.clone(),
        reporter: None,
        state: OPEN.to_owned(),
        activity: Some(flag.envelope.id.to_string()),
        created: now,
        updated: now,
    };
    if !fits(app, tx, &report)? && Check::FlagQuota.stands() {
        return Ok(false);
    }
    tx.insert_report(&report)?;
    upkeep::reported(app, tx, &dataset, None)?;
    if dataset.is_local() {
        pass_on(app, tx, &dataset, &report)?;
    }
    Ok(true)
}

/// What a report is about: the first of its objects that is a dataset of ours or a row of one, or, where its sender is
/// the dataset itself, a copy on which somebody here holds a grant.
fn about(
    app: &App,
    tx: &mut Tx<'_>,
    flag: &Flag,
    sender: &RemoteActorRecord,
) -> Result<Option<(DatasetRecord, Option<RowId>)>, StoreError> {
    for object in &flag.objects {
        let Some((url, row)) = split(object) else {
            continue;
        };
        let Some(dataset) = tx.find_dataset_by_url(url)? else {
            continue;
        };
        let entitled = match dataset.is_local() {
            true => dataset.status == "published" && dataset.audience == "public",
            false => dataset.url == sender.id && has_grant_here(app, tx, &dataset)?,
        };
        let row = match row {
            None => None,
            Some(row) => match tx.find_row(dataset.id, row)? {
                Some(found) => Some(found.row_id),
                None => continue,
            },
        };
        if entitled || !Check::FlagObject.stands() {
            return Ok(Some((dataset, row)));
        }
    }
    Ok(None)
}

fn has_grant_here(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<bool, StoreError> {
    let granted = tx.active_grants(dataset.id, app.clock.now())?;
    Ok(granted
        .iter()
        .any(|grant| grant.host == app.host().as_str()))
}

/// The address of a dataset, and the row where one is named.
fn split(object: &Uri) -> Option<(&str, Option<RowId>)> {
    let text = object.as_str();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    match text.split_once("/rows/") {
        Some((url, row)) => Some((url, Some(row.parse().ok()?))),
        None => Some((text, None)),
    }
}
