//! `/datasets/{dataset}`: the rows as a table, with search, filters, order and pages.

use askama::Template;

use crate::page::Page;
use crate::view::{Choice, DatasetHead, Shown};

/// The table of a dataset.
#[derive(Template)]
#[template(path = "dataset.html")]
pub struct DatasetPage {
    /// The frame.
    pub page: Page,
    /// Title, licence, origin.
    pub dataset: DatasetHead,
    /// What was asked, and where the links of the page lead.
    pub query: TableQuery,
    /// One box per field that can be filtered.
    pub filters: Vec<Filter>,
    /// The columns shown.
    pub columns: Vec<Column>,
    /// This page's rows.
    pub rows: Vec<Line>,
    /// Rows that match.
    pub total: i64,
    /// Rows of the dataset.
    pub all_rows: i64,
    /// Files for reuse.
    pub formats: &'static [Format],
}

/// What was asked, and the links of the page.
#[derive(Debug, Clone, Default)]
pub struct TableQuery {
    /// Words searched.
    pub q: String,
    /// `field` or `-field`.
    pub sort: Option<String>,
    /// Some field is filtered.
    pub filtered: bool,
    /// Words or filters leave rows out.
    pub narrowed: bool,
    /// Every column is shown.
    pub all_columns: bool,
    /// How many columns there are.
    pub column_count: i64,
    /// Switches between the main columns and all; none where they are the same.
    pub columns_href: Option<String>,
    /// Back to the first page; none on it.
    pub first_href: Option<String>,
    /// The next page; none on the last.
    pub next_href: Option<String>,
}

/// A box that filters by one field.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Field name.
    pub name: String,
    /// Field title.
    pub title: String,
    /// Text typed, where there are no choices.
    pub value: String,
    /// The field's choices, else empty.
    pub options: Vec<Choice>,
    /// A cell holds several choices, so the filter looks inside.
    pub contains: bool,
}

/// A column of the table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Field title.
    pub title: String,
    /// Sorts by it, or the other way round.
    pub sort_href: String,
    /// `ascending` or `descending` when the table is sorted by it.
    pub sorted: Option<&'static str>,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Line {
    /// What people call the row; stands in its first column.
    pub title: String,
    /// Its page.
    pub href: String,
    /// One per column.
    pub cells: Vec<Cell>,
}

/// A cell of the table.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Title of its column, for narrow screens.
    pub title: String,
    /// Its value.
    pub shown: Shown,
}

/// A file for reuse.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Ending of the address.
    pub extension: &'static str,
    /// Its own name.
    pub name: &'static str,
}

/// The files that every dataset offers.
pub const FORMATS: [Format; 3] = [
    Format {
        extension: "csv",
        name: "CSV",
    },
    Format {
        extension: "json",
        name: "JSON",
    },
    Format {
        extension: "jsonl",
        name: "JSON Lines",
    },
];
