//! Headers that are not the ones we hold at their numbers: a fork, evidence, or the branch that stands after a
//! rotation of the key (`protocol.md` §3.3 "Keys", §3.6 "Fork").

use rustine_domain::ids::Hash;
use rustine_domain::log::{Chain, Header, Refusal, Settlement, Step};
use rustine_domain::tree;
use rustine_store::{DatasetRecord, ForkRecord, StoreError, Tx};

use super::apply::ApplyError;
use super::choose;
use crate::App;
use crate::datasets::moved;
use crate::log::append::chain_of;
use crate::log::stored;

/// What a rival branch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// It is what we hold.
    None,
    /// Ours carries a later rotation: the rival is kept and changes nothing.
    Evidence,
    /// Both are valid and neither, or each, carries a rotation: the copy stands still.
    Fork,
    /// The copy stood still, and a rotation on our branch has ended that.
    Resumed,
    /// The rival carries a rotation: what we held from there on is evidence now, and the copy begins anew.
    Displaced,
}

/// Judges a branch that a source serves: its headers in order, the first at a number that we hold too. It is read
/// as far as its first rotation. As [`judge`], in a transaction of its own.
///
/// # Errors
/// Where the branch breaks a rule, or the store fails; nothing was written.
pub fn judge_branch(
    app: &App,
    dataset: i64,
    source: &str,
    headers: &[Header],
) -> Result<Rival, ApplyError> {
    app.db.write_alone(|tx| {
        tx.lock_dataset(dataset)?;
        let mut dataset = tx.find_dataset(dataset)?.ok_or(ApplyError::Removed)?;
        judge(app, tx, &mut dataset, source, headers)
    })
}

/// Judges a branch inside the caller's transaction. A valid rival is kept; a fork freezes the copy.
///
/// # Errors
/// Where the rival breaks a rule, or the store fails.
pub fn judge(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    source: &str,
    headers: &[Header],
) -> Result<Rival, ApplyError> {
    let Some(first) = headers.first() else {
        return Ok(Rival::None);
    };
    let seq = i64::try_from(first.seq).map_err(|_| ApplyError::OutOfRange)?;
    let held = tx
        .find_entry(dataset.id, seq)?
        .ok_or(ApplyError::OtherLog)?;
    let same = held.entry == first.hash();
    if same && dataset.status != "frozen" {
        return Ok(Rival::None);
    }
    if first.seq == 0 {
        return Err(ApplyError::OtherLog);
    }
    let (theirs, read) = follow_branch(chain_before(tx, dataset, seq)?, headers)?;
    if same {
        return our_branch(tx, dataset, first.seq, &theirs);
    }
    let ours = chain_of(dataset)?;
    let settlement = app.settlement.settle(first.seq - 1, &ours, &theirs);
    if settlement == Settlement::Theirs {
        displace(app, tx, dataset, seq, &headers[..read])?;
        if dataset.is_local() {
            // Its people moved it while we were away: there is another origin to read it from.
            dataset.url.clone_from(&theirs.attributed_to);
            tx.update_dataset(dataset)?;
            moved::follow(app, tx, dataset)?;
        }
        return Ok(Rival::Displaced);
    }
    keep(app, tx, dataset, source, first)?;
    if let Some(rotation) = headers[..read]
        .last()
        .filter(|last| last.kind.handover().is_some())
    {
        keep(app, tx, dataset, source, rotation)?;
    }
    match settlement {
        Settlement::Same => Ok(Rival::None),
        Settlement::Ours if dataset.status == "frozen" => our_branch(tx, dataset, first.seq, &ours),
        Settlement::Ours => Ok(Rival::Evidence),
        Settlement::Fork | Settlement::TwiceRevealed
            if choose::settles(tx, dataset, first.seq)? =>
        {
            Ok(Rival::Evidence)
        }
        Settlement::Theirs | Settlement::Fork | Settlement::TwiceRevealed => {
            "frozen".clone_into(&mut dataset.status);
            tx.update_dataset(dataset)?;
            Ok(Rival::Fork)
        }
    }
}

/// The chain of a branch up to its first rotation, and how many headers that took.
fn follow_branch(mut chain: Chain, headers: &[Header]) -> Result<(Chain, usize), Refusal> {
    for (index, header) in headers.iter().enumerate() {
        chain = match chain.follow(header)? {
            Step::Next(next) | Step::UpgradeNeeded(next) => *next,
            Step::Same | Step::Behind | Step::Gap => return Err(Refusal::WrongPrev),
        };
        if header.kind.handover().is_some() {
            return Ok((chain, index + 1));
        }
    }
    Ok((chain, headers.len()))
}

