//! The state tree of a dataset: pages of sixteen hashes (`protocol.md` §3.2), only those that are not empty.

use std::collections::BTreeMap;

use diesel::prelude::*;
use rustine_domain::ids::{Hash, RowId};
use rustine_domain::tree::{Page, TreePages, TreeStore};

use crate::StoreError;
use crate::schema::{rows, tree_pages};
use crate::tx::{Tx, each};

/// The tree of one dataset, for `domain::tree::update` in the transaction that changed the rows.
pub struct DatasetTree<'t, 'a> {
    tx: &'t mut Tx<'a>,
    dataset: i64,
}

impl<'a> Tx<'a> {
    /// The state tree of a dataset.
    pub fn tree(&mut self, dataset: i64) -> DatasetTree<'_, 'a> {
        DatasetTree { tx: self, dataset }
    }
}

impl Tx<'_> {
    /// Takes the whole tree of a dataset away.
    pub fn delete_tree(&mut self, dataset: i64) -> Result<(), StoreError> {
        let pages = tree_pages::table.filter(tree_pages::dataset.eq(dataset));
        each!(self, |c| diesel::delete(pages).execute(c))?;
        Ok(())
    }
}

impl TreeStore for DatasetTree<'_, '_> {
    fn bucket(&mut self, number: u16) -> Result<Vec<(RowId, Hash)>, StoreError> {
        let raw: Vec<(Vec<u8>, Vec<u8>)> = each!(self.tx, |c| rows::table
            .filter(
                rows::dataset
                    .eq(self.dataset)
                    .and(rows::bucket.eq(i32::from(number)))
            )
            .order(rows::row_id)
            .select((rows::row_id, rows::row_hash))
            .load(c))?;
        raw.iter()
            .map(|(row_id, hash)| row_hash(row_id, hash))
            .collect()
    }

    fn buckets(&mut self, numbers: &[u16]) -> Result<Vec<Vec<(RowId, Hash)>>, StoreError> {
        let [_, _, ..] = numbers else {
            return numbers.iter().map(|number| self.bucket(*number)).collect();
        };
        let wanted: Vec<i32> = numbers.iter().copied().map(i32::from).collect();
        let raw: Vec<(i32, Vec<u8>, Vec<u8>)> = each!(self.tx, |c| rows::table
            .filter(
                rows::dataset
                    .eq(self.dataset)
                    .and(rows::bucket.eq_any(wanted))
            )
            .order((rows::bucket, rows::row_id))
            .select((rows::bucket, rows::row_id, rows::row_hash))
            .load(c))?;
        let mut buckets: BTreeMap<i32, Vec<(RowId, Hash)>> = BTreeMap::new();
        for (number, row_id, hash) in &raw {
            buckets
                .entry(*number)
                .or_default()
                .push(row_hash(row_id, hash)?);
        }
        Ok(numbers
            .iter()
            .map(|number| buckets.remove(&i32::from(*number)).unwrap_or_default())
            .collect())
    }
}

impl TreePages for DatasetTree<'_, '_> {
    type Error = StoreError;

    fn page(&mut self, depth: u8, prefix: u16) -> Result<Option<Page>, StoreError> {
        let bytes: Option<Vec<u8>> = each!(self.tx, |c| tree_pages::table
            .find((self.dataset, i16::from(depth), i32::from(prefix)))
            .select(tree_pages::hashes)
            .get_result(c)
            .optional())?;
        bytes.map(|bytes| page_of(&bytes)).transpose()
    }

    fn put_page(&mut self, depth: u8, prefix: u16, page: Option<Page>) -> Result<(), StoreError> {
        let (depth, prefix) = (i16::from(depth), i32::from(prefix));
        let Some(page) = page else {
            let kept = tree_pages::table.find((self.dataset, depth, prefix));
            each!(self.tx, |c| diesel::delete(kept).execute(c))?;
            return Ok(());
        };
        let bytes: Vec<u8> = page.iter().flat_map(|hash| hash.0).collect();
        each!(self.tx, |c| diesel::insert_into(tree_pages::table)
            .values((
                tree_pages::dataset.eq(self.dataset),
                tree_pages::depth.eq(depth),
                tree_pages::prefix.eq(prefix),
                tree_pages::hashes.eq(&bytes),
            ))
            .on_conflict((tree_pages::dataset, tree_pages::depth, tree_pages::prefix))
            .do_update()
            .set(tree_pages::hashes.eq(&bytes))
            .execute(c))?;
        Ok(())
    }
}

fn row_hash(row_id: &[u8], hash: &[u8]) -> Result<(RowId, Hash), StoreError> {
    RowId::from_bytes(row_id)
        .zip(Hash::from_bytes(hash))
        .ok_or_else(|| StoreError::Other("a row holds no row id or hash".to_owned()))
}

fn page_of(bytes: &[u8]) -> Result<Page, StoreError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let page: Option<Page> = <[[u8; 32]; 16]>::try_from(hashes)
        .ok()
        .map(|hashes| hashes.map(Hash));
    page.filter(|_| rest.is_empty())
        .ok_or_else(|| StoreError::Other("a page of the tree is not 512 bytes".to_owned()))
}
