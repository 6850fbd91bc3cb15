//! Following a log by its headers alone: order, time, keys, moves, close (`protocol.md` §3.3).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::header::{BatchPart, Header, Kind};
use super::{Refusal, limits};
use crate::checks::Check;
use crate::commit;
use crate::ids::{DatasetUid, Hash};
use crate::key::{Multikey, commitment_of};
use crate::time::Timestamp;
use crate::tree;

/// The hash of no operations.
pub fn no_ops() -> Hash {
    static NONE: LazyLock<Hash> = LazyLock::new(|| commit::ops(&[]));
    *NONE
}

/// What a log's headers say up to its head: all that the rules on the next header need. It serialises to
/// about a kilobyte of JSON, plus 90 bytes per rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The dataset.
    pub uid: DatasetUid,
    /// Its identity: the hash of its genesis entry.
    pub genesis: Hash,
    /// The number of the last entry.
    pub seq: u64,
    /// The hash of the last entry.
    pub entry: Hash,
    /// When the last entry was signed.
    pub time: Timestamp,
    /// The address in force for the next entry.
    pub attributed_to: String,
    /// The log key in force for the next entry.
    pub key: Multikey,
    /// The hash of the recovery key that may rotate or move.
    pub next: Hash,
    /// The hash of the schema in force.
    pub schema: Hash,
    /// The root over the rows.
    pub state: Hash,
    /// The hash of the policy in force, if one was ever set.
    pub policy: Option<Hash>,
    /// True after close.
    pub closed: bool,
    /// The import whose parts are still arriving.
    pub batch: Option<OpenBatch>,
    /// The first entry of an unknown kind: nothing from it on is applied, headers are still followed.
    pub stopped: Option<u64>,
    /// Every key that stood as `key` or `by`.
    pub keys: Vec<Multikey>,
    /// Every hash that stood as `next`.
    pub nexts: Vec<Hash>,
    /// Every rotate and move.
    pub rotations: Vec<Rotation>,
}

/// An import of several parts, of which some have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBatch {
    /// The last part that came.
    pub part: BatchPart,
    /// The entry of the first part seen; readers show the rows of a batch when it is complete or ended.
    pub first_seq: u64,
}

/// A rotate or a move that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its number.
    pub seq: u64,
    /// Its entry hash.
    pub entry: Hash,
    /// The recovery key it revealed.
    pub by: Multikey,
}

/// What a header means for a log that is followed up to some head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The next entry; with the chain that includes it.
    Next(Box<Chain>),
    /// The entry at the head itself, perhaps with another signature: nothing to do.
    Same,
    /// Not after the head, and not its entry. The caller compares it with the entry it holds at this
    /// number; where they differ, [`super::settle`] judges, after the rival was followed from there.
    Behind,
    /// After a gap: pull what is between.
    Gap,
    /// The next entry, of a kind this version does not know: apply nothing from here on, ask for an
    /// upgrade. The chain serves to follow later headers, whose redactions and keys still act.
    UpgradeNeeded(Box<Chain>),
}

impl Chain {
    /// Begins a log with its genesis header. Whether this genesis is the one wanted, only the caller knows.
    pub fn genesis(header: &Header) -> Result<Self, Refusal> {
        let Kind::Genesis { key, next, .. } = &header.kind else {
            return Err(Refusal::Genesis);
        };
        if header.signer() != key && Check::Signer.stands() {
            return Err(Refusal::WrongSigner);
        }
        header.verify()?;
        Self::begin(header, *key, *next)
    }

    fn begin(header: &Header, key: Multikey, next: Hash) -> Result<Self, Refusal> {
        let mut chain = Self {
            uid: header.uid,
            genesis: header.hash(),
            seq: 0,
            entry: header.hash(),
            time: header.time,
            attributed_to: header.attributed_to.clone(),
            key,
            next,
            schema: header.schema,
            state: tree::empty_root(),
            policy: None,
            closed: false,
            batch: None,
            stopped: None,
            keys: Vec::new(),
            nexts: Vec::new(),
            rotations: Vec::new(),
        };
        chain.check_unchanged(header)?;
        chain.announce(key, next)?;
        Ok(chain)
    }

    /// Says what a header means here, after checking everything that headers alone can tell, the
    /// signature included. The chain itself is left as it is.
    pub fn follow(&self, header: &Header) -> Result<Step, Refusal> {
        self.step(header, true)
    }

    /// As [`Chain::follow`], for a header whose signature was verified when it was taken in: our own
    /// copy of the log, or an entry just signed.
    pub fn follow_held(&self, header: &Header) -> Result<Step, Refusal> {
        self.step(header, false)
    }

    fn step(&self, header: &Header, verify: bool) -> Result<Step, Refusal> {
        if header.uid != self.uid && Check::Uid.stands() {
            return Err(Refusal::OtherUid);
        }
        if header.seq > self.seq + 1 {
            return Ok(Step::Gap);
        }
        if header.seq <= self.seq {
            return Ok(if header.hash() == self.entry {
                Step::Same
            } else {
                Step::Behind
            });
        }
        self.check_signer(header)?;
        if verify {
            header.verify()?;
        }
        // From here on the header is rightly signed: a wrong prev is worth keeping as evidence.
        if header.prev != Some(self.entry) && Check::Prev.stands() {
            return Err(Refusal::WrongPrev);
        }
        if header.time < self.time && Check::TimeBackwards.stands() {
            return Err(Refusal::TimeBackwards);
        }
        if self.closed && !header.kind.is_upkeep() && Check::Closed.stands() {
            return Err(Refusal::Closed);
        }
        let mut next = self.clone();
        next.advance(header)?;
        Ok(match header.kind {
            Kind::Unknown(_) => Step::UpgradeNeeded(Box::new(next)),
            _ => Step::Next(Box::new(next)),
        })
    }

