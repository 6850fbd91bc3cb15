//! Which of two branches of one log stands (`protocol.md` §3.3 "Keys", §3.6 "Fork").

use super::chain::{Chain, Rotation};

/// The verdict over two branches that part after a common entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Both end in the same entry: no fork, whatever the signatures.
    Same,
    /// Ours carries the rotation: the other branch is evidence only.
    Ours,
    /// The other carries the rotation: go back to the common entry and follow it; keep what that undoes.
    Theirs,
    /// A fork: freeze, keep both, show both.
    Fork,
    /// Both reveal the same recovery key. The second displaces nothing: freeze, and show the operator.
    TwiceRevealed,
}

/// The rules by which a node judges branches. In anything that is released there is one set of them; the feature
/// `sabotage` has a second one, so that the simulation can show that it would notice (`docs/decisions/0017`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    #[cfg(feature = "sabotage")]
    swapped: bool,
}

impl Rules {
    /// Rules that take the other branch where one rotates: what a node must never do.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub const fn swapped() -> Self {
        Self { swapped: true }
    }

    /// As [`settle`], by these rules.
    #[must_use]
    pub fn settle(self, common: u64, ours: &Chain, theirs: &Chain) -> Settlement {
        let settlement = settle(common, ours, theirs);
        #[cfg(feature = "sabotage")]
        if self.swapped {
            return match settlement {
                Settlement::Ours => Settlement::Theirs,
                Settlement::Theirs => Settlement::Ours,
                settlement => settlement,
            };
        }
        settlement
    }
}

/// Judges two chains of one genesis that agree up to `common` and differ after it. Both were followed to
/// their ends; for a single rival header, follow it from the chain before the entry it rivals.
pub fn settle(common: u64, ours: &Chain, theirs: &Chain) -> Settlement {
    if ours.entry == theirs.entry {
        return Settlement::Same;
    }
    let later = |chain: &Chain| -> Option<Rotation> {
        let mut later = chain.rotations.iter().filter(|it| it.seq > common);
        later.next().cloned()
    };
    match (later(ours), later(theirs)) {
        // Only one key was announced at the common entry, so both rotations reveal the same one.
        (Some(_), Some(_)) => Settlement::TwiceRevealed,
        (Some(_), None) => Settlement::Ours,
        (None, Some(_)) => Settlement::Theirs,
        (None, None) => Settlement::Fork,
    }
}
