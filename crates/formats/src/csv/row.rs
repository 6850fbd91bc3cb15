//! One row of a file, in memory that is used again for the next one.

/// The cells of a row, with the line on which it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// The line of the file on which the row begins, from 1; cells may hold line ends.
    pub fn line(&self) -> u64 {
        self.line
    }
    /// How many cells the row has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether no cell holds anything.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
    /// The cell of a column (from 0); `None` where the row is short.
    pub fn cell(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..end])
    }
    /// The cells, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.cell(index))
    }
    /// The cells as texts of their own.
    pub fn to_vec(&self) -> Vec<String> {
        self.cells().map(str::to_owned).collect()
    }
    /// How many cells there are up to the last one that holds anything.
    pub(super) fn filled_width(&self) -> usize {
        let trailing = self
            .ends
            .iter()
            .rev()
            .take_while(|end| **end == self.text.len())
            .count();
        // Of the cells that end where the text ends, the first holds its last part.
        if self.text.is_empty() {
            0
        } else {
            self.len() + 1 - trailing
        }
    }
    pub(super) fn text(&self) -> &str {
        &self.text
    }
    pub(super) fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
    }
    pub(super) fn set(&mut self, text: &str, ends: &[usize]) {
        self.text.push_str(text);
        self.ends.extend_from_slice(ends);
    }
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }
}
