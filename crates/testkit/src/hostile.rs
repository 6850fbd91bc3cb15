//! A server of an attacker who owns many domains: serves whatever document a test puts at an address, keeps what
//! it is asked and sent, and lets the test write every byte of what it sends.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::tls::Authority;

/// The most that is read of one request.
const MOST_BYTES: usize = 8 << 20;

/// A document at an address.
#[derive(Debug, Clone)]
pub struct Document {
    /// `200` and its kind.
    pub status: u16,
    /// Header lines beyond `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The body again and again, without a length, until the other side has had enough.
    pub endless: bool,
}

impl Document {
    /// A document of a type.
    #[must_use]
    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
            endless: false,
        }
    }

    /// A status and nothing else.
    fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            endless: false,
        }
    }

    /// The same with one more header line.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, packed by gzip: what is large and dull becomes a thousandth.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn packed(mut self) -> Self {
        use std::io::Write as _;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&self.body).expect("memory can be written");
        self.body = packer.finish().expect("memory can be written");
        self.with("Content-Encoding", "gzip")
    }

    /// The same without end.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.endless = true;
        self
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self {
            status: 302,
            headers: vec![("Location".to_owned(), to.to_owned())],
            body: Vec::new(),
            endless: false,
        }
    }
}

type Documents = Arc<Mutex<HashMap<String, Document>>>;
type Heard = Arc<Mutex<Vec<Request>>>;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// `https://host/path?query`
    pub url: String,
    /// What was sent.
    pub body: Vec<u8>,
}

/// The server. Dropping it closes it.
pub struct Hostile {
    address: SocketAddr,
    documents: Documents,
    heard: Heard,
    _runtime: Runtime,
}

impl Hostile {
    /// Serves `https://name/` for each of `names` on one port of `ip`.
    ///
    /// # Panics
    /// When the address cannot be used.
    #[must_use]
    pub fn start(authority: &Authority, ip: [u8; 4], names: &[String]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let listener = runtime
            .block_on(TcpListener::bind(SocketAddr::from((ip, 0))))
            .expect("every address of 127.0.0.0/8 is loopback");
        let address = listener.local_addr().expect("a listener has an address");
        let acceptor = authority.acceptor_of(names);
        let (documents, heard) = (Documents::default(), Heard::default());
        let (served, kept) = (documents.clone(), heard.clone());
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, served, kept) = (acceptor.clone(), served.clone(), kept.clone());
                // A client that breaks off is its own business.
                tokio::spawn(async move { answer(client, &acceptor, &served, &kept).await.ok() });
            }
        });
        Self {
            address,
            documents,
            heard,
            _runtime: runtime,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts a document at `https://host/path`, or at `https://host/path?query` for this query alone.
    pub fn put(&self, url: &str, document: Document) {
        lock(&self.documents).insert(url.to_owned(), document);
    }

    /// What was asked and sent so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Request> {
        lock(&self.heard).clone()
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    client: TcpStream,
    acceptor: &TlsAcceptor,
    documents: &Documents,
    heard: &Heard,
) -> io::Result<()> {
    let mut client = acceptor.accept(client).await?;
    let mut received = Vec::new();
    let (head, body_at) = loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break (
                String::from_utf8_lossy(&received[..at]).into_owned(),
                at + 4,
            );
        }
        if client.read_buf(&mut received).await? == 0 || received.len() > MOST_BYTES {
            return Ok(());
        }
    };
    let field = |name: &str| {
        head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let length: usize = field("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while received.len() < body_at + length.min(MOST_BYTES) {
        if client.read_buf(&mut received).await? == 0 {
            break;
        }
    }
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let url = format!("https://{}{target}", field("host").unwrap_or_default());
    let path = url.split('?').next().unwrap_or_default().to_owned();
    let found = {
        let documents = lock(documents);
        documents
            .get(&url)
            .or_else(|| documents.get(&path))
            .cloned()
    };
    lock(heard).push(Request {
        method: method.clone(),
        url,
        body: received.split_off(body_at.min(received.len())),
    });
    let document = match (method.as_str(), found) {
        ("POST", _) => Document::empty(202),
        (_, Some(document)) => document,
        _ => Document::empty(404),
    };
    let mut head = format!("HTTP/1.1 {} OK\r\n", document.status);
    for (name, value) in &document.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !document.endless {
        head.push_str(&format!("Content-Length: {}\r\n", document.body.len()));
    }
    head.push_str("Connection: close\r\n\r\n");
    client.write_all(head.as_bytes()).await?;
    client.write_all(&document.body).await?;
    // A write fails as soon as the other side has closed.
    if document.endless {
        loop {
            client.write_all(&document.body).await?;
        }
    }
    client.shutdown().await
}

