//! The state tree of a dataset: pages of sixteen hashes (`protocol.md` §3.2), only those that are not empty.

use diesel::prelude::*;

use crate::StoreError;
use crate::schema::tree_pages;
use crate::tx::{Tx, each};

/// Sixteen hashes of 32 bytes.
pub const PAGE_BYTES: usize = 512;

impl Tx<'_> {
    /// A page of the tree.
    pub fn find_tree_page(
        &mut self,
        dataset: i64,
        depth: u8,
        prefix: u16,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        each!(self, |c| tree_pages::table
            .find((dataset, i16::from(depth), i32::from(prefix)))
            .select(tree_pages::hashes)
            .first(c)
            .optional())
    }

    /// Writes a page, or takes it away.
    pub fn put_tree_page(
        &mut self,
        dataset: i64,
        depth: u8,
        prefix: u16,
        hashes: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let key = (dataset, i16::from(depth), i32::from(prefix));
        let Some(hashes) = hashes else {
            each!(self, |c| diesel::delete(tree_pages::table.find(key))
                .execute(c))?;
            return Ok(());
        };
        each!(self, |c| diesel::insert_into(tree_pages::table)
            .values((
                tree_pages::dataset.eq(dataset),
                tree_pages::depth.eq(i16::from(depth)),
                tree_pages::prefix.eq(i32::from(prefix)),
                tree_pages::hashes.eq(hashes),
            ))
            .on_conflict((tree_pages::dataset, tree_pages::depth, tree_pages::prefix))
            .do_update()
            .set(tree_pages::hashes.eq(hashes))
            .execute(c))?;
        Ok(())
    }

    /// Takes the whole tree of a dataset away.
    pub fn delete_tree(&mut self, dataset: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            tree_pages::table.filter(tree_pages::dataset.eq(dataset))
        )
        .execute(c))?;
        Ok(())
    }
}
