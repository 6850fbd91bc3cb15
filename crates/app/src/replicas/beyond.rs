//! Headers beyond the point where a copy stands still: their redactions act all the same (`protocol.md` §3.3
//! "Extension", §3.5).

use rustine_domain::log::{Header, Kind, Redactions, Refusal, Step};

use super::apply::ApplyError;
use crate::App;
use crate::log::append::chain_of;
use crate::log::obey;

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
