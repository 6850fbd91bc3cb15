//! A client for the nodes under test: names under `.localhost` lead to loopback, redirects are shown and not
//! followed, nothing is cached and no proxy of the surroundings is used.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::Value;
use tokio::runtime::Runtime;

/// The media type that asks for ActivityPub documents.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// A client. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Browser {
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// `name=value` of every cookie that was set; `headers` holds one header of a name.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

/// A request under way to being sent.
#[derive(Debug)]
pub struct Request {
    builder: reqwest::RequestBuilder,
}

#[derive(Debug, Default)]
struct Names(BTreeMap<String, SocketAddr>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let address = match self.0.get(name.as_str()) {
            Some(address) => Some(*address),
            // Port 0 stands for the port in the URL.
            None if name.as_str().ends_with(".localhost") => {
                Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            }
            None => None,
        };
        Box::pin(async move {
            let address = address.ok_or("the tests only know names on loopback")?;
            Ok(Box::new(std::iter::once(address)) as Addrs)
        })
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new(BTreeMap::new(), &[])
    }
}

impl Browser {
    /// A client that also knows `names` and trusts the certificate authorities `authorities` (PEM).
    ///
    /// # Panics
    /// When a certificate cannot be read.
    #[must_use]
    pub fn new(names: BTreeMap<String, SocketAddr>, authorities: &[String]) -> Self {
        // A second call finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificate = |pem: &String| {
            reqwest::Certificate::from_pem(pem.as_bytes()).expect("the authority is a certificate")
        };
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(Names(names)))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(120))
            .no_proxy()
            // Kept connections would hide that a node was restarted.
            .pool_max_idle_per_host(0)
            .tls_certs_only(authorities.iter().map(certificate))
            .build()
            .expect("the client can be built");
        Self { client }
    }

    /// A request to be filled in.
    ///
    /// # Panics
    /// When `method` or `url` is none.
    #[must_use]
    pub fn request(&self, method: &str, url: &str) -> Request {
        let method = method.parse().expect("a method");
        Request {
            builder: self.client.request(method, url),
        }
    }

    /// Fetches `url`.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn get(&self, url: &str) -> Reply {
        self.request("GET", url).send()
    }

    /// Fetches `url`, which perhaps nobody serves yet.
    #[must_use]
    pub fn try_get(&self, url: &str) -> Option<Reply> {
        self.request("GET", url).try_send()
    }

    /// Fetches an ActivityPub document.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn get_activity(&self, url: &str) -> Reply {
        self.request("GET", url)
            .header("Accept", ACTIVITY_JSON)
            .send()
    }

    /// Posts a JSON document, with a bearer token if there is one.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn post_json(&self, url: &str, document: &Value, token: Option<&str>) -> Reply {
        let request = self
            .request("POST", url)
            .body("application/json", document.to_string());
        match token {
            Some(token) => request
                .header("Authorization", &format!("Bearer {token}"))
                .send(),
            None => request.send(),
        }
    }
}

impl Request {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sets the body and its type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.builder = self
            .builder
            .header("Content-Type", content_type)
            .body(body.into());
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When nobody answers.
    #[must_use]
    pub fn send(self) -> Reply {
        let shown = format!("{:?}", self.builder);
        self.try_send()
            .unwrap_or_else(|| panic!("nobody answered {shown}"))
    }

    /// Sends it, and perhaps nobody answers.
    #[must_use]
    pub fn try_send(self) -> Option<Reply> {
        runtime().block_on(async {
            let response = self.builder.send().await.ok()?;
            let status = response.status().as_u16();
            let text = |value: &reqwest::header::HeaderValue| {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            let set = response.headers().get_all("set-cookie").iter().map(text);
            let cookies = set
                .filter_map(|set| set.split(';').next().map(str::to_owned))
                .collect();
            let headers = response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect();
            Some(Reply {
                status,
                headers,
                cookies,
                body: response.bytes().await.ok()?.to_vec(),
            })
        })
    }
}

impl Reply {
    /// The same, after making sure of its status.
    ///
    /// # Panics
    /// When the status is another one.
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|problem| panic!("no JSON: {problem}\n{}", self.text()))
    }

    /// A header by its lower-case name, empty if absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// One runtime drives the requests of all tests of a process.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be built")
    })
}
