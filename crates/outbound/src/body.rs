//! Bodies, read piece by piece and counted after decompression, so that neither a small bomb nor an endless
//! answer fills the memory.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::error::Error;

/// Largest piece that a decoder produces at once.
const PIECE_BYTES: usize = 64 << 10;
/// RFC 8878 §3.1.1.1.2: a decoder should take windows of 8 MiB (2^23); larger ones only serve bombs.
const WINDOW_LOG: u32 = 23;

/// An answer whose body is read as it comes. Dropping it closes the connection.
pub struct Streamed {
    /// Of the last hop.
    pub status: StatusCode,
    /// Of the last hop.
    pub headers: HeaderMap,
    /// Where the redirects ended.
    pub final_url: Url,
    body: Body,
}

impl Streamed {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, final_url: Url, body: Body) -> Self {
        Self {
            status,
            headers,
            final_url,
            body,
        }
    }

    /// The next piece of the decompressed body, at most 64 KiB if it was compressed; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if !self.body.line.is_empty() {
            return Ok(Some(self.body.line.split().freeze()));
        }
        self.body.piece().await
    }

    /// The next line without its line feed; `None` at the end. A last line without line feed counts.
    /// A line longer than `limit` bytes is an error and ends the reading.
    pub async fn line(&mut self, limit: usize) -> Result<Option<Bytes>, Error> {
        let mut searched = 0;
        loop {
            let body = &mut self.body;
            if let Some(at) = body.line[searched..].iter().position(|b| *b == b'\n') {
                let end = searched + at;
                if end > limit {
                    return Err(body.line_too_long(limit));
                }
                let mut line = body.line.split_to(end + 1);
                line.truncate(end);
                return Ok(Some(line.freeze()));
            }
            if body.line.len() > limit {
                return Err(body.line_too_long(limit));
            }
            searched = body.line.len();
            match body.piece().await? {
                Some(piece) => body.line.extend_from_slice(&piece),
                None if body.line.is_empty() => return Ok(None),
                None => return Ok(Some(body.line.split().freeze())),
            }
        }
    }
}

/// A body with its limits.
pub(crate) struct Body {
    response: reqwest::Response,
    host: String,
    decoder: Option<Zstd>,
    taken: u64,
    limit: u64,
    idle: Duration,
    /// The end of the exchange and the limit it comes from.
    deadline: (Instant, Duration),
    /// Read but not yet handed out by [`Streamed::line`].
    line: BytesMut,
}

impl Body {
    /// Reads at most `limit` bytes until `deadline`, waiting at most `idle` for each piece.
    pub(crate) fn new(
        response: reqwest::Response,
        host: String,
        limit: u64,
        idle: Duration,
        deadline: (Instant, Duration),
    ) -> Result<Self, Error> {
        // The HTTP library removes the field where it decodes by itself (gzip).
        let encoding = response.headers().get(CONTENT_ENCODING);
        let decoder = match encoding.map(|value| value.as_bytes().to_ascii_lowercase()) {
            None => None,
            Some(name) if name.is_empty() || name == b"identity" => None,
            Some(name) if name == b"zstd" => Some(Zstd::new(&host)?),
            Some(name) => {
                let encoding = String::from_utf8_lossy(&name).chars().take(40).collect();
                return Err(Error::UnknownEncoding { host, encoding });
            }
        };
        Ok(Self {
            response,
            host,
            decoder,
            taken: 0,
            limit,
            idle,
            deadline,
            line: BytesMut::new(),
        })
    }

    /// The next decompressed bytes, never empty.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let piece = match &mut self.decoder {
                Some(decoder) if !decoder.needs_input() => decoder.decode(&self.host)?,
                _ => match (self.received().await?, &mut self.decoder) {
                    (Some(received), Some(decoder)) => {
                        decoder.input = received;
                        continue;
                    }
                    (None, Some(decoder)) => return decoder.end(&self.host).map(|()| None),
                    (Some(received), None) => received,
                    (None, None) => return Ok(None),
                },
            };
            if piece.is_empty() {
                continue;
            }
            self.taken += piece.len() as u64;
            if self.taken > self.limit {
                return Err(Error::TooLarge {
                    host: self.host.clone(),
                    limit: self.limit,
                });
            }
            return Ok(Some(piece));
        }
    }

    /// The whole body.
    pub(crate) async fn whole(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.piece().await? else {
            return Ok(Bytes::new());
        };
        let mut whole = BytesMut::from(first);
        while let Some(piece) = self.piece().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    async fn received(&mut self) -> Result<Option<Bytes>, Error> {
        let (deadline, after) = self.deadline;
        let idle_end = Instant::now() + self.idle;
        let (end, after) = if idle_end < deadline {
            (idle_end, self.idle)
        } else {
            (deadline, after)
        };
        match tokio::time::timeout_at(end, self.response.chunk()).await {
            Ok(Ok(received)) => Ok(received),
            Ok(Err(error)) => Err(Error::from_body(&error, &self.host)),
            Err(_) => Err(Error::Timeout {
                host: self.host.clone(),
                after,
            }),
        }
    }

    fn line_too_long(&self, limit: usize) -> Error {
        Error::LineTooLong {
            host: self.host.clone(),
            limit,
        }
    }
}

/// Streaming zstd with a bounded window. The output comes in bounded pieces, however well it was packed.
struct Zstd {
    decoder: Decoder<'static>,
    input: Bytes,
    /// The last piece filled its buffer, so more may wait inside the decoder.
    full: bool,
    /// Between two frames; the only place where a body may end.
    frame_done: bool,
}

impl Zstd {
    fn new(host: &str) -> Result<Self, Error> {
        let decoder = Decoder::new().and_then(|mut decoder| {
            decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
            Ok(decoder)
        });
        Ok(Self {
            decoder: decoder.map_err(|e| bad_encoding(host, &e))?,
            input: Bytes::new(),
            full: false,
            frame_done: true,
        })
    }

    fn needs_input(&self) -> bool {
        self.input.is_empty() && !self.full
    }

    fn decode(&mut self, host: &str) -> Result<Bytes, Error> {
        let mut piece = vec![0; PIECE_BYTES];
        let (read, written, hint) = {
            let mut input = InBuffer::around(&self.input);
            let mut output = OutBuffer::around(&mut piece[..]);
            let hint = self
                .decoder
                .run(&mut input, &mut output)
                .map_err(|e| bad_encoding(host, &e))?;
            (input.pos(), output.pos(), hint)
        };
        self.full = written == PIECE_BYTES && hint != 0;
        // A call that neither reads nor writes says nothing about the frame it did not begin.
        if read > 0 || written > 0 {
            self.frame_done = hint == 0;
        }
        self.input = self.input.slice(read..);
        piece.truncate(written);
        Ok(Bytes::from(piece))
    }

    fn end(&self, host: &str) -> Result<(), Error> {
        if self.frame_done {
            return Ok(());
        }
        Err(Error::BadEncoding {
            host: host.to_owned(),
            reason: "it ends in the middle of a frame".into(),
        })
    }
}

fn bad_encoding(host: &str, error: &std::io::Error) -> Error {
    Error::BadEncoding {
        host: host.to_owned(),
        reason: error.to_string(),
    }
}
