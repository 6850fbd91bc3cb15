//! The orders of pages, and how each goes on after a cursor.
//!
//! A page is read in at most three segments, each of which is one walk along an index: rows with the same value as
//! the last one, rows beyond that value, rows without value. One condition for all would have the engine read and
//! skip what was shown before.

use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable};
use rustine_domain::ids::RowId;

use super::RawRow;
use super::cursor::{Cursor, Place};
use super::query::{RowQuery, Sort, beginning};
use crate::StoreError;
use crate::dialect::{self, Bind, Sql, number_of, text_of};
use crate::tx::Engine;

/// The order of a query's pages.
pub(super) enum Order {
    Owner,
    Id(&'static str),
    Point,
    Field {
        engine: Engine,
        value: String,
        sort: Sort,
    },
}

/// A row with the number that it is sorted by, as the engine reads it.
#[derive(QueryableByName)]
pub(super) struct SortedRow {
    #[diesel(embed)]
    pub raw: RawRow,
    #[diesel(sql_type = Nullable<Double>)]
    pub sorted_by: Option<f64>,
}

/// A part of the order: a condition that begins with AND, and how rows are ordered where it holds.
pub(super) struct Segment {
    pub condition: Sql,
    pub order: String,
}

const OWNERS: &str = "rows.order_key, rows.row_id";
const OWNERS_BACKWARDS: &str = "rows.order_key DESC, rows.row_id DESC";

impl Order {
    pub(super) fn of(query: &RowQuery, searched: bool, engine: Engine) -> Self {
        if let Some(sort) = &query.sort {
            let field = sort.field.as_str();
            let value = if sort.numeric {
                number_of(engine, field)
            } else {
                text_of(engine, field)
            };
            return Self::Field {
                engine,
                value,
                sort: sort.clone(),
            };
        }
        match (searched, query.bbox) {
            (true, _) => Self::Id(Self::by_id(true, engine)),
            (false, Some(_)) => Self::Point,
            (false, None) => Self::Owner,
        }
    }

    /// The column of the order in which rows came.
    pub(super) fn by_id(searched: bool, engine: Engine) -> &'static str {
        if searched {
            dialect::searched_id(engine)
        } else {
            "rows.id"
        }
    }

    /// The number that rows are sorted by, for the cursor; null in other orders.
    pub(super) fn number(&self, engine: Engine) -> String {
        match self {
            Self::Field { sort, .. } if sort.numeric => number_of(engine, sort.field.as_str()),
            _ => "CAST(NULL AS DOUBLE PRECISION)".to_owned(),
        }
    }

    /// The segments from a cursor on.
    pub(super) fn segments(&self, after: Option<&Cursor>) -> Result<Vec<Segment>, StoreError> {
        let place = after.map(|cursor| &cursor.0);
        match (self, place) {
            (Self::Owner, None) => Ok(vec![segment(Sql::default(), OWNERS)]),
            (Self::Owner, Some(Place::Order(key, row_id))) => {
                Ok(vec![segment(after_row(">", key, *row_id), OWNERS)])
            }
            (Self::Id(column), None) => Ok(vec![segment(Sql::default(), column)]),
            (Self::Id(column), Some(Place::Id(id))) => {
                let mut condition = Sql::new(format!(" AND {column} > "));
                condition.bind(Bind::Integer(*id));
                Ok(vec![segment(condition, column)])
            }
            (Self::Point, None) => Ok(vec![segment(Sql::default(), "lat, lon, rows.id")]),
            (Self::Point, Some(Place::Point(lat, lon, id))) => {
                let mut condition = Sql::new(" AND (lat, lon, rows.id) > (");
                condition.bind(Bind::Number((*lat).into())).push(", ");
                condition.bind(Bind::Number((*lon).into())).push(", ");
                condition.bind(Bind::Integer(*id)).push(")");
                Ok(vec![segment(condition, "lat, lon, rows.id")])
            }
            (
                Self::Field {
                    engine,
                    value,
                    sort,
                },
                place,
            ) => field_segments(*engine, value, sort, place),
            _ => Err(StoreError::ForeignCursor),
        }
    }

    /// The cursor after a row; `None` only for a row that the order could not have given.
    pub(super) fn cursor(&self, sorted: &SortedRow) -> Option<Cursor> {
        let row = &sorted.raw;
        let row_id = RowId::from_bytes(&row.row_id)?;
        let key = row.order_key.clone();
        Some(Cursor(match self {
            Self::Owner => Place::Order(key, row_id),
            Self::Id(_) => Place::Id(row.id),
            Self::Point => Place::Point(row.lat?.into(), row.lon?.into(), row.id),
            Self::Field { sort, .. } if sort.numeric => {
                Place::Number(sorted.sorted_by.map(Into::into), key, row_id)
            }
            Self::Field { sort, .. } => {
                let value = row.cells.0.get(sort.field.as_str());
                Place::Text(value.map(|value| beginning(value).to_owned()), key, row_id)
            }
        }))
    }
}

fn segment(condition: Sql, order: &str) -> Segment {
    Segment {
        condition,
        order: order.to_owned(),
    }
}

fn after_row(operator: &str, key: &str, row_id: RowId) -> Sql {
    let mut condition = Sql::new(format!(" AND (rows.order_key, rows.row_id) {operator} ("));
    condition.bind(Bind::Text(key.to_owned())).push(", ");
    condition
        .bind(Bind::Bytes(row_id.as_bytes().to_vec()))
        .push(")");
    condition
}

/// Ties go the same way as the values, so that an index read backwards gives a descending order.
fn field_segments(
    engine: Engine,
    value: &str,
    sort: &Sort,
    place: Option<&Place>,
) -> Result<Vec<Segment>, StoreError> {
    let (operator, ties, order) = if sort.descending {
        (
            "<",
            OWNERS_BACKWARDS,
            format!("{value} DESC, {OWNERS_BACKWARDS}"),
        )
    } else {
        (">", OWNERS, format!("{value}, {OWNERS}"))
    };
    let nulls = dialect::order_of_nulls(engine, value, OWNERS);
    let absent = Sql::new(format!(" AND {value} IS NULL"));
    let (held, key, row_id) = match place {
        None => {
            let present = Sql::new(format!(" AND {value} IS NOT NULL"));
            return Ok(vec![segment(present, &order), segment(absent, &nulls)]);
        }
        Some(Place::Text(held, key, row_id)) if !sort.numeric => {
            (held.clone().map(Bind::Text), key, *row_id)
        }
        Some(Place::Number(held, key, row_id)) if sort.numeric => {
            (held.map(|bits| Bind::Number(bits.into())), key, *row_id)
        }
        Some(_) => return Err(StoreError::ForeignCursor),
    };
    let Some(held) = held else {
        let mut rest = absent;
        rest.append(after_row(">", key, row_id));
        return Ok(vec![segment(rest, &nulls)]);
    };
    let mut same = Sql::new(format!(" AND {value} = "));
    same.bind(held.clone())
        .append(after_row(operator, key, row_id));
    let mut beyond = Sql::new(format!(" AND {value} {operator} "));
    beyond.bind(held);
    Ok(vec![
        segment(same, ties),
        segment(beyond, &order),
        segment(absent, &nulls),
    ])
}
