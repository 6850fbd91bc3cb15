//! An HTTP server on loopback that serves what a test puts there, with the faults that a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rustine_domain::log::Line;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that ends with the test.
pub struct Stub {
    /// `a.localhost:port`.
    pub host: String,
    shared: Arc<Mutex<Shared>>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    logs: HashMap<String, Vec<String>>,
    documents: HashMap<String, (String, String)>,
    seen: Vec<String>,
    page: usize,
    silent: bool,
    cut: Option<usize>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    /// A server under `name.localhost`.
    pub async fn new(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Mutex::new(Shared {
            page: 500,
            ..Shared::default()
        }));
        let served = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, served.clone()));
            }
        });
        Self {
            host: format!("{name}.localhost:{port}"),
            shared,
            task,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Serves a log under `/datasets/{dataset}/log`.
    pub fn serve(&self, dataset: &str, lines: &[String]) {
        let path = format!("/datasets/{dataset}/log");
        self.shared
            .lock()
            .unwrap()
            .logs
            .insert(path, lines.to_vec());
    }

    /// Serves a document.
    pub fn put(&self, path: &str, content_type: &str, document: &Value) {
        let document = (content_type.to_owned(), document.to_string());
        self.shared
            .lock()
            .unwrap()
            .documents
            .insert(path.to_owned(), document);
    }

    /// Serves a document no more.
    pub fn remove(&self, path: &str) {
        self.shared.lock().unwrap().documents.remove(path);
    }

    /// Ends each answer after so many entries.
    pub fn set_page(&self, entries: usize) {
        self.shared.lock().unwrap().page = entries;
    }

    /// Answers 503 to everything.
    pub fn set_silent(&self, silent: bool) {
        self.shared.lock().unwrap().silent = silent;
    }

    /// Breaks the next answer with entries off after so many bytes.
    pub fn cut_next(&self, bytes: usize) {
        self.shared.lock().unwrap().cut = Some(bytes);
    }

    /// The paths that were asked for, with their queries.
    pub fn seen(&self) -> Vec<String> {
        self.shared.lock().unwrap().seen.clone()
    }
}

struct Answer {
    status: u16,
    content_type: String,
    body: String,
    cut: Option<usize>,
}

async fn answer(mut stream: TcpStream, shared: Arc<Mutex<Shared>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request);
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let answer = shared.lock().unwrap().answer(&path);
    let head = format!(
        "HTTP/1.1 {} -\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.content_type,
        answer.body.len()
    );
    let sent = answer.cut.unwrap_or(answer.body.len());
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&answer.body.as_bytes()[..sent]).await;
    let _ = stream.shutdown().await;
}

impl Shared {
    fn answer(&mut self, path: &str) -> Answer {
        self.seen.push(path.to_owned());
        let found = if self.silent { None } else { self.find(path) };
        let cut = self.cut.filter(|_| path.contains("/entries"));
        if cut.is_some() {
            self.cut = None;
        }
        match found {
            Some((content_type, body)) => Answer {
                status: 200,
                content_type,
                cut: cut.map(|cut| cut.min(body.len())),
                body,
            },
            None => Answer {
                status: if self.silent { 503 } else { 404 },
                content_type: "text/plain".into(),
                body: String::new(),
                cut: None,
            },
        }
    }

    fn find(&self, path: &str) -> Option<(String, String)> {
        if let Some(found) = self.documents.get(path) {
            return Some(found.clone());
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if let Some(log) = path.strip_suffix("/head") {
            return Some(("application/json".into(), self.head(log)?));
        }
        let log = path.strip_suffix("/entries")?;
        let body = self.entries(log, query)?;
        Some(("application/x-ndjson".into(), body))
    }

    fn head(&self, log: &str) -> Option<String> {
        let lines = self.logs.get(log)?;
        let hash = |line: &String| Line::parse(line.as_bytes()).unwrap().header.hash();
        let head = json!({
            "genesis": hash(lines.first()?),
            "seq": lines.len() - 1,
            "entry": hash(lines.last()?),
            "bodiesFrom": 0,
        });
        Some(head.to_string())
    }

    fn entries(&self, log: &str, query: &str) -> Option<String> {
        let lines = self.logs.get(log)?;
        let parameter = |name: &str| {
            let found = query.split('&').find_map(|part| part.strip_prefix(name))?;
            found.parse::<usize>().ok()
        };
        let limit = parameter("limit=")?.min(self.page);
        let lines = lines.iter().skip(parameter("from=")?).take(limit);
        let headers_only = parameter("bodies=") == Some(0);
        Some(
            lines
                .map(|line| match headers_only {
                    true => header_alone(line),
                    false => format!("{line}\n"),
                })
                .collect(),
        )
    }
}

fn header_alone(line: &str) -> String {
    let header = Line::parse(line.as_bytes()).unwrap().header;
    format!("{{\"header\":{}}}\n", header.text())
}
