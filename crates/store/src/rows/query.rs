//! Pages of rows: filter, sort, search and box, all by keyset, so that a deep page costs what the first one does.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rustine_domain::ids::{FieldName, RowId};
use unicode_normalization::UnicodeNormalization;

use super::asked::{Bound, Filter, MOST_ROWS, RowQuery};
use super::cursor::Cursor;
use super::order::{Edge, Order, Segment, SortedRow};
use super::{ROW_COLUMNS, RawRow, RowRecord};
use crate::StoreError;
use crate::dialect::{self, Bind, INDEXED_CHARACTERS, Sql, number_of, text_of};
use crate::schema::datasets;
use crate::search::Query;
use crate::totals::TotalKey;
use crate::tx::{Engine, Tx, each};

/// A page of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPage {
    /// At most `limit` rows.
    pub rows: Vec<RowRecord>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Before which the previous page ends, if there is one.
    pub previous: Option<Cursor>,
    /// How many rows match in all.
    pub total: i64,
}

impl Tx<'_> {
    /// A page of the rows of a dataset. [`StoreError::ForeignCursor`] where the cursor is of another order.
    ///
    /// The first page is always full: where fewer rows than `limit` stand before a place, the answer is the first
    /// page, and may show again what stands after it.
    pub fn query_rows(&mut self, query: &RowQuery) -> Result<RowPage, StoreError> {
        let limit = query.limit.clamp(1, MOST_ROWS);
        let words = self.words_asked(query)?;
        let order = Order::of(query, words.is_some(), self.engine());
        let from = Edge::of(query);
        let (mut rows, more) = self.walk(query, words.as_ref(), &order, from, limit)?;
        if matches!(from, Edge::Before(_)) {
            if rows.len() < limit {
                let first = RowQuery {
                    before: None,
                    ..query.clone()
                };
                return self.query_rows(&first);
            }
            rows.reverse();
        }
        let (next, previous) = match from {
            Edge::Start => (more, false),
            Edge::After(_) => (more, true),
            Edge::Before(_) => (true, more),
        };
        let cursor = |row: Option<&SortedRow>, there: bool| {
            row.filter(|_| there).and_then(|row| order.cursor(row))
        };
        let (next, previous) = (cursor(rows.last(), next), cursor(rows.first(), previous));
        let rows = rows
            .into_iter()
            .map(|row| row.raw.read())
            .collect::<Result<_, _>>()?;
        let total = self.count_matching(query, words.as_ref())?;
        Ok(RowPage {
            rows,
            next,
            previous,
            total,
        })
    }

    /// The words that a query asks for, as the engine finds them best.
    pub(super) fn words_asked(&mut self, query: &RowQuery) -> Result<Option<Query>, StoreError> {
        let mut words = query.search.as_deref().and_then(Query::parse);
        if let Some(words) = &mut words {
            dialect::spell_out(self, words)?;
        }
        Ok(words)
    }

    /// The rows next to a place, nearest first, and whether more stand beyond them.
    fn walk(
        &mut self,
        query: &RowQuery,
        words: Option<&Query>,
        order: &Order,
        from: Edge<'_>,
        limit: usize,
    ) -> Result<(Vec<SortedRow>, bool), StoreError> {
        let mut rows: Vec<SortedRow> = Vec::with_capacity(limit + 1);
        for mut sql in segments(self.engine(), query, words, order, from)? {
            sql.push(format!(" LIMIT {}", limit + 1 - rows.len()));
            rows.extend(sql.load::<SortedRow>(self)?);
            if rows.len() > limit {
                break;
            }
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows, more))
    }

    /// How many rows match; known from the dataset, from before, or counted.
    fn count_matching(
        &mut self,
        query: &RowQuery,
        words: Option<&Query>,
    ) -> Result<i64, StoreError> {
        let (count, rows_version): (i64, i64) = each!(self, |c| datasets::table
            .find(query.dataset)
            .select((datasets::row_count, datasets::rows_version))
            .get_result(c))?;
        if words.is_none() && query.filters.is_empty() && query.bbox.is_none() {
            return Ok(count);
        }
        let sql = counting(self.engine(), query, words);
        let key = TotalKey {
            dataset: query.dataset,
            rows_version,
            filters: sql.key(),
        };
        if let Some(known) = self.totals.and_then(|totals| totals.counts.find(&key)) {
            return Ok(known);
        }
        let counted: Vec<Counted> = sql.load(self)?;
        let count = counted.first().map_or(0, |counted| counted.count);
        if let Some(totals) = self.totals {
            totals.counts.keep(key, count);
        }
        Ok(count)
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The queries that give a page together, without their limits.
fn segments(
    engine: Engine,
    query: &RowQuery,
    words: Option<&Query>,
    order: &Order,
    from: Edge<'_>,
) -> Result<Vec<Sql>, StoreError> {
    let select = format!(
        "SELECT {ROW_COLUMNS}, {} AS sorted_by",
        order.number(engine)
    );
    let finish = |segment: Segment| {
        let mut sql = matching(engine, query, words, &select);
        sql.append(segment.condition);
        sql.push(format!(" ORDER BY {}", segment.order));
        sql
    };
    Ok(order.segments(from)?.into_iter().map(finish).collect())
}

/// The query that counts. The words alone know how many rows hold them, without looking at each.
fn counting(engine: Engine, query: &RowQuery, words: Option<&Query>) -> Sql {
    let count = "SELECT count(*) AS count";
    match words {
        Some(words) if query.filters.is_empty() && query.bbox.is_none() => {
            let mut sql = Sql::new(format!(
                "{count} FROM {} WHERE ",
                dialect::words_alone(engine)
            ));
            dialect::push_search(&mut sql, engine, words, query.dataset);
            sql
        }
        _ => matching(engine, query, words, count),
    }
}

/// The query up to its conditions; every condition that does not depend on the page.
pub(super) fn matching(
    engine: Engine,
    query: &RowQuery,
    words: Option<&Query>,
    select: &str,
) -> Sql {
    let from = if words.is_some() {
        dialect::searched_rows(engine)
    } else {
        "rows"
    };
    let mut sql = Sql::new(format!("{select} FROM {from} WHERE rows.dataset = "));
    sql.bind(Bind::Integer(query.dataset));
    if let Some(words) = words {
        sql.push(" AND ");
        dialect::push_search(&mut sql, engine, words, query.dataset);
    }
    for (field, filter) in &query.filters {
        sql.push(" AND ");
        push_filter(&mut sql, engine, field.as_str(), filter);
    }
    if let Some([west, south, east, north]) = query.bbox {
        sql.push(" AND lat >= ").bind(Bind::Number(south));
        sql.push(" AND lat <= ").bind(Bind::Number(north));
        let joint = if west <= east { "AND" } else { "OR" };
        sql.push(" AND (lon >= ").bind(Bind::Number(west));
        sql.push(format!(" {joint} lon <= "))
            .bind(Bind::Number(east))
            .push(")");
    }
    sql
}

fn push_filter(sql: &mut Sql, engine: Engine, field: &str, filter: &Filter) {
    match filter {
        Filter::Eq(value) => push_equal(sql, engine, field, value),
        Filter::Contains(text) => {
            dialect::push_contains(sql, engine, field, crate::search::fold(text))
        }
        Filter::Gt(bound) => push_compared(sql, engine, field, ">", bound),
        Filter::Lt(bound) => push_compared(sql, engine, field, "<", bound),
        Filter::In(values) => {
            sql.push("(1 = 0");
            for value in values {
                sql.push(" OR ");
                push_equal(sql, engine, field, value);
            }
            sql.push(")");
        }
    }
}

fn push_equal(sql: &mut Sql, engine: Engine, field: &str, value: &str) {
    let indexed = text_of(engine, field);
    if value.is_empty() {
        sql.push(format!("coalesce({indexed}, '') = ''"));
        return;
    }
    sql.push(format!("({indexed} = "))
        .bind(Bind::Text(beginning(value).to_owned()));
    if value.chars().count() >= INDEXED_CHARACTERS {
        sql.push(format!(" AND cells->>'{field}' = "))
            .bind(Bind::Text(value.to_owned()));
    }
    sql.push(")");
}

fn push_compared(sql: &mut Sql, engine: Engine, field: &str, operator: &str, bound: &Bound) {
    match bound {
        Bound::Number(number) => {
            sql.push(format!("{} {operator} ", number_of(engine, field)))
                .bind(Bind::Number(*number));
        }
        Bound::Text(text) => {
            let text = beginning(text).to_owned();
            sql.push(format!("{} {operator} ", text_of(engine, field)))
                .bind(Bind::Text(text));
        }
    }
}

/// As much of a value as is indexed.
pub(super) fn beginning(value: &str) -> &str {
    value
        .char_indices()
        .nth(INDEXED_CHARACTERS)
        .map_or(value, |(end, _)| &value[..end])
}

/// Rows that hold all these values without regard to case, found by their words.
pub(super) fn rows_by_values(
    tx: &mut Tx<'_>,
    dataset: i64,
    values: &[(FieldName, String)],
    limit: usize,
) -> Result<Vec<RowId>, StoreError> {
    let engine = tx.engine();
    let query = RowQuery {
        dataset,
        ..RowQuery::default()
    };
    let words = Query::whole(values.iter().map(|(_, value)| value.as_str()));
    let (mut found, mut after) = (Vec::new(), i64::MIN);
    loop {
        let mut sql = matching(
            engine,
            &query,
            words.as_ref(),
            &format!("SELECT {ROW_COLUMNS}"),
        );
        if words.is_none() {
            // Values without a letter or digit have no words; then the bytes must do.
            for (field, value) in values {
                sql.push(" AND ");
                push_equal(&mut sql, engine, field.as_str(), value);
            }
        }
        sql.push(" AND rows.id > ").bind(Bind::Integer(after));
        sql.push(format!(
            " ORDER BY {} LIMIT {CANDIDATES}",
            Order::by_id(words.is_some(), engine)
        ));
        let candidates: Vec<RawRow> = sql.load(tx)?;
        let last = candidates.len() < CANDIDATES;
        for raw in candidates {
            after = raw.id;
            let row = raw.read()?;
            if values
                .iter()
                .all(|(field, value)| holds(&row, field, value))
            {
                found.push(row.row_id);
            }
        }
        if last || found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// Rows looked at together.
const CANDIDATES: usize = 200;

fn holds(row: &RowRecord, field: &FieldName, value: &str) -> bool {
    let same = |text: &str| text.nfc().flat_map(char::to_lowercase).collect::<String>();
    row.cells
        .get(field.as_str())
        .is_some_and(|held| same(held) == same(value))
}

#[cfg(test)]
mod tests;
