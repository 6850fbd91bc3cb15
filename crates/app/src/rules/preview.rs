//! What rules would have done with the proposals of the last month: the deciding function itself, run over what is
//! stored, with a ledger of its own for the ceilings. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::{DatasetAddress, PatchId};
use rustine_domain::patch::Status;
use rustine_domain::rules::{Case, Fate, Ledger, Rules, Source, decide};
use rustine_domain::time::Timestamp;
use rustine_store::{PatchFilter, PatchRecord, StoreError, Tx};

use super::change::{Owner, RulesError, owned};
use super::door::{accepted_by_people, source};
use crate::App;
use crate::patches::decide::status_of;
use crate::patches::{IN, ops_of};

/// How far a preview looks back.
pub const SECONDS: i64 = 30 * 86_400;
/// Most proposals that it looks at: the last ones.
pub const MOST: i64 = 2_000;

/// What would have happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Each proposal, the oldest first.
    pub cases: Vec<Previewed>,
    /// True where there were more than [`MOST`].
    pub cut: bool,
}

/// A proposal, what would have happened to it, and what did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// The proposal.
    pub id: PatchId,
    /// When it came.
    pub created: Timestamp,
    /// The instance that it came from.
    pub host: String,
    /// What the rules say.
    pub fate: Fate,
    /// Where it stands.
    pub status: Status,
}

/// Tries rules on the proposals of the last 30 days. Peers, groups and roles are those of today; what people accepted of
/// a sender before each proposal, and what the rules would have accepted in the 24 hours before it, are those of then.
///
/// # Errors
/// [`RulesError`]
pub fn preview(
    app: &App,
    by: Owner<'_>,
    address: &DatasetAddress,
    rules: &Rules,
) -> Result<Preview, RulesError> {
    app.db.read(|tx| {
        let dataset = owned(app, tx, by, address)?;
        let filter = PatchFilter {
            dataset: Some(dataset.id),
            direction: Some(IN.to_owned()),
            created_since: Some(app.clock.now().plus_seconds(-SECONDS)),
            ..PatchFilter::default()
        };
        let mut patches = tx.list_patches(&filter, None, MOST + 1)?;
        let cut = patches.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
        if cut {
            patches.pop();
        }
        patches.reverse();
        let rows = dataset.row_count.unsigned_abs();
        let cases = replay(app, tx, rules, &patches, rows)?;
        Ok(Preview { cases, cut })
    })
}

fn replay(
    app: &App,
    tx: &mut Tx<'_>,
    rules: &Rules,
    patches: &[PatchRecord],
    rows: u64,
) -> Result<Vec<Previewed>, StoreError> {
    let ids: Vec<PatchId> = patches.iter().map(|patch| patch.id).collect();
    let ruled: BTreeSet<PatchId> = tx.list_ruled(&ids)?.into_iter().collect();
    let mut senders: BTreeMap<(String, Option<String>), Source> = BTreeMap::new();
    // What people accepted of a sender within the month, by the time of their decision.
    let mut decided: BTreeMap<(String, Option<String>), Vec<Timestamp>> = BTreeMap::new();
    let mut ledger = Ledger::default();
    let mut cases = Vec::new();
    for patch in patches {
        let name = (patch.proposer_host.clone(), patch.proposer.clone());
        if !senders.contains_key(&name) {
            let mut from = source(app, tx, patch)?;
            from.accepted = accepted_by_people(tx, patch, patch.created)?;
            senders.insert(name.clone(), from);
        }
        let Some(from) = senders.get_mut(&name) else {
            continue;
        };
        let decisions = decided.entry(name).or_default();
        let waiting = decisions.len();
        decisions.retain(|at| *at > patch.created);
        from.accepted += (waiting - decisions.len()) as u64;
        let ops = ops_of(patch)?;
        let spent = ledger.spent(&from.host, patch.created);
        let case = Case {
            from,
            ops: &ops,
            spent,
            rows,
        };
        let fate = decide(rules, case);
        if let Fate::Accept { .. } = fate {
            ledger.spend(&from.host, patch.created, &ops);
        }
        let status = status_of(patch);
        // What these rules accept, people would not have looked at: it makes nobody known.
        let by_people = status.is_applied() && !ruled.contains(&patch.id);
        if by_people && !matches!(fate, Fate::Accept { .. }) {
            decisions.extend(patch.decided_at);
        }
        cases.push(Previewed {
            id: patch.id,
            created: patch.created,
            host: patch.proposer_host.clone(),
            fate,
            status,
        });
    }
    Ok(cases)
}
