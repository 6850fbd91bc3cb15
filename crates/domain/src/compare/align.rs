//! The first matching: rows by key, then identical rows.

use super::outcome::Outcome;
use super::sequence::{Gap, Pair, gaps, longest_increasing};
use super::similar::{self, Cells};
use super::{CellPrint, Comparer, DuplicateKeys, MAX_LISTED, NONE, Side};
use crate::ids::RowId;

/// The most cells per side whose fingerprints are kept for rows that neither key nor content settled: 32 MB.
/// Beyond it the last rows are not looked at, and count as removed and new ([`Alignment::unexamined`]).
pub const MAX_CELLS: usize = 8_000_000;

/// What is known after the first pass: most lines are settled, the others wait for their cells.
#[derive(Debug)]
pub struct Alignment {
    pub(super) ids: Vec<RowId>,
    pub(super) ordered: usize,
    pub(super) old: Side,
    pub(super) new: Side,
    pub(super) matching: Matching,
    pub(super) old_cells: Cells,
    pub(super) new_cells: Cells,
    unexamined: u64,
}

/// Who is matched with whom, seen from both sides.
#[derive(Debug)]
pub(super) struct Matching {
    pub(super) of_old: Vec<u32>,
    pub(super) of_new: Vec<u32>,
}

impl Matching {
    fn new(old: u32, new: u32) -> Self {
        Self {
            of_old: vec![NONE; old as usize],
            of_new: vec![NONE; new as usize],
        }
    }
    pub(super) fn join(&mut self, (old, new): Pair) {
        self.of_old[old as usize] = new;
        self.of_new[new as usize] = old;
    }
    pub(super) fn old_is_free(&self, old: u32) -> bool {
        self.of_old[old as usize] == NONE
    }
    pub(super) fn new_is_free(&self, new: u32) -> bool {
        self.of_new[new as usize] == NONE
    }
    /// All pairs, in the order of the new lines.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let partners = self.of_new.iter().copied().zip(0..);
        partners.filter(|(old, _)| *old != NONE).collect()
    }
    /// The pairs that keep their order.
    pub(super) fn anchors(&self) -> Vec<Pair> {
        longest_increasing(&self.pairs())
    }
    pub(super) fn gaps<'a>(&self, anchors: &'a [Pair]) -> impl Iterator<Item = Gap> + 'a {
        gaps(anchors, self.of_old.len() as u32, self.of_new.len() as u32)
    }
}

impl Alignment {
    /// Indexes (from 0, in the order given) of the old rows whose cells are needed; none if no new line waits
    /// for a row.
    pub fn unsettled_old(&self) -> Vec<usize> {
        self.old_cells.wanted()
    }
    /// Indexes of the new lines whose cells are needed; none if no old row is left for them.
    pub fn unsettled_new(&self) -> Vec<usize> {
        self.new_cells.wanted()
    }
    /// How many new lines will count as new only because too many changed to look at all of them ([`MAX_CELLS`]).
    /// Where it is not 0, a person should choose a key instead.
    pub fn unexamined(&self) -> u64 {
        self.unexamined
    }
    /// The row id of an old row, for a caller that reads single rows in the second pass.
    pub fn old_id(&self, index: usize) -> RowId {
        self.ids[index]
    }
    /// The cells of an unsettled old row, in the same order of fields on both sides.
    pub fn old_cells(&mut self, index: usize, cells: impl IntoIterator<Item = CellPrint>) {
        self.old_cells.set(index, cells);
    }
    /// The cells of an unsettled new line, in the same order of fields on both sides.
    pub fn new_cells(&mut self, index: usize, cells: impl IntoIterator<Item = CellPrint>) {
        self.new_cells.set(index, cells);
    }
    /// Matches changed lines with their rows, and says what each line is.
    pub fn finish(mut self) -> Outcome {
        similar::match_similar(&mut self);
        Outcome::of(self)
    }
}

pub(super) fn align(comparer: Comparer) -> Result<Alignment, DuplicateKeys> {
    let Comparer {
        fields,
        ids,
        ordered,
        old,
        new,
        new_lines,
    } = comparer;
    let mut matching = Matching::new(old.len(), new.len());
    match_keys(&old, &new, &new_lines, &mut matching)?;
    match_contents(&old, &new, &mut matching);
    let most = MAX_CELLS / fields.max(1);
    let mut free_old: Vec<u32> = (0..old.len())
        .filter(|i| matching.old_is_free(*i))
        .collect();
    let mut free_new: Vec<u32> = (0..new.len())
        .filter(|i| matching.new_is_free(*i))
        .collect();
    // Nothing to compare with: then no cell is needed.
    let possible = !free_old.is_empty()
        && !free_new.is_empty()
        && (free_old.iter().any(|i| old.key(*i).is_none())
            || free_new.iter().any(|i| new.key(*i).is_none()));
    if !possible {
        free_old.clear();
        free_new.clear();
    }
    let unexamined = free_new.len().saturating_sub(most) as u64;
    free_old.truncate(most);
    free_new.truncate(most);
    let cells = |free: Vec<u32>| Cells::new(free, fields);
    Ok(Alignment {
        ids,
        ordered,
        old_cells: cells(free_old),
        new_cells: cells(free_new),
        old,
        new,
        matching,
        unexamined,
    })
}

