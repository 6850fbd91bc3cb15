//! Datasets: list, facts, schema, log, digest.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, StoreError, Tx};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Caller, Json};
use crate::failure::Failure;
use crate::reading;

/// Entries of one page of the log.
const ENTRIES: i64 = 500;

/// What there is to say about a dataset.
#[derive(Serialize)]
struct Facts {
    name: String,
    uid: DatasetUid,
    title: String,
    description: Option<String>,
    license: Option<String>,
    audience: String,
    status: String,
    rows: i64,
    seq: i64,
    updated: Timestamp,
    origin: String,
    replica: bool,
    #[serde(rename = "confirmedAt", skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Timestamp>,
    url: String,
}

#[derive(Serialize)]
struct List {
    datasets: Vec<Facts>,
}

fn facts(caller: &Caller, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Facts, StoreError> {
    let address = reading::address(dataset);
    let confirmed_at = match dataset.is_local() {
        true => None,
        false => tx
            .find_replica_state(dataset.id)?
            .and_then(|state| state.confirmed_at),
    };
    Ok(Facts {
        uid: dataset.uid,
        title: reading::title(dataset),
        description: reading::description(&reading::schema_of(dataset)?),
        license: dataset.license.clone(),
        audience: dataset.audience.clone(),
        status: dataset.status.clone(),
        rows: dataset.row_count,
        seq: dataset.seq,
        updated: dataset.updated,
        origin: if dataset.is_local() {
            caller.app.host().to_string()
        } else {
            dataset.host.clone()
        },
        replica: !dataset.is_local(),
        confirmed_at,
        url: caller.app.url(&format!("/datasets/{address}")),
        name: address,
    })
}

/// `GET /api/v1/datasets`
pub(super) async fn list(caller: Caller) -> HttpResponse {
    let mut answer = caller
        .answer(|caller| {
            let person = caller.person()?;
            let datasets = caller.app.db.read(|tx| {
                let known = reading::list(tx, person.as_ref())?;
                known
                    .iter()
                    .map(|dataset| facts(caller, tx, dataset))
                    .collect::<Result<Vec<_>, StoreError>>()
            })?;
            Json::ok(&List { datasets })
        })
        .await;
    let any = actix_web::http::header::HeaderValue::from_static("*");
    answer
        .headers_mut()
        .insert(actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    answer
}

/// `GET /api/v1/datasets/{dataset}`
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    address: web::Path<String>,
) -> HttpResponse {
    caller
        .read(request, address.into_inner(), |caller, dataset, tx| {
            Json::ok(&facts(caller, tx, dataset)?)
        })
        .await
}

/// `GET /api/v1/datasets/{dataset}/schema`: the document as its owner signed it.
pub(super) async fn schema(
    caller: Caller,
    request: HttpRequest,
    address: web::Path<String>,
) -> HttpResponse {
    caller
        .read(request, address.into_inner(), |_, dataset, _| {
            Ok(Json::written(dataset.schema.clone().into_bytes()))
        })
        .await
}

#[derive(Serialize)]
struct Digest {
    uid: DatasetUid,
    genesis: Hash,
    seq: i64,
    entry: Hash,
    state: Hash,
}

/// `GET /api/v1/datasets/{dataset}/digest`: what two copies compare.
pub(super) async fn digest(
    caller: Caller,
    request: HttpRequest,
    address: web::Path<String>,
) -> HttpResponse {
    caller
        .read(request, address.into_inner(), |_, dataset, _| {
            Json::ok(&Digest {
                uid: dataset.uid,
                genesis: dataset.genesis,
                seq: dataset.seq,
                entry: dataset.entry,
                state: dataset.state,
            })
        })
        .await
}

#[derive(Serialize)]
struct LogPage<'a> {
    entries: Vec<LogEntry<'a>>,
    next: Option<i64>,
}

#[derive(Serialize)]
struct LogEntry<'a> {
    seq: i64,
    kind: &'a str,
    time: Timestamp,
    entry: Hash,
    header: Option<&'a RawValue>,
}

/// `GET /api/v1/datasets/{dataset}/log?from=N`: signed headers, 500 at a time.
pub(super) async fn log(
    caller: Caller,
    request: HttpRequest,
    address: web::Path<String>,
) -> HttpResponse {
    caller
        .read(request, address.into_inner(), |caller, dataset, tx| {
            let from = match caller.asked("from") {
                Some(text) => text
                    .parse()
                    .map_err(|_| Failure::bad("from takes the number of an entry"))?,
                None => 0,
            };
            let known = tx.list_entries(dataset.id, from, ENTRIES)?;
            let full = i64::try_from(known.len()).is_ok_and(|length| length == ENTRIES);
            let entries = known.iter().map(|entry| LogEntry {
                seq: entry.seq,
                kind: &entry.kind,
                time: entry.time,
                entry: entry.entry,
                header: serde_json::from_str(&entry.header).ok(),
            });
            let next = known.last().filter(|_| full).map(|entry| entry.seq + 1);
            Json::ok(&LogPage {
                entries: entries.collect(),
                next,
            })
        })
        .await
}
