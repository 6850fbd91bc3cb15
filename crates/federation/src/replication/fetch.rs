//! What is fetched from a source: heads, entries, snapshots, documents. Sizes and times are limited here.

use std::sync::Arc;
use std::time::Duration;

use rustine_domain::json;
use rustine_domain::log::{Header, Line, limits};
use rustine_outbound::{Bytes, Client, Error, Fetch, Signer, StatusCode, Streamed, Url};
use rustine_protocol::object::LogHead;
use serde_json::Value;

/// Entries asked for at once (`protocol.md` §3.6).
pub(super) const PAGE_ENTRIES: u64 = 500;
/// Longest line: a header, a body, and room for escapes that the canonical form counts differently.
const LINE_BYTES: usize = 2 * limits::BODY_BYTES;
/// Longest answer with entries: a page ends at 16 MiB, with one more line.
const PAGE_BYTES: u64 = (16 << 20) + LINE_BYTES as u64;
/// Longest line of headers alone.
const HEADER_LINE_BYTES: usize = 2 * limits::HEADER_BYTES;
/// Largest document of the other kinds.
const DOCUMENT_BYTES: u64 = 1 << 20;
/// Longest time for a document.
const DOCUMENT_TIME: Duration = Duration::from_secs(15);

/// Why a source gave nothing that could be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It did not answer, or not to the end.
    #[error(transparent)]
    Outbound(#[from] Error),
    /// It answers, but not for this.
    #[error("{host} answers, but has no {what}")]
    Missing {
        /// Who answered.
        host: String,
        /// What was asked for, in words.
        what: String,
    },
    /// It answers with another status.
    #[error("{host} does not serve {what} now: it answers with the status {status}")]
    Status {
        /// Who answered.
        host: String,
        /// What was asked for, in words.
        what: String,
        /// The status.
        status: u16,
    },
    /// What came is not of the form it must have.
    #[error("{host} serves no usable {what}: {why}")]
    Form {
        /// Who answered.
        host: String,
        /// What was asked for, in words.
        what: String,
        /// What is wrong.
        why: String,
    },
}

impl FetchError {
    /// True where the source served something that no honest one serves; a silence or a gap is none.
    pub fn is_bad(&self) -> bool {
        match self {
            Self::Form { .. } => true,
            Self::Outbound(error) => {
                matches!(error, Error::TooLarge { .. } | Error::LineTooLong { .. })
            }
            Self::Missing { .. } | Self::Status { .. } => false,
        }
    }
}

/// A way to the other instances.
#[derive(Clone)]
pub struct Remote {
    /// The guarded client.
    pub client: Client,
    /// Signs each GET in the name of the instance, and reads the time itself.
    signer: Option<Arc<dyn Signer>>,
    /// Asked instead of the network.
    #[cfg(test)]
    simulated: Option<Arc<dyn Simulated>>,
}

/// A network that a simulation makes up.
#[cfg(test)]
#[async_trait::async_trait]
pub(super) trait Simulated: Send + Sync {
    /// What a GET of an address comes to.
    async fn get(&self, url: &Url) -> Result<SimulatedAnswer, Error>;
}

/// An answer of a made-up network.
#[cfg(test)]
pub(super) struct SimulatedAnswer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    /// What ends it before its time.
    pub(super) broken: Option<Error>,
}

/// A document and where it came from in the end.
pub(crate) struct Document {
    pub(crate) value: Value,
    pub(crate) content_type: String,
    pub(crate) final_url: Url,
}

impl Remote {
    /// Asks through `client`; `signer` signs each GET in the name of the instance, and reads the time itself.
    pub fn new(client: Client, signer: Option<Arc<dyn Signer>>) -> Self {
        Self {
            client,
            signer,
            #[cfg(test)]
            simulated: None,
        }
    }

    /// The same, over a network that a simulation makes up.
    #[cfg(test)]
    pub(super) fn simulated(mut self, network: Arc<dyn Simulated>) -> Self {
        self.simulated = Some(network);
        self
    }

    /// `{log}/head`.
    pub(crate) async fn head(&self, log: &str) -> Result<LogHead, FetchError> {
        let what = "head of this log";
        let url = url(&format!("{log}/head"), what)?;
        let document = self.document(url, "application/json", what).await?;
        LogHead::parse(&document.value).map_err(|problem| form(log, what, &problem))
    }

    /// `{log}/entries` from a number on. Without bodies the lines are headers alone.
    pub(super) async fn entries(
        &self,
        log: &str,
        from: u64,
        limit: u64,
        bodies: bool,
    ) -> Result<Lines, FetchError> {
        let bodies_part = if bodies { "" } else { "&bodies=0" };
        let path = format!("{log}/entries?from={from}&limit={limit}{bodies_part}");
        let line_bytes = if bodies {
            LINE_BYTES
        } else {
            HEADER_LINE_BYTES
        };
        self.lines(&path, "entries of this log", PAGE_BYTES, line_bytes)
            .await
    }

