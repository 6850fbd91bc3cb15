//! Validation by the votes of citizens, off unless an owner turns it on.

/// How many votes accept a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteRules {
    /// Whether people vote at all.
    pub on: bool,
    /// So many in favour accept …
    pub needed: u64,
    /// … with at most so many against …
    pub against: u64,
    /// … once it has waited so many days.
    pub days: u64,
    /// So many in favour accept at once, however long it has waited.
    pub force: u64,
}

impl Default for VoteRules {
    fn default() -> Self {
        Self {
            on: false,
            needed: 5,
            against: 0,
            days: 2,
            force: 10,
        }
    }
}

/// Votes on a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// In favour.
    pub agree: u64,
    /// Against.
    pub disagree: u64,
}

/// What votes make of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voted {
    /// It is accepted.
    Accepts,
    /// It waits for more votes, for its days, or, where people disagree, for a moderator.
    Waits,
}

/// Counts the votes on a proposal that has waited so many seconds. Too many against are for a moderator to weigh, in
/// whatever number others agree.
pub fn voted(rules: VoteRules, count: Count, waited_seconds: i64) -> Voted {
    let days = u64::try_from(waited_seconds / super::DAY_SECONDS).unwrap_or(0);
    let enough = count.agree >= rules.force || count.agree >= rules.needed && days >= rules.days;
    match rules.on && enough && count.disagree <= rules.against && count.agree > 0 {
        true => Voted::Accepts,
        false => Voted::Waits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(agree: u64, disagree: u64, waited_seconds: i64, expected: Voted) {
        let rules = VoteRules {
            on: true,
            ..VoteRules::default()
        };
        let count = Count { agree, disagree };
        assert_eq!(
            voted(rules, count, waited_seconds),
            expected,
            "{count:?} after {waited_seconds}"
        );
        assert_eq!(
            voted(VoteRules::default(), count, waited_seconds),
            Voted::Waits,
            "off by default"
        );
    }

    #[test]
    fn five_accept_after_two_days_ten_at_once_and_one_against_is_for_a_moderator() {
        let two_days = 2 * 86_400;
        check(5, 0, two_days, Voted::Accepts);
        check(5, 0, two_days - 1, Voted::Waits);
        check(4, 0, 30 * 86_400, Voted::Waits);
        check(10, 0, 0, Voted::Accepts);
        check(9, 0, 0, Voted::Waits);
        check(5, 1, two_days, Voted::Waits);
        check(10, 1, 0, Voted::Waits);
    }

    #[test]
    fn nobody_accepts_by_saying_nothing() {
        let rules = VoteRules {
            on: true,
            needed: 0,
            against: 0,
            days: 0,
            force: 0,
        };
        assert_eq!(voted(rules, Count::default(), 99), Voted::Waits);
    }
}
