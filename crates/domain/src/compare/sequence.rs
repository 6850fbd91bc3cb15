//! Pairs of an old and a new index as a sequence: its longest increasing part, and the gaps between.

use std::ops::Range;

/// An old row (first) and the new line that it is.
pub(super) type Pair = (u32, u32);

/// Of pairs with increasing new indexes, the most that increase on the old side too: the rows that did not move.
///
/// Patience sorting, O(n log n); nothing is allocated but the result when no row moved.
pub(super) fn longest_increasing(pairs: &[Pair]) -> Vec<Pair> {
    if pairs.is_sorted_by(|a, b| a.0 < b.0) {
        return pairs.to_vec();
    }
    // The last pair of the best run of each length, and for each pair the one before it in its best run.
    let mut tails: Vec<u32> = Vec::new();
    let mut before: Vec<u32> = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|tail| pairs[*tail as usize].0 < pair.0);
        before.push(
            length
                .checked_sub(1)
                .map_or(u32::MAX, |shorter| tails[shorter]),
        );
        match tails.get_mut(length) {
            Some(tail) => *tail = at as u32,
            None => tails.push(at as u32),
        }
    }
    let mut longest = Vec::with_capacity(tails.len());
    let mut at = tails.last().copied().unwrap_or(u32::MAX);
    while let Some(pair) = pairs.get(at as usize) {
        longest.push(*pair);
        at = before[at as usize];
    }
    longest.reverse();
    longest
}

/// A stretch of old rows and one of new lines between the same neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) old: Range<u32>,
    pub(super) new: Range<u32>,
}

/// The gaps between anchors that increase on both sides, before the first and behind the last; empty ones are
/// left out.
pub(super) fn gaps(anchors: &[Pair], old_len: u32, new_len: u32) -> impl Iterator<Item = Gap> + '_ {
    let ends = anchors.iter().copied().chain([(old_len, new_len)]);
    let starts = std::iter::once((0, 0)).chain(anchors.iter().map(|(old, new)| (old + 1, new + 1)));
    starts
        .zip(ends)
        .map(|(start, end)| Gap {
            old: start.0..end.0,
            new: start.1..end.1,
        })
        .filter(|gap| !gap.old.is_empty() && !gap.new.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(old: &[u32], longest: &[u32]) {
        let pairs: Vec<Pair> = old.iter().copied().zip(0..).collect();
        let found: Vec<u32> = longest_increasing(&pairs)
            .into_iter()
            .map(|pair| pair.0)
            .collect();
        assert_eq!(found, longest);
    }

    #[test]
    fn as_many_as_possible_stay() {
        check(&[], &[]);
        check(&[0, 1, 2], &[0, 1, 2]);
        check(&[2, 0, 1], &[0, 1]);
        check(&[1, 2, 0], &[1, 2]);
        check(&[0, 4, 1, 2, 3], &[0, 1, 2, 3]);
    }

    #[test]
    fn gaps_lie_between_anchors_and_at_the_ends() {
        let found: Vec<Gap> = gaps(&[(1, 0), (2, 3), (5, 4)], 7, 6).collect();
        assert_eq!(
            found,
            [Gap {
                old: 6..7,
                new: 5..6
            }]
        );
        let found: Vec<Gap> = gaps(&[(1, 2)], 3, 4).collect();
        assert_eq!(
            found,
            [
                Gap {
                    old: 0..1,
                    new: 0..2
                },
                Gap {
                    old: 2..3,
                    new: 3..4
                }
            ]
        );
    }

    proptest! {
        #[test]
        fn no_longer_run_exists(old in Just((0..9_u32).collect::<Vec<_>>()).prop_shuffle()) {
            let pairs: Vec<Pair> = old.iter().copied().zip(0..).collect();
            let found = longest_increasing(&pairs);
            prop_assert!(found.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
            let mut best = vec![1; old.len()];
            for i in 0..old.len() {
                for j in 0..i {
                    if old[j] < old[i] { best[i] = best[i].max(best[j] + 1); }
                }
            }
            prop_assert_eq!(found.len(), best.into_iter().max().unwrap_or(0));
        }
    }
}
