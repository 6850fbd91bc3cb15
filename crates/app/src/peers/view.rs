//! What operators see of a peer: the agreement, what it says about itself, copies on either side with their digests,
//! and what did not arrive.

use rustine_domain::ids::Hash;
use rustine_domain::time::Timestamp;
use rustine_store::{
    DatasetFilter, DatasetRecord, OutboxRecord, PeerDatasetRecord, PeerFactsRecord, PeerRecord,
    ReplicaHeadRecord, StoreError, Tx,
};

use super::about::About;
use crate::App;
use crate::actors::confirm::Change;
use crate::replicas::status::{self, Status};

/// Deliveries, and activities that were not taken, shown of one peer.
const TROUBLES: i64 = 20;

/// A peer as operators see it.
#[derive(Debug, Clone)]
pub struct View {
    /// The agreement.
    pub peer: PeerRecord,
    /// When it was heard, reached and asked.
    pub facts: Option<PeerFactsRecord>,
    /// What it said about itself at the last look.
    pub about: Option<About>,
    /// Its groups.
    pub groups: Vec<String>,
    /// Its actors that show another key.
    pub changes: Vec<Change>,
    /// Its datasets: those that it lists, and those of which there is a copy here.
    pub theirs: Vec<Theirs>,
    /// Ours that it copies.
    pub ours: Vec<Ours>,
    /// Deliveries that did not arrive at once, or not at all.
    pub deliveries: Vec<Delivery>,
    /// What came from it and was not taken.
    pub refused: Vec<Refused>,
}

/// A dataset of the other side.
#[derive(Debug, Clone)]
pub struct Theirs {
    /// Its name there.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// Its terms.
    pub license: Option<String>,
    /// How many rows it says it has; `None` where it lists it no more.
    pub rows: Option<i64>,
    /// The copy here.
    pub copy: Option<Copy>,
    /// A copy is to be made; with what stood in the way so far.
    pub wish: Option<Option<String>>,
}

/// A copy here.
#[derive(Debug, Clone)]
pub struct Copy {
    /// How it stands.
    pub status: Status,
    /// Rows that it holds.
    pub rows: i64,
    /// The hash of its last entry: with uid and number it is what two copies compare.
    pub entry: Option<Hash>,
    /// How much of the log is read, 0 to 100; `None` where nobody said how long it is.
    pub percent: Option<u8>,
    /// Whether both sides hold the same; `None` while one is behind.
    pub same: Option<bool>,
}

/// A dataset of ours that the other side copies.
#[derive(Debug, Clone)]
pub struct Ours {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Our head.
    pub seq: u64,
    /// The hash of that entry.
    pub entry: Hash,
    /// What it said of its head, and when.
    pub head: Option<ReplicaHeadRecord>,
    /// Entries that it lacks.
    pub lag: Option<u64>,
    /// Whether both sides hold the same; `None` while it is behind or did not say.
    pub same: Option<bool>,
}

/// A delivery in trouble.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What it is about: `log`, `follow`, `announce`, `patch` …
    pub about: String,
    /// `queued`, `refused`, `parked` or `dropped`.
    pub state: String,
    /// When it was to leave.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried again.
    pub next_at: Option<Timestamp>,
    /// What was answered.
    pub status: Option<i32>,
    /// Why it did not arrive, in words.
    pub why: String,
}

/// Something that came and was not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The type of the activity.
    pub kind: String,
    /// Why.
    pub why: String,
    /// When it came.
    pub when: Option<Timestamp>,
}

/// Every peer, and every request, by host.
///
/// # Errors
/// Where the store fails.
pub fn all(app: &App) -> Result<Vec<View>, StoreError> {
    app.db.read(|tx| {
        let peers = tx.list_peers()?;
        peers.into_iter().map(|peer| view(app, tx, peer)).collect()
    })
}

/// One of them.
///
/// # Errors
/// Where the store fails.
pub fn one(app: &App, host: &str) -> Result<Option<View>, StoreError> {
    app.db.read(|tx| {
        let peer = tx.find_peer(host)?;
        peer.map(|peer| view(app, tx, peer)).transpose()
    })
}

fn view(app: &App, tx: &mut Tx<'_>, peer: PeerRecord) -> Result<View, StoreError> {
    let facts = tx.find_peer_facts(&peer.host)?;
    let about = facts
        .as_ref()
        .and_then(|facts| serde_json::from_str(facts.about.as_deref()?).ok());
    let suspended = tx.list_suspended_actors()?;
    let changes = suspended
        .iter()
        .filter(|actor| actor.host == peer.host)
        .map(Change::of);
    let origin = format!("{}://{}", app.settings.origin.scheme(), peer.host);
    let refused = tx.list_refused_from(&origin, TROUBLES)?.into_iter();
    let deliveries = tx.list_troubled_deliveries(&peer.host, TROUBLES)?;
    Ok(View {
        facts,
        about,
        groups: tx.groups_of(&peer.host)?,
        changes: changes.collect(),
        theirs: theirs(tx, &peer.host)?,
        ours: ours(tx, &peer.host)?,
        deliveries: deliveries.into_iter().map(delivery).collect(),
        refused: refused
            .map(|(kind, why, when)| Refused {
                kind,
                why,
                when: Timestamp::from_seconds(when),
            })
            .collect(),
        peer,
    })
}

