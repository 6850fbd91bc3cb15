//! The life of a patch (`protocol.md` §4). Every transition consumes the status; the first decision stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;
use crate::time::Timestamp;

/// Where a patch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for a decision or for more reviews.
    Pending,
    /// A base no longer holds; somebody must rebase it.
    Conflict,
    /// Applied as offered. Final.
    Accepted,
    /// Applied as changed by a moderator. Final.
    Amended,
    /// Not applied, with a reason. Final.
    Refused,
    /// Taken back by its proposer. Final.
    Withdrawn,
    /// Nobody decided in time. Final.
    Expired,
}

/// A transition that the table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Somebody was faster; the first decision stands (409).
    #[error("the patch is already {0}")]
    AlreadyDecided(Status),
    /// A patch in conflict must be rebased first, one without a conflict has nothing to rebase.
    #[error("a patch that is {from} cannot become {to}")]
    NotFrom {
        /// Where it stands.
        from: Status,
        /// Where it should have gone.
        to: Status,
    },
    /// Its time has not run out.
    #[error("the patch has not expired yet")]
    TooEarly,
}

/// Why a patch is refused: never empty, at most 2,000 characters, shown to its proposer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The longest reason, in characters.
    pub const MAX_CHARACTERS: usize = 2_000;

    /// Reads a reason, without the spaces around it; `None` where nothing or too much is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= Self::MAX_CHARACTERS;
        fits.then(|| Self(text.to_owned()))
    }
    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Status {
    /// Every status, in the order of the protocol's table.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Conflict,
        Self::Accepted,
        Self::Amended,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// Where an arriving offer starts: an Undo that came before it wins.
    pub fn offered(undone_before: bool) -> Self {
        if undone_before {
            Self::Withdrawn
        } else {
            Self::Pending
        }
    }

    /// Applied as offered.
    pub fn accept(self) -> Result<Self, Forbidden> {
        self.from(&[Self::Pending], Self::Accepted)
    }
    /// Applied as changed by a moderator.
    pub fn amend(self) -> Result<Self, Forbidden> {
        self.from(&[Self::Pending], Self::Amended)
    }
    /// A base no longer holds.
    pub fn conflict(self) -> Result<Self, Forbidden> {
        self.from(&[Self::Pending], Self::Conflict)
    }
    /// Put on the present state by its proposer or a moderator; the caller voids the reviews.
    pub fn rebase(self) -> Result<Self, Forbidden> {
        self.from(&[Self::Conflict], Self::Pending)
    }
    /// Not applied.
    pub fn refuse(self, _why: &Reason) -> Result<Self, Forbidden> {
        self.from(&[Self::Pending, Self::Conflict], Self::Refused)
    }
    /// Taken back by its proposer.
    pub fn withdraw(self) -> Result<Self, Forbidden> {
        self.from(&[Self::Pending, Self::Conflict], Self::Withdrawn)
    }
    /// Nobody decided within the announced time of the offer's arrival, in seconds.
    pub fn expire(
        self,
        offered: Timestamp,
        announced_s: i64,
        now: Timestamp,
    ) -> Result<Self, Forbidden> {
        let expired = self.from(&[Self::Pending, Self::Conflict], Self::Expired)?;
        if now < offered.plus_seconds(announced_s) {
            return Err(Forbidden::TooEarly);
        }
        Ok(expired)
    }

    /// True where nothing can follow.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Conflict)
    }
    /// True where the dataset holds what the patch, or a moderator, wanted.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Accepted | Self::Amended)
    }
    /// The word on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Conflict => "conflict",
            Self::Accepted => "accepted",
            Self::Amended => "amended",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    fn from(self, allowed: &[Self], to: Self) -> Result<Self, Forbidden> {
        if allowed.contains(&self) {
            Ok(to)
        } else if self.is_final() {
            Err(Forbidden::AlreadyDecided(self))
        } else {
            Err(Forbidden::NotFrom { from: self, to })
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl FromStr for Status {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| InvalidId {
                text: crate::problem::shown(text),
                expected: "a status of a patch",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Transition = (
        &'static str,
        fn(Status) -> Result<Status, Forbidden>,
        &'static [Status],
        Status,
    );

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    /// The table of the protocol, as data.
    fn transitions() -> Vec<Transition> {
        use Status::*;
        vec![
            ("accept", Status::accept, &[Pending], Accepted),
            ("amend", Status::amend, &[Pending], Amended),
            ("conflict", Status::conflict, &[Pending], Conflict),
            ("rebase", Status::rebase, &[Conflict], Pending),
            (
                "refuse",
                |s| s.refuse(&Reason::new("non").unwrap()),
                &[Pending, Conflict],
                Refused,
            ),
            (
                "withdraw",
                Status::withdraw,
                &[Pending, Conflict],
                Withdrawn,
            ),
            (
                "expire",
                |s| s.expire(at(0), 60, at(60)),
                &[Pending, Conflict],
                Expired,
            ),
        ]
    }

    #[test]
    fn every_transition_is_that_of_the_table_and_no_other() {
        for (name, transition, sources, target) in transitions() {
            for status in Status::ALL {
                let expected = if sources.contains(&status) {
                    Ok(target)
                } else if status.is_final() {
                    Err(Forbidden::AlreadyDecided(status))
                } else {
                    Err(Forbidden::NotFrom {
                        from: status,
                        to: target,
                    })
                };
                assert_eq!(transition(status), expected, "{name} from {status}");
            }
        }
    }

    #[test]
    fn a_second_decision_is_refused() {
        let decided = Status::offered(false).accept().unwrap();
        assert_eq!(
            decided.withdraw().unwrap_err().to_string(),
            "the patch is already accepted"
        );
    }

    #[test]
    fn an_undo_before_its_offer_wins() {
        assert_eq!(Status::offered(true), Status::Withdrawn);
        assert_eq!(Status::offered(false), Status::Pending);
    }

    #[test]
    fn a_patch_does_not_expire_early() {
        let almost = at(59);
        assert_eq!(
            Status::Pending.expire(at(0), 60, almost),
            Err(Forbidden::TooEarly)
        );
        assert_eq!(
            Status::Accepted.expire(at(0), 60, almost),
            Err(Forbidden::AlreadyDecided(Status::Accepted))
        );
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(Reason::new("  \n"), None);
        assert_eq!(Reason::new(&"x".repeat(2_001)), None);
        assert_eq!(Reason::new(" doublon ").unwrap().as_str(), "doublon");
    }

    #[test]
    fn words_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert!("decided".parse::<Status>().is_err());
    }
}
