//! What people report, for those who decide.

use diesel::prelude::*;
use rustine_domain::ids::RowId;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::reports;
use crate::tx::{Tx, each};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reports)]
pub struct ReportRecord {
    /// Its id here.
    pub id: String,
    /// The dataset, or our copy of it.
    pub dataset: i64,
    /// The row; `None` for the whole dataset.
    #[diesel(deserialize_as = Maybe<RowId>)]
    pub row_id: Option<RowId>,
    /// What is wrong: a word of the app.
    pub problem: String,
    /// In the reporter's words.
    pub content: Option<String>,
    /// The instance that it came through.
    pub host: String,
    /// The actor who sent it, or what stands for a visitor's network for a day.
    pub reporter: Option<String>,
    /// `open`, `handled` or `dismissed`.
    pub state: String,
    /// The Flag that it came as, or went out as.
    pub activity: Option<String>,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
}

impl Tx<'_> {
    /// Adds a report; [`StoreError::UniqueViolation`] where the Flag is known.
    pub fn insert_report(&mut self, report: &ReportRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(reports::table)
            .values((
                reports::id.eq(&report.id),
                reports::dataset.eq(report.dataset),
                reports::row_id.eq(report.row_id.map(|row| row.as_bytes().to_vec())),
                reports::problem.eq(&report.problem),
                reports::content.eq(report.content.as_deref()),
                reports::host.eq(&report.host),
                reports::reporter.eq(report.reporter.as_deref()),
                reports::state.eq(&report.state),
                reports::activity.eq(report.activity.as_deref()),
                reports::created.eq(report.created.seconds()),
                reports::updated.eq(report.updated.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Sets what became of an open report; false where it was settled before.
    pub fn settle_report(
        &mut self,
        id: &str,
        state: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let open = reports::table.find(id).filter(reports::state.eq("open"));
        Ok(each!(self, |c| diesel::update(open)
            .set((reports::state.eq(state), reports::updated.eq(now.seconds())))
            .execute(c))?
            > 0)
    }

    /// A report by its id here.
    pub fn find_report(&mut self, id: &str) -> Result<Option<ReportRecord>, StoreError> {
        each!(self, |c| reports::table
            .find(id)
            .select(ReportRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The report that a Flag became.
    pub fn find_report_by_activity(
        &mut self,
        activity: &str,
    ) -> Result<Option<ReportRecord>, StoreError> {
        each!(self, |c| reports::table
            .filter(reports::activity.eq(activity))
            .select(ReportRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The datasets on which reports are open.
    pub fn list_reported_datasets(&mut self) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| reports::table
            .filter(reports::state.eq("open"))
            .select(reports::dataset)
            .distinct()
            .order(reports::dataset)
            .load(c))
    }

    /// The open reports on these datasets, the oldest first.
    pub fn list_open_reports(
        &mut self,
        datasets: &[i64],
        limit: i64,
    ) -> Result<Vec<ReportRecord>, StoreError> {
        each!(self, |c| reports::table
            .filter(reports::dataset.eq_any(datasets))
            .filter(reports::state.eq("open"))
            .order((reports::created, reports::id))
            .limit(limit)
            .select(ReportRecord::as_select())
            .load(c))
    }

    /// How many reports on a dataset are open: all, those through one instance, or those of one reporter.
    pub fn count_open_reports(
        &mut self,
        dataset: i64,
        host: Option<&str>,
        reporter: Option<&str>,
    ) -> Result<i64, StoreError> {
        each!(self, |c| {
            let mut query = reports::table
                .filter(reports::dataset.eq(dataset))
                .filter(reports::state.eq("open"))
                .count()
                .into_boxed();
            if let Some(host) = host {
                query = query.filter(reports::host.eq(host.to_owned()));
            }
            if let Some(reporter) = reporter {
                query = query.filter(reports::reporter.eq(reporter.to_owned()));
            }
            query.get_result(c)
        })
    }

    /// Forgets reports that were settled before a time: they hold people's words.
    pub fn delete_settled_reports_before(&mut self, before: Timestamp) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            reports::table
                .filter(reports::state.ne("open"))
                .filter(reports::updated.lt(before.seconds()))
        )
        .execute(c))?;
        Ok(())
    }
}
