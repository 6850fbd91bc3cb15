//! Values that a source withheld, and taking them from another one.

use rustine_domain::log::{Line, Refusal};
use rustine_store::RowQuery;

use super::super::apply::{ApplyError, Outcome};
use super::super::missing::{Filled, entries, fill};
use super::World;
use crate::testing::row;

/// The rows that a search finds.
fn found(world: &World, words: &str) -> usize {
    let query = RowQuery {
        dataset: world.dataset,
        search: Some(words.to_owned()),
        filters: Vec::new(),
        sort: None,
        bbox: None,
        after: None,
        before: None,
        limit: 10,
    };
    let page = world.node.app.db.read(|tx| tx.query_rows(&query));
    page.unwrap().rows.len()
}

impl World {
    /// Takes the log from somebody who withholds a value of one entry.
    fn follow_without(&self, seq: usize, withheld: &str) {
        for at in 0..self.origin.lines.len() {
            let line = match at == seq {
                true => Line::parse(withheld.as_bytes()).unwrap(),
                false => self.origin.line(at),
            };
            let outcome = self.take(&line);
            assert!(
                matches!(outcome, Ok(Outcome::Applied { .. })),
                "{outcome:?}"
            );
        }
    }

    pub(super) fn fill(&self, line: &Line) -> Result<Filled, ApplyError> {
        fill(&self.node.app, self.dataset, line)
    }

    pub(super) fn lacking(&self) -> Vec<u64> {
        entries(&self.node.app, self.dataset, None, 10).unwrap()
    }
}

#[test]
fn a_withheld_value_is_missing_until_another_source_has_it() {
    let world = World::new();
    let withheld = world.origin.line_without(2, row(2), "places");
    world.follow_without(2, &withheld);
    assert_eq!(world.lacking(), [2]);
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
    assert_eq!(found(&world, "12"), 0);
    let again = Line::parse(withheld.as_bytes()).unwrap();
    assert_eq!(world.fill(&again).unwrap(), Filled::Nothing);
    assert_eq!(
        world.fill(&world.origin.line(1)).unwrap(),
        Filled::Nothing,
        "nothing is lacking there"
    );
    assert_eq!(world.fill(&world.origin.line(2)).unwrap(), Filled::Some(1));
    assert!(world.lacking().is_empty());
    assert_eq!(found(&world, "12"), 1);
    world.is_at(&world.origin);
    assert_eq!(world.verify().unwrap(), 5);
}

#[test]
fn a_withheld_value_of_an_added_row_comes_back_with_the_rows_salt() {
    let world = World::new();
    let withheld = world.origin.line_without(1, row(3), "nom");
    world.follow_without(1, &withheld);
    assert_eq!(world.lacking(), [1]);
    assert_eq!(
        world.node.rows(world.dataset)[&row(3)].value("places"),
        Some("1")
    );
    assert_eq!(world.fill(&world.origin.line(1)).unwrap(), Filled::Some(1));
    world.is_at(&world.origin);
    let body = world.node.app.db.read(|tx| tx.find_body(world.dataset, 1));
    let whole = world.origin.line(1).body.unwrap();
    let stored: serde_json::Value = serde_json::from_str(&body.unwrap().unwrap()).unwrap();
    assert_eq!(stored, whole);
}

#[test]
fn the_rows_salt_comes_back_where_the_withheld_value_was_changed_since() {
    let mut world = World::new();
    let withheld = world.origin.line_without(1, row(3), "nom");
    world.origin.set(row(3), "nom", "Mairie");
    world.follow_without(1, &withheld);
    assert_eq!(world.lacking(), [1]);
    assert_eq!(world.fill(&world.origin.line(1)).unwrap(), Filled::Some(1));
    world.is_at(&world.origin);
}

#[test]
fn a_redaction_that_comes_meanwhile_wins() {
    let mut world = World::new();
    let whole = world.origin.line(2);
    let withheld = world.origin.line_without(2, row(2), "places");
    world.origin.redact(row(2), "places", 2);
    world.follow_without(2, &withheld);
    assert!(world.lacking().is_empty());
    assert_eq!(world.fill(&whole).unwrap(), Filled::Nothing);
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
    let body = world.node.app.db.read(|tx| tx.find_body(world.dataset, 2));
    assert!(!body.unwrap().unwrap().contains("\"12\""));
}

#[test]
fn a_wrong_value_for_a_missing_one_is_refused() {
    let world = World::new();
    world.follow_without(2, &world.origin.line_without(2, row(2), "places"));
    let forged = world.origin.lines[2].replace("\"12\"", "\"13\"");
    assert_ne!(forged, world.origin.lines[2]);
    let refused = world.fill(&Line::parse(forged.as_bytes()).unwrap());
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::CellHash { .. }))),
        "{refused:?}"
    );
    let mut other = world.origin.clone();
    other.policy(1);
    let mut rival = world.origin.clone();
    rival.policy(2);
    world.take(&other.line(3)).unwrap();
    assert_eq!(world.fill(&rival.line(3)).unwrap(), Filled::OtherEntry);
    assert_eq!(world.lacking(), [2]);
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
}
