//! Rows taken together: groups of places for a map, the box around all of them, the values of a field.
//!
//! Each looks at every row that matches, once for each version of the rows; the answer is bounded and remembered.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use rustine_domain::ids::FieldName;

use super::asked::RowQuery;
use super::query::matching;
use crate::StoreError;
use crate::dialect::{Bind, Sql, text_of, whole};
use crate::schema::datasets;
use crate::totals::{Memory, TotalKey, Totals};
use crate::tx::{Tx, each};

/// Groups given back at most. Who asks chooses a grid with fewer cells; the rest would be the emptiest ones.
const MOST_CLUSTERS: usize = 500;

/// The cells in which places are grouped, in degrees; they lie still while the box moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// From west to east.
    pub width: f64,
    /// From south to north.
    pub height: f64,
}

/// The places in one cell of a grid.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct Cluster {
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// Their middle, degrees north.
    #[diesel(sql_type = Double)]
    pub lat: f64,
    /// Their middle, degrees east.
    #[diesel(sql_type = Double)]
    pub lon: f64,
    /// The box around them.
    #[diesel(sql_type = Double)]
    pub west: f64,
    /// The box around them.
    #[diesel(sql_type = Double)]
    pub south: f64,
    /// The box around them.
    #[diesel(sql_type = Double)]
    pub east: f64,
    /// The box around them.
    #[diesel(sql_type = Double)]
    pub north: f64,
    /// The store's number of one of the rows: of the only one, where there is one.
    #[diesel(sql_type = BigInt)]
    pub row: i64,
}

/// A value of a field, and in how many rows it stands.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ValueCount {
    /// Its first 200 characters; empty for rows without one.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// How many rows.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

#[derive(QueryableByName)]
struct Extent {
    #[diesel(sql_type = Nullable<Double>)]
    west: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    south: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    east: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    north: Option<f64>,
}

impl Tx<'_> {
    /// The places that match, grouped; order, cursors and limit of the query do not count. The largest first.
    pub fn cluster_rows(
        &mut self,
        query: &RowQuery,
        grid: Grid,
    ) -> Result<Arc<[Cluster]>, StoreError> {
        let engine = self.engine();
        let select = "SELECT count(*) AS count, avg(lat) AS lat, avg(lon) AS lon, min(lon) AS west, min(lat) AS south, \
                      max(lon) AS east, max(lat) AS north, min(rows.id) AS row";
        let mut sql = self.asking(query, select)?;
        sql.push(format!(
            " AND lat IS NOT NULL AND lon IS NOT NULL GROUP BY {}, {}",
            whole(engine, &format!("((lon + 180.0) / {:?})", grid.width)),
            whole(engine, &format!("((lat + 90.0) / {:?})", grid.height)),
        ));
        sql.push(format!(
            " ORDER BY 1 DESC, min(rows.id) LIMIT {MOST_CLUSTERS}"
        ));
        self.remembered(query.dataset, sql, |totals| &totals.clusters, Arc::from)
    }

    /// West, south, east and north of the places that match; `None` where none has a place.
    pub fn extent_of_rows(&mut self, query: &RowQuery) -> Result<Option<[f64; 4]>, StoreError> {
        let select =
            "SELECT min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north";
        let mut sql = self.asking(query, select)?;
        sql.push(" AND lat IS NOT NULL");
        let read = |found: Vec<Extent>| {
            let extent = found.first()?;
            Some([extent.west?, extent.south?, extent.east?, extent.north?])
        };
        self.remembered(query.dataset, sql, |totals| &totals.extents, read)
    }

    /// The values of a field in the rows that match, the most frequent first, at most `limit` of them.
    pub fn count_values(
        &mut self,
        query: &RowQuery,
        field: &FieldName,
        limit: usize,
    ) -> Result<Arc<[ValueCount]>, StoreError> {
        let value = format!("coalesce({}, '')", text_of(self.engine(), field.as_str()));
        let mut sql = self.asking(
            query,
            &format!("SELECT {value} AS value, count(*) AS count"),
        )?;
        sql.push(format!(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit}"));
        self.remembered(query.dataset, sql, |totals| &totals.values, Arc::from)
    }

    fn asking(&mut self, query: &RowQuery, select: &str) -> Result<Sql, StoreError> {
        let words = self.words_asked(query)?;
        Ok(matching(self.engine(), query, words.as_ref(), select))
    }

    /// The answer to a question about the rows as they are, from memory where it was asked before.
    fn remembered<R, V: Clone>(
        &mut self,
        dataset: i64,
        sql: Sql,
        memory: impl for<'t> Fn(&'t Totals) -> &'t Memory<V>,
        read: impl FnOnce(Vec<R>) -> V,
    ) -> Result<V, StoreError>
    where
        R: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
    {
        let rows_version: i64 = each!(self, |c| datasets::table
            .find(dataset)
            .select(datasets::rows_version)
            .get_result(c))?;
        let key = TotalKey {
            dataset,
            rows_version,
            filters: sql.key(),
        };
        if let Some(known) = self.totals.and_then(|totals| memory(totals).find(&key)) {
            return Ok(known);
        }
        let answer = read(sql.load(self)?);
        if let Some(totals) = self.totals {
            memory(totals).keep(key, answer.clone());
        }
        Ok(answer)
    }

    /// The rows with these numbers of the store, which groups of one name.
    pub fn find_rows_by_number(
        &mut self,
        dataset: i64,
        numbers: &[i64],
    ) -> Result<Vec<super::RowRecord>, StoreError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new(format!(
            "SELECT {} FROM rows WHERE dataset = ",
            super::ROW_COLUMNS
        ));
        sql.bind(Bind::Integer(dataset));
        let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
        sql.push(format!(" AND id IN ({})", list.join(", ")));
        let rows: Vec<super::RawRow> = sql.load(self)?;
        rows.into_iter().map(super::RawRow::read).collect()
    }
}
