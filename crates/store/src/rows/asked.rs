//! What a caller asks of the rows, apart from how a database answers it: the fuzzer reads addresses of pages into this
//! without one (`tests/fuzz`).

use rustine_domain::ids::FieldName;

use super::cursor::Cursor;

/// Rows in one page at most.
pub const MOST_ROWS: usize = 1000;

/// Which rows, in which order, and from where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowQuery {
    /// The store's number of the dataset.
    pub dataset: i64,
    /// Words that a row must hold, the last one as a prefix; a text without words is no condition.
    pub search: Option<String>,
    /// Conditions, all of which must hold.
    pub filters: Vec<(FieldName, Filter)>,
    /// `None`: the owner's order; with `search` the order in which rows came, with `bbox` from south to north.
    pub sort: Option<Sort>,
    /// West, south, east, north in degrees; west may be greater than east.
    pub bbox: Option<[f64; 4]>,
    /// The page after this place.
    pub after: Option<Cursor>,
    /// The page before this place; counts only without `after`.
    pub before: Option<Cursor>,
    /// Rows of a page, 1 to 1,000.
    pub limit: usize,
}

/// A condition on the value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// The value is this text, byte for byte; the empty text also means that there is none.
    Eq(String),
    /// The value holds this text, without case and accents. Looks at every row of the dataset.
    Contains(String),
    /// The value is greater.
    Gt(Bound),
    /// The value is less.
    Lt(Bound),
    /// The value is one of these texts.
    In(Vec<String>),
}

/// What values are compared with; the schema decides which.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Plain decimals; other values match nothing.
    Number(f64),
    /// Bytes, as for dates; the first 200 characters count.
    Text(String),
}

/// By the values of a field; rows without one come last.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The field.
    pub field: FieldName,
    /// Greatest first.
    pub descending: bool,
    /// Values are read as plain decimals; others count as none.
    pub numeric: bool,
}
