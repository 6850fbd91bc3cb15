use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use uuid::Uuid;

fn row(number: u64) -> RowId {
    RowId(Uuid::from_u64_pair(
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        number,
    ))
}

/// The definition of `protocol.md` §3.2, written as naively as possible.
fn naive_root(rows: &[(RowId, Hash)]) -> Hash {
    let mut buckets: BTreeMap<u16, Vec<(RowId, Hash)>> = BTreeMap::new();
    for (row, hash) in rows {
        buckets
            .entry(bucket_of(*row))
            .or_default()
            .push((*row, *hash));
    }
    let mut level: Vec<Hash> = (0..=u16::MAX)
        .map(|number| match buckets.get_mut(&number) {
            Some(rows) => {
                rows.sort();
                commit::bucket(rows)
            }
            None => Hash::ZERO,
        })
        .collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| {
                let bytes = [&[1][..], pair[0].as_bytes(), pair[1].as_bytes()].concat();
                sha256(&bytes)
            })
            .collect();
    }
    level[0]
}

#[test]
fn the_root_is_that_of_the_full_binary_tree() {
    for count in [0u64, 1, 2, 40, 3000] {
        let mut tree = MemoryTree::new();
        let rows: Vec<(RowId, Hash)> = (0..count)
            .map(|n| (row(n), sha256(&n.to_be_bytes())))
            .collect();
        for (at, (id, hash)) in rows.iter().enumerate() {
            tree.put(*id, Some(*hash));
            if at % 7 == 0 {
                tree.root();
            }
        }
        assert_eq!(tree.root(), naive_root(&rows), "{count} rows");
        assert_eq!(tree.len() as u64, count);
    }
}

#[test]
fn removing_every_row_leaves_no_page() {
    let mut tree = MemoryTree::new();
    for n in 0..50 {
        tree.put(row(n), Some(sha256(&[1])));
    }
    assert_ne!(tree.root(), empty_root());
    for n in 0..50 {
        tree.put(row(n), None);
        tree.put(row(n + 1000), None);
    }
    assert_eq!(tree.root(), empty_root());
    assert_eq!(tree.pages().count(), 0);
    assert!(tree.is_empty());
    assert_eq!(empty_root(), naive_root(&[]));
}

/// Counts what is read and written: buckets and pages.
#[derive(Default)]
pub(super) struct Counting {
    pub(super) tree: MemoryTree,
    pub(super) read: usize,
    pub(super) written: usize,
    pub(super) buckets: usize,
}

impl TreeStore for Counting {
    fn bucket(&mut self, number: u16) -> Result<Vec<(RowId, Hash)>, Infallible> {
        self.buckets += 1;
        self.tree.bucket(number)
    }
}

impl TreePages for Counting {
    type Error = Infallible;
    fn page(&mut self, depth: u8, prefix: u16) -> Result<Option<Page>, Infallible> {
        self.read += 1;
        self.tree.page(depth, prefix)
    }
    fn put_page(&mut self, depth: u8, prefix: u16, page: Option<Page>) -> Result<(), Infallible> {
        self.written += 1;
        self.tree.put_page(depth, prefix, page)
    }
}

#[test]
fn a_patch_to_one_row_touches_four_pages() {
    let mut store = Counting::default();
    for n in 0..2000 {
        store.tree.put(row(n), Some(sha256(&[1])));
    }
    store.tree.root();
    store.tree.put(row(7), Some(sha256(&[2])));
    let Ok(root) = update(&mut store, &BTreeSet::from([bucket_of(row(7))]));
    assert_eq!((store.buckets, store.read, store.written), (1, 4, 4));
    assert_eq!(root, store.tree.root());
}

#[test]
fn a_large_change_visits_each_page_once() {
    let mut store = Counting::default();
    let mut touched = BTreeSet::new();
    for n in 0..10_000 {
        store.tree.put(row(n), Some(sha256(&[1])));
        touched.insert(bucket_of(row(n)));
    }
    let Ok(_) = update(&mut store, &touched);
    assert_eq!(store.buckets, touched.len());
    assert_eq!(store.read, store.written);
    assert!(store.written <= 4096 + 256 + 16 + 1, "{}", store.written);
}
