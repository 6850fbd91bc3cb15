//! The text of an activity at the moment when it is sent: a log entry is rendered late, because a value may have
//! been erased since it was queued.

use rustine_app::App;
use rustine_app::context::uri;
use rustine_protocol::activity::{Add, Envelope, Update};
use rustine_store::{DatasetRecord, OutboxRecord, StoreError, Tx};

use crate::documents::dataset_document;

/// The body to be sent; `None` where what it was about is gone.
///
/// # Errors
/// Where the store fails.
pub fn render(
    app: &App,
    tx: &mut Tx<'_>,
    record: &OutboxRecord,
) -> Result<Option<String>, StoreError> {
    if let Some(body) = &record.body {
        return Ok(Some(body.clone()));
    }
    let Some(dataset) = record.dataset else {
        return Ok(None);
    };
    let Some(dataset) = tx.find_dataset(dataset)? else {
        return Ok(None);
    };
    match record.seq {
        Some(seq) => entry(app, tx, record, &dataset, seq),
        None => update(app, tx, record, &dataset),
    }
}

/// `Update` of the dataset's actor, as it is now.
fn update(
    app: &App,
    tx: &mut Tx<'_>,
    record: &OutboxRecord,
    dataset: &DatasetRecord,
) -> Result<Option<String>, StoreError> {
    let Ok(document) = dataset_document(app, tx, dataset) else {
        return Ok(None);
    };
    let activity = Update::actor(uri(&record.activity_id), uri(&dataset.url), document);
    Ok(Some(activity.to_json().to_string()))
}

/// `Add` of one entry to the log.
fn entry(
    app: &App,
    tx: &mut Tx<'_>,
    record: &OutboxRecord,
    dataset: &DatasetRecord,
    seq: i64,
) -> Result<Option<String>, StoreError> {
    let Some(entry) = tx.find_entry(dataset.id, seq)? else {
        return Ok(None);
    };
    let damaged = |_| {
        StoreError::Other(format!(
            "the stored entry {seq} is damaged: restore a backup"
        ))
    };
    let header = serde_json::from_str(&entry.header).map_err(damaged)?;
    let body = tx
        .find_body(dataset.id, seq)?
        .filter(|body| body.len() <= Add::MAX_BODY);
    let body = body
        .map(|body| serde_json::from_str(&body))
        .transpose()
        .map_err(damaged)?;
    let receiver = format!("{}://{}/actor", app.settings.origin.scheme(), record.host);
    // Whoever signs it: the dataset's own address, or the one that it has just left.
    let actor = app.url(&record.actor);
    let add = Add {
        envelope: Envelope::new(uri(&record.activity_id), uri(&actor), uri(&receiver)),
        target: uri(&format!("{actor}/log")),
        header,
        body,
    };
    Ok(Some(add.to_json().to_string()))
}