fn theirs(tx: &mut Tx<'_>, host: &str) -> Result<Vec<Theirs>, StoreError> {
    let elsewhere = DatasetFilter {
        local: Some(false),
        ..DatasetFilter::default()
    };
    let mut copies: Vec<DatasetRecord> = tx.list_datasets(&elsewhere, None, i64::MAX)?;
    copies.retain(|dataset| dataset.host == host);
    let wishes = tx.list_peer_wishes(host)?;
    let wish_of = |name: &str| {
        let wish = wishes.iter().find(|wish| wish.name == name);
        wish.map(|wish| wish.error.clone())
    };
    let mut all = Vec::new();
    for listed in tx.list_peer_datasets(Some(host))? {
        let held = copies.iter().position(|copy| copy.name == listed.name);
        let held = held.map(|place| copies.remove(place));
        all.push(Theirs {
            copy: held
                .map(|dataset| copy(tx, &dataset, Some(&listed)))
                .transpose()?,
            wish: wish_of(&listed.name),
            rows: Some(listed.row_count),
            name: listed.name,
            title: listed.title,
            description: listed.description,
            license: listed.license,
        });
    }
    for dataset in copies {
        all.push(Theirs {
            name: dataset.name.clone(),
            title: dataset.title.clone(),
            description: String::new(),
            license: dataset.license.clone(),
            rows: None,
            copy: Some(copy(tx, &dataset, None)?),
            wish: None,
        });
    }
    Ok(all)
}

fn copy(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    listed: Option<&PeerDatasetRecord>,
) -> Result<Copy, StoreError> {
    let status = status::read(tx, dataset)?;
    let state = tx.find_replica_state(dataset.id)?;
    let confirmed = state.as_ref().and_then(|state| {
        let (seq, entry) = state.origin_seq.zip(state.origin_entry)?;
        (seq == dataset.seq).then_some(entry)
    });
    let told = listed
        .filter(|listed| listed.seq == dataset.seq)
        .and_then(|listed| listed.entry);
    let same = confirmed.or(told).map(|entry| entry == dataset.entry);
    let end = status
        .origin_seq
        .or_else(|| listed.and_then(|listed| u64::try_from(listed.seq).ok()));
    let percent = end.map(|end| percent(status.seq, end));
    Ok(Copy {
        rows: dataset.row_count,
        entry: status.seq.map(|_| dataset.entry),
        percent,
        same,
        status,
    })
}

/// How much of a log of `end + 1` entries is read.
fn percent(seq: Option<u64>, end: u64) -> u8 {
    let (read, all) = (seq.map_or(0, |seq| seq + 1), end.saturating_add(1));
    u8::try_from(read.min(all).saturating_mul(100) / all).unwrap_or(100)
}

fn ours(tx: &mut Tx<'_>, host: &str) -> Result<Vec<Ours>, StoreError> {
    let heads = tx.list_replica_heads(host)?;
    let copied = tx.list_replicas_by_host()?.into_iter();
    let mut all = Vec::new();
    for (_, _, id) in copied.filter(|(copier, _, _)| copier == host) {
        let Some(dataset) = tx.find_dataset(id)? else {
            continue;
        };
        let seq = dataset.seq.unsigned_abs();
        let head = heads.iter().find(|head| head.dataset == id).cloned();
        let theirs = head.as_ref().and_then(|head| head.seq);
        let known = head.as_ref().and_then(|head| head.entry);
        all.push(Ours {
            lag: theirs.map(|theirs| seq.saturating_sub(theirs.unsigned_abs())),
            same: (theirs == Some(dataset.seq))
                .then_some(known)
                .flatten()
                .map(|entry| entry == dataset.entry),
            name: dataset.name,
            title: dataset.title,
            seq,
            entry: dataset.entry,
            head,
        });
    }
    Ok(all)
}

fn delivery(record: OutboxRecord) -> Delivery {
    let waits = record.state == "queued";
    let about = record.object_key.split(':').next().unwrap_or_default();
    Delivery {
        about: about.to_owned(),
        since: record.created,
        attempts: record.attempts,
        next_at: waits.then_some(record.next_at),
        status: record.last_status,
        why: record.last_error.unwrap_or_default(),
        state: record.state,
    }
}

/// Sends everything that waits for a host, or is parked for it, again now; how many.
///
/// # Errors
/// Where the store fails.
pub fn send_again(app: &App, host: &str) -> Result<usize, StoreError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        let parked = tx.unpark_outbox_of_host(host, now.seconds())?;
        Ok(parked + tx.hurry_outbox(host, now)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_copy_grows_from_nothing_to_a_hundred() {
        assert_eq!(percent(None, 3), 0);
        assert_eq!(percent(Some(0), 3), 25);
        assert_eq!(percent(Some(3), 3), 100);
        assert_eq!(percent(Some(9), 3), 100, "it got ahead of what was said");
        assert_eq!(percent(None, 0), 0);
        assert_eq!(percent(None, u64::MAX), 0);
    }
}
