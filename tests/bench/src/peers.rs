//! Servers of others, all on one port: each name under `.localhost` is one. They show actors, and count what they are
//! sent but for hints.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Failure;

/// How long peers may take to be sent something before something must be wrong.
const LONGEST: Duration = Duration::from_secs(120);

/// The servers.
pub struct Peers {
    /// Their port.
    pub port: u16,
    posts: Arc<Mutex<HashMap<String, usize>>>,
}

impl Peers {
    /// Starts them for as long as the process lives. All actors have one key; a server whose name begins with `slow`
    /// takes 300 ms for each answer.
    pub fn start(public_key: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let posts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let (counted, key) = (posts.clone(), public_key.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counted, key) = (counted.clone(), key.clone());
                // Whoever breaks off is not waited for.
                std::thread::spawn(move || serve(stream, &counted, &key).ok());
            }
        });
        Ok(Self { port, posts })
    }

    /// The server with a name.
    pub fn host(&self, name: &str) -> String {
        format!("{name}.localhost:{}", self.port)
    }

    /// How many POSTs a server has had.
    pub fn posts(&self, name: &str) -> usize {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        posts.get(&self.host(name)).copied().unwrap_or(0)
    }

    /// Waits until each of some servers has had so many POSTs; fails where one has more.
    pub fn wait(&self, names: &[String], posts: usize) -> Result<(), Failure> {
        let begun = Instant::now();
        while begun.elapsed() < LONGEST {
            let had: Vec<usize> = names.iter().map(|name| self.posts(name)).collect();
            if had.iter().any(|had| *had > posts) {
                return Err("a peer was sent the same twice".into());
            }
            if had.iter().all(|had| *had == posts) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("some peers were not sent what they must have".into())
    }
}

fn serve(stream: TcpStream, posts: &Mutex<HashMap<String, usize>>, key: &str) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split(' ');
        let is_post = words.next() == Some("POST");
        let path = words.next().unwrap_or("").to_owned();
        let (mut host, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if reader.read_line(&mut line)? <= 2 {
                break;
            }
            match line.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("host") => {
                    value.trim().clone_into(&mut host);
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                _ => {}
            }
        }
        let mut sent = String::new();
        reader.by_ref().take(length).read_to_string(&mut sent)?;
        // That the moderation log has grown is said beside the entry; what is counted is the entry.
        let is_hint = sent.contains("\"type\":\"Announce\"");
        if host.starts_with("slow") {
            std::thread::sleep(Duration::from_millis(300));
        }
        let (status, body) = if is_post {
            let mut posts = posts.lock().unwrap_or_else(PoisonError::into_inner);
            *posts.entry(host).or_default() += usize::from(!is_hint);
            ("202 Accepted", String::new())
        } else if path.starts_with("/users/") {
            ("200 OK", actor(&format!("http://{host}{path}"), key))
        } else {
            ("404 Not Found", String::new())
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/activity+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        reader.get_mut().write_all(answer.as_bytes())?;
    }
}

fn actor(id: &str, key: &str) -> String {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": "a",
        "name": "a",
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key},
    })
    .to_string()
}
