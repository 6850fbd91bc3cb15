//! A header that is not the one we hold at its number: a fork, evidence, or nothing (`protocol.md` §3.6, Fork).

use rustine_domain::log::{Chain, Header, Refusal, Settlement, Step, settle};
use rustine_store::{DatasetRecord, ForkRecord, StoreError, Tx};

use super::apply::{ApplyError, stored_header};
use crate::App;
use crate::log::append::chain_of;

/// What a rival is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// It is the entry that we hold.
    None,
    /// Ours carries a later rotation: the rival is kept and changes nothing.
    Evidence,
    /// Both are valid: the copy freezes.
    Fork,
}

/// Judges a header whose number is not after our head. A valid rival is kept; a fork freezes the copy.
///
/// # Errors
/// Where the rival breaks a rule, or the store fails.
pub fn judge(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    source: &str,
    header: &Header,
) -> Result<Rival, ApplyError> {
    let seq = i64::try_from(header.seq).map_err(|_| ApplyError::Quota)?;
    let held = tx
        .find_entry(dataset.id, seq)?
        .ok_or(ApplyError::OtherLog)?;
    if held.entry == header.hash() {
        return Ok(Rival::None);
    }
    if header.seq == 0 {
        return Err(ApplyError::OtherLog);
    }
    let before = chain_before(tx, dataset, seq)?;
    let Step::Next(theirs) = before.follow(header)? else {
        return Err(Refusal::OtherUid.into());
    };
    let ours = chain_of(dataset)?;
    let settlement = settle(header.seq - 1, &ours, &theirs);
    if settlement == Settlement::Same {
        return Ok(Rival::None);
    }
    tx.insert_fork(&ForkRecord {
        dataset: dataset.id,
        seq,
        entry: header.hash(),
        header: header.text().to_owned(),
        source: source.to_owned(),
        seen: app.clock.now(),
    })?;
    if settlement == Settlement::Ours {
        return Ok(Rival::Evidence);
    }
    "frozen".clone_into(&mut dataset.status);
    tx.update_dataset(dataset)?;
    Ok(Rival::Fork)
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
            let header = stored_header(entry)?;
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
