//! One entry of another instance's log: verified, applied and written in one transaction (`protocol.md` §3).

use rustine_domain::checks::Check;
use rustine_domain::ids::{Hash, RowId};
use rustine_domain::log::apply::ApplyError as RuleError;
use rustine_domain::log::{
    Body, Chain, Header, Kind, Line, Op, Redactions, Refusal, Step, Target, apply as rules,
};
use rustine_domain::schema::Schema;
use rustine_domain::tree;
use rustine_store::{DatasetRecord, EntryRecord, PackedBody, RedactionRecord, StoreError, Tx};

use super::rival::{self, Rival};
use super::{beyond, missing};
use crate::App;
use crate::datasets::moved;
use crate::log::append::{AppendError, chain_of, follow_head};
use crate::log::learn::learn;
use crate::log::obey;
use crate::log::rows::{DatasetRows, write_changes};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is our head now.
    Applied {
        /// Its number.
        seq: u64,
        /// Its hash.
        entry: Hash,
    },
    /// We hold it already.
    Same,
    /// Entries before it are missing here.
    Gap,
    /// A rightly signed rival of an entry we hold: the copy stands still.
    Forked,
    /// A rival that changes nothing; kept as evidence.
    Evidence,
    /// The copy stood still, and a rotation on our branch has ended that.
    Resumed,
    /// A rotation displaced what we held: the copy is empty and begins anew.
    Displaced,
    /// Of a kind that this version does not know.
    UpgradeNeeded,
    /// Dated more than a day ahead of our clock: held back, not refused.
    Ahead,
}

/// Why an entry was not applied; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It breaks a rule: its source served a bad byte.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// It belongs to another log than the copy is pinned to.
    #[error("this is another log than the one that this copy is pinned to")]
    OtherLog,
    /// The source does not hold the body.
    #[error("the source does not hold the body of entry {0}")]
    NoBody(u64),
    /// The copy stands still until people settle a fork.
    #[error("the copy is frozen by a fork")]
    Frozen,
    /// One of several entries is not simply the next one.
    #[error("an entry is not the next one")]
    NotNext,
    /// The copy was removed.
    #[error("the copy was removed")]
    Removed,
    /// Our own quota for the log is used up.
    #[error("{0}")]
    Quota(Quota),
    /// A number that no log of ours can have.
    #[error("the number of the entry is out of range")]
    OutOfRange,
    /// What is stored cannot be read or written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which limit of ours a log has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Quota {
    /// `limits.replica_bytes`
    #[error(
        "the log is larger than `limits.replica_bytes` allows: raise it in rustine.toml and restart the server, or \
         remove the copy"
    )]
    Bytes,
    /// `limits.replica_entries`
    #[error(
        "the log has more entries than `limits.replica_entries` allows: raise it in rustine.toml and restart the \
         server, or remove the copy"
    )]
    Entries,
}

impl ApplyError {
    /// The check that refused the entry, in the list of all; `None` where something else went wrong.
    pub fn check(&self) -> Option<Check> {
        match self {
            Self::Refused(refusal) => Some(refusal.check()),
            Self::OtherLog => Some(Check::Identity),
            Self::Frozen => Some(Check::Frozen),
            Self::Quota(_) => Some(Check::ReplicaQuota),
            Self::OutOfRange
            | Self::NoBody(_)
            | Self::NotNext
            | Self::Removed
            | Self::Append(_)
            | Self::Store(_) => None,
        }
    }
}

/// From this many operations on, a transaction gets the larger cache of a bulk load.
const BULK_OPERATIONS: usize = 250;

/// Takes one line of a log, from a pull or a push; `source` is the host that served it.
///
/// # Errors
/// [`ApplyError`]; nothing was written.
pub fn apply(app: &App, dataset: i64, source: &str, line: &Line) -> Result<Outcome, ApplyError> {
    if operations(line) >= BULK_OPERATIONS {
        app.db
            .write_bulk(|tx| apply_in(app, tx, dataset, source, line))
    } else {
        app.db
            .write_alone(|tx| apply_in(app, tx, dataset, source, line))
    }
}

