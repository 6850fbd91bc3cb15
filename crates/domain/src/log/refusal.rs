//! Why a reader refuses an entry.

use crate::checks::Check;
use crate::ids::{FieldName, RowId};
use crate::json::JsonProblem;
use crate::proof::ProofProblem;

/// Why a header or a body is refused (`protocol.md` §3.3, "What readers refuse"). A refusal blames the
/// source that served the bytes; only [`Refusal::StateRoot`] from two sources means that we are wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not JSON that may be hashed.
    #[error(transparent)]
    Json(#[from] JsonProblem),
    /// A header above 64 KiB; with its size.
    #[error("the header has {0} bytes, more than the 65,536 allowed")]
    HeaderTooLarge(usize),
    /// A body above 64 MiB; with its size.
    #[error("the body has {0} bytes, more than the 67,108,864 allowed")]
    BodyTooLarge(usize),
    /// A member that must be there is not.
    #[error("the {place} lacks {member}")]
    MissingMember {
        /// The object, in words.
        place: &'static str,
        /// The member.
        member: &'static str,
    },
    /// A member that version 1 does not know, where unknown members are refused.
    #[error("the {place} has a member {member:?} that does not belong there")]
    UnknownMember {
        /// The object, in words.
        place: &'static str,
        /// The member.
        member: String,
    },
    /// A header member that belongs to another kind of entry.
    #[error("an entry of kind {kind} cannot carry {member}")]
    MemberOfAnotherKind {
        /// The kind of the entry.
        kind: String,
        /// The member.
        member: &'static str,
    },
    /// A member without the form it must have.
    #[error("{member} of the {place} is not {expected}")]
    WrongForm {
        /// The object, in words.
        place: &'static str,
        /// The member; empty where the object itself is meant.
        member: &'static str,
        /// The form, in words.
        expected: &'static str,
    },
    /// Another `@context` than [`super::CONTEXT`].
    #[error("the @context is not the constant one")]
    Context,
    /// `id` is not `{attributedTo}/log/{seq}`.
    #[error("the id is not that of the sequence number")]
    Id,
    /// The proof has a wrong form, or the signature does not verify.
    #[error(transparent)]
    Proof(#[from] ProofProblem),
    /// The proof names another key than the one that must sign here.
    #[error("the entry is signed by another key than the one in force")]
    WrongSigner,
    /// A log starts with genesis, once.
    #[error("a log begins with one genesis entry, at 0, and has no other")]
    Genesis,
    /// Another dataset.
    #[error("the entry belongs to another dataset")]
    OtherUid,
    /// Another address than the one in force, without a move.
    #[error("attributedTo is not the address in force")]
    AttributedTo,
    /// Rightly signed, but on another entry than the one held: perhaps a fork. Keep the header, fetch its
    /// source's headers (`protocol.md` §3.6).
    #[error("prev is not the entry before it")]
    WrongPrev,
    /// Earlier than the entry before.
    #[error("the time runs backwards")]
    TimeBackwards,
    /// After close only redact, rotate and move may come.
    #[error("the log is closed")]
    Closed,
    /// A kind without operations whose header commits to some.
    #[error("an entry of kind {0} cannot have operations")]
    Operations(String),
    /// An entry without operations whose state is not the one before.
    #[error("the state changes although there are no operations")]
    StateChanged,
    /// An entry that is no schema entry names another schema.
    #[error("the schema changes in an entry that is no schema entry")]
    SchemaChanged,
    /// A redact target at or after the redact itself.
    #[error("a redact target has the sequence number {0}, not below its own")]
    RedactTarget(u64),
    /// `by` is not the recovery key that the last `next` announced.
    #[error("the recovery key is not the one announced")]
    NotAnnounced,
    /// `by` has been revealed before.
    #[error("the recovery key has been used before")]
    SpentRecoveryKey,
    /// `key` stood in this log before.
    #[error("the new log key has stood in this log before")]
    KeyReused,
    /// `key` is, or will be, a recovery key.
    #[error("the new log key is a recovery key")]
    KeyIsRecoveryKey,
    /// `next` stood in this log before.
    #[error("the announced recovery key has been announced before")]
    NextReused,
    /// An operation that version 1 does not know: a stop if the origin or two sources serve it
    /// (`protocol.md` §3.3, "Extension").
    #[error("the operation {0:?} is not known to this version")]
    UnknownOperation(String),
    /// `salt` and `salts` in one operation or row.
    #[error("a row has salt beside salts")]
    SaltBesideSalts,
    /// A field both present and gone, or present without its salt.
    #[error("the cells, salts and gone of a row do not fit each other")]
    CellsDoNotFit,
    /// `label` outside a patch entry.
    #[error("a label stands in an entry that is not a patch")]
    LabelOutsidePatch,
    /// `seen` outside a patch entry.
    #[error("seen stands in an entry that is not a patch")]
    SeenOutsidePatch,
    /// A nonce although the entry answers no offer.
    #[error("there is a nonce, but the entry answers no offer")]
    NonceWithoutPatch,
    /// The body does not reproduce the digest of the offer it answers.
    #[error("the operations are not those of the offer that the entry answers")]
    Digest,
    /// The operations are not those that the header commits to.
    #[error("the operations do not match the header")]
    OpsHash,
    /// The meta is not the one that the header commits to.
    #[error("the meta does not match the header")]
    MetaHash,
    /// The schema is not the one that the header commits to.
    #[error("the schema does not match the header")]
    SchemaHash,
    /// The policy is not the one that the header commits to.
    #[error("the policy does not match the header")]
    PolicyHash,
    /// A value does not match its commitment.
    #[error("the value of {field} in row {row} does not match its commitment")]
    CellHash {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
    },
    /// `base` is not the commitment held.
    #[error("the base of {field} in row {row} is not the commitment held")]
    BaseNotHeld {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
    },
    /// `rowBase` is not the row hash held.
    #[error("the rowBase of row {0} is not the row hash held")]
    RowBaseNotHeld(RowId),
    /// Set or del on an absent row.
    #[error("row {0} is not there")]
    AbsentRow(RowId),
    /// Add of a row that is there.
    #[error("row {0} is already there")]
    PresentRow(RowId),
    /// Two operations on one cell, or another one on a row that the entry adds or deletes.
    #[error("two operations meet in row {0}")]
    TwoOperations(RowId),
    /// The root over the rows is not the one that the header commits to.
    #[error("the state does not match the header")]
    StateRoot,
    /// A snapshot's rows are out of order, too many or too few, or of no row form.
    #[error("the snapshot is malformed: {0}")]
    Snapshot(&'static str),
}

impl Refusal {
    /// The check that spoke, in the list of all.
    pub fn check(&self) -> Check {
        match self {
            Self::Json(problem) => problem.check(),
            Self::HeaderTooLarge(_) => Check::HeaderSize,
            Self::BodyTooLarge(_) => Check::BodyBytes,
            Self::MissingMember { .. } | Self::WrongForm { .. } | Self::UnknownOperation(_) => {
                Check::LogForm
            }
            Self::UnknownMember { .. } => Check::UnknownMember,
            Self::MemberOfAnotherKind { .. } => Check::KindMember,
            Self::Context => Check::LogContext,
            Self::Id => Check::LogId,
            Self::Proof(ProofProblem::Signature) => Check::ProofSignature,
            Self::Proof(_) => Check::ProofMembers,
            Self::WrongSigner => Check::Signer,
            Self::Genesis => Check::Genesis,
            Self::OtherUid => Check::Uid,
            Self::AttributedTo => Check::Address,
            Self::WrongPrev => Check::Prev,
            Self::TimeBackwards => Check::TimeBackwards,
            Self::Closed => Check::Closed,
            Self::Operations(_) => Check::Operations,
            Self::StateChanged => Check::StateRepeats,
            Self::SchemaChanged => Check::SchemaRepeats,
            Self::RedactTarget(_) => Check::RedactTarget,
            Self::NotAnnounced => Check::RecoveryKey,
            Self::SpentRecoveryKey => Check::RecoverySpent,
            Self::KeyReused => Check::KeyReused,
            Self::KeyIsRecoveryKey => Check::KeyIsRecovery,
            Self::NextReused => Check::NextReused,
            Self::SaltBesideSalts | Self::CellsDoNotFit => Check::RowParts,
            Self::LabelOutsidePatch | Self::SeenOutsidePatch | Self::NonceWithoutPatch => {
                Check::PatchMembers
            }
            Self::Digest => Check::BodyDigest,
            Self::OpsHash => Check::OpsHash,
            Self::MetaHash => Check::MetaHash,
            Self::SchemaHash => Check::SchemaHash,
            Self::PolicyHash => Check::PolicyHash,
            Self::CellHash { .. } => Check::CellHash,
            Self::BaseNotHeld { .. } => Check::Base,
            Self::RowBaseNotHeld(_) => Check::RowBase,
            Self::AbsentRow(_) => Check::AbsentRow,
            Self::PresentRow(_) => Check::PresentRow,
            Self::TwoOperations(_) => Check::TwoOperations,
            Self::StateRoot => Check::StateRoot,
            Self::Snapshot(_) => Check::Snapshot,
        }
    }
}
