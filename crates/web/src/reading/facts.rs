//! How well a dataset is kept: when rows were last touched, how long proposals wait, who follows and who holds copies.

use std::collections::HashMap;

use rustine_app::App;
use rustine_domain::cell::{self, TypedValue};
use rustine_domain::ids::RowId;
use rustine_domain::schema::{Field, FieldType, Schema};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, RowRecord, StoreError, Touched, Tx};

/// Names of fields that hold the day of the last look at a row: that of the national standard, and its like.
const DATED: [&str; 5] = [
    "date_maj",
    "date_mise_a_jour",
    "maj",
    "updated",
    "last_checked",
];
/// Seconds of a month, on average.
const MONTH: i64 = 2_629_746;
/// Copies that are named; the others are counted.
const NAMED: usize = 12;

/// How well a dataset is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Seconds from proposal to answer, of which half of the newest took less; for datasets of this instance.
    pub median_seconds: Option<i64>,
    /// When the oldest proposal that waits was made.
    pub oldest_waiting: Option<Timestamp>,
    /// Those who follow it; none for a copy, whose followers its origin knows.
    pub followers: Option<i64>,
    /// Who holds verified copies, and where.
    pub copies: Vec<Copy>,
    /// Further copies.
    pub more_copies: i64,
}

/// A verified copy elsewhere, or the original of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The instance.
    pub host: String,
    /// Its page of the dataset.
    pub href: String,
}

/// The facts of a dataset.
pub fn read(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Facts, StoreError> {
    if !dataset.is_local() {
        let origin = Copy {
            host: dataset.host.clone(),
            href: dataset.url.clone(),
        };
        return Ok(Facts {
            copies: vec![origin],
            ..Facts::default()
        });
    }
    let times = tx.answer_times(dataset.id)?;
    let followers = tx.count_followers(&format!("/datasets/{}", dataset.name))?;
    let scheme = app.origin().split(':').next().unwrap_or("https").to_owned();
    let copy = |host: String| Copy {
        href: format!("{scheme}://{host}/datasets/{}@{}", dataset.name, app.host()),
        host,
    };
    // Only what a person accepted as a partner is named to everybody.
    let listed = tx
        .list_replicas(dataset.id)?
        .into_iter()
        .filter(|one| one.listed);
    let mut copies: Vec<Copy> = listed.map(|one| copy(one.host)).collect();
    let more = copies.len().saturating_sub(NAMED);
    copies.truncate(NAMED);
    Ok(Facts {
        median_seconds: times.median_seconds,
        oldest_waiting: times.oldest_waiting,
        followers: Some(followers),
        copies,
        more_copies: i64::try_from(more).unwrap_or(i64::MAX),
    })
}

/// Those of some rows of one page that nobody changed for `reading.stale_months`, and since when.
pub fn stale_rows(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    schema: &Schema,
    rows: &[RowRecord],
) -> Result<HashMap<RowId, Timestamp>, StoreError> {
    let months = app.settings.reading.stale_months;
    if months == 0 || rows.is_empty() {
        return Ok(HashMap::new());
    }
    let before = app.clock.now().seconds() - i64::from(months) * MONTH;
    let dated = dated_field(schema);
    let touched = tx.rows_touched(dataset.id, rows)?;
    let since = |row: &RowRecord| {
        let day = dated.and_then(|field| day_of(field, row.cells.get(field.name.as_str())?));
        let since = last_look(*touched.get(&row.row_id)?, day);
        (since.seconds() < before).then_some((row.row_id, since))
    };
    Ok(rows.iter().filter_map(since).collect())
}

/// A change counts from its own day. What an import brought may have been old already: there the row's own date counts.
fn last_look(touched: Touched, day: Option<Timestamp>) -> Timestamp {
    let own = day.unwrap_or(touched.added);
    touched.changed.map_or(own, |changed| changed.max(own))
}

fn dated_field(schema: &Schema) -> Option<&Field> {
    let field = DATED.iter().find_map(|name| schema.field(name))?;
    matches!(field.kind, FieldType::Date | FieldType::DateTime).then_some(field)
}

fn day_of(field: &Field, text: &str) -> Option<Timestamp> {
    let day = match cell::read(field, text) {
        Ok(TypedValue::Date(day)) => day,
        _ => text.get(..10)?.parse().ok()?,
    };
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Timestamp::from_seconds(start.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Timestamp {
        format!("{day}T00:00:00Z").parse().unwrap()
    }

    fn check(changed: Option<&str>, day: Option<&str>, expected: &str) {
        let touched = Touched {
            added: at("2026-01-01"),
            changed: changed.map(at),
        };
        assert_eq!(last_look(touched, day.map(at)), at(expected));
    }

    #[test]
    fn an_imported_row_is_as_old_as_it_says_until_somebody_changes_it() {
        check(None, None, "2026-01-01");
        check(None, Some("2021-05-04"), "2021-05-04");
        check(Some("2026-02-02"), Some("2021-05-04"), "2026-02-02");
        check(Some("2026-02-02"), Some("2026-09-01"), "2026-09-01");
        check(Some("2026-02-02"), None, "2026-02-02");
    }

    #[test]
    fn the_day_of_a_row_is_read_by_its_type() {
        let read =
            |fields: serde_json::Value| Schema::read(&serde_json::json!({ "fields": fields })).0;
        let schema = read(serde_json::json!([{"name": "date_maj", "type": "date"}]));
        let field = dated_field(&schema).unwrap();
        assert_eq!(day_of(field, "2026-09-02"), Some(at("2026-09-02")));
        assert_eq!(day_of(field, "hier"), None);
        for other in [
            serde_json::json!([{"name": "date_maj", "type": "string"}]),
            serde_json::json!([{"name": "naissance", "type": "date"}]),
        ] {
            assert!(dated_field(&read(other)).is_none());
        }
    }
}
