//! What each line of the new file is.

use super::align::Alignment;
use super::sequence::longest_increasing;
use super::{NONE, Side};
use crate::ids::RowId;

/// What a new line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// This row, and none of its cells changed.
    Same(RowId),
    /// This row; at least one cell changed.
    Changed(RowId),
    /// No row yet.
    New,
}

/// What a new line is, and whether it stands where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The row.
    pub fate: Fate,
    /// Whether it must be given an `_order`: it is new, it moved, or it has none and a row behind it needs one.
    pub needs_order: bool,
}

/// How many lines and rows of each kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lines that are rows as they were.
    pub same: u64,
    /// Lines that are rows with other cells.
    pub changed: u64,
    /// Lines that are no row yet.
    pub added: u64,
    /// Rows that the file has no longer.
    pub removed: u64,
    /// Same or changed lines that stand elsewhere; no fewer rows can be moved to come to the new order.
    pub moved: u64,
}

/// The result of a comparison.
#[derive(Debug)]
pub struct Outcome {
    ids: Vec<RowId>,
    of_old: Vec<u32>,
    of_new: Vec<u32>,
    /// Per new line.
    same: Vec<bool>,
    needs_order: Vec<bool>,
    moved: u64,
}

impl Outcome {
    pub(super) fn of(alignment: Alignment) -> Self {
        let Alignment {
            ids,
            ordered,
            old,
            new,
            matching,
            ..
        } = alignment;
        let (needs_order, moved) = places(&matching.pairs(), matching.of_new.len(), ordered);
        let same = sameness(&old, &new, &matching.of_new);
        Self {
            ids,
            of_old: matching.of_old,
            of_new: matching.of_new,
            same,
            needs_order,
            moved,
        }
    }

    /// What each new line is, in their order.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        (0..self.of_new.len()).filter_map(|index| self.line(index))
    }

    /// What the line of this index (from 0) is.
    pub fn line(&self, index: usize) -> Option<Line> {
        let row = self.ids.get(*self.of_new.get(index)? as usize);
        let fate = match (row, self.same[index]) {
            (None, _) => Fate::New,
            (Some(id), true) => Fate::Same(*id),
            (Some(id), false) => Fate::Changed(*id),
        };
        Some(Line {
            fate,
            needs_order: self.needs_order[index],
        })
    }

    /// The rows that the new file has no longer, in their order.
    pub fn removed(&self) -> impl Iterator<Item = RowId> + '_ {
        let rows = self.ids.iter().zip(&self.of_old);
        rows.filter(|(_, line)| **line == NONE).map(|(id, _)| *id)
    }

    /// How many of each kind there are.
    pub fn counts(&self) -> Counts {
        let count = |matches: &dyn Fn(usize) -> bool| {
            (0..self.of_new.len())
                .filter(|index| matches(*index))
                .count() as u64
        };
        let known = |index: usize| self.of_new[index] != NONE;
        Counts {
            same: count(&|index| known(index) && self.same[index]),
            changed: count(&|index| known(index) && !self.same[index]),
            added: count(&|index| !known(index)),
            removed: self.removed().count() as u64,
            moved: self.moved,
        }
    }
}

fn sameness(old: &Side, new: &Side, of_new: &[u32]) -> Vec<bool> {
    let lines = of_new.iter().zip(0..);
    lines
        .map(|(row, line)| *row != NONE && old.print(*row) == new.print(line))
        .collect()
}

/// Which lines need an `_order`, and how many rows moved. `ordered` old rows have one, the first ones.
fn places(pairs: &[(u32, u32)], lines: usize, ordered: usize) -> (Vec<bool>, u64) {
    let kept = longest_increasing(pairs);
    let mut needs = vec![true; lines];
    for (_, line) in &kept {
        needs[*line as usize] = false;
    }
    // Rows without `_order` come last, so such a row needs one as soon as something with one must follow it.
    let last = needs.iter().rposition(|needed| *needed).unwrap_or(0);
    for (row, line) in &kept {
        if *row as usize >= ordered && (*line as usize) < last {
            needs[*line as usize] = true;
        }
    }
    (needs, (pairs.len() - kept.len()) as u64)
}
