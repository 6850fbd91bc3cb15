//! The rows as lines of a table or as cards, and the links of the page.

use std::collections::HashMap;

use rustine_domain::ids::RowId;
use rustine_domain::schema::{Field, Schema};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, RowPage as StoredPage, RowQuery, RowRecord};

use super::map::MapView;
use super::refine::Refined;
use super::{Cell, Column, DatasetPage, FORMATS, Filter, Line, TableQuery, View, ViewLink};
use crate::fields::{self, main_fields, row_title};
use crate::reading;
use crate::reading::facts::Facts;
use crate::view::{DatasetHead, Shown};
use crate::visit::{Visit, address_of};

/// Parameters that belong to one page of the table, not to what is asked of it.
const OF_ONE_PAGE: [&str; 2] = ["after", "before"];

/// What a table is made from.
pub(super) struct Table<'a> {
    pub visit: &'a Visit,
    pub record: &'a DatasetRecord,
    pub schema: &'a Schema,
    pub asked: &'a RowQuery,
    pub view: View,
    /// Rows of this page that nobody changed for long, and since when.
    pub stale: HashMap<RowId, Timestamp>,
}

impl Table<'_> {
    pub fn page(
        &self,
        dataset: DatasetHead,
        found: &StoredPage,
        refined: Refined,
        map: Option<MapView>,
        facts: Facts,
    ) -> DatasetPage {
        let all = self.visit.asked("columns") == "all";
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
            chips: refined.chips,
            facets: refined.facets,
            facets_href: refined.offer,
            map,
            facts,
            views: self.views(),
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

    /// The map is offered where rows can have a place.
    fn views(&self) -> Vec<ViewLink> {
        let views = [
            ("view-table", "", View::Table),
            ("view-cards", "cards", View::Cards),
            ("view-map", "map", View::Map),
        ];
        let has_places = fields::places(self.schema).is_some();
        let offered = views
            .into_iter()
            .filter(|(_, _, view)| *view != View::Map || has_places || self.view == View::Map);
        offered
            .map(|(key, view, this)| ViewLink {
                key,
                href: self.href(&[("view", view)]),
                chosen: self.view == this,
            })
            .collect()
    }

    /// This page's address with some parameters set anew, or taken away by an empty text.
    pub fn href(&self, changes: &[(&str, &str)]) -> String {
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
        self.address(kept.chain(set).collect())
    }

    /// This page's address with this query.
    pub fn address(&self, query: Vec<(String, String)>) -> String {
        let path = format!("/datasets/{}", reading::address(self.record));
        address_of(&path, &query)
    }

    /// What the form hands on beside its own boxes: the order, the view, and conditions that have no box.
    fn kept(&self) -> Vec<(String, String)> {
        let mut boxes: Vec<&str> = Vec::new();
        let mut kept = Vec::new();
        for (name, value) in self
            .visit
            .query
            .iter()
            .filter(|(_, value)| !value.is_empty())
        {
            let has_box = match name.strip_prefix("field.") {
                Some(asked) => {
                    let (field, condition) = asked.split_once('.').unwrap_or((asked, ""));
                    let fits = matches!(condition, "" | "contains") && !boxes.contains(&field);
                    boxes.push(field);
                    fits
                }
                // Words are searched everywhere, not only where the map was.
                None => matches!(name.as_str(), "q" | "after" | "before" | "bbox"),
            };
            if !has_box {
                kept.push((name.clone(), value.clone()));
            }
        }
        kept
    }

    fn query(&self, all_columns: bool, shown: usize, found: &StoredPage) -> TableQuery {
        let columns = self.schema.fields.len();
        let other = if all_columns { "" } else { "all" };
        TableQuery {
            q: self.asked.search.clone().unwrap_or_default(),
            kept: self.kept(),
            filtered: !self.asked.filters.is_empty(),
            narrowed: !self.asked.filters.is_empty()
                || self.asked.search.is_some()
                || !self.visit.asked("bbox").is_empty(),
            as_cards: self.view == View::Cards,
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
            id: row.row_id.to_string(),
            stale: self.stale.get(&row.row_id).copied(),
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
