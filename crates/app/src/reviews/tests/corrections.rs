//! "Correct, then accept" from elsewhere: an approval of other values than those offered.

use rustine_domain::digest::OfferedOp;

use super::*;
use crate::patches::ops_of;

/// The proposal with another name of the place.
fn named(world: &World, nom: &str) -> Vec<OfferedOp> {
    let mut ops = ops_of(&world.patch()).unwrap();
    let Some(OfferedOp::Add { cells, .. }) = ops.first_mut() else {
        panic!("the proposal adds a row");
    };
    cells.insert("nom".parse().unwrap(), nom.to_owned());
    ops
}

/// An approval with corrections, signed for `signed` and sent with `sent`.
fn offer(world: &World, by: &str, signed: &[OfferedOp], sent: &[OfferedOp]) -> OfferReview {
    let mut review = world.review(by, Verdict::Approve, &key(by));
    review.amended = Some(cast::digest_of(&world.patch(), signed).unwrap());
    let mut document = review.unsigned();
    let method = format!("{by}#key");
    proof::sign(&mut document, &key(by), &method, world.app().clock.now());
    review.signed = Some(Value::Object(document));
    let id = format!("{by}/activities/{}", world.app().entropy.uuid());
    let dataset = uri("http://a.localhost:1/datasets/lieux");
    OfferReview::new(uri(&id), dataset, review).amended(Some(sent.to_vec()))
}

fn arrives(world: &World, offer: &OfferReview) -> Result<(), ReviewError> {
    let app = world.app();
    app.db.write(|tx| receive::receive(app, tx, offer))
}

fn corrects(world: &World, by: &str, nom: &str) {
    let ops = named(world, nom);
    arrives(world, &offer(world, by, &ops, &ops)).unwrap();
}

fn names(world: &World) -> Vec<String> {
    let rows = world.desk.rows();
    rows.into_iter().map(|(_, nom, _)| nom).collect()
}

#[test]
fn one_approval_with_corrections_is_enough_where_one_approval_is() {
    let world = World::new(1, 1);
    corrects(&world, BO, "Gare du Nord");
    assert_eq!(world.status(), "amended");
    assert_eq!(names(&world), ["Gare du Nord"]);
    assert_eq!(world.findings(), ["kept: 1 approvals count"]);
    let all = world.app().db.read(|tx| tx.list_reviews(world.patch));
    let kept = all.unwrap();
    assert!(
        kept.iter().all(|review| review.amended.is_none()),
        "the values are forgotten"
    );
}

#[test]
fn approvals_of_the_same_corrections_add_up_and_others_stand_in_the_way() {
    let world = World::new(2, 2);
    corrects(&world, BO, "Gare du Nord");
    world.vote(CY, Verdict::Approve);
    assert_eq!(
        world.status(),
        "pending",
        "as it was offered, and corrected"
    );
    corrects(&world, CY, "Gare de Lyon");
    assert_eq!(world.status(), "pending", "corrected in two ways");
    corrects(&world, CY, "Gare du Nord");
    assert_eq!(world.status(), "amended");
    assert_eq!(names(&world), ["Gare du Nord"]);
    assert_eq!(world.findings(), ["kept: 2 approvals count"]);
}

#[test]
fn corrections_that_were_not_signed_for_are_refused() {
    let world = World::new(1, 1);
    let (signed, sent) = (named(&world, "Gare du Nord"), named(&world, "Volée"));
    let refused = arrives(&world, &offer(&world, BO, &signed, &sent));
    assert!(
        matches!(refused, Err(ReviewError::Corrections)),
        "{refused:?}"
    );
    // Nor is what was signed for applied as it was offered when the values are left out.
    let mut without = offer(&world, BO, &signed, &sent);
    without.amended = None;
    let refused = arrives(&world, &without);
    assert!(
        matches!(refused, Err(ReviewError::Corrections)),
        "{refused:?}"
    );
    // Nor the other way round.
    let mut plain = offer(&world, BO, &signed, &sent);
    plain.review = world.review(BO, Verdict::Approve, &key(BO));
    let refused = arrives(&world, &plain);
    assert!(
        matches!(refused, Err(ReviewError::Corrections)),
        "{refused:?}"
    );
    assert_eq!(world.status(), "pending");
}

#[test]
fn what_is_no_correction_of_the_proposal_is_refused() {
    let world = World::new(1, 1);
    world.desk.accept(world.patch);
    let row = world.desk.rows()[0].0;
    let patch = world.desk.visit(
        vec![crate::patches::desk::set(row, "nom", "Autre gare")],
        [192, 0, 2, 2],
    );
    let world = World {
        patch: patch.unwrap(),
        ..world
    };
    let offered = ops_of(&world.patch()).unwrap();
    let elsewhere = |op: &OfferedOp| match op.clone() {
        OfferedOp::Set { row, base, .. } => OfferedOp::Set {
            row,
            field: "places".parse().unwrap(),
            base,
            value: Some("9".to_owned()),
        },
        other => other,
    };
    let add = OfferedOp::Add {
        label: "_:1".to_owned(),
        cells: [("nom".parse().unwrap(), "Publicité".to_owned())].into(),
    };
    let more = [offered.clone(), vec![add]].concat();
    let twice = [offered.clone(), offered.clone()].concat();
    for ops in [Vec::new(), vec![elsewhere(&offered[0])], more, twice] {
        let refused = arrives(&world, &offer(&world, BO, &ops, &ops));
        assert!(
            matches!(refused, Err(ReviewError::Corrections)),
            "{ops:?}: {refused:?}"
        );
    }
    assert_eq!(
        (world.status(), names(&world)),
        ("pending", vec!["Gare".to_owned()])
    );
}

#[test]
fn corrections_that_break_the_schema_accept_nothing() {
    let world = World::new(1, 1);
    let mut ops = named(&world, "Gare");
    if let Some(OfferedOp::Add { cells, .. }) = ops.first_mut() {
        cells.insert("inconnu".parse().unwrap(), "?".to_owned());
    }
    arrives(&world, &offer(&world, BO, &ops, &ops)).unwrap();
    assert_eq!(world.status(), "pending");
    assert!(names(&world).is_empty());
}
