//! The guarded client: get, stream, post.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::body::{Body, Streamed};
use crate::error::{Error, SettingsError};
use crate::redirect::Hops;
use crate::resolver::{GuardedResolver, Lookup, system_lookup};
use crate::settings::{Limits, Settings};
use crate::signer::{Signer, Unsigned};
use crate::target::Rules;
use crate::tls;

/// An answer to a POST is looked at for its status; this much of its text is kept for the log.
const POST_ANSWER_BYTES: u64 = 16 << 10;

/// The guarded client. Cheap to clone; connections are shared by the clones.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    rules: Arc<Rules>,
    limits: Limits,
}

/// A GET to be made.
pub struct Fetch<'a> {
    url: Url,
    accept: HeaderValue,
    headers: HeaderMap,
    signer: Option<&'a dyn Signer>,
    limit: Option<u64>,
    time: Option<Duration>,
}

impl<'a> Fetch<'a> {
    /// A GET of `url` that takes anything.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            accept: HeaderValue::from_static("*/*"),
            headers: HeaderMap::new(),
            signer: None,
            limit: None,
            time: None,
        }
    }
    /// What to ask for in `Accept`.
    pub fn accept(mut self, types: &'static str) -> Self {
        self.accept = HeaderValue::from_static(types);
        self
    }
    /// More header fields, e.g. `If-None-Match`. They are not repeated to another origin after a redirect.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }
    /// Signs each hop.
    pub fn signed_by(mut self, signer: &'a dyn Signer) -> Self {
        self.signer = Some(signer);
        self
    }
    /// The largest body taken, in decompressed bytes, instead of the settings' limit.
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }
    /// The longest time for the whole exchange, instead of the settings' limit.
    pub fn within(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }
}

/// A POST to be made. Redirects are not followed: the signature is for one URL, and the answer says so.
pub struct Post<'a> {
    /// Where.
    pub url: Url,
    /// `Content-Type` and others.
    pub headers: HeaderMap,
    /// Sent as it is.
    pub body: Bytes,
    /// Signs the request.
    pub signer: Option<&'a dyn Signer>,
}

/// A complete answer. Any status counts, 404 and 500 too.
#[derive(Clone, Debug)]
pub struct Response {
    /// Of the last hop.
    pub status: StatusCode,
    /// Of the last hop.
    pub headers: HeaderMap,
    /// Where the redirects ended; compare it with the document's `id`.
    pub final_url: Url,
    /// Decompressed.
    pub body: Bytes,
}

