//! A server that answers as it is told and counts who came.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does after it has read a request.
#[derive(Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// Sends these bytes again and again until the other side hangs up.
    Repeat(Vec<u8>),
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) connections: Arc<AtomicUsize>,
    /// Heads (and the read part of bodies) as received.
    pub(super) requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` is given the path.
    pub(super) async fn start(answer: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", answer).await
    }

    pub(super) async fn start_at(
        address: &str,
        answer: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (server.connections.clone(), server.requests.clone());
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(socket, answer.clone(), requests.clone()));
            }
        });
        server
    }

    /// A URL of this server under a name of `--dev`.
    pub(super) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://s.localhost:{}{path}", self.address.port())).unwrap()
    }

    pub(super) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

async fn serve(
    mut socket: TcpStream,
    answer: Arc<impl Fn(&str) -> Vec<Step>>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        match socket.read(&mut piece).await {
            Ok(read) if read > 0 => head.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    requests.lock().unwrap().push(head);
    for step in answer(&path) {
        let sent = match step {
            Step::Send(bytes) => socket.write_all(&bytes).await,
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Step::Repeat(bytes) => loop {
                if let Err(error) = socket.write_all(&bytes).await {
                    break Err(error);
                }
            },
        };
        if sent.is_err() {
            return;
        }
    }
}

/// A whole answer; the connection closes after it.
pub(super) fn answer(status: u16, fields: &str, body: &[u8]) -> Vec<Step> {
    let mut bytes = format!(
        "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n{fields}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    vec![Step::Send(bytes)]
}

/// The head of an answer whose body ends with the connection.
pub(super) fn open_ended(fields: &str) -> Step {
    Step::Send(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{fields}\r\n").into_bytes())
}

pub(super) fn redirect(to: &str) -> Vec<Step> {
    answer(302, &format!("Location: {to}\r\n"), b"")
}
