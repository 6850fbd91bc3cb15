//! Headers beyond the point where a copy stands still: their redactions act all the same (`protocol.md` §3.3
//! "Extension", §3.5), until the entry of one of those numbers turns out to be another one.

use std::collections::BTreeSet;

use rustine_domain::ids::Hash;
use rustine_domain::log::apply::check_detached;
use rustine_domain::log::{Header, Kind, Redactions, Refusal, Step, Target};
use rustine_store::{DatasetRecord, HeaderBeyondRecord, StoreError, Tx};

use super::apply::{ApplyError, known_redactions};
use super::missing;
use crate::App;
use crate::log::append::chain_of;
use crate::log::{obey, stored};

/// Erases what redact entries order that come after our head, without applying any entry. `headers` follow our
/// head without a gap; they are verified. The number of redact entries that were obeyed.
///
/// # Errors
/// Where the headers do not follow our head, break a rule, or the store fails; nothing was erased.
pub fn obey_beyond(app: &App, dataset: i64, headers: &[Header]) -> Result<usize, ApplyError> {
    app.db.write_alone(|tx| {
        tx.lock_dataset(dataset)?;
        let dataset = tx.find_dataset(dataset)?.ok_or(ApplyError::Removed)?;
        let mut chain = chain_of(&dataset)?;
        let mut known = Redactions::new();
        let mut obeyed = 0;
        keep(tx, dataset.id, headers)?;
        for header in headers {
            chain = match chain.follow(header)? {
                Step::Next(next) | Step::UpgradeNeeded(next) => *next,
                Step::Same => continue,
                Step::Behind | Step::Gap => return Err(Refusal::WrongPrev.into()),
            };
            known.learn(header);
            if let Kind::Redact(targets) = &header.kind {
                obey::obey(app, tx, &dataset, header.seq, targets, &known)?;
                obeyed += 1;
            }
        }
        Ok(obeyed)
    })
}

/// Keeps which headers those are, up to the last redact entry among them.
fn keep(tx: &mut Tx<'_>, dataset: i64, headers: &[Header]) -> Result<(), ApplyError> {
    let orders = |header: &Header| matches!(header.kind, Kind::Redact(_));
    let count = headers.iter().rposition(orders).map_or(0, |last| last + 1);
    for header in &headers[..count] {
        let kept = HeaderBeyondRecord {
            seq: i64::try_from(header.seq).map_err(|_| ApplyError::OutOfRange)?,
            entry: header.hash(),
            prev: header.prev.unwrap_or(Hash::ZERO),
            header: orders(header).then(|| header.text().to_owned()),
        };
        tx.insert_header_beyond(dataset, &kept)?;
    }
    Ok(())
}

/// The entry after our head is `entry`: where another one was obeyed at its number, what that branch ordered, and no
/// other, is missing rather than erased from here on, so that other sources are asked for it.
///
/// # Errors
/// Where the store fails, or what it holds is damaged.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    entry: Hash,
) -> Result<(), ApplyError> {
    let obeyed = tx.list_entries_beyond(dataset.id, seq)?;
    if obeyed.iter().all(|obeyed| *obeyed == entry) {
        if !obeyed.is_empty() {
            tx.delete_header_beyond(dataset.id, seq, entry)?;
        }
        return Ok(());
    }
    let (mut standing, mut displaced) = (BTreeSet::from([entry]), Vec::new());
    let mut ordered = Redactions::new();
    for header in tx.list_headers_beyond(dataset.id)? {
        let stands = match header.seq == seq {
            true => header.entry == entry,
            false => standing.contains(&header.prev),
        };
        let text = header.header.as_deref();
        let orders = text.map(|text| orders_of(header.seq, text)).transpose()?;
        if stands {
            standing.insert(header.entry);
            orders.iter().flatten().for_each(|it| ordered.insert(it));
        } else {
            displaced.extend(orders.into_iter().flatten());
        }
        if !stands || header.seq == seq {
            tx.delete_header_beyond(dataset.id, header.seq, header.entry)?;
        }
    }
    let mut lacking: BTreeSet<i64> = BTreeSet::new();
    for target in displaced {
        if !ordered.names(&target) {
            forget(tx, dataset.id, seq, &target, &mut lacking)?;
        }
    }
    for seq in lacking {
        note_lacking(tx, dataset.id, seq)?;
    }
    Ok(())
}

fn orders_of(seq: i64, header: &str) -> Result<Vec<Target>, StoreError> {
    match stored::read_header(seq, header)?.kind {
        Kind::Redact(targets) => Ok(targets),
        _ => Ok(Vec::new()),
    }
}

/// Forgets one order from `seq` on, and adds the entries whose bodies it took something from.
fn forget(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
    target: &Target,
    bodies: &mut BTreeSet<i64>,
) -> Result<(), ApplyError> {
    if !tx.delete_redaction_from(dataset, &obey::record(seq, target)?)? {
        return Ok(());
    }
    match target {
        Target::Meta { seq: of } => bodies.extend(i64::try_from(*of)),
        Target::Cell {
            seq: first, row, ..
        } => {
            bodies.extend(i64::try_from(*first));
            bodies.extend(tx.list_row_changes(dataset, *row)?);
            bodies.extend(tx.find_row(dataset, *row)?.map(|row| row.added_seq));
        }
    }
    Ok(())
}

/// Notes what the stored body of an entry lacks now.
fn note_lacking(tx: &mut Tx<'_>, dataset: i64, seq: i64) -> Result<(), ApplyError> {
    let Some((header, mut body)) = stored::entry(tx, dataset, seq)? else {
        return Ok(());
    };
    let known = known_redactions(tx, dataset, seq, &body)?;
    let lacking = check_detached(&header, &mut body, &known)?;
    tx.delete_missing(dataset, seq)?;
    missing::note(tx, dataset, seq, &lacking)?;
    Ok(())
}
