//! Reports: somebody says that something about a row, or a dataset, is not as it should be (`protocol.md` §5, `Flag`).
//!
//! A report never acts by itself. Whoever reads the dataset here reports in a page ([`file`]): on a dataset of ours the
//! report is kept and passed on to the instances of those who hold a grant; on a copy it is kept and sent to the origin,
//! which passes it on ([`receive`]). Whoever may decide settles it ([`settle`]), wherever she is.

pub mod file;
pub mod receive;
pub mod settle;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use rustine_domain::review::Role;
use rustine_protocol::Uri;
use rustine_protocol::activity::{Envelope, Flag};
use rustine_store::{DatasetRecord, ReportRecord, StoreError, Tx};

use crate::App;
use crate::accounts::Person;
use crate::context::uri;
use crate::outbox::{self, Outgoing};
use crate::patches::care::Problem;

/// Most characters of a report.
pub const CHARACTERS: usize = 1000;
/// Open reports on one dataset.
pub const PER_DATASET: i64 = 500;
/// Of these, through one other instance.
pub const PER_INSTANCE: i64 = 50;
/// Of these, of one person, or of one network on one day.
pub const PER_REPORTER: i64 = 5;
/// What was settled is kept this long: it holds people's words.
pub const KEPT_SECONDS: i64 = 90 * 86_400;

/// Waits for somebody who decides.
pub const OPEN: &str = "open";
/// Somebody saw to it.
pub const HANDLED: &str = "handled";
/// Nothing had to be done.
pub const DISMISSED: &str = "dismissed";

/// The id of the Flag by which we tell others of a report.
fn own_flag(app: &App, report: &ReportRecord) -> String {
    app.url(&format!("/activities/{}", report.id))
}

/// The id under which the instance that a report came from knows it.
fn known_flag(app: &App, report: &ReportRecord) -> String {
    let received = report.activity.clone();
    received.unwrap_or_else(|| own_flag(app, report))
}

/// The report that a Flag stands for: one that came as it, or one that we told others of by it.
fn find_by_flag(
    app: &App,
    tx: &mut Tx<'_>,
    flag: &str,
) -> Result<Option<ReportRecord>, StoreError> {
    let own = app.local_path(flag);
    match own.and_then(|path| path.strip_prefix("/activities/")) {
        Some(id) => tx.find_report(id),
        None => tx.find_report_by_activity(flag),
    }
}

/// Whether one more report fits.
fn fits(app: &App, tx: &mut Tx<'_>, report: &ReportRecord) -> Result<bool, StoreError> {
    let (dataset, host) = (report.dataset, report.host.as_str());
    let elsewhere = host != app.host().as_str();
    let reporter = report.reporter.as_deref();
    Ok(tx.count_open_reports(dataset, None, None)? < PER_DATASET
        && (!elsewhere || tx.count_open_reports(dataset, Some(host), None)? < PER_INSTANCE)
        && (reporter.is_none() || tx.count_open_reports(dataset, None, reporter)? < PER_REPORTER))
}

/// Whether a person reads and settles reports on a dataset: by her role on ours, by her grant on a copy.
///
/// # Errors
/// Where the store fails.
pub fn may_settle(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    dataset: &DatasetRecord,
) -> Result<bool, StoreError> {
    let actor = app.url(&format!("/users/{}", by.name));
    Ok(crate::grants::role_of(app, tx, &actor, dataset.id)? >= Role::Write)
}

/// The open reports that a person may settle, the oldest first, each with its dataset.
///
/// # Errors
/// Where the store fails.
pub fn list(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    limit: i64,
) -> Result<Vec<(DatasetRecord, ReportRecord)>, StoreError> {
    let mut known = Vec::new();
    for dataset in tx.list_reported_datasets()? {
        let dataset = tx.load_dataset(dataset)?;
        if may_settle(app, tx, by, &dataset)? {
            known.push(dataset);
        }
    }
    let ids: Vec<i64> = known.iter().map(|dataset| dataset.id).collect();
    let reports = tx.list_open_reports(&ids, limit)?;
    let with_dataset = |report: ReportRecord| {
        let dataset = known.iter().find(|dataset| dataset.id == report.dataset)?;
        Some((dataset.clone(), report))
    };
    Ok(reports.into_iter().filter_map(with_dataset).collect())
}

/// Sends a report of ours, or one that came to us, to the instances of those who hold a grant on the dataset; not back to
/// the one that it came through.
fn pass_on(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    report: &ReportRecord,
) -> Result<(), StoreError> {
    let path = format!("/datasets/{}", dataset.name);
    let activity = flag(app, dataset, report, &path);
    for host in entitled_hosts(app, tx, dataset)? {
        if host == report.host {
            continue;
        }
        let inbox = crate::actors::inboxes::shared_inbox(app, &host);
        let outgoing = Outgoing {
            activity: &activity,
            actor: &path,
            object_key: &format!("report:{}", report.id),
        };
        outbox::send(app, tx, &outgoing, &inbox)?;
    }
    Ok(())
}

/// The other instances of people who hold a grant on a dataset now.
fn entitled_hosts(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<BTreeSet<String>, StoreError> {
    let granted = tx.active_grants(dataset.id, app.clock.now())?;
    let hosts = granted.into_iter().map(|grant| grant.host);
    Ok(hosts.filter(|host| host != app.host().as_str()).collect())
}

/// A report as a Flag by an actor of ours. The person stays unknown; the problem is the first word.
fn flag(
    app: &App,
    dataset: &DatasetRecord,
    report: &ReportRecord,
    actor: &str,
) -> serde_json::Value {
    let to = uri(&dataset.url);
    let id = uri(&own_flag(app, report));
    let flag = Flag {
        envelope: Envelope::new(id, uri(&app.url(actor)), to),
        objects: vec![object(dataset, report)],
        content: Some(words(report)),
    };
    flag.to_json()
}

/// The row's address at the origin, or the dataset's.
fn object(dataset: &DatasetRecord, report: &ReportRecord) -> Uri {
    match report.row_id {
        Some(row) => uri(&format!("{}/rows/{row}", dataset.url)),
        None => uri(&dataset.url),
    }
}

/// `wrong: what the reporter wrote`; other servers send their own words alone.
fn words(report: &ReportRecord) -> String {
    let said = report.content.as_deref().unwrap_or_default();
    format!("{}: {said}", report.problem)
}

/// The problem and the words of a received report.
fn parsed(content: Option<&str>) -> (Problem, Option<String>) {
    let content = content.unwrap_or_default();
    let split = content.split_once(':');
    let known = split.and_then(|(word, rest)| Some((Problem::find(word)?, rest)));
    let (problem, said) = known.unwrap_or((Problem::Other, content));
    let said: String = said.trim().chars().take(CHARACTERS).collect();
    (problem, Some(said).filter(|said| !said.is_empty()))
}