/// Takes several lines in one transaction; false where nothing was written, because one of them is not simply the
/// next entry: taken one by one with [`apply`], they tell which and why.
pub fn apply_all(app: &App, dataset: i64, source: &str, lines: &[Line]) -> bool {
    if lines.len() < 2 {
        return lines.is_empty();
    }
    let applied = app.db.write_alone(|tx| {
        for line in lines {
            match apply_in(app, tx, dataset, source, line)? {
                Outcome::Applied { .. } | Outcome::Same => {}
                _ => return Err(ApplyError::NotNext),
            }
        }
        Ok(())
    });
    applied.is_ok()
}

fn operations(line: &Line) -> usize {
    let body = line.body.as_ref();
    let ops = body.and_then(|body| body.get("ops")?.as_array());
    ops.map_or(0, Vec::len)
}

/// As [`apply`], inside the caller's transaction.
///
/// # Errors
/// [`ApplyError`]; the caller's transaction must then be given up.
pub fn apply_in(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: i64,
    source: &str,
    line: &Line,
) -> Result<Outcome, ApplyError> {
    tx.lock_dataset(dataset)?;
    let mut dataset = tx.find_dataset(dataset)?.ok_or(ApplyError::Removed)?;
    let header = &line.header;
    if dataset.status == "frozen" && !header.kind.is_upkeep() && Check::Frozen.stands() {
        return Err(ApplyError::Frozen);
    }
    if header.is_ahead_of(app.clock.now()) {
        return Ok(Outcome::Ahead);
    }
    if dataset.seq < 0 {
        return begin(app, tx, &mut dataset, line);
    }
    let chain = chain_of(&dataset)?;
    match chain.follow(header)? {
        Step::Next(next) => extend(app, tx, &mut dataset, line, &next),
        Step::Same => Ok(Outcome::Same),
        Step::Gap => Ok(Outcome::Gap),
        Step::UpgradeNeeded(_) => Ok(Outcome::UpgradeNeeded),
        Step::Behind => {
            let branch = std::slice::from_ref(header);
            Ok(match rival::judge(app, tx, &mut dataset, source, branch)? {
                Rival::None => Outcome::Same,
                Rival::Evidence => Outcome::Evidence,
                Rival::Fork => Outcome::Forked,
                Rival::Resumed => Outcome::Resumed,
                Rival::Displaced => Outcome::Displaced,
            })
        }
    }
}

fn begin(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    line: &Line,
) -> Result<Outcome, ApplyError> {
    let header = &line.header;
    if header.seq != 0 {
        return Ok(Outcome::Gap);
    }
    // The hash covers the address at birth, which a move may have changed since.
    if (header.hash() != dataset.genesis || header.uid != dataset.uid) && Check::Identity.stands() {
        return Err(ApplyError::OtherLog);
    }
    let chain = Chain::genesis(header)?;
    "published".clone_into(&mut dataset.status);
    extend(app, tx, dataset, line, &chain)
}

fn extend(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    line: &Line,
    chain: &Chain,
) -> Result<Outcome, ApplyError> {
    let header = &line.header;
    let seq = i64::try_from(header.seq).map_err(|_| ApplyError::OutOfRange)?;
    let was_frozen = dataset.status == "frozen";
    if !was_frozen && tx.is_fork(dataset.id, seq, chain.entry)? {
        return Ok(Outcome::Evidence);
    }
    let mut body = line.read_body()?.ok_or(ApplyError::NoBody(header.seq))?;
    beyond::settle(tx, dataset, seq, chain.entry)?;
    let mut known = known_redactions(tx, dataset.id, seq, &body)?;
    known.learn(header);
    let applied = match rules(
        header,
        &mut body,
        &mut DatasetRows {
            tx,
            dataset: dataset.id,
        },
        &known,
    ) {
        Ok(applied) => applied,
        Err(RuleError::Refused(refusal)) => return Err(refusal.into()),
        Err(RuleError::Rows(error)) => return Err(error.into()),
    };
    if !applied.changes.is_empty() {
        let schema = readable_schema(dataset);
        write_changes(tx, dataset.id, dataset.uid, seq, &applied.changes, &schema)?;
        let root = tree::update(&mut tx.tree(dataset.id), &applied.buckets())?;
        applied.check_state(header, root)?;
    } else if header.state != dataset.state && header.seq > 0 && Check::StateRoot.stands() {
        return Err(Refusal::StateRoot.into());
    }
    let text = body.to_text();
    count(app, tx, dataset.id, header, text.len())?;
    write_entry(tx, dataset.id, header, chain.entry, &PackedBody::of(&text)?)?;
    missing::note(tx, dataset.id, seq, &applied.missing)?;
    follow_head(
        dataset,
        chain,
        applied.schema.as_ref(),
        applied.policy.as_ref(),
    )?;
    if was_frozen {
        let ended = header.kind.handover().is_some() && !rival::rival_rotates(tx, dataset.id)?;
        if ended {
            rival::thaw(dataset, chain.closed);
        } else {
            "frozen".clone_into(&mut dataset.status);
        }
    }
    tx.update_dataset(dataset)?;
    learn(app, tx, dataset, header, &body)?;
    if matches!(header.kind, Kind::Move { .. }) {
        moved::follow(app, tx, dataset)?;
    }
    if let Kind::Redact(targets) = &header.kind {
        obey::obey(app, tx, dataset, header.seq, targets, &known)?;
    }
    Ok(Outcome::Applied {
        seq: header.seq,
        entry: chain.entry,
    })
}

