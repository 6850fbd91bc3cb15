//! Over TLS, by `outbound.resolve` and `outbound.ca_file`.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{settings, url};
use crate::{Client, Error, Fetch, Settings, SettingsError};

/// Serves one certificate for `b.example`; answers with the name asked for in the handshake and the `Host`.
async fn start() -> (SocketAddr, NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(vec!["b.example".to_owned()]).unwrap();
    let mut ca_file = NamedTempFile::new().unwrap();
    ca_file.write_all(made.cert.pem().as_bytes()).unwrap();
    let key = rustls_pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let Ok(mut socket) = acceptor.accept(socket).await else {
                continue;
            };
            let mut head = [0; 4096];
            let read = socket.read(&mut head).await.unwrap();
            let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
            let host = head
                .lines()
                .find(|l| l.starts_with("host:"))
                .unwrap_or("none")
                .to_owned();
            let name = socket
                .get_ref()
                .1
                .server_name()
                .unwrap_or("none")
                .to_owned();
            let body = format!("{name}, {host}");
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, ca_file)
}

#[tokio::test]
async fn a_name_is_reached_at_the_operators_address_under_its_public_name() {
    let (address, ca_file) = start().await;
    let client = Client::new(Settings {
        dev: false,
        ca_file: Some(ca_file.path().to_owned()),
        resolve: vec![("B.example".into(), address)],
        ..settings()
    })
    .unwrap();
    let response = client
        .get(Fetch::new(url("https://b.example/actor")))
        .await
        .unwrap();
    assert_eq!(response.body, "b.example, host: b.example");
    assert_eq!(response.final_url.as_str(), "https://b.example/actor");
}

#[tokio::test]
async fn an_authority_nobody_vouches_for_is_refused() {
    let (address, ca_file) = start().await;
    let unknown = Client::new(Settings {
        resolve: vec![("b.example".into(), address)],
        ..settings()
    });
    let other_name = Client::new(Settings {
        ca_file: Some(ca_file.path().to_owned()),
        resolve: vec![("c.example".into(), address)],
        ..settings()
    });
    for (client, target) in [
        (unknown, "https://b.example/"),
        (other_name, "https://c.example/"),
    ] {
        let error = client
            .unwrap()
            .get(Fetch::new(url(target)))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Tls { .. }), "{target}: {error}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_at_the_start() {
    let empty = NamedTempFile::new().unwrap();
    for ca_file in [empty.path().to_owned(), "/nowhere/ca.pem".into()] {
        let client = Client::new(Settings {
            ca_file: Some(ca_file),
            ..settings()
        });
        assert!(matches!(client, Err(SettingsError::CaFile { .. })));
    }
    let resolve = vec![("b.example".into(), "10.0.0.1:0".parse().unwrap())];
    assert!(matches!(
        Client::new(Settings {
            resolve,
            ..settings()
        }),
        Err(SettingsError::Resolve(..))
    ));
    let broken = Client::new(Settings {
        user_agent: "two\nlines".into(),
        ..settings()
    });
    assert!(matches!(broken, Err(SettingsError::Client(_))));
}
