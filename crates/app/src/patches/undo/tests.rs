use rustine_domain::patch::Status;
use rustine_store::StoreError;

use super::{UndoError, undo};
use crate::datasets::redact::{What, redact};
use crate::patches::desk::{Desk, add, del, set};
use crate::testing::field;

fn desk() -> Desk {
    let desk = Desk::new(|_| {});
    desk.done(vec![add("Gare", "2"), add("Mairie", "1")]);
    desk
}

fn names(desk: &Desk) -> Vec<(String, String)> {
    let rows = desk.rows();
    rows.into_iter()
        .map(|(_, nom, places)| (nom, places))
        .collect()
}

#[test]
fn every_kind_of_change_is_taken_back_by_a_new_proposal() {
    let desk = desk();
    let before = names(&desk);
    let rows = desk.rows();
    let (gare, mairie) = (rows[0].0, rows[1].0);
    desk.done(vec![set(mairie, "places", "7")]);
    let with_seven = names(&desk);
    let ops = vec![
        set(mairie, "nom", "Mairie annexe"),
        set(mairie, "places", "8"),
        del(gare),
        add("Port", "3"),
    ];
    let wrong = desk.done(ops);
    assert_eq!(names(&desk).len(), 2);
    let undone = undo(&desk.node.app, wrong, &desk.lea, Some("erreur de ma part")).unwrap();
    assert_eq!(undone.status, Status::Accepted);
    assert_eq!(names(&desk), with_seven);
    assert_ne!(with_seven, before);
    let told: Result<_, StoreError> = desk.node.app.db.read(|tx| {
        assert_eq!(tx.find_undoing(wrong)?, Some(undone.id));
        assert_eq!(tx.load_patch(wrong)?.status, "accepted", "the log says so");
        tx.load_patch(undone.id)
    });
    assert_eq!(told.unwrap().summary.as_deref(), Some("erreur de ma part"));
    let again = undo(&desk.node.app, wrong, &desk.lea, None);
    assert!(matches!(again, Err(UndoError::Already(by)) if by == undone.id));
    // The undoing is a proposal like any other.
    undo(&desk.node.app, undone.id, &desk.lea, None).unwrap();
    let redone: Vec<String> = desk.rows().into_iter().map(|row| row.1).collect();
    assert_eq!(redone, ["Mairie annexe", "Port"]);
}

#[test]
fn a_cell_that_was_not_there_is_taken_away_again() {
    let desk = Desk::new(|_| {});
    desk.done(vec![add("Gare", "")]);
    let gare = desk.rows()[0].0;
    let patch = desk.done(vec![set(gare, "places", "4")]);
    undo(&desk.node.app, patch, &desk.lea, None).unwrap();
    assert_eq!(names(&desk), [("Gare".to_owned(), String::new())]);
}

#[test]
fn nothing_is_undone_where_somebody_changed_the_same_cells_since() {
    let desk = desk();
    let rows = desk.rows();
    let (gare, mairie) = (rows[0].0, rows[1].0);
    let set_twice = desk.done(vec![set(mairie, "places", "8"), set(gare, "places", "8")]);
    desk.done(vec![set(gare, "nom", "Gare routière")]);
    desk.done(vec![set(mairie, "places", "9")]);
    let added = desk.done(vec![add("Port", "3")]);
    let port = desk
        .rows()
        .into_iter()
        .find(|row| row.1 == "Port")
        .unwrap()
        .0;
    desk.done(vec![set(port, "places", "30")]);
    let held = names(&desk);
    for patch in [set_twice, added] {
        let refused = undo(&desk.node.app, patch, &desk.lea, None);
        assert!(matches!(refused, Err(UndoError::ChangedSince)));
    }
    assert_eq!(names(&desk), held);
    let count: Result<_, StoreError> = desk.node.app.db.read(|tx| {
        assert_eq!(tx.find_undoing(set_twice)?, None);
        tx.count_patches(&rustine_store::PatchFilter::default())
    });
    assert_eq!(count.unwrap(), 6, "nothing was recorded");
    // Another cell of the same row is nobody's business.
    let nom = desk.done(vec![set(mairie, "nom", "Mairie annexe")]);
    desk.done(vec![set(mairie, "places", "10")]);
    undo(&desk.node.app, nom, &desk.lea, None).unwrap();
    assert!(names(&desk).contains(&("Mairie".to_owned(), "10".to_owned())));
}

#[test]
fn an_erased_value_does_not_come_back() {
    let desk = desk();
    let mairie = desk.rows()[1].0;
    let patch = desk.done(vec![set(mairie, "nom", "Mairie annexe")]);
    let address = "lieux".parse().unwrap();
    redact(
        &desk.node.app,
        &address,
        &What::Cell(mairie, field("nom")),
        "order",
    )
    .unwrap();
    let refused = undo(&desk.node.app, patch, &desk.lea, None);
    assert!(
        matches!(refused, Err(UndoError::Gone | UndoError::ChangedSince)),
        "{refused:?}"
    );
}

#[test]
fn only_moderators_undo_and_only_what_was_applied() {
    let desk = desk();
    let max = Desk::person(&desk.node, "max", "member");
    let mairie = desk.rows()[1].0;
    let waiting = desk
        .visit(vec![set(mairie, "places", "8")], [192, 0, 2, 1])
        .unwrap();
    let refused = undo(&desk.node.app, waiting, &desk.lea, None);
    assert!(matches!(refused, Err(UndoError::NotApplied)));
    desk.accept(waiting);
    let refused = undo(&desk.node.app, waiting, &max, None);
    assert!(matches!(refused, Err(UndoError::Decide(_))));
    let long = "x".repeat(501);
    let refused = undo(&desk.node.app, waiting, &desk.lea, Some(&long));
    assert!(matches!(refused, Err(UndoError::TooLong)));
    assert_eq!(names(&desk)[1].1, "8");
}
