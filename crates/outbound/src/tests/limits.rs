use std::time::{Duration, Instant};

use super::server::{Server, Step, answer, open_ended};
use super::{client, settings};
use crate::{Client, Error, Fetch, Limits, Post, Settings};

/// A gzip member of `zeros` zero bytes without compression library: stored blocks would be no bomb, so one
/// deflate block of fixed Huffman codes repeats the byte by copies of 258.
fn gzip_bomb(zeros: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0b1, 1); // the last block
    bits.put(0b01, 2); // fixed codes
    bits.put_reversed(0x30, 8); // literal 0
    for _ in 0..zeros / 258 {
        bits.put_reversed(0b1100_0101, 8); // length 258
        bits.put_reversed(0, 5); // distance 1
    }
    bits.put_reversed(0, 7); // end of block
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bomb.extend(bits.bytes);
    bomb
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::from(value >> at & 1 == 1) << (self.used % 8);
            self.used += 1;
        }
    }
    fn put_reversed(&mut self, value: u32, count: u32) {
        self.put(value.reverse_bits() >> (32 - count), count);
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
    let server =
        Server::start(|path| answer(200, "", &vec![b'x'; path[1..].parse().unwrap()])).await;
    let at = |path| Fetch::new(server.url(path)).at_most(1000);
    assert_eq!(client().get(at("/1000")).await.unwrap().body.len(), 1000);
    let error = client().get(at("/1001")).await.unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { limit: 1000, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let server = Server::start(|path| {
        if path == "/chunked" {
            let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
            vec![
                open_ended("Transfer-Encoding: chunked\r\n"),
                Step::Repeat(chunk),
            ]
        } else {
            vec![open_ended(""), Step::Repeat(vec![b'x'; 4096])]
        }
    })
    .await;
    for path in ["/chunked", "/plain"] {
        let error = client()
            .get(Fetch::new(server.url(path)))
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::TooLarge {
                    limit: 1_048_576,
                    ..
                }
            ),
            "{path}: {error}"
        );
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_counted_unpacked() {
    let bomb = gzip_bomb(100 << 20);
    assert!(bomb.len() < 1 << 20, "{} bytes on the wire", bomb.len());
    let server = Server::start(move |_| answer(200, "Content-Encoding: gzip\r\n", &bomb)).await;
    let start = Instant::now();
    let error = client().get(Fetch::new(server.url("/"))).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLarge {
                limit: 1_048_576,
                ..
            }
        ),
        "{error}"
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn an_encoding_nobody_asked_for_is_refused() {
    let server = Server::start(|_| answer(200, "Content-Encoding: br\r\n", b"???")).await;
    let error = client().get(Fetch::new(server.url("/"))).await.unwrap_err();
    assert!(
        matches!(&error, Error::UnknownEncoding { encoding, .. } if encoding == "br"),
        "{error}"
    );
}

#[tokio::test]
async fn slowness_has_an_end_wherever_it_is() {
    let drop_by_drop: Vec<Step> = std::iter::repeat_n(
        [
            Step::Send(b"x".to_vec()),
            Step::Wait(Duration::from_millis(20)),
        ],
        1000,
    )
    .flatten()
    .collect();
    let server = Server::start(move |path| match path {
        "/silent" => vec![Step::Wait(Duration::from_secs(30))],
        "/head" => [
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nX: ".to_vec())],
            drop_by_drop.clone(),
        ]
        .concat(),
        _ => [vec![open_ended("")], drop_by_drop.clone()].concat(),
    })
    .await;
    let after = Duration::from_millis(300);
    for path in ["/silent", "/head", "/body"] {
        let start = Instant::now();
        let error = client()
            .get(Fetch::new(server.url(path)).within(after))
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Timeout { after: a, .. } if a == after),
            "{path}: {error}"
        );
        assert!(error.is_temporary());
        assert!(start.elapsed() < Duration::from_secs(3), "{path}");
    }
}

#[tokio::test]
async fn a_large_header_is_refused() {
    let server = Server::start(|_| {
        let field = format!("X-Long: {}\r\n", "y".repeat(70_000));
        answer(200, &field, b"")
    })
    .await;
    let error = client().get(Fetch::new(server.url("/"))).await.unwrap_err();
    assert!(
        matches!(error, Error::HeaderTooLarge { limit: 65_536, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_accepted_post_is_accepted_whatever_follows_its_status() {
    let server = Server::start(|path| match path {
        "/endless" => vec![
            Step::Send(b"HTTP/1.1 202 Accepted\r\n\r\n".to_vec()),
            Step::Repeat(vec![b'x'; 4096]),
        ],
        "/broken" => vec![Step::Send(
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nshort".to_vec(),
        )],
        "/slow" => vec![
            Step::Send(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n".to_vec()),
            Step::Wait(Duration::from_secs(30)),
        ],
        _ => answer(401, "", b"the signature lacks a date"),
    })
    .await;
    let quick = Client::new(Settings {
        limits: Limits {
            total_time: Duration::from_millis(500),
            ..Limits::default()
        },
        ..settings()
    })
    .unwrap();
    for (path, status, text) in [
        ("/broken", 202, "short"),
        ("/slow", 202, ""),
        ("/said", 401, "the signature lacks a date"),
    ] {
        let post = Post {
            url: server.url(path),
            headers: http::HeaderMap::new(),
            body: "{}".into(),
            signer: None,
        };
        let response = quick.post(post).await.unwrap();
        assert_eq!(
            (response.status.as_u16(), &response.body[..]),
            (status, text.as_bytes()),
            "{path}"
        );
    }
    let post = Post {
        url: server.url("/endless"),
        headers: http::HeaderMap::new(),
        body: "{}".into(),
        signer: None,
    };
    let response = quick.post(post).await.unwrap();
    assert_eq!(response.status, 202);
    assert!(response.body.len() <= 16 << 10);
}

#[tokio::test]
async fn a_closed_port_and_a_broken_answer_say_so() {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let fetch = Fetch::new(super::url(&format!("http://s.localhost:{closed}/")));
    let error = client().get(fetch).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    let server = Server::start(|_| vec![Step::Send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())]).await;
    let error = client().get(Fetch::new(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, Error::Broken { .. }), "{error}");
}
