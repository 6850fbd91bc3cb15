//! Takes due rows of the outbox, signs and posts them, and writes down what came of it.

use std::sync::Arc;
use std::time::Duration;

use rustine_domain::time::Timestamp;
use rustine_outbound::{Bytes, HeaderMap, HeaderValue, Post, header};
use rustine_store::{OutboxRecord, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::render::render;
use super::verdict::{Answer, Verdict, judge, next_attempt};
use crate::node::{Federation, blocking};

/// Deliveries under way at once. A dead host holds its place for 20 s at most, so one host gets few of them.
const AT_ONCE: usize = 64;
/// A taken row is not taken again for this long: longer than a delivery can last. Another server takes it only once
/// this one is not there any more.
const LEASE_SECONDS: i64 = 90;
/// Longest rest without a hint.
const REST: Duration = Duration::from_secs(2);

/// Runs until the server stops; what is under way then is sent again after its lease.
pub async fn run(federation: Arc<Federation>, mut stop: watch::Receiver<bool>) {
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        let woken = federation.work.notified();
        let room = AT_ONCE - under_way.len();
        // What waits here waits in the other database too, and goes out from there.
        let taken = if room == 0 || federation.app().presence.is_elsewhere() {
            Vec::new()
        } else {
            take(&federation, room).await
        };
        let idle = taken.is_empty();
        for record in taken {
            under_way.spawn(deliver(federation.clone(), record));
        }
        if idle {
            tokio::select! {
                () = woken => {}
                // The end of one delivery may free the next one of its lane.
                Some(_) = under_way.join_next() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
        while under_way.try_join_next().is_some() {}
    }
}

async fn take(federation: &Arc<Federation>, room: usize) -> Vec<OutboxRecord> {
    let federation = federation.clone();
    blocking(move || {
        let app = federation.app();
        let now = app.clock.now();
        let due = app.db.read(|tx| tx.find_next_outbox_at());
        if !matches!(due, Ok(Some(at)) if at <= now.seconds()) {
            return Vec::new();
        }
        let until = now.plus_seconds(LEASE_SECONDS);
        let limit = i64::try_from(room).unwrap_or(1);
        app.db
            .write(|tx| tx.claim_outbox(&app.process.holder(), now, until, limit))
            .unwrap_or_else(|error: StoreError| {
                tracing::warn!(%error, "The outbox cannot be read: {error}");
                Vec::new()
            })
    })
    .await
}

async fn deliver(federation: Arc<Federation>, record: OutboxRecord) {
    let outcome = attempt(&federation, &record).await;
    let app = federation.app().clone();
    let written = blocking(move || {
        let now = app.clock.now();
        app.db.write(|tx| match &outcome {
            Outcome::Answered(answer, why) => {
                write_down(tx, &record, *answer, why, now, app.entropy.bytes())
            }
            Outcome::Void(why) => {
                tx.finish_outbox(record.id, &record.holder, "dropped", None, Some(why))
            }
        })
    })
    .await;
    match written {
        Ok(true) => {}
        // The receiver knows activities by their ids, so a second delivery has no effect.
        Ok(false) => tracing::info!("A delivery was taken over by another server meanwhile"),
        Err(error) => {
            tracing::warn!(%error, "What came of a delivery cannot be written: {error}");
        }
    }
}

enum Outcome {
    Answered(Answer, String),
    Void(String),
}

async fn attempt(federation: &Arc<Federation>, record: &OutboxRecord) -> Outcome {
    let (own, row) = (federation.clone(), record.clone());
    let rendered = blocking(move || own.app().db.read(|tx| render(own.app(), tx, &row))).await;
    let body = match rendered {
        Ok(Some(body)) => body,
        Ok(None) => return Outcome::Void("what it was about is gone".to_owned()),
        Err(error) => return Outcome::Answered(Answer::Unreachable, error.to_string()),
    };
    let Ok(url) = record.inbox.parse() else {
        return Outcome::Void("its inbox is no URL".to_owned());
    };
    let (own, actor) = (federation.clone(), record.actor.clone());
    let signer = match blocking(move || own.signer(&actor)).await {
        Ok(signer) => signer,
        Err(error) => return Outcome::Void(error.to_string()),
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/activity+json"),
    );
    let post = Post {
        url,
        headers,
        body: Bytes::from(body),
        signer: Some(&signer),
    };
    match federation.client().post(post).await {
        Ok(answer) => {
            let text: String = String::from_utf8_lossy(&answer.body)
                .chars()
                .take(300)
                .collect();
            Outcome::Answered(Answer::Status(answer.status.as_u16()), text)
        }
        Err(error) if error.is_temporary() => {
            Outcome::Answered(Answer::Unreachable, error.to_string())
        }
        Err(error) => Outcome::Answered(Answer::Forbidden, error.to_string()),
    }
}

/// False, and nothing is written, where another server has the delivery by now.
fn write_down(
    tx: &mut rustine_store::Tx<'_>,
    record: &OutboxRecord,
    answer: Answer,
    why: &str,
    now: Timestamp,
    jitter: [u8; 8],
) -> Result<bool, StoreError> {
    let status = match answer {
        Answer::Status(status) => Some(i32::from(status)),
        Answer::Unreachable | Answer::Forbidden => None,
    };
    let (host, id, holder) = (&record.host, record.id, record.holder.as_str());
    match judge(answer, record.created, now) {
        Verdict::Done => {
            tx.note_reached(host, now)?;
            tx.finish_outbox(id, holder, "done", status, None)
        }
        Verdict::Gone => {
            tracing::info!("{host} says that {} is gone for good", record.inbox);
            let ours = tx.finish_outbox(id, holder, "dropped", status, Some(why))?;
            if ours {
                tx.delete_followers_by_inbox(&record.inbox)?;
            }
            Ok(ours)
        }
        Verdict::Refused => {
            tracing::warn!(status, "{host} refused an activity: {why}");
            tx.finish_outbox(id, holder, "refused", status, Some(why))
        }
        Verdict::Parked => {
            tracing::warn!(status, "{host} failed for a day: an activity is parked");
            tx.finish_outbox(id, holder, "parked", status, Some(why))
        }
        verdict @ (Verdict::Later | Verdict::Unauthorized) => {
            if verdict == Verdict::Unauthorized {
                tracing::warn!(
                    "{host} does not believe our signature: compare the clocks. It said: {why}"
                );
            }
            let attempts = u32::try_from(record.attempts + 1).unwrap_or(1);
            let at = next_attempt(now, attempts, u64::from_le_bytes(jitter));
            tx.retry_outbox(id, holder, at, status, why)
        }
    }
}
