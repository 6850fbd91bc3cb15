//! Rows over HTTP: actix and SQLite, with neither rights nor typed values.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::Failure;
use crate::http::Client;

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Serves a floor's table until the process is killed.
pub fn serve(database: &str, port: &str) -> Result<(), Failure> {
    let (database, port) = (database.to_owned(), port.parse::<u16>()?);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let database = database.clone();
            let answer = move |asked: web::Query<HashMap<String, String>>| {
                let found = answer(&database, &asked);
                async move {
                    match found {
                        Ok(body) => HttpResponse::Ok()
                            .content_type("application/json")
                            .body(body),
                        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
                    }
                }
            };
            App::new().route("/", web::get().to(answer))
        });
        server.workers(2).bind(("127.0.0.1", port))?.run().await
    })?;
    Ok(())
}

fn answer(database: &str, asked: &HashMap<String, String>) -> rusqlite::Result<Vec<u8>> {
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let value = of("value").to_owned();
    let sql = match of("kind") {
        "row" => "SELECT * FROM lieux WHERE id = ?1",
        "filter" => "SELECT * FROM lieux WHERE commune = ?1 ORDER BY id LIMIT 50",
        "search" => {
            "SELECT lieux.* FROM lieux_words CROSS JOIN lieux ON lieux.rowid = lieux_words.rowid \
             WHERE lieux_words MATCH ?1 ORDER BY lieux_words.rowid LIMIT 50"
        }
        _ => "SELECT * FROM lieux WHERE id > ?1 ORDER BY id LIMIT 50",
    };
    CONNECTION.with_borrow_mut(|kept| {
        let connection = match kept {
            Some(connection) => connection,
            None => kept.insert(Connection::open_with_flags(
                database,
                OpenFlags::SQLITE_OPEN_READ_ONLY,
            )?),
        };
        rows(connection, sql, &value)
    })
}

fn rows(connection: &Connection, sql: &str, value: &dyn ToSql) -> rusqlite::Result<Vec<u8>> {
    let mut statement = connection.prepare_cached(sql)?;
    let names: Vec<String> = statement
        .column_names()
        .map(|name| format!("\"{name}\":"))
        .collect();
    let mut found = statement.query([value])?;
    let mut out = b"[".to_vec();
    while let Some(row) = found.next()? {
        out.extend_from_slice(if out.len() > 1 { b",{" } else { b"{" });
        for (column, name) in names.iter().enumerate() {
            if column > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            let text = row.get_ref(column)?.as_str_or_null()?;
            // Writing JSON to memory does not fail.
            let _ = serde_json::to_writer(&mut out, &text);
        }
        out.push(b'}');
    }
    out.push(b']');
    Ok(out)
}

/// The floor's server as a process of its own; it is killed when this is dropped.
pub struct Floor {
    child: Child,
    pub port: u16,
}

impl Floor {
    /// Starts it on a table and waits until it answers.
    pub fn start(database: &Path) -> Result<Self, Failure> {
        Self::start_as("serve-floor", database, None)
    }

    /// Starts an inbox for letters signed by a key (PKCS #1) and waits until it answers.
    pub fn start_inbox(database: &Path, key: &[u8]) -> Result<Self, Failure> {
        Self::start_as("serve-inbox", database, Some(STANDARD.encode(key)))
    }

    fn start_as(what: &str, database: &Path, key: Option<String>) -> Result<Self, Failure> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(std::env::current_exe()?)
            .arg(what)
            .arg(database)
            .arg(port.to_string())
            .args(key)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let floor = Self { child, port };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            let asked = floor
                .client()
                .and_then(|mut client| client.ask("GET", "/?kind=row", None));
            if asked.is_ok_and(|answer| answer.status == 200) {
                return Ok(floor);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("the floor's server did not start".into())
    }

    pub fn client(&self) -> std::io::Result<Client> {
        Client::connect(self.port, "localhost", None)
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
