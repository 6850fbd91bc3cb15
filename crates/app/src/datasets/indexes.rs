//! Indexes for the fields by which people filter and sort: nobody has to ask for them, and nobody pays for one that
//! is not used. A question notes what it would have liked; a job makes it afterwards.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rustine_domain::ids::FieldName;
use rustine_store::{Bound, DatasetRecord, Filter, RowQuery, StoreError};

use crate::App;
use crate::processes;

/// Rows from which on a dataset gets indexes; below, reading all of them takes a few milliseconds.
pub const FROM_ROWS: i64 = 2_000;
/// Indexes of one dataset at most: each makes every change of a row a little dearer, and anybody may ask.
pub const MOST_INDEXES: usize = 8;
/// Wishes that wait at most; what is wished again later is noted then.
const MOST_WISHES: usize = 64;

/// An index that somebody would have liked: dataset, field, and whether its values are read as numbers.
type Wish = (i64, FieldName, bool);

/// What questions would have liked since the job last looked.
#[derive(Debug, Default)]
pub struct Wishes(Mutex<BTreeSet<Wish>>);

impl Wishes {
    fn held(&self) -> std::sync::MutexGuard<'_, BTreeSet<Wish>> {
        // Every change of the set is one call, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes the indexes that would make this question fast. Costs nothing worth naming.
pub fn wish(app: &App, dataset: &DatasetRecord, query: &RowQuery) {
    if dataset.row_count < FROM_ROWS {
        return;
    }
    let filtered = query.filters.iter().filter_map(|(field, filter)| {
        let numeric = match filter {
            Filter::Eq(_)
            | Filter::In(_)
            | Filter::Gt(Bound::Text(_))
            | Filter::Lt(Bound::Text(_)) => false,
            Filter::Gt(Bound::Number(_)) | Filter::Lt(Bound::Number(_)) => true,
            // It looks at every row, whatever index there is.
            Filter::Contains(_) => return None,
        };
        Some((dataset.id, field.clone(), numeric))
    });
    let sorted = query.sort.iter();
    let sorted = sorted.map(|sort| (dataset.id, sort.field.clone(), sort.numeric));
    let wishes: Vec<Wish> = filtered.chain(sorted).collect();
    if !wishes.is_empty() {
        let mut held = app.wishes.held();
        let room = MOST_WISHES.saturating_sub(held.len());
        held.extend(wishes.into_iter().take(room));
    }
}

/// Makes what was wished and is not there; how many indexes that were.
///
/// # Errors
/// Where the store fails; wishes that were not looked at yet are noted again with the next question.
pub fn make_wished(app: &App) -> Result<usize, StoreError> {
    if app.wishes.held().is_empty() {
        return Ok(0);
    }
    // Each process knows the questions that it was asked. Two that make the same index at once would collide.
    let made = processes::by_itself(app, "job/indexes", || make(app))?;
    Ok(made.unwrap_or(0))
}

fn make(app: &App) -> Result<usize, StoreError> {
    let wishes = std::mem::take(&mut *app.wishes.held());
    let mut made = 0;
    for (dataset, field, numeric) in wishes {
        let there = app.db.read(|tx| tx.list_field_indexes(dataset))?;
        let known = there
            .iter()
            .any(|(name, by)| name == field.as_str() && *by == numeric);
        if known || there.len() >= MOST_INDEXES {
            continue;
        }
        let now = app.clock.now();
        app.db
            .write_alone(|tx| match tx.find_dataset(dataset)? {
                Some(_) => tx
                    .create_field_index(dataset, &field, numeric, now)
                    .map(|()| true),
                None => Ok::<_, StoreError>(false),
            })
            .map(|done| made += usize::from(done))?;
    }
    if made > 0 {
        app.db.optimize()?;
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use rustine_store::Sort;

    use super::*;
    use crate::testing::{Origin, TestApp, field};

    fn node(rows: i64) -> (TestApp, DatasetRecord) {
        let node = TestApp::new("http://b.localhost:2");
        let origin = Origin::new("http://a.localhost:1/datasets/lieux");
        node.copy(&origin, "lieux@a.localhost:1");
        let mut record = node.record("lieux@a.localhost:1");
        record.row_count = rows;
        (node, record)
    }

    fn by(dataset: &DatasetRecord, filters: Vec<(FieldName, Filter)>) -> RowQuery {
        RowQuery {
            dataset: dataset.id,
            filters,
            limit: 50,
            ..RowQuery::default()
        }
    }

    fn indexes(node: &TestApp, dataset: &DatasetRecord) -> Vec<(String, bool)> {
        let listed = node.app.db.read(|tx| tx.list_field_indexes(dataset.id));
        listed.unwrap()
    }

    #[test]
    fn what_is_asked_by_gets_an_index_once() {
        let (node, dataset) = node(FROM_ROWS);
        let mut query = by(&dataset, vec![(field("nom"), Filter::Eq("Mairie".into()))]);
        query.sort = Some(Sort {
            field: field("places"),
            descending: true,
            numeric: true,
        });
        for made in [2, 0] {
            wish(&node.app, &dataset, &query);
            assert_eq!(make_wished(&node.app).unwrap(), made);
        }
        assert_eq!(
            indexes(&node, &dataset),
            [("nom".to_owned(), false), ("places".to_owned(), true)]
        );
    }

    #[test]
    fn small_datasets_and_words_within_a_value_get_none() {
        let (node, dataset) = node(FROM_ROWS - 1);
        wish(
            &node.app,
            &dataset,
            &by(&dataset, vec![(field("nom"), Filter::Eq("x".into()))]),
        );
        let large = DatasetRecord {
            row_count: FROM_ROWS,
            ..dataset.clone()
        };
        wish(
            &node.app,
            &large,
            &by(&large, vec![(field("nom"), Filter::Contains("x".into()))]),
        );
        assert_eq!(make_wished(&node.app).unwrap(), 0);
    }

    #[test]
    fn a_dataset_gets_no_more_than_the_limit() {
        let (node, dataset) = node(FROM_ROWS);
        for number in 0..MOST_INDEXES + 3 {
            let name = field(&format!("champ{number}"));
            wish(
                &node.app,
                &dataset,
                &by(&dataset, vec![(name, Filter::Eq("x".into()))]),
            );
        }
        assert_eq!(make_wished(&node.app).unwrap(), MOST_INDEXES);
        assert_eq!(indexes(&node, &dataset).len(), MOST_INDEXES);
    }
}