    /// The log key signs, or for a rotate or move the recovery key that was announced.
    fn check_signer(&self, header: &Header) -> Result<(), Refusal> {
        if header.attributed_to != self.attributed_to && Check::Address.stands() {
            return Err(Refusal::AttributedTo);
        }
        let signer = match header.kind.handover() {
            Some(handover) => {
                let spent = self.rotations.iter().any(|past| past.by == handover.by);
                if spent && Check::RecoverySpent.stands() {
                    return Err(Refusal::SpentRecoveryKey);
                }
                if commitment_of(&handover.by) != self.next && Check::RecoveryKey.stands() {
                    return Err(Refusal::NotAnnounced);
                }
                &handover.by
            }
            None => &self.key,
        };
        if header.signer() != signer && Check::Signer.stands() {
            return Err(Refusal::WrongSigner);
        }
        Ok(())
    }

    fn advance(&mut self, header: &Header) -> Result<(), Refusal> {
        if !matches!(header.kind, Kind::Unknown(_)) {
            self.check_unchanged(header)?;
        }
        match &header.kind {
            Kind::Genesis { .. } if Check::Genesis.stands() => return Err(Refusal::Genesis),
            Kind::Policy(policy) => self.policy = Some(*policy),
            Kind::Rotate(handover) | Kind::Move { handover, .. } => {
                self.keys.push(handover.by);
                self.announce(handover.key, handover.next)?;
                self.rotations.push(Rotation {
                    seq: header.seq,
                    entry: header.hash(),
                    by: handover.by,
                });
                if let Kind::Move { moved_to, .. } = &header.kind {
                    self.attributed_to.clone_from(moved_to);
                }
            }
            Kind::Close { .. } => self.closed = true,
            Kind::Unknown(_) => {
                self.stopped.get_or_insert(header.seq);
            }
            Kind::Genesis { .. }
            | Kind::Import { .. }
            | Kind::Patch
            | Kind::Schema
            | Kind::Grant
            | Kind::Revoke
            | Kind::Redact(_) => {}
        }
        self.batch = self.batch_after(header);
        self.seq = header.seq;
        self.entry = header.hash();
        self.time = header.time;
        self.schema = header.schema;
        self.state = header.state;
        Ok(())
    }

    /// Only genesis and schema entries change the schema, only operations the state.
    fn check_unchanged(&self, header: &Header) -> Result<(), Refusal> {
        if header.schema != self.schema
            && !header.kind.has_schema()
            && Check::SchemaRepeats.stands()
        {
            return Err(Refusal::SchemaChanged);
        }
        if header.ops != no_ops() {
            if !header.kind.has_operations() && Check::Operations.stands() {
                return Err(Refusal::Operations(header.kind.name().to_owned()));
            }
        } else if header.state != self.state && Check::StateRepeats.stands() {
            return Err(Refusal::StateChanged);
        }
        Ok(())
    }

    /// Takes a log key and a commitment into force, if neither ever stood here (`protocol.md` §3.3).
    fn announce(&mut self, key: Multikey, next: Hash) -> Result<(), Refusal> {
        let hash = commitment_of(&key);
        if (hash == next || self.nexts.contains(&hash)) && Check::KeyIsRecovery.stands() {
            return Err(Refusal::KeyIsRecoveryKey);
        }
        if self.keys.contains(&key) && Check::KeyReused.stands() {
            return Err(Refusal::KeyReused);
        }
        if self.nexts.contains(&next) && Check::NextReused.stands() {
            return Err(Refusal::NextReused);
        }
        self.keys.push(key);
        self.nexts.push(next);
        self.key = key;
        self.next = next;
        Ok(())
    }

    fn batch_after(&self, header: &Header) -> Option<OpenBatch> {
        if header.kind.is_upkeep() {
            return self.batch.clone();
        }
        let Kind::Import { batch: Some(part) } = &header.kind else {
            return None;
        };
        let continues = |open: &&OpenBatch| {
            open.part.id == part.id && open.part.of == part.of && open.part.n + 1 == part.n
        };
        let open = self.batch.as_ref().filter(continues);
        // A part that does not continue the open batch ends it and stands for itself.
        let first_seq = open.map_or(header.seq, |open| open.first_seq);
        (part.n < part.of).then(|| OpenBatch {
            part: part.clone(),
            first_seq,
        })
    }

    /// The time with which an origin signs: its clock, or the last entry's time while the clock is less
    /// than 24 hours behind it; `None` where it is further behind and must not sign.
    pub fn time_to_sign(&self, now: Timestamp) -> Option<Timestamp> {
        let behind = self.time.seconds().saturating_sub(now.seconds());
        (behind < limits::AHEAD_SECONDS).then(|| now.max(self.time))
    }
}
