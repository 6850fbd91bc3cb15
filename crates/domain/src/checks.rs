//! The checks that stand between a stranger and this instance, by name (`protocol.md` §3-5 and §7).
//!
//! The list exists for the attack suite (`tests/federation/tests/attacks`): each forgery names the check that
//! refuses it, and goes through when that check is switched off. Switches exist only under the feature
//! `sabotage`; without it [`Check::stands`] is the constant `true`, and nothing of them is compiled
//! (`docs/decisions/0016`). A check that makes the value it checks, such as reading a hash, has no switch:
//! without it there would be nothing to go on with.

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal in $section:literal;)*) => {
        /// One check. The section is that of `protocol.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Check {
            $($(#[$doc])* $variant,)*
        }

        impl Check {
            /// All of them, in the order in which a request meets them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in answers, logs, alerts and `docs/federation.md`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The section of `protocol.md` that demands it.
            pub const fn section(self) -> &'static str {
                match self {
                    $(Self::$variant => $section,)*
                }
            }
        }
    };
}

checks! {
    /// The body is announced as an activity, once and unpacked.
    ContentType = "content-type" in "7.1";
    /// A body of at most 1 MiB.
    BodySize = "body-size" in "7.1";
    /// The token buckets of an address, of a domain, and of the fetches from one domain.
    Rate = "rate" in "7.1";
    /// JSON in UTF-8, an object; makes the value.
    Json = "json" in "7.1";
    /// No U+0000 in any text.
    NullCharacter = "null-character" in "3.3";
    /// Nested at most 32 deep.
    Depth = "depth" in "7.1";
    /// No key twice in one object.
    DuplicateKey = "duplicate-key" in "7.1";
    /// `type`, `id` and `actor` are one string each.
    Strings = "strings" in "7.2";
    /// No JSON-LD keywords beside the names we read.
    Keywords = "keywords" in "7.2";
    /// https, lower-case name, default port, no user, no address.
    Url = "url" in "7.2";
    /// Nothing of ours comes from outside.
    OwnOrigin = "own-origin" in "7.2";
    /// The lists, on actor and key.
    Blocked = "blocked" in "7.3";
    /// A `Signature` header.
    SignatureMissing = "signature-missing" in "7.4";
    /// Only one.
    SignatureRepeated = "signature-repeated" in "7.4";
    /// Not one of another standard.
    SignatureRfc9421 = "signature-rfc9421" in "7.4";
    /// In the grammar of the draft, each parameter once.
    SignatureMalformed = "signature-malformed" in "7.4";
    /// By an algorithm that fits what is signed.
    SignatureAlgorithm = "signature-algorithm" in "7.4";
    /// `(request-target)` is signed.
    TargetUnsigned = "target-unsigned" in "7.4";
    /// `host` is signed.
    HostUnsigned = "host-unsigned" in "7.4";
    /// `digest` is signed.
    DigestUnsigned = "digest-unsigned" in "7.4";
    /// `date` or `(created)` is signed.
    TimeUnsigned = "time-unsigned" in "7.4";
    /// Each signed header stands in the request.
    SignedFieldMissing = "signed-field-missing" in "7.4";
    /// `Host`, `Date` and `Digest` stand once.
    SignedFieldRepeated = "signed-field-repeated" in "7.4";
    /// `Host` is ours.
    Host = "host" in "7.4";
    /// The digest is that of the body.
    Digest = "digest" in "7.4";
    /// The signed time can be read.
    TimeUnreadable = "time-unreadable" in "7.4";
    /// At most an hour old, and not expired.
    TimeOld = "time-old" in "7.4";
    /// At most five minutes ahead.
    TimeFuture = "time-future" in "7.4";
    /// Key and actor share an origin.
    KeyOrigin = "key-origin" in "7.4";
    /// The actor could be had within the budget; makes the value.
    ActorFetch = "actor-fetch" in "7.6";
    /// The actor's document is served as ActivityPub.
    ActorType = "actor-type" in "7.9";
    /// Its id is the address it was fetched from.
    ActorId = "actor-id" in "7.9";
    /// Its key names it as owner and lies on its origin.
    ActorKeyOwner = "actor-key-owner" in "2";
    /// Its inbox and other addresses lie on its origin.
    ActorAddresses = "actor-addresses" in "7.8";
    /// The actor's key made the signature.
    Verification = "verification" in "7.7";
    /// The key is the one that we know the actor by.
    KeyContinuity = "key-continuity" in "7.7";
    /// What the federation library checks once more.
    Library = "library" in "1";
    /// Id, actor and object share an origin.
    Origin = "origin" in "7.8";
    /// What is said is attributed to who says it.
    Attribution = "attribution" in "7.8";
    /// Only the owner changes, deletes, undoes.
    Owner = "owner" in "7.8";
    /// Embedded objects are their owner's; here nothing embedded is trusted beyond that.
    Embedded = "embedded" in "7.9";
    /// A review is signed with the key that its author's grant names.
    Proof = "proof" in "7.10";
    /// A seen id has no second effect.
    Seen = "seen" in "7.11";

    /// The members of an activity have their form; makes the value.
    ActivityForm = "activity-form" in "5";
    /// An activity and its object share an origin, read once more.
    ActivityOrigin = "activity-origin" in "5";
    /// An activity is its object's owner's, read once more.
    ActivityOwner = "activity-owner" in "5";
    /// A follow is of a public dataset, and in allow-list mode by a peer.
    FollowAllowed = "follow-allowed" in "5";
    /// An answer counts only while our Follow is pending.
    AnswerPending = "answer-pending" in "5";
    /// An answer counts only from the object of our Follow.
    AnswerActor = "answer-actor" in "5";
    /// A follow ends by its follower only.
    UndoFollower = "undo-follower" in "5";
    /// A peering is of instance actors that speak Rustine.
    PeerKind = "peer-kind" in "5";
    /// An offer's `context` and `to` are its target.
    OfferContext = "offer-context" in "5";
    /// An offer has at most 500 operations in 256 KiB, and at least one.
    OfferSize = "offer-size" in "5";
    /// No member of an offer escapes its digest.
    OfferMembers = "offer-members" in "5";
    /// An offer has the digest that it names.
    OfferDigest = "offer-digest" in "5";
    /// An offer's target is a dataset of ours, with this uid.
    OfferTarget = "offer-target" in "5";
    /// An offer's patch has an id of its own.
    OfferId = "offer-id" in "5";
    /// An instance offers for a visitor, a person for itself.
    OfferVisitor = "offer-visitor" in "5";
    /// An instance that offers is an accepted peer.
    OfferPeer = "offer-peer" in "5";
    /// The dataset takes proposals.
    OfferOpen = "offer-open" in "4";
    /// The quotas of waiting proposals.
    OfferQuota = "offer-quota" in "5";
    /// The values fit the schema.
    OfferValues = "offer-values" in "4";
    /// The bases are those held.
    OfferBases = "offer-bases" in "4";
    /// An offer is withdrawn by its proposer only.
    UndoProposer = "undo-proposer" in "4";
    /// An answer is to an open proposal of ours.
    DecisionOpen = "decision-open" in "4";
    /// A decision is the dataset's.
    DecisionDataset = "decision-dataset" in "5";
    /// A review is of a proposal of the dataset that it is sent to.
    ReviewContext = "review-context" in "5";
    /// A review that is known is no second vote, and its id is no other one's.
    ReviewReplay = "review-replay" in "5";
    /// The reviews that one person sends for a dataset in a day.
    ReviewQuota = "review-quota" in "5";
    /// The reviewer holds a role now, in our own tables.
    ReviewGrant = "review-grant" in "5";
    /// A new grant does not bring back what was signed under one that was revoked.
    ReviewBefore = "review-before" in "5";
    /// Whoever's actor shows another key than the grant names loses the grant.
    ReviewKey = "review-key" in "5";
    /// Nobody reviews a proposal of her own.
    ReviewOwn = "review-own" in "5";
    /// A review is of the version that stands now.
    ReviewVersion = "review-version" in "5";
    /// A review is of a proposal that waits for a decision.
    ReviewOpen = "review-open" in "5";
    /// Corrections are those signed for, and confined to the cells of the proposal.
    ReviewCorrections = "review-corrections" in "5";
    /// As many approvals, from as many instances, as the policy asks for.
    VoteQuorum = "vote-quorum" in "5";
    /// At most one approval counts for each instance but the origin.
    VoteInstance = "vote-instance" in "5";
    /// Approvals of the proposing instance alone do not suffice.
    VoteProposing = "vote-proposing" in "5";
    /// A standing objection blocks acceptance by votes.
    VoteObjection = "vote-objection" in "5";
    /// An approval of the origin, where the policy asks for it.
    VoteOwner = "vote-owner" in "5";
    /// A role ends, and a request is refused, by the word of its dataset only.
    GrantDataset = "grant-dataset" in "5";
    /// A grant that is known is not told of anew.
    GrantTaken = "grant-taken" in "5";
    /// A grant is accepted and given back by its holder only.
    GrantHolder = "grant-holder" in "5";
    /// A role is asked for on a published dataset.
    RequestOpen = "request-open" in "5";
    /// One request of a person for a dataset, and none beside a role.
    RequestOnce = "request-once" in "5";
    /// The quota of requests that wait.
    RequestQuota = "request-quota" in "5";
    /// A queue is read by the instance of somebody who holds a grant in force.
    QueueReader = "queue-reader" in "5";
    /// What stands in a queue is about the dataset whose queue it is.
    QueueUid = "queue-uid" in "5";
    /// A proposal in a queue is none that is known from elsewhere.
    QueueId = "queue-id" in "5";
    /// A review in a queue is of its proposal, and signed with a key that the log names for its author.
    QueueProof = "queue-proof" in "5";
    /// Corrections in a queue are those signed for.
    QueueCorrections = "queue-corrections" in "5";
    /// A report is about a public dataset of ours, or of a copy and by its origin.
    FlagObject = "flag-object" in "5";
    /// The quotas of open reports.
    FlagQuota = "flag-quota" in "5";
    /// A report is settled by whoever may decide on its dataset.
    FlagAnswer = "flag-answer" in "5";
    /// A line of a moderation log has its form; makes the value.
    ModlogForm = "modlog-form" in "5";
    /// A line is about the dataset that is copied.
    ModlogUid = "modlog-uid" in "5";
    /// A line is the one that comes next.
    ModlogNumber = "modlog-number" in "5";
    /// A line names the one before it that is held.
    ModlogPrev = "modlog-prev" in "5";
    /// A line is signed by the instance that owns the dataset.
    ModlogProof = "modlog-proof" in "5";

    /// What an entry is made of can be read; makes the value.
    LogForm = "log-form" in "3.3";
    /// Numbers are integers.
    LogNumber = "log-number" in "3.2";
    /// A header of at most 64 KiB.
    HeaderSize = "header-size" in "3.3";
    /// A body of at most 64 MiB.
    BodyBytes = "body-bytes" in "3.3";
    /// No unknown member where none may be.
    UnknownMember = "unknown-member" in "3.3";
    /// No header member of another kind of entry.
    KindMember = "kind-member" in "3.3";
    /// The constant context.
    LogContext = "log-context" in "3.3";
    /// `id` is that of the sequence number.
    LogId = "log-id" in "3.3";
    /// The members of the proof are those of the suite.
    ProofMembers = "proof-members" in "3.3";
    /// The signature over the header.
    ProofSignature = "proof-signature" in "3.3";
    /// Signed by the key in force.
    Signer = "signer" in "3.3";
    /// One genesis, at 0.
    Genesis = "genesis" in "3.3";
    /// The log that the copy is pinned to.
    Identity = "identity" in "3.3";
    /// The dataset's own uid.
    Uid = "uid" in "3.3";
    /// The address in force.
    Address = "address" in "3.3";
    /// `prev` is the entry before.
    Prev = "prev" in "3.3";
    /// Time does not run backwards.
    TimeBackwards = "time-backwards" in "3.3";
    /// Not dated a day ahead.
    TimeAhead = "time-ahead" in "3.3";
    /// Nothing but upkeep after close.
    Closed = "closed" in "3.3";
    /// No operations in a kind without.
    Operations = "operations" in "3.3";
    /// The state repeats without operations.
    StateRepeats = "state-repeats" in "3.3";
    /// The schema repeats but in a schema entry.
    SchemaRepeats = "schema-repeats" in "3.3";
    /// A redact target is older than the redact.
    RedactTarget = "redact-target" in "3.3";
    /// The recovery key is the one announced.
    RecoveryKey = "recovery-key" in "3.3";
    /// A recovery key is spent once.
    RecoverySpent = "recovery-spent" in "3.3";
    /// A log key is fresh.
    KeyReused = "key-reused" in "3.3";
    /// A log key is no recovery key.
    KeyIsRecovery = "key-is-recovery" in "3.3";
    /// An announcement is fresh.
    NextReused = "next-reused" in "3.3";
    /// The cells, salts and gone of a row fit each other.
    RowParts = "row-parts" in "3.4";
    /// `label`, `seen` and `nonce` stand in patches only.
    PatchMembers = "patch-members" in "3.3";
    /// The body reproduces the digest of its offer.
    BodyDigest = "body-digest" in "3.3";
    /// The operations are those of the header.
    OpsHash = "ops-hash" in "3.2";
    /// The meta is that of the header.
    MetaHash = "meta-hash" in "3.2";
    /// The schema is that of the header.
    SchemaHash = "schema-hash" in "3.2";
    /// The policy is that of the header.
    PolicyHash = "policy-hash" in "3.2";
    /// A value is that of its commitment.
    CellHash = "cell-hash" in "3.2";
    /// `base` is the commitment held.
    Base = "base" in "3.4";
    /// `rowBase` is the row held.
    RowBase = "row-base" in "3.4";
    /// No set or del on an absent row.
    AbsentRow = "absent-row" in "3.3";
    /// No add on a present row.
    PresentRow = "present-row" in "3.3";
    /// One operation per cell, none beside an add or del.
    TwoOperations = "two-operations" in "3.4";
    /// The root over the rows is that of the header.
    StateRoot = "state-root" in "3.2";
    /// A snapshot is complete and in order; copies read none yet.
    Snapshot = "snapshot" in "3.6";
    /// A copy that a fork froze stands still.
    Frozen = "frozen" in "3.6";
    /// The quota of a copy.
    ReplicaQuota = "replica-quota" in "3.3";
}

