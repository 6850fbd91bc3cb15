//! A person or a visitor of this instance proposes a patch on a dataset that is here: ours, or our copy.

use std::collections::BTreeMap;

use rustine_domain::check::{self, Report};
use rustine_domain::digest::{OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetAddress, FieldName, Hash, Host, PatchId, RowId};
use rustine_domain::patch::Status;
use rustine_domain::problem::{Lang, Problem};
use rustine_domain::rules::Fate;
use rustine_store::{CareRecord, DatasetRecord, PatchRecord, StoreError, Tx};

use super::care::Problem as Reported;
use super::offer::offer;
use super::offered::offered_ops;
use super::quota::{self, Full};
use super::visitor::visitor;
use super::{IN, OUT, burst, look, write_ops};
use crate::App;
use crate::accounts::{Person, secret_hash};
use crate::datasets::{UnknownDataset, find};
use crate::log::append::{AppendError, schema_of};
use crate::log::rows::DatasetRows;
use crate::notifications::proposals;
use crate::patches::check::CurrentDataset;
use crate::peers;
use crate::rules::door::{self, Dropped};

/// Most characters of a summary.
pub const SUMMARY_CHARACTERS: usize = 500;
/// Most characters of a visitor's name.
pub const NAME_CHARACTERS: usize = 100;

/// Most characters of a visitor's e-mail address.
pub const EMAIL_CHARACTERS: usize = 254;

/// A change as it is typed: bases are looked up unless the form was made on older cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposedOp {
    /// Gives a cell another value; `None` and the empty text take it away.
    Set {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The new value.
        value: Option<String>,
        /// The commitment that the form showed; `None` means "whatever is held now".
        base: Option<Option<Hash>>,
    },
    /// Adds a row.
    Add {
        /// Its cells.
        cells: BTreeMap<FieldName, String>,
    },
    /// Deletes a row.
    Del {
        /// The row.
        row: RowId,
        /// The row hash that the form showed; `None` means "whatever is held now".
        base: Option<Hash>,
    },
}

/// Who proposes.
#[derive(Debug, Clone)]
pub enum Proposer {
    /// Somebody who is logged in.
    Person(Person),
    /// Somebody without an account, with the network address that quotas count by.
    Visitor(std::net::IpAddr),
}

/// What is proposed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// On which dataset.
    pub dataset: DatasetAddress,
    /// The changes.
    pub ops: Vec<ProposedOp>,
    /// What they are about; travels with the patch.
    pub summary: Option<String>,
    /// The visitor's name; stays here.
    pub name: Option<String>,
    /// The visitor's e-mail; stays here.
    pub email: Option<String>,
    /// Who proposes.
    pub by: Proposer,
}

/// A proposal that was recorded.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The patch.
    pub id: PatchId,
    /// Secret of the private status page; it is not kept.
    pub token: String,
    /// `pending`, or `accepted` where a rule of the owner says so.
    pub status: Status,
    /// The instance that decides, where that is not ours.
    pub waiting_at: Option<String>,
}

/// Why a proposal was not recorded. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ProposeError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// The dataset takes no proposals.
    #[error("the dataset {0} takes no proposals: {1}")]
    Shut(String, &'static str),
    /// The form is empty: nothing differs from what is held.
    #[error("nothing was changed: change a cell, then send")]
    Nothing,
    /// A row that does not exist.
    #[error("no row {0}: it may have been removed")]
    UnknownRow(RowId),
    /// A text that comes with the proposal is too long.
    #[error("the {what} may have at most {limit} characters")]
    TooLong {
        /// `summary`, `name` or `email`.
        what: &'static str,
        /// Most characters.
        limit: usize,
    },
    /// What the schema, or the form of a patch, refuses.
    #[error("{}", sentences(.0))]
    Problems(Vec<Problem>),
    /// Cells are no longer what the form was made on.
    #[error("{} of the cells changed since you opened the form: look at the new values, then send again", .0.conflicts.len())]
    Conflicts(Box<Report>),
    /// A rule of the owner takes none like it.
    #[error(transparent)]
    Dropped(#[from] Dropped),
    /// Too many wait.
    #[error(transparent)]
    Full(#[from] Full),
    /// An anonymous proposal to an instance that is no peer.
    #[error(
        "{0} takes proposals of visitors from partners only, and this instance is none: log in, or ask its operator to peer with {0}"
    )]
    NoPeering(Host),
    /// The stored dataset is damaged.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn sentences(problems: &[Problem]) -> String {
    let sentences: Vec<String> = problems
        .iter()
        .map(|problem| problem.located(Lang::En))
        .collect();
    sentences.join("; ")
}

/// Records a proposal; for a copy, queues its Offer to the origin in the same transaction.
///
/// # Errors
/// [`ProposeError`]
pub fn propose(app: &App, proposal: &Proposal) -> Result<Proposed, ProposeError> {
    propose_beside(app, proposal, Beside::default())
}

/// What is kept beside a proposal on this instance; none of it travels with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// What was reported as wrong; moderators find the proposal by that.
    pub problem: Option<Reported>,
    /// The language in which a visitor wants the answer.
    pub lang: Option<Lang>,
}

/// As [`propose`], with what is kept beside it.
///
/// # Errors
/// [`ProposeError`]
pub fn propose_beside(
    app: &App,
    proposal: &Proposal,
    beside: Beside,
) -> Result<Proposed, ProposeError> {
    let proposed = recorded(app, proposal, beside);
    if let Err(ProposeError::Dropped(Dropped { dataset, rule })) = &proposed {
        // In a transaction of its own: the proposal's is given up.
        app.db.write(|tx| {
            let dataset = tx.load_dataset(*dataset)?;
            door::dropped(app, tx, &dataset, *rule, app.host().as_str())
        })?;
    }
    proposed
}