/// A frozen copy looks at its own branch: a rotation on it, and on no other, ends the fork.
fn our_branch(
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    from: u64,
    chain: &Chain,
) -> Result<Rival, ApplyError> {
    let rotated = chain.rotations.iter().any(|it| it.seq >= from);
    if !rotated || rival_rotates(tx, dataset.id)? {
        return Ok(Rival::Fork);
    }
    thaw(dataset, chain.closed);
    tx.update_dataset(dataset)?;
    Ok(Rival::Resumed)
}

/// True where a rival that was kept is itself a rotation.
///
/// # Errors
/// Where the store fails.
pub(crate) fn rival_rotates(tx: &mut Tx<'_>, dataset: i64) -> Result<bool, StoreError> {
    let rotates = |fork: &ForkRecord| {
        serde_json::from_str::<serde_json::Value>(&fork.header)
            .is_ok_and(|header| header["kind"] == "rotate" || header["kind"] == "move")
    };
    Ok(tx.list_forks(dataset)?.iter().any(rotates))
}

/// A copy that stood still goes on.
pub(crate) fn thaw(dataset: &mut DatasetRecord, closed: bool) {
    let word = if closed { "closed" } else { "published" };
    word.clone_into(&mut dataset.status);
}

fn keep(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    source: &str,
    header: &Header,
) -> Result<(), ApplyError> {
    let seq = i64::try_from(header.seq).map_err(|_| ApplyError::OutOfRange)?;
    tx.insert_fork(&ForkRecord {
        dataset: dataset.id,
        seq,
        entry: header.hash(),
        header: header.text().to_owned(),
        source: source.to_owned(),
        seen: app.clock.now(),
    })?;
    Ok(())
}

/// Keeps our headers from `seq` on as evidence, and begins the copy anew. What it held before `seq` is read again
/// from its sources rather than rebuilt: a displaced redaction may have erased values that stand again.
fn displace(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    seq: i64,
    theirs: &[Header],
) -> Result<(), ApplyError> {
    keep_ours(app, tx, dataset, seq)?;
    for header in theirs {
        let seq = i64::try_from(header.seq).map_err(|_| ApplyError::OutOfRange)?;
        tx.delete_fork(dataset.id, seq, header.hash())?;
    }
    begin_anew(tx, dataset)?;
    Ok(())
}

/// Keeps our headers from `seq` on as evidence.
fn keep_ours(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
) -> Result<(), StoreError> {
    let mut from = seq;
    loop {
        let page = tx.list_entries(dataset.id, from, 500)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        from = last.seq + 1;
        for entry in page {
            tx.insert_fork(&ForkRecord {
                dataset: dataset.id,
                seq: entry.seq,
                entry: entry.entry,
                header: entry.header,
                source: String::new(),
                seen: app.clock.now(),
            })?;
        }
    }
}

/// As a rotation on the other branch would: the operator has chosen it.
pub(super) fn displace_by(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    rival: &ForkRecord,
) -> Result<(), StoreError> {
    keep_ours(app, tx, dataset, rival.seq)?;
    tx.delete_fork(dataset.id, rival.seq, rival.entry)?;
    begin_anew(tx, dataset)
}

/// Empties a copy down to its name and its genesis.
fn begin_anew(tx: &mut Tx<'_>, dataset: &mut DatasetRecord) -> Result<(), StoreError> {
    tx.delete_all_rows(dataset.id)?;
    tx.delete_entries_from(dataset.id, 0)?;
    // What we withhold by ourselves stays withheld.
    tx.delete_redactions(dataset.id)?;
    tx.delete_headers_beyond(dataset.id)?;
    tx.delete_all_missing(dataset.id)?;
    tx.reset_log_bytes(dataset.id)?;
    dataset.seq = -1;
    dataset.entry = Hash::ZERO;
    dataset.state = tree::empty_root();
    dataset.chain = String::new();
    dataset.policy = None;
    "draft".clone_into(&mut dataset.status);
    tx.update_dataset(dataset)
}

/// The chain as it was before an entry, rebuilt from the headers we hold. Rivals are rare, so its cost is.
fn chain_before(tx: &mut Tx<'_>, dataset: &DatasetRecord, seq: i64) -> Result<Chain, ApplyError> {
    let mut chain: Option<Chain> = None;
    let mut from = 0;
    while from < seq {
        let page = tx.list_entries(dataset.id, from, 500.min(seq - from))?;
        let Some(last) = page.last() else { break };
        from = last.seq + 1;
        for entry in &page {
            let header = stored::header(entry)?;
            chain = Some(match chain {
                None => Chain::genesis(&header)?,
                Some(chain) => match chain.follow_held(&header)? {
                    Step::Next(next) => *next,
                    _ => return Err(damaged(dataset).into()),
                },
            });
        }
    }
    chain.ok_or_else(|| damaged(dataset).into())
}

fn damaged(dataset: &DatasetRecord) -> StoreError {
    StoreError::Other(format!(
        "the stored log of {} is damaged: restore a backup",
        dataset.name
    ))
}