impl Check {
    /// Checks without a switch: they make the value, or guard what does not exist yet.
    pub const UNSWITCHED: &'static [Self] = &[
        Self::Json,
        Self::ActorFetch,
        Self::Embedded,
        Self::ActivityForm,
        Self::ModlogForm,
        Self::LogForm,
        Self::Snapshot,
    ];

    /// The check with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }

    /// Whether the check is in force: always, in anything that is released.
    #[cfg(not(feature = "sabotage"))]
    #[inline(always)]
    pub const fn stands(self) -> bool {
        true
    }

    /// Whether the check is in force: so says the switch that the sabotaged binary handed in.
    #[cfg(feature = "sabotage")]
    pub fn stands(self) -> bool {
        switch::ASK.get().is_none_or(|ask| ask(self))
    }
}

/// The switch behind [`Check::stands`].
#[cfg(feature = "sabotage")]
pub mod switch {
    use std::sync::OnceLock;

    use super::Check;

    pub(super) static ASK: OnceLock<fn(Check) -> bool> = OnceLock::new();

    /// Hands in what says whether a check stands. The first one counts.
    pub fn hand_in(ask: fn(Check) -> bool) {
        // A second call changes nothing, as documented.
        let _ = ASK.set(ask);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Check::ALL.iter().map(|check| check.name()).collect();
        assert_eq!(names.len(), Check::ALL.len());
        assert!(
            Check::ALL
                .iter()
                .all(|check| Check::named(check.name()) == Some(*check))
        );
    }

    #[cfg(not(feature = "sabotage"))]
    #[test]
    fn without_the_feature_a_check_stands_at_compile_time() {
        const STANDS: bool = Check::Verification.stands();
        const { assert!(STANDS) };
    }
}
