//! `/datasets/{dataset}.csv|.json|.jsonl`: every row, streamed in the owner's order from one state of the dataset.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use rustine_app::App;
use rustine_domain::schema::Schema;
use rustine_formats::csv;
use rustine_formats::json_out::{Form, JsonWriter};
use rustine_store::{DatasetRecord, RowQuery, RowRecord, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

use crate::api::{self, Caller};
use crate::failure::Failure;
use crate::reading;

/// Bytes gathered before they are handed on.
const CHUNK: usize = 64 * 1024;
/// A reader that takes nothing for this long is let go: its export holds a state of the database.
const STALLED: Duration = Duration::from_secs(30);
/// Exports at once, per worker.
const AT_ONCE: usize = 8;
/// Rows read at a time.
const ROWS: usize = 1000;

/// Keeps the number of exports small.
pub(crate) struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    JsonLines,
}

impl Format {
    fn find(extension: &str) -> Option<Self> {
        Some(match extension {
            "csv" => Self::Csv,
            "json" => Self::Json,
            "jsonl" => Self::JsonLines,
            _ => return None,
        })
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
}

/// Adds the exports; they stand before the dataset's page, whose address would match too.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::Data::new(Exports::default())).service(
        web::resource("/datasets/{dataset}.{format:csv|jsonl|json}")
            .route(web::get().to(export))
            .route(web::head().to(export))
            .route(web::method(Method::OPTIONS).to(api::preflight)),
    );
}

async fn export(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
    exports: web::Data<Exports>,
) -> HttpResponse {
    let (address, extension) = path.into_inner();
    let app = Arc::clone(&caller.app);
    let loaded = web::block(move || -> Result<_, Failure> {
        let format = Format::find(&extension).ok_or_else(Failure::not_found)?;
        let person = caller.person()?;
        let dataset = caller
            .app
            .db
            .read(|tx| reading::load(&caller.app, tx, person.as_ref(), &address))?;
        Ok((dataset, format, extension))
    });
    let (dataset, format, extension) = match loaded.await {
        Ok(Ok(loaded)) => loaded,
        Ok(Err(failure)) => return api::problem(&failure),
        Err(_) => return HttpResponse::ServiceUnavailable().finish(),
    };
    let etag = api::etag(&dataset);
    if api::is_known(&request, &etag) {
        return api::unchanged(&dataset, &etag);
    }
    let Ok(permit) = Arc::clone(&exports.0).try_acquire_owned() else {
        return api::problem(&Failure::new(
            429,
            "many exports are running: try again in a minute",
        ));
    };
    let mut builder = HttpResponse::Ok();
    api::open_to_all(&mut builder, &dataset, &etag);
    builder
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        // As a file, so that a browser never reads data of strangers as a page of ours.
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.{extension}\"", dataset.name),
        ));
    if request.method() == Method::HEAD {
        // Not finished at once: that would say that the file has 0 bytes.
        return builder.streaming(stream::empty::<io::Result<Bytes>>());
    }
    builder.streaming(rows(app, dataset, format, permit))
}

/// The file in pieces; an error in the middle ends it without its end, so that nobody takes it for whole.
fn rows(
    app: Arc<App>,
    dataset: DatasetRecord,
    format: Format,
    permit: OwnedSemaphorePermit,
) -> impl stream::Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(2);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let pipe = Pipe {
            sender: sender.clone(),
            handle: handle.clone(),
            buffer: Vec::with_capacity(CHUNK),
        };
        if let Err(error) = write(&app, &dataset, format, pipe) {
            tracing::warn!(dataset = %dataset.name, %error, "An export ended early");
            let _ = handle.block_on(timeout(STALLED, sender.send(Err(error))));
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
}

/// Hands pieces to the answer, and gives up on a reader that does not take them.
struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
    buffer: Vec<u8>,
}

impl Pipe {
    fn hand_on(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::replace(
            &mut self.buffer,
            Vec::with_capacity(CHUNK),
        ));
        let sent = self
            .handle
            .block_on(timeout(STALLED, self.sender.send(Ok(piece))));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the reader went away",
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the reader took nothing for 30 s",
            )),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            Ok(())
        } else {
            self.hand_on()
        }
    }
}

fn write(app: &App, dataset: &DatasetRecord, format: Format, pipe: Pipe) -> io::Result<()> {
    let schema = reading::schema_of(dataset).map_err(io::Error::other)?;
    match format {
        Format::Csv => {
            let mut writer = csv::Writer::new(pipe);
            writer.write(schema.fields.iter().map(|field| field.title.as_str()))?;
            each_row(app, dataset, |row| writer.write(cells(&schema, row)))?;
            writer.finish()?;
        }
        Format::Json | Format::JsonLines => {
            let form = if format == Format::Json {
                Form::Document
            } else {
                Form::Lines
            };
            let mut writer = JsonWriter::new(pipe, form, &schema.fields);
            each_row(app, dataset, |row| {
                let id = row.row_id.to_string();
                writer.row(&[("_id", &id)], |field| {
                    row.cells.get(field).map(String::as_str)
                })
            })?;
            writer.finish()?;
        }
    }
    Ok(())
}

fn cells<'r>(schema: &'r Schema, row: &'r RowRecord) -> impl Iterator<Item = &'r str> {
    schema.fields.iter().map(|field| {
        row.cells
            .get(field.name.as_str())
            .map_or("", String::as_str)
    })
}

/// Every row in the owner's order, in one read transaction: a file is one state of the dataset.
fn each_row(
    app: &App,
    dataset: &DatasetRecord,
    mut take: impl FnMut(&RowRecord) -> io::Result<()>,
) -> io::Result<()> {
    /// The two ways in which the loop ends early.
    enum Ended {
        Store(StoreError),
        Write(io::Error),
    }
    impl From<StoreError> for Ended {
        fn from(error: StoreError) -> Self {
            Self::Store(error)
        }
    }
    let mut query = RowQuery {
        dataset: dataset.id,
        limit: ROWS,
        ..RowQuery::default()
    };
    let walked = app.db.read(|tx| {
        loop {
            let page = tx.query_rows(&query)?;
            for row in &page.rows {
                take(row).map_err(Ended::Write)?;
            }
            let Some(next) = page.next else { return Ok(()) };
            query.after = Some(next);
        }
    });
    walked.map_err(|ended| match ended {
        Ended::Store(error) => io::Error::other(error),
        Ended::Write(error) => error,
    })
}