/// Rows with a key. Of old rows that share one (a key chosen later), an identical row goes first.
fn match_keys(
    old: &Side,
    new: &Side,
    new_lines: &[u32],
    matching: &mut Matching,
) -> Result<(), DuplicateKeys> {
    let keyed = |side: &Side| {
        let mut keyed: Vec<u32> = (0..side.len()).filter(|i| side.key(*i).is_some()).collect();
        keyed.sort_unstable_by_key(|i| (side.key(*i), *i));
        keyed
    };
    let new_sorted = keyed(new);
    refuse_duplicates(new, &new_sorted, new_lines)?;
    let old_sorted = keyed(old);
    let mut rows = old_sorted
        .chunk_by(|a, b| old.key(*a) == old.key(*b))
        .peekable();
    for line in new_sorted {
        let key = new.key(line);
        while rows.next_if(|same| old.key(same[0]) < key).is_some() {}
        if let Some(same) = rows.next_if(|same| old.key(same[0]) == key) {
            let identical = same.iter().find(|row| old.print(**row) == new.print(line));
            matching.join((*identical.unwrap_or(&same[0]), line));
        }
    }
    Ok(())
}

fn refuse_duplicates(new: &Side, sorted: &[u32], new_lines: &[u32]) -> Result<(), DuplicateKeys> {
    let number = |index: u32| {
        new_lines
            .get(index as usize)
            .map_or(0, |line| u64::from(*line))
    };
    let mut lines: Vec<(u64, u64)> = sorted
        .chunk_by(|a, b| new.key(*a) == new.key(*b))
        .flat_map(|same| {
            same[1..]
                .iter()
                .map(|again| (number(same[0]), number(*again)))
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let total = lines.len() as u64;
    lines.sort_unstable_by_key(|pair| pair.1);
    lines.truncate(MAX_LISTED);
    Err(DuplicateKeys { lines, total })
}

/// Rows without a key whose content is identical.
///
/// Contents that occur once on each side come first: those of them that kept their order hold the rest in place, so
/// that of several identical rows the one between the same neighbours is taken.
fn match_contents(old: &Side, new: &Side, matching: &mut Matching) {
    let sorted = |side: &Side| {
        let mut plain: Vec<u32> = (0..side.len()).filter(|i| side.key(*i).is_none()).collect();
        plain.sort_unstable_by_key(|i| (side.print(*i), *i));
        plain
    };
    let (old_sorted, new_sorted) = (sorted(old), sorted(new));
    let mut repeated: Vec<(&[u32], &[u32])> = Vec::new();
    let mut rows = old_sorted
        .chunk_by(|a, b| old.print(*a) == old.print(*b))
        .peekable();
    for lines in new_sorted.chunk_by(|a, b| new.print(*a) == new.print(*b)) {
        let print = new.print(lines[0]);
        while rows.next_if(|same| old.print(same[0]) < print).is_some() {}
        let Some(same) = rows.next_if(|same| old.print(same[0]) == print) else {
            continue;
        };
        match (same, lines) {
            ([row], [line]) => matching.join((*row, *line)),
            _ => repeated.push((same, lines)),
        }
    }
    if repeated.is_empty() {
        return;
    }
    let anchors = matching.anchors();
    let inner: Vec<Gap> = matching.gaps(&anchors).collect();
    for gap in inner {
        match_ends(old, new, gap, matching);
    }
    for (rows, lines) in &repeated {
        match_in_gaps(rows, lines, &anchors, matching);
    }
    for (rows, lines) in repeated {
        let free_rows: Vec<u32> = rows
            .iter()
            .copied()
            .filter(|i| matching.old_is_free(*i))
            .collect();
        let free_lines: Vec<u32> = lines
            .iter()
            .copied()
            .filter(|i| matching.new_is_free(*i))
            .collect();
        for pair in free_rows.into_iter().zip(free_lines) {
            matching.join(pair);
        }
    }
}

/// What is identical from the beginning of a gap, then from its end.
fn match_ends(old: &Side, new: &Side, gap: Gap, matching: &mut Matching) {
    for backwards in [false, true] {
        let mut rows = gap.old.clone();
        let mut lines = gap.new.clone();
        loop {
            let free_row = |i: &u32| matching.old_is_free(*i) && old.key(*i).is_none();
            let free_line = |i: &u32| matching.new_is_free(*i) && new.key(*i).is_none();
            let next = if backwards {
                (rows.rfind(free_row), lines.rfind(free_line))
            } else {
                (rows.find(free_row), lines.find(free_line))
            };
            match next {
                (Some(row), Some(line)) if old.print(row) == new.print(line) => {
                    matching.join((row, line));
                }
                _ => break,
            }
        }
    }
}

/// Identical rows and lines that lie in the same gap, in their order.
fn match_in_gaps(rows: &[u32], lines: &[u32], anchors: &[Pair], matching: &mut Matching) {
    let gap_of_row = |row: u32| anchors.partition_point(|anchor| anchor.0 < row);
    let gap_of_line = |line: u32| anchors.partition_point(|anchor| anchor.1 < line);
    let mut rows = rows
        .iter()
        .copied()
        .filter(|i| matching.of_old[*i as usize] == NONE)
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    for line in lines.iter().copied() {
        if !matching.new_is_free(line) {
            continue;
        }
        let gap = gap_of_line(line);
        while rows.next_if(|row| gap_of_row(*row) < gap).is_some() {}
        if let Some(row) = rows.next_if(|row| gap_of_row(*row) == gap) {
            matching.join((row, line));
        }
    }
}
