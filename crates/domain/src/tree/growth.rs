//! A tree to which an import adds very many rows, one entry after the other.
//!
//! Every entry states the root after it, and ten thousand new rows touch most of the buckets. So what was read or
//! hashed for one entry is kept for the next: the beginning of each bucket, already hashed (9 MB where all are touched),
//! and the pages (2 MB), which are written once for several entries.

use std::collections::{BTreeMap, BTreeSet};

use super::{Page, TreePages, TreeStore, bucket_of, climb};
use crate::commit::GrowingBucket;
use crate::ids::{Hash, RowId};

/// How many buckets are read at once.
const BUCKETS_AT_ONCE: usize = 512;

/// The buckets under one page. A map of single ones would be half as large again.
type Buckets = Box<[Option<GrowingBucket>; 16]>;

/// What is kept of a tree between additions. Only additions may happen to the rows as long as it is used.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    /// By the prefix of the deepest page.
    buckets: BTreeMap<u16, Buckets>,
    pages: BTreeMap<(u8, u16), Option<Box<Page>>>,
    /// The pages that differ from those in the store.
    changed: BTreeSet<(u8, u16)>,
    /// Nothing stands in the store that is not kept here.
    whole: bool,
}

impl Growth {
    /// The growth of any tree; buckets and pages are read when they are first touched.
    pub fn new() -> Self {
        Self::default()
    }

    /// The growth of a tree without rows, of which nothing needs to be read.
    pub fn from_nothing() -> Self {
        Self {
            whole: true,
            ..Self::default()
        }
    }

    /// Takes in rows that were added to the store, each for the first time, and returns the new root. Pages are
    /// written by [`Growth::write`] alone.
    pub fn add<S: TreeStore>(
        &mut self,
        store: &mut S,
        rows: &[(RowId, Hash)],
    ) -> Result<Hash, S::Error> {
        let mut sorted: Vec<(u16, RowId, Hash)> = rows
            .iter()
            .map(|(row, hash)| (bucket_of(*row), *row, *hash))
            .collect();
        sorted.sort_unstable_by_key(|(number, row, _)| (*number, *row));
        let mut changed = BTreeMap::new();
        let mut unknown = Vec::new();
        for rows in sorted.chunk_by(|a, b| a.0 == b.0) {
            let number = rows[0].0;
            match self.extend(number, rows) {
                Some(hash) => {
                    changed.insert(number, hash);
                }
                None => unknown.push(number),
            }
        }
        for numbers in unknown.chunks(BUCKETS_AT_ONCE) {
            for (number, rows) in numbers.iter().zip(store.buckets(numbers)?) {
                let mut bucket = GrowingBucket::new();
                for (row, hash) in &rows {
                    bucket.push(*row, hash);
                }
                changed.insert(*number, bucket.hash());
                *self.bucket(*number) = Some(bucket);
            }
        }
        climb(
            &mut Kept {
                growth: self,
                store,
            },
            changed,
        )
    }

    /// Writes the pages that changed since the last call.
    pub fn write<S: TreePages>(&mut self, store: &mut S) -> Result<(), S::Error> {
        for (depth, prefix) in std::mem::take(&mut self.changed) {
            let page = self.pages.get(&(depth, prefix)).and_then(Option::as_deref);
            store.put_page(depth, prefix, page.copied())?;
        }
        Ok(())
    }

    /// The hash of a bucket with these rows more; `None` where the store must be asked for all of them.
    fn extend(&mut self, number: u16, rows: &[(u16, RowId, Hash)]) -> Option<Hash> {
        let whole = self.whole;
        let kept = self.bucket(number);
        if whole {
            kept.get_or_insert_with(GrowingBucket::new);
        }
        let bucket = kept.as_mut()?;
        let all = rows.iter().all(|(_, row, hash)| bucket.push(*row, hash));
        all.then(|| bucket.hash())
    }

    /// Where what is kept of a bucket stands.
    fn bucket(&mut self, number: u16) -> &mut Option<GrowingBucket> {
        &mut self.buckets.entry(number >> 4).or_default()[usize::from(number & 15)]
    }
}

/// The pages that are kept, before those of the store.
struct Kept<'g, S> {
    growth: &'g mut Growth,
    store: &'g mut S,
}

