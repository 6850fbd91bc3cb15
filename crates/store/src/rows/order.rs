//! The orders of pages, and how each goes on after a cursor.
//!
//! A page is read in at most three segments, each of which is one walk along an index: rows with the same value as
//! the last one, rows beyond that value, rows without value. One condition for all would have the engine read and
//! skip what was shown before.

use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable};
use rustine_domain::ids::RowId;

use super::RawRow;
use super::asked::{RowQuery, Sort};
use super::cursor::{Cursor, Place};
use super::query::beginning;
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

/// Where a page stands.
#[derive(Clone, Copy)]
pub(super) enum Edge<'a> {
    Start,
    After(&'a Cursor),
    Before(&'a Cursor),
}

impl<'a> Edge<'a> {
    pub(super) fn of(query: &'a RowQuery) -> Self {
        match (&query.after, &query.before) {
            (Some(cursor), _) => Self::After(cursor),
            (None, Some(cursor)) => Self::Before(cursor),
            (None, None) => Self::Start,
        }
    }

    fn place(self) -> Option<&'a Place> {
        match self {
            Self::Start => None,
            Self::After(cursor) | Self::Before(cursor) => Some(&cursor.0),
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Start | Self::After(_) => Way::Forwards,
            Self::Before(_) => Way::Backwards,
        }
    }
}

/// The direction in which an index is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Forwards,
    Backwards,
}

impl Way {
    fn turned(self) -> Self {
        match self {
            Self::Forwards => Self::Backwards,
            Self::Backwards => Self::Forwards,
        }
    }

    fn operator(self) -> &'static str {
        match self {
            Self::Forwards => ">",
            Self::Backwards => "<",
        }
    }

    /// The owner's order.
    pub(crate) fn owners(self) -> &'static str {
        match self {
            Self::Forwards => "rows.order_key, rows.row_id",
            Self::Backwards => "rows.order_key DESC, rows.row_id DESC",
        }
    }

    pub(crate) fn order(self, columns: &[&str]) -> String {
        let direction = match self {
            Self::Forwards => "",
            Self::Backwards => " DESC",
        };
        let columns: Vec<String> = columns
            .iter()
            .map(|column| format!("{column}{direction}"))
            .collect();
        columns.join(", ")
    }
}

const POINT: [&str; 3] = ["lat", "lon", "rows.id"];

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

    /// The segments from a place on, in the direction in which they are read.
    pub(super) fn segments(&self, from: Edge<'_>) -> Result<Vec<Segment>, StoreError> {
        let way = from.way();
        match (self, from.place()) {
            (Self::Owner, None) => Ok(vec![segment(Sql::default(), way.owners())]),
            (Self::Owner, Some(Place::Order(key, row_id))) => {
                Ok(vec![segment(beyond_row(way, key, *row_id), way.owners())])
            }
            (Self::Id(column), None) => Ok(vec![segment(Sql::default(), column)]),
            (Self::Id(column), Some(Place::Id(id))) => {
                let mut condition = Sql::new(format!(" AND {column} {} ", way.operator()));
                condition.bind(Bind::Integer(*id));
                Ok(vec![segment(condition, &way.order(&[column]))])
            }
            (Self::Point, None) => Ok(vec![segment(Sql::default(), &way.order(&POINT))]),
            (Self::Point, Some(Place::Point(lat, lon, id))) => {
                let mut condition =
                    Sql::new(format!(" AND (lat, lon, rows.id) {} (", way.operator()));
                condition.bind(Bind::Number((*lat).into())).push(", ");
                condition.bind(Bind::Number((*lon).into())).push(", ");
                condition.bind(Bind::Integer(*id)).push(")");
                Ok(vec![segment(condition, &way.order(&POINT))])
            }
            (
                Self::Field {
                    engine,
                    value,
                    sort,
                },
                place,
            ) => field_segments(*engine, value, sort, way, place),
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

fn beyond_row(way: Way, key: &str, row_id: RowId) -> Sql {
    let operator = way.operator();
    let mut condition = Sql::new(format!(" AND (rows.order_key, rows.row_id) {operator} ("));
    condition.bind(Bind::Text(key.to_owned())).push(", ");
    condition
        .bind(Bind::Bytes(row_id.as_bytes().to_vec()))
        .push(")");
    condition
}

/// Ties go the same way as the values, so that an index read backwards gives a descending order. Rows without value
/// come last in either order, and among them the owner's order holds: read backwards they come first.
fn field_segments(
    engine: Engine,
    value: &str,
    sort: &Sort,
    reading: Way,
    place: Option<&Place>,
) -> Result<Vec<Segment>, StoreError> {
    let way = if sort.descending {
        reading.turned()
    } else {
        reading
    };
    let columns = [value, "rows.order_key", "rows.row_id"];
    let order = way.order(&columns);
    let nulls = reading.order(dialect::columns_of_nulls(engine, &columns));
    let present = || segment(Sql::new(format!(" AND {value} IS NOT NULL")), &order);
    let absent = Sql::new(format!(" AND {value} IS NULL"));
    let (held, key, row_id) = match place {
        // Only the first page has no place, and it is read forwards.
        None => return Ok(vec![present(), segment(absent, &nulls)]),
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
        rest.append(beyond_row(reading, key, row_id));
        let mut segments = vec![segment(rest, &nulls)];
        if reading == Way::Backwards {
            segments.push(present());
        }
        return Ok(segments);
    };
    let mut same = Sql::new(format!(" AND {value} = "));
    same.bind(held.clone()).append(beyond_row(way, key, row_id));
    let mut beyond = Sql::new(format!(" AND {value} {} ", way.operator()));
    beyond.bind(held);
    let mut segments = vec![segment(same, way.owners()), segment(beyond, &order)];
    if reading == Way::Forwards {
        segments.push(segment(absent, &nulls));
    }
    Ok(segments)
}
