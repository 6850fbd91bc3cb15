//! Sends the letters of the table `mails`: takes those that are due, puts them into words, hands them to the mail
//! server and writes down what came of it.
//!
//! A letter is lost only after [`MOST_ATTEMPTS`]: a mail server that is down for a weekend delays it. A kill between
//! the server's answer and our commit sends it again, under the same `Message-ID`. Logs hold numbers and reasons,
//! never an address.

mod lang;
mod letters;
mod sheet;

use std::sync::Arc;
use std::time::Duration;

use rustine_app::App;
use rustine_app::mail::Envelope;
use rustine_domain::problem::Lang;
use rustine_domain::time::Timestamp;
use rustine_outbound::mail::{Letter, Mailer, SendError};
use rustine_store::{MailRecord, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Letters under way at once: mail servers count the connections of one client.
const AT_ONCE: usize = 4;
/// A taken letter is not taken again for this long: longer than sending can last.
const LEASE_SECONDS: i64 = 180;
/// Longest rest without looking for letters.
const REST: Duration = Duration::from_secs(1);
/// Pause after the first failure, in seconds; it doubles up to [`LONGEST_PAUSE_SECONDS`].
const FIRST_PAUSE_SECONDS: i64 = 60;
/// Six hours: the longest pause.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;
/// How often a letter is tried: over five days with these pauses, as mail servers do among themselves.
pub const MOST_ATTEMPTS: i32 = 30;

/// Runs until the server stops; what is under way then is sent again after its lease. Without a mailer, letters that
/// wait from a time when there was one are dropped: nobody is written to when letters are off.
pub async fn run(app: Arc<App>, mailer: Option<Mailer>, mut stop: watch::Receiver<bool>) {
    let Some(mailer) = mailer.map(Arc::new) else {
        let dropped = blocking(move || drop_waiting(&app)).await;
        if let Err(error) = dropped {
            tracing::warn!(%error, "Letters that wait could not be dropped: {error}");
        }
        return;
    };
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        let room = AT_ONCE - under_way.len();
        // What waits here waits in the other database too, and goes out from there.
        let taken = if room == 0 || app.presence.is_elsewhere() {
            Vec::new()
        } else {
            take(&app, room).await
        };
        let idle = taken.is_empty();
        for record in taken {
            under_way.spawn(deliver(app.clone(), mailer.clone(), record));
        }
        if idle {
            tokio::select! {
                Some(_) = under_way.join_next() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
        while under_way.try_join_next().is_some() {}
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn drop_waiting(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    loop {
        let waiting = app.db.read(|tx| tx.list_mails("queued", 0, 100))?;
        if waiting.is_empty() {
            return Ok(());
        }
        for record in waiting {
            let why = Some("letters are off");
            app.db
                .write(|tx| tx.finish_mail(record.id, &record.holder, "dropped", now, why))?;
        }
    }
}

async fn take(app: &Arc<App>, room: usize) -> Vec<MailRecord> {
    let app = app.clone();
    blocking(move || {
        let now = app.clock.now();
        let due = app.db.read(|tx| tx.find_next_mail_at());
        if !matches!(due, Ok(Some(at)) if at <= now.seconds()) {
            return Vec::new();
        }
        let until = now.plus_seconds(LEASE_SECONDS);
        let limit = i64::try_from(room).unwrap_or(1);
        app.db
            .write(|tx| tx.claim_mails(&app.process.holder(), now, until, limit))
            .unwrap_or_else(|error: StoreError| {
                tracing::warn!(%error, "The letters that wait cannot be read: {error}");
                Vec::new()
            })
    })
    .await
}

async fn deliver(app: Arc<App>, mailer: Arc<Mailer>, record: MailRecord) {
    let (own, row) = (app.clone(), record.clone());
    let outcome = match blocking(move || compose(&own, &row)).await {
        Ok(Some(letter)) => mailer.send(&letter).await.map(|()| Sent::Gone),
        Ok(None) => Ok(Sent::NothingToSay),
        Err(error) => Err(error),
    };
    let written = blocking(move || {
        let (now, jitter) = (app.clock.now(), app.entropy.bytes());
        app.db
            .write(|tx| write_down(tx, &record, &outcome, now, u64::from_le_bytes(jitter)))
    })
    .await;
    match written {
        Ok(true) => {}
        Ok(false) => tracing::info!("A letter was taken over by another server meanwhile"),
        Err(error) => {
            tracing::warn!(%error, "What came of a letter cannot be written: {error}");
        }
    }
}

/// How a letter ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// The mail server has it.
    Gone,
    /// What it was about is over: it was not sent.
    NothingToSay,
}

/// The letter of a row, in words; `None` where there is nothing left to say.
fn compose(app: &App, record: &MailRecord) -> Result<Option<Letter>, SendError> {
    let unfit = SendError::Unfit;
    let (Some(address), Some(text)) = (&record.address, &record.message) else {
        return Err(unfit("its row is empty"));
    };
    // An older version may meet letters of a newer one on the same database: it leaves them to that one.
    let envelope: Envelope = serde_json::from_str(text)
        .map_err(|_| SendError::Later("this version does not know the letter".to_owned()))?;
    let lang = record.lang.parse().unwrap_or(Lang::Fr);
    let sheet = letters::write(app, lang, record.user_id, &envelope.message)
        .map_err(|error| SendError::Later(format!("it cannot be put into words: {error}")))?;
    Ok(sheet.map(|sheet| Letter {
        to: address.clone(),
        subject: sheet.subject.clone(),
        text: sheet.text(),
        html: sheet.html(),
        id: envelope.id.to_string(),
        language: record.lang.clone(),
        unsubscribe: sheet.unsubscribe.map(|(_, url)| url),
    }))
}

/// False, and nothing is written, where another server has the letter by now.
fn write_down(
    tx: &mut rustine_store::Tx<'_>,
    record: &MailRecord,
    outcome: &Result<Sent, SendError>,
    now: Timestamp,
    jitter: u64,
) -> Result<bool, StoreError> {
    let (id, kind, holder) = (record.id, &record.kind, record.holder.as_str());
    let attempts = record.attempts + 1;
    match outcome {
        Ok(Sent::Gone) => tx.finish_mail(id, holder, "sent", now, None),
        Ok(Sent::NothingToSay) => {
            tx.finish_mail(id, holder, "dropped", now, Some("nothing left to say"))
        }
        Err(error @ (SendError::Unfit(_) | SendError::Refused(_))) => {
            tracing::warn!(mail.id = id, "A letter ({kind}) is given up: {error}");
            tx.finish_mail(id, holder, "failed", now, Some(&error.to_string()))
        }
        Err(SendError::Later(why)) if attempts >= MOST_ATTEMPTS => {
            tracing::error!(
                mail.id = id,
                "A letter ({kind}) is given up after {attempts} attempts: {why}"
            );
            tx.finish_mail(id, holder, "failed", now, Some(why))
        }
        Err(SendError::Later(why)) => {
            tracing::warn!(mail.id = id, "A letter ({kind}) has to wait: {why}");
            let attempts = u32::try_from(attempts).unwrap_or(1);
            tx.retry_mail(id, holder, next_attempt(now, attempts, jitter), why)
        }
    }
}

/// When to try again after so many failures: between three quarters of the pause and the whole of it.
fn next_attempt(now: Timestamp, attempts: u32, jitter: u64) -> Timestamp {
    let doubled = FIRST_PAUSE_SECONDS << attempts.saturating_sub(1).min(20);
    let pause = doubled.min(LONGEST_PAUSE_SECONDS);
    let quarter = (pause / 4).max(1).unsigned_abs();
    now.plus_seconds(pause - pause / 4 + (jitter % quarter).cast_signed())
}

#[cfg(test)]
mod tests;
