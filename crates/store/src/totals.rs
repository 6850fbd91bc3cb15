//! Counts of filtered rows that were computed before, so that turning pages does not count again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Counts kept at most; each costs the text of its filters.
const CAPACITY: usize = 512;

/// What a count depends on: the dataset, the version of its rows, and the filters as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TotalKey {
    pub dataset: i64,
    pub rows_version: i64,
    pub filters: String,
}

/// A small memory of counts; the oldest one goes first. A version that changed is simply never asked for again.
#[derive(Debug, Default)]
pub(crate) struct Totals(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    counts: HashMap<TotalKey, i64>,
    order: VecDeque<TotalKey>,
}

impl Totals {
    pub(crate) fn find(&self, key: &TotalKey) -> Option<i64> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.counts.get(key).copied()
    }

    pub(crate) fn keep(&self, key: TotalKey, count: i64) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.counts.insert(key.clone(), count).is_none() {
            memory.order.push_back(key);
        }
        if memory.order.len() > CAPACITY
            && let Some(oldest) = memory.order.pop_front()
        {
            memory.counts.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_count_is_forgotten_first() {
        let totals = Totals::default();
        let key = |n: usize| TotalKey {
            dataset: 1,
            rows_version: 1,
            filters: n.to_string(),
        };
        for n in 0..=CAPACITY {
            totals.keep(key(n), 7);
        }
        assert_eq!(totals.find(&key(0)), None);
        assert_eq!(totals.find(&key(CAPACITY)), Some(7));
    }
}
