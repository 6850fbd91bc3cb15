//! A small memory of how often somebody tried, in windows of fixed length.

use std::collections::HashMap;
use std::hash::Hash;

use rustine_domain::time::Timestamp;

/// Networks or names remembered at most; beyond, the memory is emptied with its window.
const MOST: usize = 50_000;

/// How many attempts each network, or each name, made in this window.
#[derive(Debug)]
pub struct Limiter<K> {
    window_s: i64,
    window: i64,
    counts: HashMap<K, u32>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// Counts in windows of `window_s` seconds.
    pub fn new(window_s: i64) -> Self {
        Self {
            window_s,
            window: 0,
            counts: HashMap::new(),
        }
    }

    /// Counts one attempt; false where there were more than `most`.
    pub fn allows(&mut self, who: K, most: u32, now: Timestamp) -> bool {
        let window = now.seconds().div_euclid(self.window_s);
        if window != self.window || self.counts.len() >= MOST {
            self.window = window;
            self.counts.clear();
        }
        let count = self.counts.entry(who).or_default();
        *count = count.saturating_add(1);
        *count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustine_app::network;

    #[test]
    fn a_network_may_try_so_often_and_then_waits_for_the_next_window() {
        let at = |seconds| Timestamp::from_seconds(seconds).unwrap();
        let mut limiter = Limiter::new(300);
        let client = |text: &str| network::of(text.parse().unwrap());
        let (one, same) = (client("2001:db8::1"), client("2001:db8::2"));
        let other = client("203.0.113.1");
        assert!(limiter.allows(one, 2, at(600)) && limiter.allows(same, 2, at(601)));
        assert!(!limiter.allows(one, 2, at(602)));
        assert!(limiter.allows(other, 2, at(602)));
        assert!(limiter.allows(one, 2, at(900)));
    }
}
