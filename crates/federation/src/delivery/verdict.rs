//! What an answer to a delivery means, and when to try again (`protocol.md` §6). Pure.

use rustine_domain::time::Timestamp;

/// Pause after the first failure, in seconds; it doubles up to [`LONGEST_PAUSE_SECONDS`].
pub const FIRST_PAUSE_SECONDS: i64 = 5;
/// A day: the longest pause.
pub const LONGEST_PAUSE_SECONDS: i64 = 86_400;
/// An activity that met only server errors for this long is parked until an operator asks for it.
pub const PARK_AFTER_SECONDS: i64 = 86_400;

/// What the other side said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP status.
    Status(u16),
    /// No answer: the name, the connection or the time failed.
    Unreachable,
    /// Our own rules forbid the address; asking again changes nothing.
    Forbidden,
}

/// What follows for the outbox row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Done,
    /// The receiver is gone for good: the row ends and its followers there are dropped.
    Gone,
    /// The receiver refuses it; recorded and shown, not repeated.
    Refused,
    /// Our signature was not believed: repeated, with an alert, since a clock may be wrong.
    Unauthorized,
    /// Try again later.
    Later,
    /// Server errors for a day: kept, not repeated by itself.
    Parked,
}

/// Reads an answer. `since` is when the activity was first due.
pub fn judge(answer: Answer, since: Timestamp, now: Timestamp) -> Verdict {
    match answer {
        Answer::Status(200..=299) => Verdict::Done,
        Answer::Status(410) => Verdict::Gone,
        Answer::Status(401) if now.seconds() - since.seconds() < PARK_AFTER_SECONDS => {
            Verdict::Unauthorized
        }
        Answer::Status(408 | 425 | 429) => Verdict::Later,
        Answer::Status(400..=499) | Answer::Forbidden => Verdict::Refused,
        Answer::Status(500..=599) if now.seconds() - since.seconds() >= PARK_AFTER_SECONDS => {
            Verdict::Parked
        }
        // A redirect of a POST is never followed; the peer may mend its proxy.
        Answer::Status(_) | Answer::Unreachable => Verdict::Later,
    }
}

/// When the next attempt is due, after `attempts` failures (1 or more). `jitter` is any random number: it
/// spreads the attempts over a quarter of the pause, so that peers that came back are not met by a wave.
pub fn next_attempt(now: Timestamp, attempts: u32, jitter: u64) -> Timestamp {
    let doubled = FIRST_PAUSE_SECONDS << attempts.saturating_sub(1).min(20);
    let pause = doubled.min(LONGEST_PAUSE_SECONDS);
    let quarter = (pause / 4).max(1).unsigned_abs();
    now.plus_seconds(pause - pause / 4 + (jitter % quarter).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn every_answer_has_its_verdict() {
        for (answer, verdict) in [
            (Answer::Status(202), Verdict::Done),
            (Answer::Status(410), Verdict::Gone),
            (Answer::Status(401), Verdict::Unauthorized),
            (Answer::Status(403), Verdict::Refused),
            (Answer::Status(404), Verdict::Refused),
            (Answer::Status(429), Verdict::Later),
            (Answer::Status(301), Verdict::Later),
            (Answer::Status(502), Verdict::Later),
            (Answer::Unreachable, Verdict::Later),
            (Answer::Forbidden, Verdict::Refused),
        ] {
            assert_eq!(judge(answer, at(0), at(10)), verdict, "{answer:?}");
        }
    }

    #[test]
    fn a_day_of_server_errors_parks_and_silence_does_not() {
        assert_eq!(
            judge(Answer::Status(503), at(0), at(PARK_AFTER_SECONDS)),
            Verdict::Parked
        );
        assert_eq!(
            judge(Answer::Unreachable, at(0), at(10 * PARK_AFTER_SECONDS)),
            Verdict::Later
        );
    }

    #[test]
    fn pauses_double_up_to_a_day() {
        let pause = |attempts| next_attempt(at(0), attempts, 0).seconds() - at(0).seconds();
        assert!((4..=5).contains(&pause(1)), "{}", pause(1));
        assert!(pause(2) > pause(1));
        for attempts in 1..100 {
            assert!((1..=LONGEST_PAUSE_SECONDS).contains(&pause(attempts)));
            assert!(next_attempt(at(0), attempts, u64::MAX) >= next_attempt(at(0), attempts, 0));
        }
        assert!(pause(99) >= LONGEST_PAUSE_SECONDS / 2);
    }
}
