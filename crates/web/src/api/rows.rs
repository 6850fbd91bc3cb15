//! Rows: pages, one row, its history.

use std::io::Write as _;

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::datasets::indexes;
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_formats::json_out::write_row;
use rustine_store::{Cursor, RowRecord};
use serde::Serialize;

use super::{Caller, Json};
use crate::failure::Failure;
use crate::reading::history::{self, Held};
use crate::reading::{self, query};

/// Writing to memory does not fail; the type says it may.
fn unwritten(_: std::io::Error) -> Failure {
    Failure::new(500, "the answer could not be written")
}

/// `{"id":…,"cells":{…}}`, typed by the schema.
fn write_one(out: &mut Vec<u8>, schema: &Schema, row: &RowRecord) -> std::io::Result<()> {
    write!(out, "{{\"id\":\"{}\",\"cells\":", row.row_id)?;
    write_row(out, &schema.fields, &[], |field| {
        row.cells.get(field).map(String::as_str)
    })?;
    out.write_all(b"}")
}

/// `GET /api/v1/datasets/{dataset}/rows`
pub(super) async fn list(
    caller: Caller,
    request: HttpRequest,
    address: web::Path<String>,
) -> HttpResponse {
    caller
        .read(request, address.into_inner(), |caller, dataset, tx| {
            let schema = reading::schema_of(dataset)?;
            let asked = query::parse(&caller.query, dataset.id, &schema)
                .map_err(|bad| Failure::bad(bad.to_string()))?;
            let page = tx.query_rows(&asked)?;
            indexes::wish(&caller.app, dataset, &asked);
            let mut out = Vec::with_capacity(512 * page.rows.len() + 64);
            out.extend_from_slice(b"{\"rows\":[");
            for (place, row) in page.rows.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_one(&mut out, &schema, row).map_err(unwritten)?;
            }
            let cursor = |cursor: Option<Cursor>| {
                cursor.map_or_else(|| "null".to_owned(), |cursor| format!("\"{cursor}\""))
            };
            let (next, previous) = (cursor(page.next), cursor(page.previous));
            let total = page.total;
            write!(
                out,
                "],\"next\":{next},\"previous\":{previous},\"total\":{total}}}"
            )
            .map_err(unwritten)?;
            Ok(Json::written(out))
        })
        .await
}

/// `GET /api/v1/datasets/{dataset}/rows/{id}`
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let (address, id) = path.into_inner();
    caller
        .read(request, address, move |_, dataset, tx| {
            let row = reading::load_row(tx, dataset, &id)?;
            let mut out = Vec::new();
            write_one(&mut out, &reading::schema_of(dataset)?, &row).map_err(unwritten)?;
            Ok(Json::written(out))
        })
        .await
}

#[derive(Serialize)]
struct History {
    changes: Vec<HistoryStep>,
}

#[derive(Serialize)]
struct HistoryStep {
    seq: i64,
    time: Timestamp,
    op: &'static str,
    by: &'static str,
    origin: Option<String>,
    complete: bool,
    cells: Vec<HistoryCell>,
}

#[derive(Serialize)]
struct HistoryCell {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

fn text(held: Held) -> Option<String> {
    match held {
        Held::Text(text) => Some(text),
        Held::Nothing | Held::Gone => None,
    }
}

/// `GET /api/v1/datasets/{dataset}/rows/{id}/history`: latest first; who is a role, never a name.
pub(super) async fn history(
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let (address, id) = path.into_inner();
    caller
        .read(request, address, move |_, dataset, tx| {
            let row = reading::load_row(tx, dataset, &id)?;
            let steps = history::steps(tx, dataset, &row)?;
            let change = |step: history::Step| HistoryStep {
                seq: step.seq,
                time: step.at,
                op: step.kind.name(),
                by: step.role.name(),
                origin: step.host,
                complete: !step.incomplete,
                cells: step
                    .cells
                    .into_iter()
                    .map(|(field, before, after)| HistoryCell {
                        field,
                        before: text(before),
                        after: text(after),
                    })
                    .collect(),
            };
            Json::ok(&History {
                changes: steps.into_iter().rev().map(change).collect(),
            })
        })
        .await
}
