//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until `question` answers, and fails the test with `what` after `limit_s` seconds.
///
/// # Panics
/// When the time is over.
pub fn until<T>(what: &str, limit_s: u64, mut question: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(
            started.elapsed() < Duration::from_secs(limit_s),
            "waited {limit_s} s in vain: {what}"
        );
        std::thread::sleep(PAUSE);
    }
}

/// As [`until`], for what may fail to come: `None` after `limit_s` seconds.
pub fn within<T>(limit_s: u64, mut question: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(limit_s) {
        if let Some(answer) = question() {
            return Some(answer);
        }
        std::thread::sleep(PAUSE);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_ends_the_wait() {
        let mut asked = 0;
        let answer = until("the third question", 5, || {
            asked += 1;
            (asked == 3).then_some("here")
        });
        assert_eq!((answer, asked), ("here", 3));
    }

    #[test]
    #[should_panic(expected = "waited 0 s in vain: nothing")]
    fn a_wait_ends_even_without_an_answer() {
        until("nothing", 0, || None::<()>);
    }
}