impl<S: TreePages> TreePages for Kept<'_, S> {
    type Error = S::Error;

    fn page(&mut self, depth: u8, prefix: u16) -> Result<Option<Page>, S::Error> {
        match self.growth.pages.get(&(depth, prefix)) {
            Some(page) => Ok(page.as_deref().copied()),
            None if self.growth.whole => Ok(None),
            None => {
                let page = self.store.page(depth, prefix)?;
                self.growth
                    .pages
                    .insert((depth, prefix), page.map(Box::new));
                Ok(page)
            }
        }
    }

    fn put_page(&mut self, depth: u8, prefix: u16, page: Option<Page>) -> Result<(), S::Error> {
        self.growth
            .pages
            .insert((depth, prefix), page.map(Box::new));
        self.growth.changed.insert((depth, prefix));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Counting;
    use super::super::{MemoryTree, root_of};
    use super::*;
    use crate::json::sha256;
    use uuid::Uuid;

    fn rows(numbers: std::ops::Range<u64>) -> Vec<(RowId, Hash)> {
        let row = |n: u64| RowId(Uuid::from_u64_pair(n, 7));
        numbers
            .map(|n| (row(n), sha256(&n.to_be_bytes())))
            .collect()
    }

    /// The root after each part, by the plain tree and by growth, and at the end by the pages that were written.
    fn check(mut growth: Growth, before: &[(RowId, Hash)], parts: &[Vec<(RowId, Hash)>]) {
        let mut plain = MemoryTree::new();
        let put = |tree: &mut MemoryTree, rows: &[(RowId, Hash)]| {
            for (row, hash) in rows {
                tree.put(*row, Some(*hash));
            }
        };
        put(&mut plain, before);
        plain.root();
        let mut store = plain.clone();
        for (at, part) in parts.iter().enumerate() {
            put(&mut plain, part);
            put(&mut store, part);
            let Ok(root) = growth.add(&mut store, part);
            assert_eq!(root, plain.root(), "part {at}");
            if at % 2 == 1 {
                let Ok(()) = growth.write(&mut store);
            }
        }
        let Ok(()) = growth.write(&mut store);
        let Ok(()) = growth.write(&mut store);
        let mut pages: Vec<_> = store.pages().map(|(d, p, page)| (d, p, *page)).collect();
        let mut expected: Vec<_> = plain.pages().map(|(d, p, page)| (d, p, *page)).collect();
        pages.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pages, expected);
        let Ok(root) = root_of(&mut store);
        assert_eq!(root, plain.root());
    }

    #[test]
    fn a_tree_that_grows_has_the_root_of_the_plain_one() {
        let parts = [rows(0..3000), rows(3000..3001), rows(3001..9000)];
        check(Growth::from_nothing(), &[], &parts);
        check(Growth::new(), &[], &parts);
    }

    #[test]
    fn a_tree_with_rows_grows_from_what_it_holds() {
        check(
            Growth::new(),
            &rows(0..5000),
            &[rows(5000..6000), rows(6000..12_000)],
        );
    }

    #[test]
    fn rows_whose_ids_stand_before_others_are_sorted_in() {
        let parts = [rows(5000..9000), rows(0..4000), rows(4000..4010)];
        check(Growth::from_nothing(), &[], &parts);
        check(Growth::new(), &rows(9000..9500), &parts);
    }

    /// How many buckets and pages are read while rows that come one after the other are added in three parts.
    fn read(mut growth: Growth) -> (usize, usize) {
        let mut store = Counting::default();
        for part in [rows(0..2000), rows(2000..2001), rows(2001..4000)] {
            for (row, hash) in &part {
                store.tree.put(*row, Some(*hash));
            }
            let Ok(_) = growth.add(&mut store, &part);
            let Ok(()) = growth.write(&mut store);
        }
        (store.buckets, store.read)
    }

    #[test]
    fn nothing_is_read_twice_and_of_a_tree_from_nothing_nothing_at_all() {
        let distinct = |depth: u8| {
            let prefixes = rows(0..4000)
                .into_iter()
                .map(|(row, _)| bucket_of(row) >> (16 - 4 * depth));
            prefixes.collect::<BTreeSet<_>>().len()
        };
        assert_eq!(read(Growth::from_nothing()), (0, 0));
        let pages = 1 + distinct(1) + distinct(2) + distinct(3);
        assert_eq!(read(Growth::new()), (distinct(4), pages));
    }
}
