//! Token buckets whose clock is a parameter and whose memory has an end.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use rustine_domain::checks::Check;

/// Most keys remembered by one set of buckets. Beyond it newcomers share one bucket, so that a flood of
/// addresses neither fills the memory nor gets a fresh allowance for each.
const MAX_KEYS: usize = 100_000;

/// How much is let through: `burst` at once, and `per_minute` in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once; at least 1.
    pub burst: u32,
    /// In the long run; at least 1.
    pub per_minute: u32,
}

/// The limits of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSettings {
    /// `rates.address_*`: requests of one address (IPv6: one /64), counted before anything is read.
    pub per_address: Rate,
    /// `rates.domain_*`: activities of one registrable domain, counted once their signature is verified:
    /// before that anyone could use up the share of a domain by naming it.
    pub per_domain: Rate,
    /// `rates.fetches_*`: documents fetched from one registrable domain because an activity named
    /// them (step 6).
    pub fetches_per_domain: Rate,
}

/// Too much: how long until the next one is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// At least 1; the value of `Retry-After`.
    pub seconds: u64,
}

/// One bucket per key. Of each only the moment is kept at which it will be full again, in microseconds: a key
/// whose moment has passed is as good as absent.
pub struct Buckets<K> {
    interval_us: u64,
    tolerance_us: u64,
    max_keys: usize,
    full_at_us: Mutex<HashMap<Option<K>, u64>>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// Full buckets.
    pub fn new(rate: Rate) -> Self {
        Self::with_max_keys(rate, MAX_KEYS)
    }

    /// Buckets that let one through in each so many seconds.
    pub fn once_in(seconds: u64) -> Self {
        Self {
            interval_us: seconds * 1_000_000,
            tolerance_us: 0,
            max_keys: MAX_KEYS,
            full_at_us: Mutex::new(HashMap::new()),
        }
    }

    pub(super) fn with_max_keys(rate: Rate, max_keys: usize) -> Self {
        let interval_us = 60_000_000 / u64::from(rate.per_minute.max(1));
        Self {
            interval_us,
            tolerance_us: interval_us * u64::from(rate.burst.max(1) - 1),
            max_keys,
            full_at_us: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one token of `key`'s bucket. `now_ms` may count from any moment, as long as it is always the same.
    pub fn take(&self, key: K, now_ms: u64) -> Result<(), Wait> {
        let now_us = now_ms.saturating_mul(1000);
        let mut buckets = self
            .full_at_us
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = Some(key);
        let key = match buckets.contains_key(&key) {
            true => key,
            false => self.room_for(key, &mut buckets, now_us),
        };
        let full_at_us = buckets.entry(key).or_insert(now_us);
        let missing_us = full_at_us.saturating_sub(now_us);
        if missing_us > self.tolerance_us && Check::Rate.stands() {
            let wait_us = missing_us - self.tolerance_us;
            return Err(Wait {
                seconds: wait_us.div_ceil(1_000_000),
            });
        }
        *full_at_us = now_us + missing_us + self.interval_us;
        Ok(())
    }

    fn room_for(
        &self,
        key: Option<K>,
        buckets: &mut HashMap<Option<K>, u64>,
        now_us: u64,
    ) -> Option<K> {
        if buckets.len() >= self.max_keys {
            buckets.retain(|_, full_at_us| *full_at_us > now_us);
        }
        key.filter(|_| buckets.len() < self.max_keys)
    }
}
