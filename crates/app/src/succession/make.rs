//! Making a successor here: another dataset, under another uid, whose first entry names the one that it goes on with
//! and the last entry that it takes over. Rows keep their ids, so that links and `_same` lead on.

use std::collections::BTreeMap;

use rustine_domain::ids::{ActorName, DatasetAddress, DatasetUid, FieldName, Hash};
use rustine_domain::key::LogKey;
use rustine_domain::log::{BatchPart, EntryDraft, ForkPoint, Genesis, Header, Kind, Meta, Op};
use rustine_domain::tree;
use rustine_store::{DatasetRecord, StoreError, SuccessorRecord, Tx};
use serde_json::{Map, Value};

use crate::App;
use crate::accounts::account::insert_keys;
use crate::datasets::publish::{self, PublishError};
use crate::datasets::{UnknownDataset, find};
use crate::instance::recovery_next;
use crate::keys;
use crate::log::append::{AppendError, append, follow_head, save};
use crate::log::rows::row_state;
use crate::modlog::{self, By, Line};
use crate::presence;

/// Rows of one entry.
const PART: i64 = 500;

/// Why no successor was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// There is nothing to go on with.
    #[error("{0} cannot be succeeded from here: {1}")]
    Unfit(DatasetAddress, &'static str),
    /// The name is kept for the instance.
    #[error("the name {0} is reserved: choose another")]
    Reserved(ActorName),
    /// A person or a dataset has the name.
    #[error("the name {0} is taken: choose another")]
    Taken(ActorName),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// It was made, and not published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a successor and publishes it. Slow: a key is made, and rows are copied, 500 to an entry. Where that fails, or
/// the process ends in between, nothing is left of it ([`sweep`]).
///
/// # Errors
/// [`MakeError`]
pub fn make(
    app: &App,
    address: &DatasetAddress,
    name: &ActorName,
) -> Result<DatasetRecord, MakeError> {
    if name.is_reserved() {
        return Err(MakeError::Reserved(name.clone()));
    }
    let rsa = app.entropy.rsa_pair();
    let seed = keys::generate_seed(&*app.entropy);
    app.db.write(|tx| sweep(app, tx))?;
    let (of, new) = app
        .db
        .write(|tx| begin(app, tx, (address, name), &rsa, seed))?;
    let made = complete(app, &of, &new, name);
    if made.is_err() {
        app.db.write(|tx| end(app, tx, &of, new.uid))?;
    }
    made
}

fn complete(
    app: &App,
    of: &DatasetRecord,
    new: &DatasetRecord,
    name: &ActorName,
) -> Result<DatasetRecord, MakeError> {
    copy_rows(app, of, new)?;
    let own = DatasetAddress {
        name: name.clone(),
        host: None,
    };
    let published = publish::publish(app, &own)?;
    app.db.write(|tx| end(app, tx, of, new.uid))?;
    Ok(published)
}

/// What names successors that are being made, in the table `instance`: the number of the former one, and when the last
/// rows were written.
const MARK: &str = "fork:";
/// Whoever has written nothing for so long is not at work any more.
const STALE_SECONDS: i64 = 120;

fn mark(app: &App, tx: &mut Tx<'_>, of: &DatasetRecord, new: DatasetUid) -> Result<(), StoreError> {
    let value = format!("{} {}", of.id, app.clock.now().seconds());
    tx.set_instance_value(&format!("{MARK}{new}"), &value)
}

/// Ends what was begun and is not worked on any more: a draft goes with its keys, so that its name is free again; what
/// was published already is listed. How many those were.
///
/// # Errors
/// Where the store fails.
pub fn sweep(app: &App, tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let stale = app.clock.now().seconds() - STALE_SECONDS;
    let mut ended = 0;
    for (key, value) in tx.list_instance_values(MARK)? {
        let (of, at) = value.split_once(' ').unwrap_or(("", ""));
        if at.parse::<i64>().is_ok_and(|at| at > stale) {
            continue;
        }
        let of = match of.parse() {
            Ok(id) => tx.find_dataset(id)?,
            Err(_) => None,
        };
        match (of, key.trim_start_matches(MARK).parse()) {
            (Some(of), Ok(uid)) => end(app, tx, &of, uid)?,
            _ => drop(tx.delete_instance_value(&key)?),
        }
        ended += 1;
    }
    Ok(ended)
}

/// Lists a successor that is public, removes one that is not.
fn end(app: &App, tx: &mut Tx<'_>, of: &DatasetRecord, new: DatasetUid) -> Result<(), StoreError> {
    let begun = tx.delete_instance_value(&format!("{MARK}{new}"))?;
    let Some(made) = tx.find_dataset_by_uid(new)?.filter(|_| begun) else {
        return Ok(());
    };
    if made.status == "draft" {
        let owner = format!("/datasets/{}", made.name);
        for key in tx.list_keys(&owner)? {
            tx.delete_key(&owner, &key.kind, &key.public)?;
        }
        tracing::info!(
            dataset = made.name,
            "A successor was not finished: {} is gone again",
            made.name
        );
        return tx.delete_dataset(made.id);
    }
    let (from_seq, from_entry) = parted(tx, &made)?.unwrap_or((of.seq, of.entry));
    tx.insert_successor(&SuccessorRecord {
        uid: made.uid,
        of_uid: of.uid,
        genesis: made.genesis,
        url: made.url.clone(),
        title: made.title.clone(),
        from_seq,
        from_entry,
        told_by: String::new(),
        seen: app.clock.now(),
    })?;
    match of.host.parse() {
        Ok(from) => {
            let entry = (0, made.genesis);
            let line = Line::Succeeded { from, entry };
            modlog::write(app, tx, &made, &By::operator(), line)
        }
        Err(_) => Ok(()),
    }
}

/// The entry that a successor took over last, as its own first entry names it.
fn parted(tx: &mut Tx<'_>, made: &DatasetRecord) -> Result<Option<(i64, Hash)>, StoreError> {
    let first = tx.find_entry(made.id, 0)?;
    let header: Option<Value> = first.and_then(|first| serde_json::from_str(&first.header).ok());
    let kind = header.and_then(|header| Some(Header::parse(&header).ok()?.kind));
    Ok(match kind {
        Some(Kind::Genesis {
            forked_from: Some(point),
            ..
        }) => Some((point.seq.cast_signed(), point.entry)),
        _ => None,
    })
}

pub(super) fn begin(
    app: &App,
    tx: &mut Tx<'_>,
    (address, name): (&DatasetAddress, &ActorName),
    rsa: &keys::RsaPair,
    seed: [u8; 32],
) -> Result<(DatasetRecord, DatasetRecord), MakeError> {
    if presence::is_elsewhere(tx)? {
        return Err(AppendError::Elsewhere.into());
    }
    let of = find(app, tx, address)?;
    check(address, &of)?;
    let taken = tx.find_dataset_by_name(name.as_str(), "")?.is_some()
        || tx.find_user_by_name(name.as_str())?.is_some();
    if taken {
        return Err(MakeError::Taken(name.clone()));
    }
    let schema: Value =
        serde_json::from_str(&of.schema).map_err(|_| AppendError::Damaged(of.name.clone()))?;
    let genesis = Genesis {
        uid: app.entropy.dataset_uid(),
        attributed_to: app.dataset_url(name),
        schema: schema.clone(),
        meta: meta(app),
        next: recovery_next(tx)?,
        forked_from: Some(ForkPoint {
            uid: of.uid,
            genesis: of.genesis,
            seq: of.seq.unsigned_abs(),
            entry: of.entry,
        }),
    };
    let now = app.clock.now();
    let signed = genesis
        .sign(now, &LogKey::from_seed(seed))
        .map_err(AppendError::from)?;
    let chain = &signed.chain;
    let mut dataset = DatasetRecord {
        id: 0,
        uid: chain.uid,
        name: name.to_string(),
        host: String::new(),
        url: chain.attributed_to.clone(),
        genesis: chain.genesis,
        seq: 0,
        entry: Hash::ZERO,
        state: tree::empty_root(),
        chain: String::new(),
        policy: None,
        row_count: 0,
        rows_version: 0,
        status: "draft".to_owned(),
        created: now,
        updated: now,
        ..of.clone()
    };
    follow_head(&mut dataset, chain, Some(&schema), None)?;
    dataset.id = tx.insert_dataset(&dataset)?;
    insert_keys(app, tx, &format!("/datasets/{name}"), rsa, seed)?;
    save(tx, &mut dataset, &signed)?;
    mark(app, tx, &of, dataset.uid)?;
    Ok((of, dataset))
}

fn check(address: &DatasetAddress, of: &DatasetRecord) -> Result<(), MakeError> {
    let unfit = |why| Err(MakeError::Unfit(address.clone(), why));
    if of.is_local() {
        return unfit("it lives here");
    }
    match of.status.as_str() {
        _ if of.seq < 0 => unfit("nothing of it was read yet"),
        "draft" => unfit("nothing of it was read yet"),
        "frozen" => unfit("its log has forked; `rustine replica choose` settles that first"),
        _ if of.license.is_none() => unfit("it has no licence that allows it"),
        _ => Ok(()),
    }
}

/// Copies the rows in the owner's order, an entry for each part.
fn copy_rows(app: &App, of: &DatasetRecord, new: &DatasetRecord) -> Result<(), MakeError> {
    let parts = (of.row_count.max(0).unsigned_abs()).div_ceil(PART.unsigned_abs());
    let batch = app.entropy.uuid();
    let mut after = None;
    for number in 1..=parts {
        let last = app.db.write(|tx| {
            let rows = tx.list_rows_in_order(of.id, after.as_ref(), PART)?;
            let mut ops = Vec::with_capacity(rows.len());
            for row in &rows {
                let state = row_state(row)?;
                let cells: BTreeMap<FieldName, String> = state
                    .cells
                    .keys()
                    .filter_map(|field| {
                        let value = state.value(field.as_str())?;
                        Some((field.clone(), value.to_owned()))
                    })
                    .collect();
                ops.push(Op::add(row.row_id, app.entropy.salt(), cells, None));
            }
            let last = rows
                .last()
                .map(|row| (row.order_key().to_owned(), row.row_id));
            if ops.is_empty() {
                return Ok::<_, MakeError>(last);
            }
            let part = (parts > 1).then_some(BatchPart {
                id: batch,
                n: number,
                of: parts,
            });
            let kind = Kind::Import { batch: part };
            tx.lock_dataset(new.id)?;
            let mut dataset = tx.load_dataset(new.id)?;
            mark(app, tx, of, new.uid)?;
            append(
                app,
                tx,
                &mut dataset,
                EntryDraft::with_ops(kind, meta(app), ops),
            )?;
            Ok(last)
        })?;
        after = last.or(after);
    }
    Ok(())
}

fn meta(app: &App) -> Meta {
    Meta {
        salt: app.entropy.salt(),
        content: Map::new(),
    }
}
