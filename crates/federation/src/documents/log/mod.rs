//! The log of a dataset, read from its origin or from any copy (`protocol.md` §3.6).

mod entries;
mod snapshot;

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_protocol::Uri;
use rustine_protocol::object::{LogCollection, LogHead};
use rustine_store::{DatasetRecord, Tx};

pub use entries::entries;
pub use snapshot::snapshot;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::hold::Hold;
use super::problem::DocumentProblem;
use rustine_protocol::vocabulary;

/// `{log}`: where the parts of the log are.
pub async fn collection(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &dataset)?;
        let id = log_address(app, &dataset)?;
        let head = log_head(tx, &dataset)?;
        Ok(LogCollection { id, head }.to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `{log}/head`: which entry is the last one here.
pub async fn head(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let head = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &dataset)?;
        log_head(tx, &dataset)
    })
    .await?;
    let body = head.to_json().to_string();
    Ok(answer::text(
        &request,
        "application/json",
        body,
        Keep::Never,
    ))
}

/// `{log}/{seq}`: one header, under the address that is its id.
pub async fn entry(
    app: AppData,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let (dataset, seq) = path.into_inner();
    let seq: i64 = seq.parse().map_err(|_| DocumentProblem::NotFound)?;
    let header = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &dataset)?;
        let entry = tx.find_entry(dataset.id, seq)?;
        Ok(entry.ok_or(DocumentProblem::NotFound)?.header)
    })
    .await?;
    Ok(answer::text(
        &request,
        vocabulary::ACTIVITY_JSON,
        header,
        Keep::Forever,
    ))
}

/// The address of a log as this instance serves it; a copy's names its origin.
fn log_address(app: &App, dataset: &DatasetRecord) -> Result<Uri, DocumentProblem> {
    let address = rustine_app::datasets::find::address(dataset);
    find::site(app)?
        .page(&format!("/datasets/{address}/log"))
        .ok_or(DocumentProblem::Damaged)
}

/// Where the log stands here.
///
/// # Errors
/// [`DocumentProblem::NotFound`] before the genesis.
pub(super) fn log_head(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<LogHead, DocumentProblem> {
    let seq = u64::try_from(dataset.seq).map_err(|_| DocumentProblem::NotFound)?;
    let bodies_from = match tx.find_replica_state(dataset.id)? {
        Some(state) if !dataset.is_local() => state.bodies_from.unsigned_abs(),
        _ => 0,
    };
    Ok(LogHead {
        genesis: dataset.genesis,
        seq,
        entry: dataset.entry,
        bodies_from,
    })
}

/// A validator for whatever holds values: it changes with the head and with each erasure (`protocol.md` §3.5).
fn values_tag(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    what: &str,
) -> Result<String, DocumentProblem> {
    let (count, last) = tx.count_redactions(dataset.id)?;
    let last = last.unwrap_or(-1);
    // A copy that gets a missing value back has more to serve at the same head.
    let missing = tx.count_missing(dataset.id)?;
    Ok(format!(
        "W/\"{}.{}.{last}.{count}.{missing}.{what}\"",
        dataset.seq, dataset.entry
    ))
}

/// True where a copy must serve no values now.
fn is_held_back(app: &App, hold: &Hold, dataset: &DatasetRecord) -> bool {
    !dataset.is_local() && hold.holds_back(dataset.id, app.clock.now())
}
