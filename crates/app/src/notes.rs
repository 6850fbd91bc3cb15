//! Digests for followers on microblogs: what changed in a dataset, without values or names, at most one an hour
//! (`protocol.md` §5, Create{Note}).

use rustine_domain::log::Kind;
use rustine_protocol::Site;
use rustine_protocol::activity::Create;
use rustine_protocol::object::Note;
use rustine_store::{DatasetFilter, DatasetRecord, NoteRecord, StoreError, Tx};

use crate::App;
use crate::context::uri;
use crate::follows::PERSON;
use crate::log::stored;
use crate::outbox::{self, Outgoing};

/// Least time between two digests of one dataset.
pub const PAUSE_SECONDS: i64 = 3600;
/// Entries that one digest looks at: a longer history is counted as "at least".
const LOOKED_AT: i64 = 1000;

/// Publishes what is due; returns how many digests were written.
///
/// # Errors
/// Where the store fails.
pub fn publish_due(app: &App) -> Result<usize, StoreError> {
    let published = DatasetFilter {
        local: Some(true),
        status: Some("published".to_owned()),
        ..DatasetFilter::default()
    };
    let due: Vec<i64> = app.db.read(|tx| {
        let mut due = Vec::new();
        let mut after: Option<(String, String)> = None;
        loop {
            let place = after
                .as_ref()
                .map(|(host, name)| (host.as_str(), name.as_str()));
            let page = tx.list_datasets(&published, place, 500)?;
            let Some(last) = page.last() else {
                return Ok::<_, StoreError>(due);
            };
            after = Some((last.host.clone(), last.name.clone()));
            for dataset in &page {
                if is_due(app, tx, dataset)?.is_some() {
                    due.push(dataset.id);
                }
            }
        }
    })?;
    let mut written = 0;
    for id in due {
        written += usize::from(app.db.write(|tx| publish(app, tx, id))?);
    }
    Ok(written)
}

/// The first entry that a digest would tell; `None` where nobody would read it, nothing changed, or it is too early.
fn is_due(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Option<i64>, StoreError> {
    let last = tx.list_notes(dataset.id, 1)?.pop();
    let from = last.as_ref().map_or(1, |note| note.to_seq + 1);
    let now = app.clock.now().seconds();
    let early = last.is_some_and(|note| now - note.published.seconds() < PAUSE_SECONDS);
    if early || from > dataset.seq {
        return Ok(None);
    }
    let path = format!("/datasets/{}", dataset.name);
    Ok((!tx.list_follower_inboxes(&path, PERSON)?.is_empty()).then_some(from))
}

fn publish(app: &App, tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    // Whoever writes the same digest at the same time comes second, and finds it written.
    if tx.find_dataset(id)?.is_some() {
        tx.lock_dataset(id)?;
    }
    let Some(dataset) = tx.find_dataset(id)? else {
        return Ok(false);
    };
    let Some(from) = is_due(app, tx, &dataset)? else {
        return Ok(false);
    };
    let Some(content) = content(tx, &dataset, from)? else {
        return Ok(false);
    };
    let uuid = app.entropy.uuid();
    let record = NoteRecord {
        id: uuid.to_string(),
        dataset: dataset.id,
        content,
        from_seq: from,
        to_seq: dataset.seq,
        published: app.clock.now(),
    };
    tx.insert_note(&record)?;
    let site =
        Site::new(&app.settings.origin).map_err(|error| StoreError::Other(error.to_string()))?;
    let actor = uri(&dataset.url);
    let note = Note::digest(
        site.note(uuid),
        &actor,
        record.content,
        actor.clone(),
        record.published,
    );
    let activity = Create::note(site.activity(uuid), note).to_json();
    let path = format!("/datasets/{}", dataset.name);
    let object_key = format!("notes:{path}");
    let outgoing = Outgoing {
        activity: &activity,
        actor: &path,
        object_key: &object_key,
    };
    Ok(outbox::send_to_followers(app, tx, &outgoing, &path)? > 0)
}

/// One sentence in each language, with counts only: a Note cannot be recalled, so it holds no value and no name.
fn content(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    from: i64,
) -> Result<Option<String>, StoreError> {
    let (mut corrections, mut imports) = (0_u32, 0_u32);
    for entry in tx.list_entries(dataset.id, from, LOOKED_AT)? {
        match stored::header(&entry)?.kind {
            Kind::Patch => corrections += 1,
            Kind::Import { .. } => imports += 1,
            _ => {}
        }
    }
    if corrections + imports == 0 {
        return Ok(None);
    }
    let title = escaped(&dataset.title);
    let page = &dataset.url;
    let parts = |correction: [&str; 2], import: [&str; 2]| {
        let count = |n: u32, [one, many]: [&str; 2]| {
            (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
        };
        let told = [count(corrections, correction), count(imports, import)];
        told.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let french = parts(
        ["correction acceptée", "corrections acceptées"],
        ["import", "imports"],
    );
    let english = parts(
        ["correction accepted", "corrections accepted"],
        ["import", "imports"],
    );
    Ok(Some(format!(
        "<p>{title} : {french}. <a href=\"{page}\">Voir les changements</a></p>\
         <p lang=\"en\">{title}: {english}. <a href=\"{page}\">See the changes</a></p>"
    )))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
