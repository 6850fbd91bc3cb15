//! `{log}/snapshot[?at=N&after=rowId]`: all rows at the head, for a new copy.

use std::io;
use std::sync::Arc;
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_app::log::rows::row_state;
use rustine_domain::ids::RowId;
use rustine_domain::log::snapshot::{SnapshotLine, row_line};
use rustine_domain::tree::bucket_of;
use rustine_store::{StoreError, Tx};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::answer::{self, Keep};
use super::super::find::{self, AppData, read};
use super::super::hold::Hold;
use super::super::lines::{self, Lines};
use super::super::problem::DocumentProblem;
use super::{is_held_back, values_tag};

/// Snapshots written at the same time. Each holds a reading connection as long as its reader takes, and the
/// store has eight.
const AT_ONCE: usize = 3;

static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));

#[derive(serde::Deserialize)]
pub struct Parameters {
    at: Option<i64>,
    after: Option<String>,
}

/// The rows in one consistent read. Only the head can be read: what rows held before is in the log.
pub async fn snapshot(
    app: AppData,
    hold: web::Data<Hold>,
    path: web::Path<String>,
    parameters: web::Query<Parameters>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let Parameters { at, after } = parameters.into_inner();
    let after: Option<RowId> = after
        .map(|id| {
            id.parse()
                .map_err(|_| DocumentProblem::Request("after must be the id of a row"))
        })
        .transpose()?;
    let (dataset, seq, tag) = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &path)?;
        if is_held_back(app, &hold, &dataset) {
            return Err(DocumentProblem::NotNow(
                "this copy is catching up: ask again, or ask the origin",
            ));
        }
        if !dataset.is_local() && is_loading(tx, dataset.id)? {
            return Err(DocumentProblem::NotNow(
                "this copy is being made: ask the origin",
            ));
        }
        if dataset.seq < 0 || at.is_some_and(|at| at != dataset.seq) {
            return Err(DocumentProblem::NotFound);
        }
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let tag = values_tag(tx, &dataset, &format!("s{after}"))?;
        Ok((dataset.id, dataset.seq, tag))
    })
    .await?;
    if let Some(answer) = answer::unchanged(&request, &tag) {
        return Ok(answer);
    }
    let turn = Arc::clone(&TURNS)
        .try_acquire_owned()
        .map_err(|_| DocumentProblem::NotNow("other copies are being made: ask again"))?;
    let app = Arc::clone(app.get_ref());
    let wanted = Wanted {
        dataset,
        seq,
        exact: at.is_some(),
        after,
    };
    let make = move |lines: &mut Lines<'_>| write_snapshot(&app, &wanted, &turn, lines);
    Ok(lines::stream_lines(
        &request,
        answer::start(&tag, Keep::Never),
        make,
    ))
}

/// True while the rows of a copy are still being taken from somebody's snapshot; they would not add up.
fn is_loading(tx: &mut Tx<'_>, dataset: i64) -> Result<bool, DocumentProblem> {
    let state = tx.find_replica_state(dataset)?;
    Ok(state.is_some_and(|state| state.cursor.is_some()))
}

struct Wanted {
    dataset: i64,
    /// The head when the request was read.
    seq: i64,
    /// True where the asker named that head.
    exact: bool,
    after: Option<RowId>,
}

/// Failures of the database and of the network, on one way out of the transaction.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the head has moved since the request")]
    Moved,
    #[error("what is stored of the log is damaged")]
    Damaged,
}

fn write_snapshot(
    app: &App,
    wanted: &Wanted,
    _turn: &OwnedSemaphorePermit,
    lines: &mut Lines<'_>,
) -> io::Result<()> {
    app.db
        .read(|tx| write_rows(tx, wanted, lines))
        .map_err(|broken| match broken {
            Broken::Io(error) => error,
            other => io::Error::other(other),
        })
}

/// Writes header, schema, rows and end as they stand in this transaction.
fn write_rows(tx: &mut Tx<'_>, wanted: &Wanted, lines: &mut Lines<'_>) -> Result<(), Broken> {
    let dataset = tx.load_dataset(wanted.dataset)?;
    if wanted.exact && dataset.seq != wanted.seq {
        return Err(Broken::Moved);
    }
    let entry = tx
        .find_entry(dataset.id, dataset.seq)?
        .ok_or(Broken::Damaged)?;
    let schema = serde_json::from_str(&dataset.schema).map_err(|_| Broken::Damaged)?;
    let mut line = |text: String| -> io::Result<()> {
        lines.write_all(text.as_bytes())?;
        lines.write_all(b"\n")
    };
    // The header is written as it was received: its hash covers these bytes in canonical form.
    line(format!("[\"header\",{}]", entry.header))?;
    line(SnapshotLine::Schema(schema).to_text())?;
    let mut count = 0;
    let after = wanted.after.map(|id| (bucket_of(id), id));
    tx.each_row_by_bucket(dataset.id, after, |record| {
        count += 1;
        let row = row_state(&record)?;
        line(row_line(record.row_id, &row)).map_err(Broken::from)
    })?;
    line(SnapshotLine::End(count).to_text())?;
    Ok(())
}
