//! An inbox alone: the digest and the signature are verified, ids are kept once, and the answer follows the durable
//! commit, which those share who wait at the same time. Neither rights nor effects.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rusqlite::Connection;

use crate::letters::digest_of;
use crate::{Failure, floors::table};

/// What is to be kept, and whom to tell.
type Kept = (String, Vec<u8>, Sender<bool>);

/// Serves an inbox until the process is killed; all senders have the key that `key` names (PKCS #1 in base64).
pub fn serve(database: &str, port: &str, key: &str) -> Result<(), Failure> {
    let (port, key) = (port.parse::<u16>()?, STANDARD.decode(key)?);
    let connection = table::open(Path::new(database))?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS inbox (id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)",
    )?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || keep_all(connection, &receiver));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let (key, sender) = (key.clone(), sender.clone());
            let answer = move |request: HttpRequest, body: web::Bytes| {
                let checked = check(&request, &body, &key);
                let sender = sender.clone();
                async move {
                    let Some(id) = checked else {
                        return HttpResponse::Unauthorized().finish();
                    };
                    let kept = web::block(move || {
                        let (told, tell) = channel();
                        sender.send((id, body.to_vec(), told)).is_ok() && tell.recv() == Ok(true)
                    });
                    let kept = kept.await.unwrap_or(false);
                    let status = if kept {
                        StatusCode::ACCEPTED
                    } else {
                        StatusCode::INTERNAL_SERVER_ERROR
                    };
                    HttpResponse::build(status).finish()
                }
            };
            App::new()
                .route("/", web::get().to(HttpResponse::Ok))
                .default_service(web::post().to(answer))
        });
        server.workers(2).bind(("127.0.0.1", port))?.run().await
    })?;
    Ok(())
}

/// The activity's id where its signature holds.
fn check(request: &HttpRequest, body: &[u8], key: &[u8]) -> Option<String> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let digest = header("digest")?;
    if digest != digest_of(body) {
        return None;
    }
    let parts: HashMap<&str, &str> = header("signature")?
        .split(',')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let signature = STANDARD.decode(parts.get("signature")?).ok()?;
    let text = format!(
        "(request-target): post {}\nhost: {}\ndate: {}\ndigest: {digest}",
        request.path(),
        header("host")?,
        header("date")?
    );
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
        .verify(text.as_bytes(), &signature)
        .ok()?;
    let activity: serde_json::Value = serde_json::from_slice(body).ok()?;
    activity["id"].as_str().map(str::to_owned)
}

fn keep_all(mut connection: Connection, receiver: &Receiver<Kept>) {
    while let Ok(first) = receiver.recv() {
        let batch: Vec<Kept> = std::iter::once(first).chain(receiver.try_iter()).collect();
        let kept = keep(&mut connection, &batch).is_ok();
        for (_, _, told) in batch {
            // Whoever has gone away need not know.
            let _ = told.send(kept);
        }
    }
}

fn keep(connection: &mut Connection, batch: &[Kept]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (id, body, _) in batch {
        let mut insert =
            transaction.prepare_cached("INSERT OR IGNORE INTO inbox VALUES (?1, ?2)")?;
        insert.execute((id, body))?;
    }
    transaction.commit()
}