/// A copy is kept even where this version cannot read its schema: it then has no places and no types.
pub(super) fn readable_schema(dataset: &DatasetRecord) -> Schema {
    let document = serde_json::from_str(&dataset.schema).unwrap_or_default();
    Schema::read(&document).0
}

/// From this many rows on, all redactions of the log are read at once rather than those of each row.
const ROWS_ASKED_SINGLY: usize = 500;

/// What redact entries of this log have named so far that concerns an entry: its rows, and its own meta.
pub(crate) fn known_redactions(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
    body: &Body,
) -> Result<Redactions, StoreError> {
    let mut rows: Vec<RowId> = body.ops.iter().map(Op::row).collect();
    rows.sort_unstable();
    rows.dedup();
    let records = if rows.len() <= ROWS_ASKED_SINGLY {
        tx.list_redactions_of(dataset, &rows, seq)?
    } else {
        tx.list_redactions(dataset)?
    };
    records.iter().map(target).collect()
}

fn target(record: &RedactionRecord) -> Result<Target, StoreError> {
    let damaged =
        || StoreError::Other("a stored redaction is damaged: restore a backup".to_owned());
    let seq = |seq: i64| u64::try_from(seq).map_err(|_| damaged());
    if let Some(of) = record.meta_seq {
        return Ok(Target::Meta { seq: seq(of)? });
    }
    let (Some(cell), Some(row), Some(field)) = (record.commitment, record.row_id, &record.field)
    else {
        return Err(damaged());
    };
    Ok(Target::Cell {
        // What we withhold by ourselves has no entry.
        seq: seq(record.seq.max(0))?,
        row,
        field: field.parse().map_err(|_| damaged())?,
        cell,
    })
}

/// Counts an entry of a copy against our quotas. A log that is no copy, as in a verification, has none.
pub(super) fn count(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: i64,
    header: &Header,
    body_bytes: usize,
) -> Result<(), ApplyError> {
    let bytes = i64::try_from(header.text().len() + body_bytes).unwrap_or(i64::MAX);
    let Some(sum) = tx.add_log_bytes(dataset, bytes)? else {
        return Ok(());
    };
    let limits = &app.settings.limits;
    if header.seq >= limits.replica_entries && Check::ReplicaQuota.stands() {
        return Err(ApplyError::Quota(Quota::Entries));
    }
    if sum.unsigned_abs() > limits.replica_bytes && Check::ReplicaQuota.stands() {
        return Err(ApplyError::Quota(Quota::Bytes));
    }
    Ok(())
}

pub(super) fn write_entry(
    tx: &mut Tx<'_>,
    dataset: i64,
    header: &Header,
    entry: Hash,
    body: &PackedBody,
) -> Result<(), StoreError> {
    let seq = i64::try_from(header.seq)
        .map_err(|_| StoreError::Other("a seq out of range".to_owned()))?;
    tx.insert_entry(&EntryRecord {
        dataset,
        seq,
        kind: header.kind.name().to_owned(),
        time: header.time,
        header: header.text().to_owned(),
        entry,
    })?;
    tx.put_packed_body(dataset, seq, body)
}
