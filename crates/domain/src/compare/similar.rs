//! The second matching: changed lines, by how many of their cells are those of a row.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::align::{Alignment, Matching};
use super::sequence::Pair;
use super::{CellPrint, Side};

/// A gap with at most so many pairs is matched as a whole, a larger one in blocks of its square root.
const GAP_PAIRS: usize = 64 * 64;
const BLOCK: usize = 64;
/// A value is rare when at most so many unsettled rows have it on either side.
const RARE: usize = 3;

/// Fingerprints of the cells of unsettled rows, row after row.
#[derive(Debug)]
pub(super) struct Cells {
    rows: Vec<u32>,
    fields: usize,
    prints: Vec<CellPrint>,
}

impl Cells {
    /// Room for these rows (increasing indexes); without cells they are like no other.
    pub(super) fn new(rows: Vec<u32>, fields: usize) -> Self {
        let prints = vec![CellPrint::EMPTY; rows.len() * fields];
        Self {
            rows,
            fields,
            prints,
        }
    }
    pub(super) fn wanted(&self) -> Vec<usize> {
        self.rows.iter().map(|row| *row as usize).collect()
    }
    /// Rows that nobody asked for and cells beyond the fields are passed over.
    pub(super) fn set(&mut self, index: usize, cells: impl IntoIterator<Item = CellPrint>) {
        let found = u32::try_from(index).ok().and_then(|row| self.slot(row));
        if let Some(slot) = found {
            let room = &mut self.prints[slot * self.fields..(slot + 1) * self.fields];
            for (place, cell) in room.iter_mut().zip(cells) {
                *place = cell;
            }
        }
    }
    fn slot(&self, row: u32) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }
    fn of(&self, row: u32) -> &[CellPrint] {
        let slot = self.slot(row);
        slot.map_or(&[], |slot| {
            &self.prints[slot * self.fields..(slot + 1) * self.fields]
        })
    }
}

/// Joins what is similar. First the pairs that share a rare value and are each other's best beyond doubt,
/// wherever they stand; then in small gaps, in order; then again by rare values, the most alike first; then in
/// what is left of large gaps.
///
/// Doubtless pairs come first because in a file that was sorted anew, two rows in the same gap are neighbours
/// by chance.
pub(super) fn match_similar(alignment: &mut Alignment) {
    let Alignment {
        old,
        new,
        matching,
        old_cells,
        new_cells,
        ..
    } = alignment;
    if old_cells.rows.is_empty() || new_cells.rows.is_empty() {
        return;
    }
    let rows = Rows {
        old,
        new,
        old_cells,
        new_cells,
    };
    match_doubtless(&rows, matching);
    match_in_gaps(&rows, matching, false);
    match_rare_values(&rows, matching);
    match_in_gaps(&rows, matching, true);
}

struct Rows<'a> {
    old: &'a Side,
    new: &'a Side,
    old_cells: &'a Cells,
    new_cells: &'a Cells,
}

impl Rows<'_> {
    /// How many cells a row and a line share; 0 when it is less than half of those that either fills.
    ///
    /// The bound keeps a person's row from becoming somebody else's: below it, one was removed and another one
    /// added. Two different keys are two rows, however alike.
    fn likeness(&self, (old, new): Pair) -> u32 {
        if self.old.key(old).is_some() && self.new.key(new).is_some() {
            return 0;
        }
        let (mut filled, mut equal) = (0, 0);
        for (a, b) in self.old_cells.of(old).iter().zip(self.new_cells.of(new)) {
            filled += u32::from((*a, *b) != (CellPrint::EMPTY, CellPrint::EMPTY));
            equal += u32::from(a == b && *a != CellPrint::EMPTY);
        }
        if equal * 2 >= filled { equal } else { 0 }
    }
}

fn match_in_gaps(rows: &Rows<'_>, matching: &mut Matching, in_blocks: bool) {
    let anchors = matching.anchors();
    for gap in matching.gaps(&anchors).collect::<Vec<_>>() {
        let old = free_rows(rows.old_cells, gap.old, |i| matching.old_is_free(i));
        let new = free_rows(rows.new_cells, gap.new, |i| matching.new_is_free(i));
        if old.len() * new.len() <= GAP_PAIRS {
            best_in_order(rows, old, new, matching);
        } else if in_blocks {
            for (old, new) in old.chunks(BLOCK).zip(new.chunks(BLOCK)) {
                best_in_order(rows, old.to_vec(), new.to_vec(), matching);
            }
        }
    }
}

