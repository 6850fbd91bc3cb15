//! The checks of the gate by name, in their order (`protocol.md` §7).

use rustine_domain::checks::Check;

use crate::signature::Fault;

/// One check. The later ones belong to the caller, who has the store and the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// 1: the body is announced as an activity, once and unpacked.
    ContentType,
    /// 1: at most 1 MiB.
    BodySize,
    /// 1: the token buckets.
    Rate,
    /// 1: JSON that two readers read alike.
    Json,
    /// 1: nested at most 32 deep.
    Depth,
    /// 1: no key twice in one object.
    DuplicateKey,
    /// 2: `type`, `id` and `actor` are strings.
    Strings,
    /// 2: no JSON-LD keywords beside the names we read.
    Keywords,
    /// 2: https, lower-case name, default port.
    Url,
    /// 2: nothing of ours comes from outside.
    OwnOrigin,
    /// 3: the lists, on actor and key.
    Blocked,
    /// 4: the signature covers enough, is ours, and is fresh.
    Signature(Fault),
    /// 4: key and actor share an origin.
    KeyOrigin,
    /// 6 (caller): the actor could not be had within the budget.
    ActorFetch,
    /// 7 (caller): the actor's key made the signature.
    Verification,
    /// 7 (caller): the key is the one we know the actor by.
    KeyContinuity,
    /// 8: id, actor and object share an origin.
    Origin,
    /// 8: what is said is attributed to who says it.
    Attribution,
    /// 8: only the owner changes, deletes, undoes.
    Owner,
    /// 9 (caller): an embedded object is its owner's or proven.
    Embedded,
    /// 10 (caller): proofs of reviews and receipts.
    Proof,
}

impl Step {
    /// The status of its refusals.
    pub fn status(self) -> u16 {
        match self {
            Self::ContentType
            | Self::Json
            | Self::Depth
            | Self::DuplicateKey
            | Self::Strings
            | Self::Keywords
            | Self::Url
            | Self::OwnOrigin => 400,
            Self::BodySize => 413,
            Self::Rate => 429,
            Self::Signature(_)
            | Self::KeyOrigin
            | Self::ActorFetch
            | Self::Verification
            | Self::KeyContinuity => 401,
            Self::Blocked
            | Self::Origin
            | Self::Attribution
            | Self::Owner
            | Self::Embedded
            | Self::Proof => 403,
        }
    }

    /// The check in the list of all.
    pub fn check(self) -> Check {
        match self {
            Self::ContentType => Check::ContentType,
            Self::BodySize => Check::BodySize,
            Self::Rate => Check::Rate,
            Self::Json => Check::Json,
            Self::Depth => Check::Depth,
            Self::DuplicateKey => Check::DuplicateKey,
            Self::Strings => Check::Strings,
            Self::Keywords => Check::Keywords,
            Self::Url => Check::Url,
            Self::OwnOrigin => Check::OwnOrigin,
            Self::Blocked => Check::Blocked,
            Self::Signature(fault) => fault.check(),
            Self::KeyOrigin => Check::KeyOrigin,
            Self::ActorFetch => Check::ActorFetch,
            Self::Verification => Check::Verification,
            Self::KeyContinuity => Check::KeyContinuity,
            Self::Origin => Check::Origin,
            Self::Attribution => Check::Attribution,
            Self::Owner => Check::Owner,
            Self::Embedded => Check::Embedded,
            Self::Proof => Check::Proof,
        }
    }

    /// Its name in logs, alerts and counts.
    pub fn name(self) -> &'static str {
        self.check().name()
    }

    /// A refusal by this check.
    pub fn refuse(self, sentence: impl Into<String>) -> Refusal {
        Refusal {
            step: self,
            status: self.status(),
            sentence: sentence.into(),
        }
    }
}

impl Fault {
    /// The check in the list of all.
    pub fn check(self) -> Check {
        match self {
            Self::Missing => Check::SignatureMissing,
            Self::Repeated => Check::SignatureRepeated,
            Self::Rfc9421 => Check::SignatureRfc9421,
            Self::Malformed => Check::SignatureMalformed,
            Self::Algorithm => Check::SignatureAlgorithm,
            Self::TargetUnsigned => Check::TargetUnsigned,
            Self::HostUnsigned => Check::HostUnsigned,
            Self::DigestUnsigned => Check::DigestUnsigned,
            Self::TimeUnsigned => Check::TimeUnsigned,
            Self::FieldMissing => Check::SignedFieldMissing,
            Self::FieldRepeated => Check::SignedFieldRepeated,
            Self::Host => Check::Host,
            Self::Digest => Check::Digest,
            Self::TimeUnreadable => Check::TimeUnreadable,
            Self::Old => Check::TimeOld,
            Self::Future => Check::TimeFuture,
        }
    }
}

/// An answer that refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which check spoke.
    pub step: Step,
    /// 400, 401, 403, 413 or 429.
    pub status: u16,
    /// What is wrong, for the sender's operator; quotes nothing of the activity.
    pub sentence: String,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Step::Signature(fault).refuse(fault.to_string())
    }
}
