//! No socket may open to what is forbidden, however it is spelled or resolved.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::server::{Server, answer, redirect};
use super::{always, settings, url};
use crate::resolver::Lookup;
use crate::{Client, Error, Fetch, Post, Settings};

/// Enough to connect; these servers speak no TLS and would let us wait.
const A_MOMENT: Duration = Duration::from_millis(500);

fn strict() -> Settings {
    Settings {
        dev: false,
        ..settings()
    }
}

async fn visit(client: &Client, address: &str) -> [Error; 3] {
    let post = Post {
        url: url(address),
        headers: http::HeaderMap::new(),
        body: "{}".into(),
        signer: None,
    };
    [
        client.get(Fetch::new(url(address))).await.unwrap_err(),
        client
            .stream(Fetch::new(url(address)))
            .await
            .map(|_| ())
            .unwrap_err(),
        client.post(post).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn no_spelling_of_an_address_opens_a_socket() {
    let canary = Server::start(|_| answer(200, "", b"caught")).await;
    let port = canary.address.port();
    let mut urls = HashSet::new();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.1",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost.",
        "u@127.0.0.1",
        "u:p@localhost",
    ] {
        for scheme in ["http", "https", "ftp", "gopher"] {
            urls.insert(format!("{scheme}://{host}:{port}/"));
            urls.insert(format!("{scheme}://{host}/"));
        }
    }
    let mut refused = 0;
    for settings in [strict(), settings()] {
        let client = Client::new(settings).unwrap();
        for address in &urls {
            if url::Url::parse(address).is_err() {
                continue;
            }
            for error in visit(&client, address).await {
                assert!(matches!(error, Error::BadUrl { .. }), "{address}: {error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 600, "{refused} refusals");
    assert_eq!(canary.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_dns_answer_opens_a_socket_to_a_forbidden_address() {
    let canary = Server::start_at("0.0.0.0:0", |_| answer(200, "", b"caught")).await;
    let port = canary.address.port();
    for ip in [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:0.0.0.0]",
    ] {
        let address: SocketAddr = format!("{ip}:{port}").parse().unwrap();
        for settings in [strict(), settings()] {
            let client = Client::with_lookup(settings, always(address)).unwrap();
            for error in visit(&client, "https://b.example/").await {
                assert!(
                    matches!(error, Error::ForbiddenAddress { address: a, .. } if a == address),
                    "{ip}: {error}"
                );
            }
        }
    }
    assert_eq!(canary.connections.load(Ordering::SeqCst), 0);

    // Control: the canary does notice a client that may come.
    let allow = vec!["127.0.0.0/8".parse().unwrap()];
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let client = Client::with_lookup(Settings { allow, ..strict() }, always(address)).unwrap();
    let error = client
        .get(Fetch::new(url("https://b.example/")).within(A_MOMENT))
        .await
        .unwrap_err();
    assert!(!matches!(error, Error::ForbiddenAddress { .. }), "{error}");
    assert_eq!(canary.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_name_that_changes_its_answer_is_checked_at_each_connection() {
    let canary = Server::start(|_| answer(200, "", b"caught")).await;
    let honest = Server::start_at("127.0.0.2:0", |_| answer(200, "", b"honest")).await;
    let (first, later) = (honest.address, canary.address);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let rebinding: Lookup = Arc::new(move |_| {
        let answer = if count.fetch_add(1, Ordering::SeqCst) == 0 {
            first
        } else {
            later
        };
        Box::pin(std::future::ready(Ok(vec![answer])))
    });
    let allow = vec!["127.0.0.2".parse().unwrap()];
    let client = Client::with_lookup(Settings { allow, ..strict() }, rebinding).unwrap();
    // The first answer is allowed; that server speaks no TLS, which is all the same here.
    let error = client
        .get(Fetch::new(url("https://b.example/")).within(A_MOMENT))
        .await
        .unwrap_err();
    assert!(!matches!(error, Error::ForbiddenAddress { .. }), "{error}");
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "one look-up, whose answer is used"
    );
    let error = client
        .get(Fetch::new(url("https://b.example/")).within(A_MOMENT))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::ForbiddenAddress { .. }), "{error}");
    assert_eq!(honest.connections.load(Ordering::SeqCst), 1);
    assert_eq!(canary.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_to_a_name_inside_the_network_opens_nothing() {
    let canary = Server::start(|_| answer(200, "", b"caught")).await;
    let inside = format!("http://127.0.0.1:{}/", canary.address.port());
    let server = Server::start(move |_| redirect(&inside)).await;
    let client = Client::new(settings()).unwrap();
    let error = client.get(Fetch::new(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, Error::BadUrl { .. }), "{error}");
    assert_eq!(canary.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_with_public_and_private_addresses_keeps_the_permitted_ones() {
    let canary = Server::start(|_| answer(200, "", b"caught")).await;
    let honest = Server::start_at("127.0.0.2:0", |_| answer(200, "", b"honest")).await;
    let both = vec![canary.address, honest.address];
    let lookup: Lookup = Arc::new(move |_| Box::pin(std::future::ready(Ok(both.clone()))));
    let allow = vec!["127.0.0.2".parse().unwrap()];
    let client = Client::with_lookup(Settings { allow, ..strict() }, lookup).unwrap();
    client
        .get(Fetch::new(url("https://b.example/")).within(A_MOMENT))
        .await
        .unwrap_err();
    assert_eq!(honest.connections.load(Ordering::SeqCst), 1);
    assert_eq!(canary.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_unknown_name_is_said_to_be_unknown() {
    let nowhere: Lookup = Arc::new(|_| {
        Box::pin(std::future::ready(Err(std::io::Error::other(
            "no such name",
        ))))
    });
    let client = Client::with_lookup(strict(), nowhere).unwrap();
    let error = client
        .get(Fetch::new(url("https://b.example/")).within(A_MOMENT))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the name b.example has no address; check its spelling, or this server's DNS"
    );
}
