//! The state tree: 65,536 buckets of rows under one root (`protocol.md` §3.2).
//!
//! The tree is binary and 16 levels deep; it is *kept* as pages of 16 hashes, four levels of the tree
//! each, so that a patch to one row reads and writes four pages. A page at depth 3 holds the hashes of 16
//! buckets; a page at depth 0 holds the sixteen nodes whose tree is the root. Pages of empty subtrees are
//! not kept at all.

mod growth;
mod memory;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::commit;
use crate::ids::{Hash, RowId};
use crate::json::sha256;

pub use growth::Growth;
pub use memory::MemoryTree;

/// Sixteen sibling hashes, in order.
pub type Page = [Hash; 16];

/// The depth of the pages that hold bucket hashes.
pub const DEEPEST: u8 = 3;

/// Where the pages of one dataset are kept.
pub trait TreePages {
    /// What reading or writing may fail with.
    type Error;

    /// The page at a depth of 0 to 3, whose prefix has `4 * depth` bits; `None` where it was never kept.
    fn page(&mut self, depth: u8, prefix: u16) -> Result<Option<Page>, Self::Error>;

    /// Keeps a page, or forgets it: `None` stands for an empty subtree.
    fn put_page(&mut self, depth: u8, prefix: u16, page: Option<Page>) -> Result<(), Self::Error>;
}

/// Where the rows' hashes of one dataset are kept, beside its pages.
pub trait TreeStore: TreePages {
    /// The rows of one bucket with their hashes, sorted by row id, as they are *after* the change.
    fn bucket(&mut self, number: u16) -> Result<Vec<(RowId, Hash)>, Self::Error>;

    /// The rows of several buckets, in the order asked. A store with round trips should override it.
    fn buckets(&mut self, numbers: &[u16]) -> Result<Vec<Vec<(RowId, Hash)>>, Self::Error> {
        numbers.iter().map(|number| self.bucket(*number)).collect()
    }
}

/// How many buckets are read at once, so that a large change needs little memory.
const BUCKETS_AT_ONCE: usize = 512;

/// The number of the bucket that a row stands in: the first two bytes of SHA-256 of its id's text.
pub fn bucket_of(row: RowId) -> u16 {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = row.0.hyphenated().encode_lower(&mut text);
    let hash = sha256(text.as_bytes());
    u16::from_be_bytes([hash.0[0], hash.0[1]])
}

/// The root of a dataset without rows.
pub fn empty_root() -> Hash {
    EMPTY[0]
}

/// Recomputes the pages above the touched buckets and returns the new root. Each page is read and written
/// once, however many of its buckets changed; with nothing touched the root is only read.
pub fn update<S: TreeStore>(store: &mut S, touched: &BTreeSet<u16>) -> Result<Hash, S::Error> {
    let mut changed = BTreeMap::new();
    let numbers: Vec<u16> = touched.iter().copied().collect();
    for numbers in numbers.chunks(BUCKETS_AT_ONCE) {
        let buckets = store.buckets(numbers)?;
        for (number, rows) in numbers.iter().zip(buckets) {
            changed.insert(*number, commit::bucket(&rows));
        }
    }
    climb(store, changed)
}

/// Writes the hashes of changed buckets into the pages above them and returns the new root.
fn climb<S: TreePages>(store: &mut S, mut changed: BTreeMap<u16, Hash>) -> Result<Hash, S::Error> {
    for depth in (0..=DEEPEST).rev() {
        changed = update_depth(store, depth, &changed)?;
    }
    match changed.get(&0) {
        Some(root) => Ok(*root),
        None => Ok(root(&page_or_empty(store, 0, 0)?)),
    }
}

/// The root as the pages give it.
pub fn root_of<S: TreeStore>(store: &mut S) -> Result<Hash, S::Error> {
    update(store, &BTreeSet::new())
}

/// Writes changed hashes into the pages of one depth; returns the roots of these pages by prefix.
fn update_depth<S: TreePages>(
    store: &mut S,
    depth: u8,
    changed: &BTreeMap<u16, Hash>,
) -> Result<BTreeMap<u16, Hash>, S::Error> {
    let mut roots = BTreeMap::new();
    let mut changed = changed.iter().peekable();
    while let Some((first, _)) = changed.peek() {
        let prefix = **first >> 4;
        let mut page = page_or_empty(store, depth, prefix)?;
        while let Some((number, hash)) = changed.next_if(|(number, _)| **number >> 4 == prefix) {
            page[usize::from(number & 15)] = *hash;
        }
        let empty = page == empty_page(depth);
        store.put_page(depth, prefix, (!empty).then_some(page))?;
        roots.insert(prefix, root(&page));
    }
    Ok(roots)
}

fn page_or_empty<S: TreePages>(store: &mut S, depth: u8, prefix: u16) -> Result<Page, S::Error> {
    let page = store.page(depth, prefix)?;
    Ok(page.unwrap_or_else(|| empty_page(depth)))
}

fn empty_page(depth: u8) -> Page {
    [EMPTY[4 * (usize::from(depth) + 1)]; 16]
}

/// The node above a page: four levels of the binary tree.
fn root(page: &Page) -> Hash {
    let mut level = *page;
    let mut width = 16;
    while width > 1 {
        width /= 2;
        for at in 0..width {
            level[at] = node(&level[2 * at], &level[2 * at + 1]);
        }
    }
    level[0]
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    hasher.update(bytes);
    Hash(hasher.finalize().into())
}

/// The hash of an empty subtree by its level: 16 for a bucket, 0 for the root.
static EMPTY: LazyLock<[Hash; 17]> = LazyLock::new(|| {
    let mut levels = [Hash::ZERO; 17];
    for level in (0..16).rev() {
        levels[level] = node(&levels[level + 1], &levels[level + 1]);
    }
    levels
});

#[cfg(test)]
mod tests;
