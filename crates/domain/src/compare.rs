//! Which line of a new file is which row: a re-import changes what changed, and nothing else.
//!
//! Rows are known by fingerprints only, so a million rows are compared in about 100 MB and nearly linear time.
//! The caller streams, three times at most:
//!
//! 1. **Prints.** Every old row in its order (`_order` as bytes, rows without it last, by row id) to
//!    [`Comparer::old_row`], every new line to [`Comparer::new_line`], then [`Comparer::align`]. Rows with a
//!    key are matched by key; rows without one (or all, where the caller gives no keys) by content, identical
//!    lines in order.
//! 2. **Cells**, of the unsettled rows only: [`Alignment::unsettled_old`] and [`Alignment::unsettled_new`],
//!    usually few or none, to [`Alignment::old_cells`] and [`Alignment::new_cells`]. A changed line shares at
//!    least half of its cells with its row, and either a rare value or the place between the same neighbours.
//!    Then [`Alignment::finish`].
//! 3. **Differences.** Read the new lines once more beside [`Outcome::lines`]: only for [`Fate::Changed`] are
//!    the cells of the row compared. Lines with [`Line::needs_order`] get an `_order` from
//!    [`crate::order::Placer`], between the keys of the lines that keep theirs; all others are left alone.
//!    Delete [`Outcome::removed`].
//!
//! An empty cell and an absent one are the same. Fields whose names begin with `_` are not compared. When a
//! file has columns that the dataset lacks, or the other way round, print the fields that both have, and look
//! at every matched line for the others.
//!
//! ```
//! use rustine_domain::compare::{CellPrint, Comparer, Fate, RowPrint};
//! use rustine_domain::ids::RowId;
//! # let ids: Vec<RowId> = (1..=3)
//! #     .map(|n| format!("00000000-0000-4000-8000-00000000000{n}").parse().expect("a row id"))
//! #     .collect();
//! let old = [["Ana", "Lyon", "69"], ["Bob", "Lille", "59"], ["Cléo", "Nice", "06"]];
//! let new = [["Cléo", "Nice", "06"], ["Ana", "Lyon", "69"], ["Bob", "Roubaix", "59"], ["Dan", "Brest", "29"]];
//! let fields = ["nom", "ville", "dep"];
//! let print = |cells: &[&str]| RowPrint::of(fields.iter().copied().zip(cells.iter().copied()));
//!
//! let mut comparer = Comparer::new(fields.len());
//! for (id, cells) in ids.iter().zip(&old) {
//!     comparer.old_row(*id, true, None, print(cells));
//! }
//! for (line, cells) in (2..).zip(&new) {
//!     comparer.new_line(line, None, print(cells));
//! }
//! let mut alignment = comparer.align().expect("no key, so none twice");
//! for index in alignment.unsettled_old() {
//!     alignment.old_cells(index, old[index].map(CellPrint::of));
//! }
//! for index in alignment.unsettled_new() {
//!     alignment.new_cells(index, new[index].map(CellPrint::of));
//! }
//! let outcome = alignment.finish();
//! let fates: Vec<Fate> = outcome.lines().map(|line| line.fate).collect();
//! assert_eq!(fates, [Fate::Same(ids[2]), Fate::Same(ids[0]), Fate::Changed(ids[1]), Fate::New]);
//! let moved: Vec<bool> = outcome.lines().map(|line| line.needs_order).collect();
//! assert_eq!(moved, [true, false, false, true]);
//! ```

mod align;
mod outcome;
mod print;
mod sequence;
mod similar;
#[cfg(test)]
mod tests;

pub use self::align::{Alignment, MAX_CELLS};
pub use self::outcome::{Counts, Fate, Line, Outcome};
pub use self::print::{CellPrint, KeyPrint, RowPrint};
use crate::ids::RowId;
use crate::problem::Lang;

/// The most pairs of lines that [`DuplicateKeys`] lists.
pub const MAX_LISTED: usize = 100;
/// No row stands at this index.
const NONE: u32 = u32::MAX;