/// The unsettled rows of a stretch that are still free. Looks at the unsettled only, so long stretches cost nothing.
fn free_rows(cells: &Cells, stretch: std::ops::Range<u32>, free: impl Fn(u32) -> bool) -> Vec<u32> {
    let from = cells.rows.partition_point(|row| *row < stretch.start);
    let to = cells.rows.partition_point(|row| *row < stretch.end);
    cells.rows[from..to]
        .iter()
        .copied()
        .filter(|row| free(*row))
        .collect()
}

/// Joins rows and lines without crossing, such that as many cells as possible are shared.
fn best_in_order(rows: &Rows<'_>, old: Vec<u32>, new: Vec<u32>, matching: &mut Matching) {
    if old.is_empty() || new.is_empty() {
        return;
    }
    let width = new.len() + 1;
    // best[i][j]: the most cells that old[i..] and new[j..] can share.
    let mut best = vec![0_u32; (old.len() + 1) * width];
    let mut likeness = vec![0_u32; old.len() * new.len()];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let alike = rows.likeness((old[i], new[j]));
            likeness[i * new.len() + j] = alike;
            let joined = if alike > 0 {
                alike + best[(i + 1) * width + j + 1]
            } else {
                0
            };
            best[i * width + j] = joined
                .max(best[(i + 1) * width + j])
                .max(best[i * width + j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        let alike = likeness[i * new.len() + j];
        if alike > 0 && best[i * width + j] == alike + best[(i + 1) * width + j + 1] {
            matching.join((old[i], new[j]));
            (i, j) = (i + 1, j + 1);
        } else if best[i * width + j] == best[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// Joins a row and a line that share a rare value, when either is more like the other than like any third.
fn match_doubtless(rows: &Rows<'_>, matching: &mut Matching) {
    let mut candidates = candidates(rows, matching);
    let best_lines = strictly_best(&mut candidates, |pair| pair.0);
    let mut best_rows = strictly_best(&mut candidates, |pair| pair.1);
    best_rows.sort_unstable();
    for pair in best_lines {
        if best_rows.binary_search(&pair).is_ok() {
            matching.join(pair);
        }
    }
}

/// For each side of the pairs the one that is most alike, where no other is as much.
fn strictly_best(candidates: &mut [Candidate], side: impl Fn(Pair) -> u32) -> Vec<Pair> {
    candidates.sort_unstable_by_key(|c| (side(c.pair), Reverse(c.alike)));
    candidates
        .chunk_by(|a, b| side(a.pair) == side(b.pair))
        .filter(|same| {
            same.get(1)
                .is_none_or(|second| second.alike < same[0].alike)
        })
        .map(|same| same[0].pair)
        .collect()
}

/// Joins rows and lines that share a rare value, the most alike first: what moved *and* changed, and large gaps.
fn match_rare_values(rows: &Rows<'_>, matching: &mut Matching) {
    let mut candidates = candidates(rows, matching);
    candidates.sort_unstable_by_key(|c| (Reverse(c.alike), c.pair.0.abs_diff(c.pair.1), c.pair));
    for Candidate { pair, .. } in candidates {
        if matching.old_is_free(pair.0) && matching.new_is_free(pair.1) {
            matching.join(pair);
        }
    }
}

/// A pair that may be one row.
struct Candidate {
    pair: Pair,
    alike: u32,
}

fn candidates(rows: &Rows<'_>, matching: &Matching) -> Vec<Candidate> {
    rare_votes(rows, matching)
        .into_iter()
        .map(|pair| Candidate {
            pair,
            alike: rows.likeness(pair),
        })
        .filter(|candidate| candidate.alike > 0)
        .collect()
}

/// The pairs that share a rare value in some field.
fn rare_votes(rows: &Rows<'_>, matching: &Matching) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for field in 0..rows.old_cells.fields {
        let old = by_value(rows.old_cells, field, |i| matching.old_is_free(i));
        let new = by_value(rows.new_cells, field, |i| matching.new_is_free(i));
        let mut lines: HashMap<CellPrint, &[(CellPrint, u32)]> = HashMap::new();
        for same in new
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() <= RARE)
        {
            lines.insert(same[0].0, same);
        }
        for same in old
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() <= RARE)
        {
            for (_, line) in lines.get(&same[0].0).copied().unwrap_or_default() {
                pairs.extend(same.iter().map(|(_, row)| (*row, *line)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The values of a field in free rows, sorted; empty ones are left out.
fn by_value(cells: &Cells, field: usize, free: impl Fn(u32) -> bool) -> Vec<(CellPrint, u32)> {
    let mut values: Vec<(CellPrint, u32)> = cells
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| free(**row))
        .map(|(slot, row)| (cells.prints[slot * cells.fields + field], *row))
        .filter(|(value, _)| *value != CellPrint::EMPTY)
        .collect();
    values.sort_unstable();
    values
}
