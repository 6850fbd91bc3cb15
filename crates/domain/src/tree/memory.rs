//! The tree of one dataset in memory, for imports and for the verification of snapshots.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use super::{Page, TreePages, TreeStore, bucket_of, update};
use crate::ids::{Hash, RowId};

/// Row hashes by bucket, and the pages above them: about 60 bytes per row and 2 MiB of pages at most.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    buckets: HashMap<u16, Vec<(RowId, Hash)>>,
    pages: HashMap<(u8, u16), Page>,
    touched: BTreeSet<u16>,
}

impl MemoryTree {
    /// A tree without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a row's hash, or removes the row. The root follows at the next [`MemoryTree::root`].
    pub fn put(&mut self, row: RowId, hash: Option<Hash>) {
        let number = bucket_of(row);
        let rows = self.buckets.entry(number).or_default();
        match (rows.binary_search_by_key(&row, |(id, _)| *id), hash) {
            (Ok(at), Some(hash)) => rows[at].1 = hash,
            (Ok(at), None) => {
                rows.remove(at);
            }
            (Err(at), Some(hash)) => rows.insert(at, (row, hash)),
            (Err(_), None) => {}
        }
        self.touched.insert(number);
    }

    /// The root over all rows; recomputes only what changed since the last call.
    pub fn root(&mut self) -> Hash {
        let touched = std::mem::take(&mut self.touched);
        let Ok(root) = update(self, &touched);
        root
    }

    /// How many rows the tree holds.
    pub fn len(&self) -> usize {
        self.buckets.values().map(Vec::len).sum()
    }

    /// True where the tree holds no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pages that are not empty, as `(depth, prefix, page)` in no order, for a store to keep. Call
    /// [`MemoryTree::root`] before.
    pub fn pages(&self) -> impl Iterator<Item = (u8, u16, &Page)> {
        self.pages
            .iter()
            .map(|((depth, prefix), page)| (*depth, *prefix, page))
    }
}

impl TreeStore for MemoryTree {
    fn bucket(&mut self, number: u16) -> Result<Vec<(RowId, Hash)>, Infallible> {
        Ok(self.buckets.get(&number).cloned().unwrap_or_default())
    }
}

impl TreePages for MemoryTree {
    type Error = Infallible;

    fn page(&mut self, depth: u8, prefix: u16) -> Result<Option<Page>, Infallible> {
        Ok(self.pages.get(&(depth, prefix)).copied())
    }

    fn put_page(&mut self, depth: u8, prefix: u16, page: Option<Page>) -> Result<(), Infallible> {
        match page {
            Some(page) => self.pages.insert((depth, prefix), page),
            None => self.pages.remove(&(depth, prefix)),
        };
        Ok(())
    }
}
