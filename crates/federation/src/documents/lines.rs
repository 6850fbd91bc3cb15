//! Streaming JSON Lines, in zstd where the asker reads it.
//!
//! A blocking thread makes the lines and hands over chunks; at most a few are in flight, so memory does not
//! grow with the log, and a reader that stops reading stops the thread.

use std::io::{self, Write};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::stream;
use rustine_protocol::vocabulary;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Bytes handed over together.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait for the network.
const IN_FLIGHT: usize = 4;
/// How long a reader may let us wait for one chunk before we hang up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Level of compression: the fastest that finds the repeated names of members and fields.
const LEVEL: i32 = 1;

/// What is written to by the thread that makes the lines.
pub type Lines<'a> = dyn Write + 'a;

/// Answers with what `make` writes. If `make` fails, the connection breaks off, so that nobody takes a part for
/// the whole.
pub fn stream_lines(
    request: &HttpRequest,
    mut response: HttpResponseBuilder,
    make: impl FnOnce(&mut Lines<'_>) -> io::Result<()> + Send + 'static,
) -> HttpResponse {
    let compress = reads_zstd(request);
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(IN_FLIGHT);
    let handle = Handle::current();
    handle.clone().spawn_blocking(move || {
        let mut chunks = Chunks {
            handle,
            sender,
            buffer: Vec::with_capacity(CHUNK),
        };
        if let Err(error) = write_all(&mut chunks, compress, make) {
            chunks.fail(error);
        }
    });
    if compress {
        response.insert_header((CONTENT_ENCODING, "zstd"));
    }
    let body = stream::unfold(receiver, async |mut receiver| {
        Some((receiver.recv().await?, receiver))
    });
    response
        .insert_header((CONTENT_TYPE, vocabulary::JSON_LINES))
        .streaming(Box::pin(body))
}

fn write_all(
    chunks: &mut Chunks,
    compress: bool,
    make: impl FnOnce(&mut Lines<'_>) -> io::Result<()>,
) -> io::Result<()> {
    if compress {
        let mut encoder = zstd::Encoder::new(&mut *chunks, LEVEL)?;
        make(&mut encoder)?;
        encoder.finish()?;
    } else {
        make(chunks)?;
    }
    chunks.flush()
}

/// True where `Accept-Encoding` names zstd and does not refuse it.
fn reads_zstd(request: &HttpRequest) -> bool {
    let mut codings = request
        .headers()
        .get_all(ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("zstd"));
        named && !parts.any(|quality| matches!(quality, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Collects bytes into chunks and sends them, waiting for the reader.
struct Chunks {
    handle: Handle,
    sender: mpsc::Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
}

impl Chunks {
    fn send(&mut self, chunk: io::Result<Bytes>) -> io::Result<()> {
        let sent = self
            .handle
            .block_on(async { tokio::time::timeout(PATIENCE, self.sender.send(chunk)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Breaks the connection off; a reader that is gone already hears nothing.
    fn fail(&mut self, error: io::Error) {
        if error.kind() != io::ErrorKind::BrokenPipe {
            tracing::warn!(%error, "Broke off a stream of log lines");
            self.send(Err(error)).ok();
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        self.send(Ok(full.into()))
    }
}