fn recorded(app: &App, proposal: &Proposal, beside: Beside) -> Result<Proposed, ProposeError> {
    let token = app.entropy.token();
    app.db.write(|tx| {
        check_texts(proposal)?;
        let mut dataset = find(app, tx, &proposal.dataset)?;
        check_open(&dataset)?;
        let ops = offered_ops(tx, &dataset, &proposal.ops)?;
        let schema = schema_of(&dataset)?;
        let rows = DatasetRows {
            tx,
            dataset: dataset.id,
        };
        let of = check::Dataset {
            uid: dataset.uid,
            schema: &schema,
        };
        let report = check::check(of, &ops, &mut CurrentDataset(rows))?;
        if !report.problems.is_empty() {
            return Err(ProposeError::Problems(report.problems));
        }
        if !report.conflicts.is_empty() {
            return Err(ProposeError::Conflicts(Box::new(report)));
        }
        let record = record(app, tx, &dataset, proposal, &ops, &token)?;
        let fate = door::fate(app, tx, &dataset, &record, &ops)?;
        if let Some(Fate::Drop { rule }) = fate {
            let dataset = dataset.id;
            return Err(Dropped { dataset, rule }.into());
        }
        let burst = burst::of(app, tx, &record)?;
        let aside = burst.is_some();
        quota::check(app, tx, &record, burst.is_some())??;
        tx.insert_patch(&record)?;
        let loud = burst.as_ref().is_none_or(|burst| burst.first);
        let care = CareRecord {
            burst: burst.map(|burst| burst.name),
            problem: beside.problem.map(|problem| problem.as_str().to_owned()),
            // Without an address nothing is answered.
            lang: beside
                .lang
                .filter(|_| record.email.is_some())
                .map(|lang| lang.as_str().to_owned()),
            ..CareRecord::none(record.id)
        };
        if care != CareRecord::none(record.id) {
            tx.put_care(&care)?;
        }
        if !dataset.is_local() {
            offer(app, tx, &dataset, &record)?;
            look::begin(app, tx, record.id)?;
        }
        let accepted = match fate {
            Some(Fate::Accept { rule }) if !aside => {
                door::accept(app, tx, &mut dataset, record.clone(), Some(rule))?
            }
            _ => false,
        };
        if loud && !accepted {
            proposals::arrived(app, tx, &dataset, &record)?;
        }
        let waiting_at = (!dataset.is_local()).then(|| dataset.host.clone());
        Ok(Proposed {
            id: record.id,
            token: token.clone(),
            status: match accepted {
                true => Status::Accepted,
                false => Status::Pending,
            },
            waiting_at,
        })
    })
}

fn check_open(dataset: &DatasetRecord) -> Result<(), ProposeError> {
    match dataset.status.as_str() {
        "published" => Ok(()),
        "closed" => Err(ProposeError::Shut(dataset.name.clone(), "it is closed")),
        "frozen" => Err(ProposeError::Shut(
            dataset.name.clone(),
            "its log has forked, and people must settle that first",
        )),
        _ => Err(ProposeError::Shut(
            dataset.name.clone(),
            "it is not published yet",
        )),
    }
}

fn check_texts(proposal: &Proposal) -> Result<(), ProposeError> {
    for (what, text, limit) in [
        ("summary", &proposal.summary, SUMMARY_CHARACTERS),
        ("name", &proposal.name, NAME_CHARACTERS),
        ("email", &proposal.email, EMAIL_CHARACTERS),
    ] {
        if text
            .as_deref()
            .is_some_and(|text| text.chars().count() > limit)
        {
            return Err(ProposeError::TooLong { what, limit });
        }
    }
    Ok(())
}

fn record(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    proposal: &Proposal,
    ops: &[OfferedOp],
    token: &str,
) -> Result<PatchRecord, ProposeError> {
    let (proposer, visitor) = match &proposal.by {
        Proposer::Person(person) => (Some(app.url(&format!("/users/{}", person.name))), None),
        Proposer::Visitor(address) => (None, Some(visitor(app, tx, *address)?)),
    };
    let asked_elsewhere = !dataset.is_local() && proposer.is_none();
    if asked_elsewhere && !peers::is_accepted(tx, &dataset.host)? {
        let host = dataset
            .host
            .parse()
            .map_err(|_| AppendError::Damaged(dataset.name.clone()))?;
        return Err(ProposeError::NoPeering(host));
    }
    Ok(PatchRecord {
        proposer,
        visitor,
        name: proposal.name.clone(),
        email: proposal.email.clone(),
        summary: proposal.summary.clone(),
        token_hash: Some(secret_hash(token)),
        offer_id: (!dataset.is_local()).then(|| app.activity_id()),
        ..fresh(app, dataset, ops)
    })
}

/// A proposal of this instance, of nobody yet.
pub(super) fn fresh(app: &App, dataset: &DatasetRecord, ops: &[OfferedOp]) -> PatchRecord {
    let now = app.clock.now();
    let nonce = app.entropy.salt();
    PatchRecord {
        id: app.entropy.patch_id(),
        dataset: dataset.id,
        uid: dataset.uid,
        direction: if dataset.is_local() { IN } else { OUT }.to_owned(),
        status: Status::Pending.as_str().to_owned(),
        proposer: None,
        proposer_host: app.host().to_string(),
        visitor: None,
        name: None,
        email: None,
        summary: None,
        schema_hash: dataset.schema_hash,
        nonce: Some(nonce),
        digest: offer_digest(&nonce, dataset.uid, &dataset.schema_hash, ops),
        ops: write_ops(ops),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: now,
        updated: now,
        decided_at: None,
        decided_by: None,
        token_hash: None,
        offer_id: None,
        answer: None,
    }
}
