//! What was computed over the rows of a dataset before, so that turning pages does not compute it again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::rows::{Cluster, ValueCount};

/// Answers of one kind kept at most; each costs the text of its filters, and what it says.
const CAPACITY: usize = 512;

/// What an answer depends on: the dataset, the version of its rows, and the question as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TotalKey {
    pub dataset: i64,
    pub rows_version: i64,
    pub filters: String,
}

/// The memories of one process.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// How many rows match.
    pub counts: Memory<i64>,
    /// Places grouped on a grid.
    pub clusters: Memory<Arc<[Cluster]>>,
    /// West, south, east, north of all places that match.
    pub extents: Memory<Option<[f64; 4]>>,
    /// The values of a field.
    pub values: Memory<Arc<[ValueCount]>>,
}

/// A small memory of answers; the oldest one goes first. A version that changed is simply never asked for again.
#[derive(Debug)]
pub(crate) struct Memory<V>(Mutex<Kept<V>>);

#[derive(Debug)]
struct Kept<V> {
    answers: HashMap<TotalKey, V>,
    order: VecDeque<TotalKey>,
}

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self(Mutex::new(Kept {
            answers: HashMap::new(),
            order: VecDeque::new(),
        }))
    }
}

impl<V: Clone> Memory<V> {
    pub(crate) fn find(&self, key: &TotalKey) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers.get(key).cloned()
    }

    pub(crate) fn keep(&self, key: TotalKey, answer: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.answers.insert(key.clone(), answer).is_none() {
            kept.order.push_back(key);
        }
        if kept.order.len() > CAPACITY
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.answers.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_answer_is_forgotten_first() {
        let counts = Memory::default();
        let key = |n: usize| TotalKey {
            dataset: 1,
            rows_version: 1,
            filters: n.to_string(),
        };
        for n in 0..=CAPACITY {
            counts.keep(key(n), 7);
        }
        assert_eq!(counts.find(&key(0)), None);
        assert_eq!(counts.find(&key(CAPACITY)), Some(7));
    }
}