/// Keys that occur more than once in the new file: it cannot be imported by this key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{total} lines repeat the key of an earlier line, the first on lines {} and {}", self.first().0, self.first().1)]
pub struct DuplicateKeys {
    /// The line that has the key first and the line that repeats it, in the order of the latter; [`MAX_LISTED`]
    /// at most.
    pub lines: Vec<(u64, u64)>,
    /// How many lines repeat a key.
    pub total: u64,
}

impl DuplicateKeys {
    /// What is wrong and what to do, in plain words; the first ten pairs of lines.
    pub fn sentence(&self, lang: Lang) -> String {
        const TOLD: usize = 10;
        let and = if lang == Lang::Fr { "et" } else { "and" };
        let pairs: Vec<String> = self
            .lines
            .iter()
            .take(TOLD)
            .map(|(first, again)| format!("{first} {and} {again}"))
            .collect();
        let more = if self.total > TOLD as u64 { "…" } else { "" };
        let (pairs, total) = (pairs.join(", "), self.total);
        match (lang, total) {
            (Lang::Fr, 1) => format!(
                "Une ligne répète la clé d’une autre\u{a0}: lignes {pairs}. Une clé désigne une seule fiche\u{a0}: corrigez l’une des deux, ou choisissez une autre clé."
            ),
            (Lang::Fr, _) => format!(
                "{total} lignes répètent la clé d’une ligne précédente\u{a0}: lignes {pairs}{more}. Une clé désigne une seule fiche\u{a0}: corrigez ces lignes, ou choisissez une autre clé."
            ),
            (Lang::En, 1) => format!(
                "One line repeats the key of another: lines {pairs}. A key stands for one row: correct one of the two, or choose another key."
            ),
            (Lang::En, _) => format!(
                "{total} lines repeat the key of an earlier line: lines {pairs}{more}. A key stands for one row: correct these lines, or choose another key."
            ),
        }
    }

    fn first(&self) -> (u64, u64) {
        self.lines.first().copied().unwrap_or_default()
    }
}

/// Takes in the fingerprints of old rows and new lines: about 32 and 16 bytes each, 8 and 12 more where there
/// is a key.
#[derive(Debug, Default)]
pub struct Comparer {
    fields: usize,
    ids: Vec<RowId>,
    /// How many old rows, from the first on, have an `_order`.
    ordered: usize,
    old: Side,
    new: Side,
    new_lines: Vec<u32>,
}

/// The fingerprints of one side.
#[derive(Debug, Default)]
struct Side {
    prints: Vec<RowPrint>,
    /// Shorter than `prints` where the last rows have no key, so that it costs nothing without keys.
    keys: Vec<Option<KeyPrint>>,
}

impl Side {
    fn push(&mut self, key: Option<KeyPrint>, print: RowPrint) {
        if key.is_some() {
            self.keys.resize(self.prints.len(), None);
            self.keys.push(key);
        }
        self.prints.push(print);
    }
    fn key(&self, index: u32) -> Option<KeyPrint> {
        self.keys.get(index as usize).copied().flatten()
    }
    fn print(&self, index: u32) -> RowPrint {
        self.prints[index as usize]
    }
    fn len(&self) -> u32 {
        // Four thousand million rows do not fit in memory, so the count does.
        u32::try_from(self.prints.len()).unwrap_or(NONE)
    }
}

impl Comparer {
    /// A comparison over so many fields; each pass gives that many cells per row.
    pub fn new(fields: usize) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// The next old row. `has_order` tells whether it has an `_order`.
    pub fn old_row(&mut self, id: RowId, has_order: bool, key: Option<KeyPrint>, print: RowPrint) {
        if has_order && self.ordered == self.ids.len() {
            self.ordered += 1;
        }
        self.ids.push(id);
        self.old.push(key, print);
    }

    /// The next line of the new file; `line` is its number there, for the report of duplicate keys.
    pub fn new_line(&mut self, line: u64, key: Option<KeyPrint>, print: RowPrint) {
        if key.is_some() {
            self.new_lines.resize(self.new.prints.len(), 0);
            self.new_lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        self.new.push(key, print);
    }

    /// Matches what keys and identical content can tell. Fails when the new file has a key twice.
    pub fn align(self) -> Result<Alignment, DuplicateKeys> {
        align::align(self)
    }
}
