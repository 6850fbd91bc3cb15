//! `/datasets/{dataset}`: the rows as a table, as cards or on a map, with search, filters, order and pages.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::datasets::indexes;
use rustine_domain::time::Timestamp;

use crate::answer::{Allowed, Answer};
use crate::failure::Failure;
use crate::page::Page;
use crate::reading::facts::{self, Facts};
use crate::reading::{self, query};
use crate::view::{Choice, DatasetHead, Shown};
use crate::visit::Visit;

pub mod map;
pub mod refine;
mod table;

pub use table::cell_shown;

use map::MapView;
use refine::{Chip, Facet};
use table::Table;

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
    /// What is filtered now, each with the way out of it.
    pub chips: Vec<Chip>,
    /// Fields with few values, each with its counts.
    pub facets: Vec<Facet>,
    /// Shows the facets of a dataset that is too large to count for everybody.
    pub facets_href: Option<String>,
    /// The map, where it is asked for.
    pub map: Option<MapView>,
    /// How well the dataset is kept.
    pub facts: Facts,
    /// Every way to look at the rows, each with its own address.
    pub views: Vec<ViewLink>,
    /// The columns shown.
    pub columns: Vec<Column>,
    /// This page's rows.
    pub rows: Vec<Line>,
    /// Rows that match.
    pub total: i64,
    /// Files for reuse.
    pub formats: &'static [Format],
}

/// What was asked, and the links of the page.
#[derive(Debug, Clone, Default)]
pub struct TableQuery {
    /// Words searched.
    pub q: String,
    /// Some field is filtered.
    pub filtered: bool,
    /// Words or filters leave rows out.
    pub narrowed: bool,
    /// What the form of search and filters hands on.
    pub kept: Vec<(String, String)>,
    /// Rows are shown as cards.
    pub as_cards: bool,
    /// Every column is shown.
    pub all_columns: bool,
    /// How many columns there are.
    pub column_count: i64,
    /// Switches between the main columns and all; none where they are the same.
    pub columns_href: Option<String>,
    /// Back to the first page; none on it.
    pub first_href: Option<String>,
    /// The previous page; none on the first.
    pub previous_href: Option<String>,
    /// The next page; none on the last.
    pub next_href: Option<String>,
}

/// A way to look at the rows.
#[derive(Debug, Clone)]
pub struct ViewLink {
    /// Key of its name.
    pub key: &'static str,
    /// The same rows, looked at in this way.
    pub href: String,
    /// It is the one shown.
    pub chosen: bool,
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
    /// Where it is corrected; none where nothing may be proposed.
    pub correct_href: Option<String>,
    /// One per column.
    pub cells: Vec<Cell>,
    /// Its id, by which the map and the list know each other.
    pub id: String,
    /// Since when nobody changed it, where that is long ago.
    pub stale: Option<Timestamp>,
}

impl Line {
    /// What stands below its title where there is little room.
    pub fn brief(&self) -> Vec<&Cell> {
        let held = self.cells.iter().skip(1);
        held.filter(|cell| !cell.shown.is_absent())
            .take(2)
            .collect()
    }
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

/// Rows of a page.
const ROWS: usize = 50;

/// A way to look at the rows, as an address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Table,
    Cards,
    Map,
}

impl View {
    fn asked(visit: &Visit) -> Self {
        match visit.asked("view") {
            "cards" => Self::Cards,
            "map" => Self::Map,
            _ => Self::Table,
        }
    }
}

/// `GET /datasets/{dataset}`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit.answer(move |visit| read(visit, &address)).await
}

fn read(visit: &Visit, address: &str) -> Result<Answer, Failure> {
    let page = visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let mut asked = query::parse_form(&visit.query, record.id, &schema, ROWS);
        indexes::wish(&visit.app, &record, &asked);
        let view = View::asked(visit);
        let frame = match view {
            View::Map => map::Frame::of(tx, &mut asked)?,
            View::Table | View::Cards => None,
        };
        let mut found = tx.query_rows(&asked)?;
        if found.rows.is_empty() && found.total > 0 {
            // What stood on this page has gone since its link was made.
            asked.after = None;
            found = tx.query_rows(&asked)?;
        }
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        let table = Table {
            visit,
            record: &record,
            schema: &schema,
            asked: &asked,
            view,
            stale: facts::stale_rows(&visit.app, tx, &record, &schema, &found.rows)?,
        };
        let refined = refine::refine(&table, tx)?;
        let map = match view {
            View::Map => Some(map::view(&table, tx, frame)?),
            View::Table | View::Cards => None,
        };
        let facts = facts::read(&visit.app, tx, &record)?;
        Ok::<_, Failure>(table.page(dataset, &found, refined, map, facts))
    })?;
    let allowed = page.map.as_ref().map(|map| Allowed {
        scripts: map.scripts.is_some(),
        tiles: visit.app.settings.map.origin(),
    });
    Ok(Answer::page(&page)?.and_allow(allowed.unwrap_or_default()))
}