impl Client {
    /// Reads the authorities and sets up the connection pool; opens nothing.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        Self::with_lookup(settings, system_lookup())
    }

    /// A client with its own DNS, for tests.
    pub(crate) fn with_lookup(settings: Settings, lookup: Lookup) -> Result<Self, SettingsError> {
        let mut resolve = HashMap::new();
        for (name, address) in settings.resolve {
            if name.is_empty() || address.port() == 0 {
                return Err(SettingsError::Resolve(name, address));
            }
            resolve.insert(name.to_ascii_lowercase(), address);
        }
        let rules = Arc::new(Rules {
            dev: settings.dev,
            allow: settings.allow,
            resolve,
        });
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(settings.ca_file.as_deref())?)
            .dns_resolver(GuardedResolver::new(rules.clone(), lookup))
            .user_agent(settings.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A proxy would look names up by itself, behind our back.
            .no_proxy()
            .connect_timeout(settings.limits.connect_time)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .http2_max_header_list_size(
                u32::try_from(settings.limits.header_bytes).unwrap_or(u32::MAX),
            )
            .build()
            .map_err(|error| SettingsError::Client(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                rules,
                limits: settings.limits,
            }),
        })
    }

    /// The HTTP client underneath, for a library that wants one of its own. The addresses are still checked when it
    /// connects; what the text of a URL tells, redirects and sizes are then the library's business.
    pub fn transport(&self) -> reqwest::Client {
        self.inner.http.clone()
    }

    /// Whether `url` would be opened at all, as far as its text tells. Opens nothing.
    pub fn check(&self, url: &Url) -> Result<(), Error> {
        let check = self.inner.rules.check(url);
        check.map_err(|why| Error::bad_url(url, why))
    }

    /// Gets a document as a whole, following at most three redirects. Limits: `body_bytes`, `total_time`.
    pub async fn get(&self, fetch: Fetch<'_>) -> Result<Response, Error> {
        let limits = &self.inner.limits;
        let after = fetch.time.unwrap_or(limits.total_time);
        let limit = fetch.limit.unwrap_or(limits.body_bytes);
        let deadline = (Instant::now() + after, after);
        let (response, final_url) = self.follow(&fetch, None, deadline).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = Body::new(response, host(&final_url), limit, after, deadline)?;
        Ok(Response {
            status,
            headers,
            body: body.whole().await?,
            final_url,
        })
    }

    /// Gets a long document piece by piece; asks for zstd and takes zstd, gzip or neither. Limits:
    /// `stream_bytes`, `stream_time` from the first hop on, `idle_time` between two pieces.
    pub async fn stream(&self, fetch: Fetch<'_>) -> Result<Streamed, Error> {
        let limits = &self.inner.limits;
        let after = fetch.time.unwrap_or(limits.stream_time);
        let limit = fetch.limit.unwrap_or(limits.stream_bytes);
        let start = Instant::now();
        // The header must come as fast as that of any other answer.
        let header_time = after.min(limits.total_time);
        let zstd = HeaderValue::from_static("zstd");
        let (response, final_url) = self
            .follow(&fetch, Some(zstd), (start + header_time, header_time))
            .await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = Body::new(
            response,
            host(&final_url),
            limit,
            limits.idle_time,
            (start + after, after),
        )?;
        Ok(Streamed::new(status, headers, final_url, body))
    }

    /// Posts a body. Once a status has come the answer is `Ok`, whatever happens to its text, of which the
    /// first 16 KiB are kept. A redirect is such a status and is not followed.
    pub async fn post(&self, post: Post<'_>) -> Result<Response, Error> {
        let url = without_fragment(&post.url);
        self.check(&url)?;
        let after = self.inner.limits.total_time;
        let deadline = (Instant::now() + after, after);
        let mut request = self
            .inner
            .http
            .request(Method::POST, url.clone())
            .headers(post.headers)
            .body(post.body.clone());
        if let Some(signer) = post.signer {
            let unsigned = Unsigned {
                method: "POST",
                url: &url,
                body: Some(&post.body),
            };
            request = request.headers(signature(signer, unsigned)?);
        }
        let response = self.send(request, &url, deadline).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Response {
            status,
            headers,
            body: beginning(response, &url, deadline).await,
            final_url: url,
        })
    }

    /// Gets `fetch.url` and follows its redirects; the header must be complete at the deadline.
    async fn follow(
        &self,
        fetch: &Fetch<'_>,
        encoding: Option<HeaderValue>,
        deadline: (Instant, Duration),
    ) -> Result<(reqwest::Response, Url), Error> {
        let mut url = without_fragment(&fetch.url);
        let mut hops = Hops::starting_at(&url, self.inner.limits.redirects);
        loop {
            self.check(&url)?;
            let mut headers = HeaderMap::new();
            if url.origin() == fetch.url.origin() {
                headers.clone_from(&fetch.headers);
            }
            headers.insert(ACCEPT, fetch.accept.clone());
            if let Some(encoding) = &encoding {
                headers.insert(ACCEPT_ENCODING, encoding.clone());
            }
            if let Some(signer) = fetch.signer {
                let unsigned = Unsigned {
                    method: "GET",
                    url: &url,
                    body: None,
                };
                for (name, value) in &signature(signer, unsigned)? {
                    headers.insert(name, value.clone());
                }
            }
            let request = self.inner.http.request(Method::GET, url.clone());
            let response = self.send(request.headers(headers), &url, deadline).await?;
            match hops.next(&url, response.status(), response.headers())? {
                Some(next) => url = next,
                None => return Ok((response, url)),
            }
        }
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        url: &Url,
        (deadline, after): (Instant, Duration),
    ) -> Result<reqwest::Response, Error> {
        let limits = &self.inner.limits;
        let response = match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                return Err(Error::from_send(&error, &host(url), limits.connect_time));
            }
            Err(_) => {
                return Err(Error::Timeout {
                    host: host(url),
                    after,
                });
            }
        };
        let header_bytes: usize = response
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if header_bytes > limits.header_bytes {
            return Err(Error::HeaderTooLarge {
                host: host(url),
                limit: limits.header_bytes,
            });
        }
        Ok(response)
    }
}

/// The fields a signer adds. `Host` is left out: the client derives it from the URL, which is what was signed.
fn signature(signer: &dyn Signer, unsigned: Unsigned<'_>) -> Result<HeaderMap, Error> {
    let fields = signer.sign(unsigned).map_err(|reason| Error::Sign {
        host: host(unsigned.url),
        reason,
    })?;
    Ok(fields
        .into_iter()
        .filter(|(name, _)| name != HOST)
        .collect())
}

/// The first bytes of a POST's answer; a body that breaks off counts as ended, for its status has come.
async fn beginning(response: reqwest::Response, url: &Url, deadline: (Instant, Duration)) -> Bytes {
    let body = Body::new(response, host(url), POST_ANSWER_BYTES, deadline.1, deadline);
    let Ok(mut body) = body else {
        return Bytes::new();
    };
    let mut kept = Vec::new();
    while let Ok(Some(piece)) = body.piece().await {
        kept.extend_from_slice(&piece);
    }
    Bytes::from(kept)
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
