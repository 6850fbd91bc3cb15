//! `/datasets/{dataset}`: the rows as a table or as cards, with search, filters, order and pages.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::datasets::indexes;
use rustine_domain::schema::{Field, Schema};
use rustine_store::{DatasetRecord, RowPage as StoredPage, RowQuery, RowRecord};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::fields::{self, main_fields, row_title};
use crate::page::Page;
use crate::reading::{self, query};
use crate::view::{Choice, DatasetHead, Shown};
use crate::visit::{Visit, address_of};

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
    /// `field` or `-field`.
    pub sort: Option<String>,
    /// Some field is filtered.
    pub filtered: bool,
    /// Words or filters leave rows out.
    pub narrowed: bool,
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
/// What an address says to see cards.
const CARDS: &str = "cards";
/// Parameters that belong to one page of the table, not to what is asked of it.
const OF_ONE_PAGE: [&str; 2] = ["after", "before"];

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
        let mut found = tx.query_rows(&asked)?;
        if found.rows.is_empty() && found.total > 0 {
            // What stood on this page has gone since its link was made.
            asked.after = None;
            found = tx.query_rows(&asked)?;
        }
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        Ok::<_, Failure>(
            Table {
                visit,
                record: &record,
                schema: &schema,
                asked: &asked,
            }
            .page(dataset, &found),
        )
    })?;
    Answer::page(&page)
}

/// What a table is made from.
struct Table<'a> {
    visit: &'a Visit,
    record: &'a DatasetRecord,
    schema: &'a Schema,
    asked: &'a RowQuery,
}

impl Table<'_> {
    fn page(&self, dataset: DatasetHead, found: &StoredPage) -> DatasetPage {
        let all = self.visit.asked("columns") == "all";
        let as_cards = self.visit.asked("view") == CARDS;
        let shown = main_fields(self.schema, all);
        let open = dataset.open;
        DatasetPage {
            page: self.visit.page.clone(),
            query: self.query(all, shown.len(), found),
            filters: self
                .schema
                .fields
                .iter()
                .map(|field| self.filter(field))
                .collect(),
            views: [
                ("view-table", "", !as_cards),
                ("view-cards", CARDS, as_cards),
            ]
            .into_iter()
            .map(|(key, view, chosen)| ViewLink {
                key,
                href: self.href(&[("view", view)]),
                chosen,
            })
            .collect(),
            columns: shown.iter().map(|field| self.column(field)).collect(),
            rows: found
                .rows
                .iter()
                .map(|row| self.line(row, &shown, open))
                .collect(),
            total: found.total,
            formats: &FORMATS,
            dataset,
        }
    }

    /// This page's address with some parameters set anew, or taken away by an empty text.
    fn href(&self, changes: &[(&str, &str)]) -> String {
        let changed = |name: &str| {
            OF_ONE_PAGE.contains(&name) || changes.iter().any(|(known, _)| *known == name)
        };
        let kept = self
            .visit
            .query
            .iter()
            .filter(|(name, value)| !value.is_empty() && !changed(name))
            .cloned();
        let set = changes.iter().filter(|(_, value)| !value.is_empty());
        let set = set.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let query: Vec<_> = kept.chain(set).collect();
        address_of(
            &format!("/datasets/{}", reading::address(self.record)),
            &query,
        )
    }

    fn query(&self, all_columns: bool, shown: usize, found: &StoredPage) -> TableQuery {
        let columns = self.schema.fields.len();
        let other = if all_columns { "" } else { "all" };
        TableQuery {
            q: self.asked.search.clone().unwrap_or_default(),
            sort: Some(self.visit.asked("sort").to_owned()).filter(|sort| !sort.is_empty()),
            filtered: !self.asked.filters.is_empty(),
            narrowed: !self.asked.filters.is_empty()
                || self.asked.search.is_some()
                || self.asked.bbox.is_some(),
            as_cards: self.visit.asked("view") == CARDS,
            all_columns,
            column_count: i64::try_from(columns).unwrap_or(i64::MAX),
            columns_href: (all_columns || shown < columns)
                .then(|| self.href(&[("columns", other)])),
            first_href: found.previous.is_some().then(|| self.href(&[])),
            previous_href: found
                .previous
                .as_ref()
                .map(|previous| self.href(&[("before", &previous.to_string())])),
            next_href: found
                .next
                .as_ref()
                .map(|next| self.href(&[("after", &next.to_string())])),
        }
    }

    fn filter(&self, field: &Field) -> Filter {
        let name = field.name.as_str();
        let equal = self.visit.asked(&format!("field.{name}"));
        let contains = self.visit.asked(&format!("field.{name}.contains"));
        fields::filter(
            field,
            Some(if contains.is_empty() { equal } else { contains }),
        )
    }

    fn column(&self, field: &Field) -> Column {
        let name = field.name.as_str();
        let sorted = self
            .asked
            .sort
            .as_ref()
            .filter(|sort| sort.field == field.name);
        let sorted = sorted.map(|sort| {
            if sort.descending {
                "descending"
            } else {
                "ascending"
            }
        });
        let next = if sorted == Some("ascending") {
            format!("-{name}")
        } else {
            name.to_owned()
        };
        Column {
            title: crate::fields::name_of(field),
            sort_href: self.href(&[("sort", &next)]),
            sorted,
        }
    }

    fn line(&self, row: &RowRecord, shown: &[&Field], open: bool) -> Line {
        let cell = |field: &&Field| Cell {
            title: crate::fields::name_of(field),
            shown: cell_shown(field, row),
        };
        let href = reading::row_href(self.record, row.row_id);
        Line {
            title: row_title(self.schema, &row.cells, row.row_id),
            correct_href: open.then(|| format!("{href}/correct")),
            href,
            cells: shown.iter().map(cell).collect(),
        }
    }
}

/// A cell by its type, or that it was erased.
pub fn cell_shown(field: &Field, row: &RowRecord) -> Shown {
    let name = field.name.as_str();
    match row.gone.contains_key(name) {
        true => Shown::Erased,
        false => fields::shown(field, row.cells.get(name).map(String::as_str)),
    }
}
