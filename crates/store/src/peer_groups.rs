//! What hosts are called together: a rule about `voisins` is one about each host in that group.

use diesel::prelude::*;

use crate::StoreError;
use crate::schema::peer_groups;
use crate::tx::{Tx, each};

impl Tx<'_> {
    /// The groups that a host is in, by name.
    pub fn groups_of(&mut self, host: &str) -> Result<Vec<String>, StoreError> {
        each!(self, |c| peer_groups::table
            .filter(peer_groups::host.eq(host))
            .order(peer_groups::name)
            .select(peer_groups::name)
            .load(c))
    }

    /// Every group with its hosts: (name, host), by both.
    pub fn list_peer_groups(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        each!(self, |c| peer_groups::table
            .order((peer_groups::name, peer_groups::host))
            .select((peer_groups::name, peer_groups::host))
            .load(c))
    }

    /// Puts a host into these groups and no others.
    pub fn set_groups_of(&mut self, host: &str, names: &[String]) -> Result<(), StoreError> {
        let before = peer_groups::table.filter(peer_groups::host.eq(host));
        each!(self, |c| diesel::delete(before).execute(c))?;
        for name in names {
            each!(self, |c| diesel::insert_into(peer_groups::table)
                .values((peer_groups::name.eq(name), peer_groups::host.eq(host)))
                .on_conflict_do_nothing()
                .execute(c))?;
        }
        Ok(())
    }
}
