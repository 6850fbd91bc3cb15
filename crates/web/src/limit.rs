//! A small memory of how often somebody tried, in windows of fixed length.

use std::collections::HashMap;
use std::net::IpAddr;

use rustine_domain::time::Timestamp;

/// Networks remembered at most; beyond, the memory is emptied with its window.
const MOST: usize = 50_000;

/// At most so many attempts per network and window.
#[derive(Debug)]
pub struct Limiter {
    most: u32,
    window_s: i64,
    window: i64,
    counts: HashMap<u128, u32>,
}

impl Limiter {
    /// `most` attempts in `window_s` seconds.
    pub fn new(most: u32, window_s: i64) -> Self {
        Self {
            most,
            window_s,
            window: 0,
            counts: HashMap::new(),
        }
    }

    /// Counts one attempt; false where there were too many.
    pub fn allows(&mut self, address: IpAddr, now: Timestamp) -> bool {
        let window = now.seconds().div_euclid(self.window_s);
        if window != self.window || self.counts.len() >= MOST {
            self.window = window;
            self.counts.clear();
        }
        let count = self.counts.entry(network(address)).or_default();
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

/// An IPv6 network counts as a whole: one person has 2^64 addresses.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => (address.to_bits() >> 64) << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_may_try_so_often_and_then_waits_for_the_next_window() {
        let at = |seconds| Timestamp::from_seconds(seconds).unwrap();
        let mut limiter = Limiter::new(2, 300);
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let same: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "203.0.113.1".parse().unwrap();
        assert!(limiter.allows(one, at(600)) && limiter.allows(same, at(601)));
        assert!(!limiter.allows(one, at(602)));
        assert!(limiter.allows(other, at(602)));
        assert!(limiter.allows(one, at(900)));
    }
}
