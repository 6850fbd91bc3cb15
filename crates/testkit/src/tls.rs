//! A proxy that ends TLS in front of a node, as Caddy or nginx do for a node that is online.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::http::Browser;

/// A request head may be this long.
const MOST_HEAD_BYTES: usize = 64 * 1024;

/// A certificate authority that exists for one test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// A proxy on an address of its own. Dropping it closes it.
pub struct TlsProxy {
    address: SocketAddr,
    // Held for its threads, which end when it is dropped.
    _runtime: Runtime,
}

impl Authority {
    /// Makes one with a fresh key.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn new() -> Self {
        let mut params =
            CertificateParams::new(Vec::<String>::new()).expect("no names are valid names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let own = params.self_signed(&key).expect("an authority signs itself");
        Self {
            issuer: Issuer::new(params, key),
            pem: own.pem(),
            der: own.der().clone(),
        }
    }

    /// Its certificate.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes its certificate where a node's `outbound.ca_file` can point.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, &self.pem).expect("the temporary folder can be written");
    }

    /// A client that trusts this authority and finds `proxies` by their names.
    #[must_use]
    pub fn browser(&self, proxies: &[(&str, &TlsProxy)]) -> Browser {
        let names = proxies
            .iter()
            .map(|(name, proxy)| ((*name).to_owned(), proxy.address));
        Browser::new(
            names.collect::<BTreeMap<_, _>>(),
            std::slice::from_ref(&self.pem),
        )
    }

    /// Its certificate, for a client of one's own.
    #[must_use]
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.der.clone()
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        self.acceptor_of(&[name.to_owned()])
    }

    /// Ends TLS for all these names.
    pub(crate) fn acceptor_of(&self, names: &[String]) -> TlsAcceptor {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let params = CertificateParams::new(names.to_vec()).expect("host names");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("the authority signs");
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], secret)
            .expect("the certificate belongs to the key");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl TlsProxy {
    /// Serves `https://name/` on `ip` (some 127.0.0.x), on a port from the system, for the node on loopback
    /// port `node`. Each request is passed on with `X-Forwarded-For` and `-Proto`; what a client sent under
    /// these names is removed.
    ///
    /// # Panics
    /// When the address cannot be used.
    #[must_use]
    pub fn start(authority: &Authority, name: &str, ip: [u8; 4], node: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let listener = runtime
            .block_on(TcpListener::bind(SocketAddr::from((ip, 0))))
            .expect("every address of 127.0.0.0/8 is loopback");
        let address = listener.local_addr().expect("a listener has an address");
        let acceptor = authority.acceptor(name);
        runtime.spawn(async move {
            while let Ok((client, from)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // A client that breaks off is its own business.
                tokio::spawn(async move { pass_on(client, from, &acceptor, node).await.ok() });
            }
        });
        Self {
            address,
            _runtime: runtime,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves one request: every answer closes its connection, so a connection carries one head only.
async fn pass_on(
    client: TcpStream,
    from: SocketAddr,
    acceptor: &TlsAcceptor,
    node: u16,
) -> io::Result<()> {
    let mut client = acceptor.accept(client).await?;
    let mut received = Vec::new();
    let end = loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if client.read_buf(&mut received).await? == 0 || received.len() > MOST_HEAD_BYTES {
            return Ok(());
        }
    };
    let mut node = TcpStream::connect(("127.0.0.1", node)).await?;
    node.write_all(forwarded(&received[..end], from).as_bytes())
        .await?;
    node.write_all(&received[end..]).await?;
    tokio::io::copy_bidirectional(&mut client, &mut node).await?;
    client.shutdown().await
}

/// The head as the node gets to see it.
fn forwarded(head: &[u8], from: SocketAddr) -> String {
    const REPLACED: [&str; 3] = ["x-forwarded-for", "x-forwarded-proto", "connection"];
    let head = String::from_utf8_lossy(head);
    let name_of = |line: &str| {
        line.split(':')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase()
    };
    let kept: Vec<&str> = head
        .trim_end()
        .split("\r\n")
        .filter(|line| !REPLACED.contains(&name_of(line).as_str()))
        .collect();
    format!(
        "{}\r\nX-Forwarded-For: {}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
        kept.join("\r\n"),
        from.ip()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarding_headers_of_the_client_are_replaced() {
        let head = b"GET / HTTP/1.1\r\nHost: hub.test\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: keep-alive\r\n\r\n";
        assert_eq!(
            forwarded(head, SocketAddr::from(([127, 0, 0, 9], 5))),
            "GET / HTTP/1.1\r\nHost: hub.test\r\nX-Forwarded-For: 127.0.0.9\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
        );
    }

    #[test]
    fn a_trusting_client_gets_through_to_what_stands_behind() {
        let behind = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = behind.local_addr().unwrap().port();
        let served = std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let (mut stream, _) = behind.accept().unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                .unwrap();
            String::from_utf8_lossy(&head[..length]).into_owned()
        });
        let authority = Authority::new();
        let proxy = TlsProxy::start(&authority, "hub.test", [127, 0, 0, 7], port);
        let reply = authority
            .browser(&[("hub.test", &proxy)])
            .get("https://hub.test/page");
        assert_eq!((reply.status, reply.text().as_str()), (200, "ok"));
        assert!(served.join().unwrap().contains("X-Forwarded-Proto: https"));
    }

    #[test]
    fn a_client_that_does_not_know_the_authority_is_kept_out() {
        let (ours, theirs) = (Authority::new(), Authority::new());
        let proxy = TlsProxy::start(&ours, "hub.test", [127, 0, 0, 8], 1);
        assert!(
            theirs
                .browser(&[("hub.test", &proxy)])
                .try_get("https://hub.test/")
                .is_none()
        );
    }
}
