//! `{log}/entries?from=N&limit=500[&bodies=0]`: JSON Lines, a header and its body on each.

use std::io;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_domain::log::{Withheld, line};
use rustine_store::{RedactionRecord, StoreError};

use super::super::answer::{self, Keep};
use super::super::find::{self, AppData, read};
use super::super::hold::Hold;
use super::super::lines::{self, Lines};
use super::super::problem::DocumentProblem;
use super::{is_held_back, values_tag};

/// Most entries in one answer.
const MOST_ENTRIES: i64 = 500;
/// Bytes of lines after which an answer ends; the entry that reaches it is still whole.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Entries read in one transaction: few, because a body may have megabytes.
const BATCH: i64 = 16;

#[derive(serde::Deserialize)]
pub struct Parameters {
    from: Option<i64>,
    limit: Option<i64>,
    bodies: Option<u8>,
}

/// Which lines an answer has.
#[derive(Debug, Clone, Copy)]
struct Range {
    dataset: i64,
    from: i64,
    /// Past the last one.
    end: i64,
    bodies: bool,
}

/// Entries upwards from `from`, at most `limit`. Past the head there are none: the answer is empty.
pub async fn entries(
    app: AppData,
    hold: web::Data<Hold>,
    path: web::Path<String>,
    parameters: web::Query<Parameters>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let from = parameters.from.unwrap_or(0);
    let limit = parameters.limit.unwrap_or(MOST_ENTRIES).min(MOST_ENTRIES);
    if from < 0 || limit < 1 {
        return Err(DocumentProblem::Request(
            "from must be 0 or more, limit 1 or more",
        ));
    }
    let wants_bodies = parameters.bodies != Some(0);
    let (range, tag, complete) = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &path)?;
        let bodies = wants_bodies && !is_held_back(app, &hold, &dataset);
        let end = dataset
            .seq
            .saturating_add(1)
            .min(from.saturating_add(limit))
            .max(from);
        let range = Range {
            dataset: dataset.id,
            from,
            end,
            bodies,
        };
        let tag = values_tag(
            tx,
            &dataset,
            &format!("{from}-{end}{}", if bodies { "" } else { "h" }),
        )?;
        Ok((range, tag, end == from + limit))
    })
    .await?;
    if let Some(answer) = answer::unchanged(&request, &tag) {
        return Ok(answer);
    }
    // Headers never change; but a range that ends at our head grows, and a hold on bodies passes.
    let keep = if complete && !wants_bodies {
        Keep::Forever
    } else {
        Keep::Never
    };
    let app = Arc::clone(app.get_ref());
    let make = move |lines: &mut Lines<'_>| write_range(&app, range, lines);
    Ok(lines::stream_lines(
        &request,
        answer::start(&tag, keep),
        make,
    ))
}

/// Writes the lines. Each batch is a transaction of its own, so that a slow reader holds none open.
fn write_range(app: &App, range: Range, lines: &mut Lines<'_>) -> io::Result<()> {
    let mut next = range.from;
    let mut written = 0;
    while next < range.end && written < MOST_BYTES {
        let batch = read_batch(app, range, next, MOST_BYTES - written).map_err(io::Error::other)?;
        let Some((last, _)) = batch.last() else {
            // A rotate has displaced the entries since we began: the reader sees a stream that is cut off.
            return Err(io::Error::other("the log was cut back"));
        };
        next = last + 1;
        for (_, line) in &batch {
            written += line.len() + 1;
            lines.write_all(line.as_bytes())?;
            lines.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Lines from `from` on: at least one, at most [`BATCH`], ending where `room` bytes are filled.
fn read_batch(
    app: &App,
    range: Range,
    from: i64,
    room: usize,
) -> Result<Vec<(i64, String)>, StoreError> {
    app.db.read(|tx| {
        let withheld = match range.bodies {
            true => tx.list_withheld(range.dataset)?,
            false => Vec::new(),
        };
        let limit = BATCH.min(range.end - from);
        let mut batch = Vec::new();
        let mut size = 0;
        for entry in tx.list_entries(range.dataset, from, limit)? {
            let body = if range.bodies {
                tx.find_body(range.dataset, entry.seq)?
            } else {
                None
            };
            let withheld = withheld_of(&withheld, entry.seq, body.as_deref());
            let line = line::write(&entry.header, body.as_deref(), &withheld);
            size += line.len() + 1;
            batch.push((entry.seq, line));
            if size >= room {
                break;
            }
        }
        Ok(batch)
    })
}

/// What this instance withholds of one body by itself. What it holds back is little, so texts are compared.
fn withheld_of(withheld: &[RedactionRecord], seq: i64, body: Option<&str>) -> Vec<Withheld> {
    let Some(body) = body else { return Vec::new() };
    let item = |record: &RedactionRecord| match (record.commitment, record.row_id, &record.field) {
        (Some(cell), Some(row), Some(field)) => {
            let stands = body.contains(&cell.to_string()) && body.contains(&row.to_string());
            let field = field.parse().ok().filter(|_| stands)?;
            Some(Withheld::Cell { row, field, cell })
        }
        _ => (record.meta_seq == Some(seq)).then_some(Withheld::Meta),
    };
    withheld.iter().filter_map(item).collect()
}