    /// One header; `None` past the source's head.
    pub(super) async fn header(&self, log: &str, seq: u64) -> Result<Option<Header>, FetchError> {
        let mut lines = self.entries(log, seq, 1, false).await?;
        let Some(line) = lines.next().await? else {
            return Ok(None);
        };
        let line = read_line(log, "header of this log", &line, seq)?;
        Ok(Some(line.header))
    }

    /// JSON Lines under an address; `most_bytes` limits the whole, `line_bytes` each line.
    pub(crate) async fn lines(
        &self,
        address: &str,
        what: &'static str,
        most_bytes: u64,
        line_bytes: usize,
    ) -> Result<Lines, FetchError> {
        let url = url(address, what)?;
        #[cfg(test)]
        if let Some(network) = &self.simulated {
            let answer = network.get(&url).await?;
            check_status(answer.status, &url, what)?;
            return Ok(Lines::held(&answer.body, answer.broken));
        }
        let stream = self.client.stream(self.fetch(url).at_most(most_bytes));
        let stream = stream.await?;
        check_status(stream.status, &stream.final_url, what)?;
        Ok(Lines {
            from: LinesFrom::Stream(Box::new(stream)),
            line_bytes,
        })
    }

    /// A whole JSON document.
    pub(crate) async fn document(
        &self,
        url: Url,
        accept: &'static str,
        what: &str,
    ) -> Result<Document, FetchError> {
        #[cfg(test)]
        if let Some(network) = &self.simulated {
            let answer = network.get(&url).await?;
            check_status(answer.status, &url, what)?;
            return Ok(Document {
                value: json::parse_document(&answer.body)
                    .map_err(|problem| form(url.as_str(), what, &problem))?,
                content_type: accept.to_owned(),
                final_url: url,
            });
        }
        let fetch = self
            .fetch(url)
            .accept(accept)
            .at_most(DOCUMENT_BYTES)
            .within(DOCUMENT_TIME);
        let response = self.client.get(fetch).await?;
        check_status(response.status, &response.final_url, what)?;
        let value = json::parse_document(&response.body)
            .map_err(|problem| form(response.final_url.as_str(), what, &problem))?;
        let content_type = response
            .headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        Ok(Document {
            value,
            content_type: content_type.unwrap_or_default().to_owned(),
            final_url: response.final_url,
        })
    }

    fn fetch(&self, url: Url) -> Fetch<'_> {
        let fetch = Fetch::new(url);
        match &self.signer {
            Some(signer) => fetch.signed_by(&**signer),
            None => fetch,
        }
    }
}

/// Lines as they come.
pub(crate) struct Lines {
    from: LinesFrom,
    line_bytes: usize,
}

enum LinesFrom {
    Stream(Box<Streamed>),
    #[cfg(test)]
    Held(std::collections::VecDeque<Result<Bytes, Error>>),
}

impl Lines {
    #[cfg(test)]
    fn held(body: &[u8], broken: Option<Error>) -> Self {
        let lines = body.split(|byte| *byte == b'\n');
        let lines = lines.map(|line| Ok(Bytes::copy_from_slice(line)));
        Self {
            from: LinesFrom::Held(lines.chain(broken.map(Err)).collect()),
            line_bytes: usize::MAX,
        }
    }

    /// The next line that is not empty.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            let line = match &mut self.from {
                LinesFrom::Stream(stream) => stream.line(self.line_bytes).await?,
                #[cfg(test)]
                LinesFrom::Held(lines) => lines.pop_front().transpose()?,
            };
            if line.as_ref().is_none_or(|line| !line.is_empty()) {
                return Ok(line);
            }
        }
    }
}

/// `host[:port]` of an address, for sentences and records.
pub(super) fn host_of(address: &str) -> String {
    let parsed = address.parse::<Url>();
    parsed.map_or_else(
        |_| address.to_owned(),
        |url| rustine_app::context::host_of(&url),
    )
}

fn url(address: &str, what: &str) -> Result<Url, FetchError> {
    address
        .parse()
        .map_err(|_| form(address, what, &"its address is no URL"))
}

/// What came under `address` is not of its form.
fn form(address: &str, what: &str, why: &dyn std::fmt::Display) -> FetchError {
    FetchError::Form {
        host: host_of(address),
        what: what.to_owned(),
        why: why.to_string(),
    }
}

/// Reads a line of a log, which must be that of the entry that was asked for: a log has no gaps.
pub(super) fn read_line(log: &str, what: &str, line: &[u8], seq: u64) -> Result<Line, FetchError> {
    let line = Line::parse(line).map_err(|refusal| form(log, what, &refusal))?;
    match line.header.seq == seq {
        true => Ok(line),
        false => Err(form(log, what, &"it is another one than was asked for")),
    }
}

fn check_status(status: StatusCode, url: &Url, what: &str) -> Result<(), FetchError> {
    let (host, what) = (rustine_app::context::host_of(url), what.to_owned());
    match status.as_u16() {
        200 => Ok(()),
        404 | 410 => Err(FetchError::Missing { host, what }),
        status => Err(FetchError::Status { host, what, status }),
    }
}
