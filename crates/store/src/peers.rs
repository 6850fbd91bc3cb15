//! Instances that a person here decided about: peers and blocks.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{blocks, peers};
use crate::tx::{Tx, each};

/// An instance with which ours has, or is to have, a peering.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = peers)]
pub struct PeerRecord {
    /// Its `host[:port]`.
    pub host: String,
    /// Its instance actor.
    pub actor: String,
    /// Its inbox.
    pub inbox: String,
    /// `asked` (by us), `asking` (us), `accepted`, `refused` or `removed`.
    pub state: String,
    /// The id of our Follow.
    pub our_activity: Option<String>,
    /// The id of theirs.
    pub their_activity: Option<String>,
    /// When it began.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
}

/// A domain, with its subdomains, that may not speak to us.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blocks)]
pub struct BlockRecord {
    /// The domain.
    pub domain: String,
    /// Why.
    pub reason: String,
    /// Since when.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

impl Tx<'_> {
    /// A peer by its host.
    pub fn find_peer(&mut self, host: &str) -> Result<Option<PeerRecord>, StoreError> {
        each!(self, |c| peers::table
            .find(host)
            .select(PeerRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// All peers by host; a person approved each, so they are few.
    pub fn list_peers(&mut self) -> Result<Vec<PeerRecord>, StoreError> {
        each!(self, |c| peers::table
            .order(peers::host)
            .select(PeerRecord::as_select())
            .load(c))
    }

    /// Writes a peer.
    pub fn put_peer(&mut self, peer: &PeerRecord) -> Result<(), StoreError> {
        let values = (
            peers::actor.eq(&peer.actor),
            peers::inbox.eq(&peer.inbox),
            peers::state.eq(&peer.state),
            peers::our_activity.eq(peer.our_activity.as_deref()),
            peers::their_activity.eq(peer.their_activity.as_deref()),
            peers::updated.eq(peer.updated.seconds()),
        );
        each!(self, |c| diesel::insert_into(peers::table)
            .values((
                peers::host.eq(&peer.host),
                peers::created.eq(peer.created.seconds()),
                values
            ))
            .on_conflict(peers::host)
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// Forgets a peer; true where it was one.
    pub fn delete_peer(&mut self, host: &str) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(peers::table.find(host)).execute(c))? > 0)
    }

    /// All blocks by domain; the gate keeps them in memory.
    pub fn list_blocks(&mut self) -> Result<Vec<BlockRecord>, StoreError> {
        each!(self, |c| blocks::table
            .order(blocks::domain)
            .select(BlockRecord::as_select())
            .load(c))
    }

    /// The block that covers a domain: its own, or that of a domain above it.
    pub fn find_block_over(&mut self, domain: &str) -> Result<Option<BlockRecord>, StoreError> {
        let mut names = Vec::new();
        let mut rest = Some(domain);
        while let Some(name) = rest {
            names.push(name);
            rest = name.split_once('.').map(|(_, above)| above);
        }
        let covering = blocks::table
            .filter(blocks::domain.eq_any(names))
            .order(blocks::domain);
        let mut found: Vec<BlockRecord> =
            each!(self, |c| covering.select(BlockRecord::as_select()).load(c))?;
        found.sort_by_key(|block| block.domain.len());
        Ok(found.into_iter().next())
    }

    /// Adds a block, or changes its reason.
    pub fn put_block(&mut self, block: &BlockRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(blocks::table)
            .values((
                blocks::domain.eq(&block.domain),
                blocks::reason.eq(&block.reason),
                blocks::created.eq(block.created.seconds()),
            ))
            .on_conflict(blocks::domain)
            .do_update()
            .set(blocks::reason.eq(excluded(blocks::reason)))
            .execute(c))?;
        Ok(())
    }

    /// Removes a block; true where there was one.
    pub fn delete_block(&mut self, domain: &str) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::delete(blocks::table.find(domain))
            .execute(c))?
            > 0)
    }
}