/// An RSA key of somebody who signs requests.
#[derive(Clone)]
pub struct Key {
    signing: Arc<SigningKey<Sha256>>,
    pem: String,
}

impl Key {
    /// A fresh one.
    ///
    /// # Panics
    /// When none can be made.
    #[must_use]
    pub fn fresh() -> Self {
        let secret = RsaPrivateKey::new(&mut rand::rngs::OsRng, 2048).expect("a key can be made");
        let pem = secret
            .to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .expect("a key has a PEM form");
        Self {
            signing: Arc::new(SigningKey::new(secret)),
            pem,
        }
    }

    /// The public half, in PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A signature in base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.signing.sign(text.as_bytes()).to_bytes())
    }
}

/// The value of a `Digest` header.
#[must_use]
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// What came back to a request that was written byte by byte.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 0 where the connection ended without an answer.
    pub status: u16,
    /// Header and body as they came.
    pub text: String,
}

/// A way to a server whose every byte the test writes.
pub struct Wire {
    connector: tokio_rustls::TlsConnector,
    names: BTreeMap<String, SocketAddr>,
    runtime: Runtime,
}

impl Wire {
    /// Reaches `names`, trusting one authority.
    ///
    /// # Panics
    /// When the authority's certificate cannot be read.
    #[must_use]
    pub fn new(authority: &Authority, names: BTreeMap<String, SocketAddr>) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(authority.certificate())
            .expect("an authority's certificate is one");
        let config = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            connector: tokio_rustls::TlsConnector::from(Arc::new(config)),
            names,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be built"),
        }
    }

    /// Sends `bytes` to `name` from the loopback address `from`, and reads until the other side closes.
    ///
    /// # Panics
    /// When `name` is unknown or cannot be reached.
    #[must_use]
    pub fn send(&self, name: &str, from: [u8; 4], bytes: &[u8]) -> Answer {
        let to = self.names[name];
        let received = self.runtime.block_on(async {
            let socket = TcpSocket::new_v4().expect("the system gives sockets");
            socket
                .bind(SocketAddr::from((from, 0)))
                .expect("every address of 127.0.0.0/8 is loopback");
            let stream = socket.connect(to).await.expect("the proxy listens");
            let server = rustls_pki_types::ServerName::try_from(name.to_owned()).expect("a name");
            let mut stream = self
                .connector
                .connect(server, stream)
                .await
                .expect("the proxy's certificate is good");
            let mut received = Vec::new();
            // A server that has seen enough may close before the end; what it said counts.
            let _ = stream.write_all(bytes).await;
            let _ = stream.flush().await;
            let reading = async {
                while let Ok(read) = stream.read_buf(&mut received).await {
                    if read == 0 || received.len() > MOST_BYTES {
                        break;
                    }
                }
            };
            let limit = std::time::Duration::from_secs(60);
            let _ = tokio::time::timeout(limit, reading).await;
            received
        });
        let text = String::from_utf8_lossy(&received).into_owned();
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            text,
        }
    }
}

/// The loopback address of one of many clients, so that the limit of one address concerns one test only.
#[must_use]
pub fn client_address(number: usize) -> [u8; 4] {
    [127, 9, (number / 200 % 256) as u8, (number % 200) as u8 + 1]
}

/// The `Date` of a request that is made `ahead_s` seconds from now.
///
/// # Panics
/// When that lies beyond the years that a date can name.
#[must_use]
pub fn http_date(ahead_s: i64) -> String {
    let at = jiff::Timestamp::from_second(unix_seconds() + ahead_s).expect("a year with a number");
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .expect("four digits for the year")
}

/// Seconds since 1970.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a real node reads a real clock, so its correspondent must too"
)]
pub fn unix_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}
