//! Queues of other instances on which people here may decide: when each is read again.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::remote_queues;
use crate::tx::{Tx, each};

/// The queue of one dataset elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = remote_queues)]
pub struct RemoteQueueRecord {
    /// Our copy of the dataset.
    pub dataset: i64,
    /// When it is read again.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub due_at: Timestamp,
    /// When it was last read.
    #[diesel(deserialize_as = Maybe<Timestamp>)]
    pub read_at: Option<Timestamp>,
    /// Why it could not be read.
    pub error: Option<String>,
}

impl Tx<'_> {
    /// What is known of a queue.
    pub fn find_remote_queue(
        &mut self,
        dataset: i64,
    ) -> Result<Option<RemoteQueueRecord>, StoreError> {
        each!(self, |c| remote_queues::table
            .find(dataset)
            .select(RemoteQueueRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Writes what is known of a queue.
    pub fn put_remote_queue(&mut self, queue: &RemoteQueueRecord) -> Result<(), StoreError> {
        let values = (
            remote_queues::dataset.eq(queue.dataset),
            remote_queues::due_at.eq(queue.due_at.seconds()),
            remote_queues::read_at.eq(queue.read_at.map(Timestamp::seconds)),
            remote_queues::error.eq(queue.error.as_deref()),
        );
        each!(self, |c| diesel::insert_into(remote_queues::table)
            .values(values)
            .on_conflict(remote_queues::dataset)
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }
}
