//! How long proposals wait for an answer, as a dataset's page says it.

use diesel::dsl::min;
use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::schema::patches;
use crate::tx::{Tx, each};

/// Answered proposals of each standing that are looked at: the newest.
const LOOKED_AT: i64 = 100;

/// How long proposals on a dataset wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnswerTimes {
    /// Seconds from proposal to answer, of which half of the newest proposals took less.
    pub median_seconds: Option<i64>,
    /// When the oldest proposal that waits was made.
    pub oldest_waiting: Option<Timestamp>,
}

impl Tx<'_> {
    /// How long proposals on a dataset of ours wait, from the newest of them.
    pub fn answer_times(&mut self, dataset: i64) -> Result<AnswerTimes, StoreError> {
        let mut seconds = Vec::new();
        for status in ["accepted", "amended", "refused"] {
            let answered: Vec<(i64, Option<i64>)> = each!(self, |c| patches::table
                .filter(patches::dataset.eq(dataset))
                .filter(patches::status.eq(status))
                .filter(patches::direction.eq("in"))
                .order(patches::created.desc())
                .limit(LOOKED_AT)
                .select((patches::created, patches::decided_at))
                .load(c))?;
            seconds.extend(
                answered
                    .into_iter()
                    .filter_map(|(created, decided)| Some((decided? - created).max(0))),
            );
        }
        seconds.sort_unstable();
        let oldest: Option<i64> = each!(self, |c| patches::table
            .filter(patches::dataset.eq(dataset))
            .filter(patches::status.eq_any(["pending", "conflict"]))
            .filter(patches::direction.eq("in"))
            .select(min(patches::created))
            .get_result(c))?;
        Ok(AnswerTimes {
            median_seconds: seconds.get(seconds.len() / 2).copied(),
            oldest_waiting: oldest.and_then(Timestamp::from_seconds),
        })
    }
}
