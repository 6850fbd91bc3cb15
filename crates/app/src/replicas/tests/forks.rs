//! Forks: what ends them, and what attackers with a current or former key can and cannot do.

use rustine_domain::log::{Line, Refusal};

use super::super::apply::{ApplyError, Outcome};
use super::super::choose::{ChooseError, Chosen, choose, forks};
use super::super::rival::{Rival, judge_branch};
use super::{ADDRESS, World};
use crate::replicas::add::{AddError, add};
use crate::testing::{Origin, row};

impl World {
    /// A copy that holds one branch and stands still because of another.
    fn forked() -> (Self, Origin, Origin) {
        let world = Self::new();
        let (mut ours, mut theirs) = (world.origin.clone(), world.origin.clone());
        ours.set(row(1), "nom", "Mairie");
        theirs.set(row(1), "nom", "Gare");
        world.follow(&ours);
        assert_eq!(world.take(&theirs.line(3)).unwrap(), Outcome::Forked);
        (world, ours, theirs)
    }

    fn choose(&self, entry: rustine_domain::ids::Hash) -> Result<Chosen, ChooseError> {
        choose(&self.node.app, &ADDRESS.parse().unwrap(), entry)
    }
}

#[test]
fn an_operator_may_go_on_with_the_branch_that_is_held() {
    let (world, mut ours, theirs) = World::forked();
    let shown = forks(&world.node.app, &ADDRESS.parse().unwrap()).unwrap();
    assert_eq!(shown[0].0.entry, theirs.header(3).hash());
    assert_eq!(shown[0].1, Some(ours.header(3).hash()));
    let unknown = world.choose(rustine_domain::ids::Hash([7; 32]));
    assert!(
        matches!(unknown, Err(ChooseError::Unknown(..))),
        "{unknown:?}"
    );
    assert_eq!(world.choose(ours.header(3).hash()).unwrap(), Chosen::Ours);
    ours.policy(1);
    world.follow(&ours);
    world.is_at(&ours);
    // Who still serves the other branch freezes nothing any more.
    assert_eq!(world.take(&theirs.line(3)).unwrap(), Outcome::Evidence);
    assert_eq!(world.node.record(ADDRESS).status, "published");
    let again = world.choose(theirs.header(3).hash());
    assert!(matches!(again, Err(ChooseError::NotForked(_))), "{again:?}");
}

#[test]
fn an_operator_may_change_to_the_other_branch() {
    let (world, ours, mut theirs) = World::forked();
    assert_eq!(
        world.choose(theirs.header(3).hash()).unwrap(),
        Chosen::Theirs
    );
    assert_eq!(world.seq(), -1);
    theirs.policy(1);
    for seq in 0..3 {
        world.take(&ours.line(seq)).unwrap();
    }
    assert_eq!(world.take(&ours.line(3)).unwrap(), Outcome::Evidence);
    world.follow(&theirs);
    world.is_at(&theirs);
    assert_eq!(world.take(&ours.line(3)).unwrap(), Outcome::Evidence);
    assert_eq!(world.node.record(ADDRESS).status, "published");
}

#[test]
fn a_later_rotation_outranks_an_operators_choice() {
    let (world, ours, mut theirs) = World::forked();
    world.choose(ours.header(3).hash()).unwrap();
    theirs.rotate();
    let branch = [theirs.header(3), theirs.header(4)];
    let judged = judge_branch(&world.node.app, world.dataset, "c.localhost:3", &branch);
    assert_eq!(judged.unwrap(), Rival::Displaced);
    world.follow(&theirs);
    world.is_at(&theirs);
}

#[test]
fn a_genesis_that_claims_anothers_uid_is_refused() {
    let world = World::new();
    world.follow(&world.origin);
    // The same uid, another genesis: signed well, by somebody else.
    let thief = Origin::new("http://z.localhost:9/datasets/lieux");
    assert_eq!(thief.chain.uid, world.origin.chain.uid);
    let refused = world.take(&thief.line(0));
    assert!(matches!(refused, Err(ApplyError::OtherLog)), "{refused:?}");
    let again = add(&world.node.app, &thief.learned("lieux@z.localhost:9"));
    assert!(matches!(again, Err(AddError::Held(..))), "{again:?}");
    world.is_at(&world.origin);
}

#[test]
fn a_stolen_current_key_cannot_rotate() {
    let world = World::new();
    world.follow(&world.origin);
    let forged = world.origin.forged_rotation();
    let refused = world.take(&Line::parse(forged.as_bytes()).unwrap());
    assert!(
        matches!(&refused, Err(ApplyError::Refused(refusal)) if *refusal != Refusal::WrongPrev),
        "{refused:?}"
    );
    assert_eq!(world.seq(), 2);
    assert_eq!(world.node.record(ADDRESS).status, "published");
}

#[test]
fn a_former_key_cannot_sign_rivals_after_a_rotation() {
    let world = World::new();
    let (mut owned, mut stolen) = (world.origin.clone(), world.origin.clone());
    owned.rotate();
    owned.set(row(1), "nom", "Mairie");
    stolen.set(row(1), "nom", "volé");
    stolen.set(row(1), "nom", "volé encore");
    world.follow(&owned);
    for seq in 3..5 {
        let taken = world.take(&stolen.line(seq));
        assert!(
            matches!(taken, Ok(Outcome::Evidence) | Err(ApplyError::Refused(_))),
            "{taken:?}"
        );
    }
    world.is_at(&owned);
    assert_eq!(world.node.record(ADDRESS).status, "published");
}

#[test]
fn a_push_cannot_bring_an_erased_value_back() {
    let mut world = World::new();
    let whole = world.origin.line(2);
    world.origin.redact(row(2), "places", 2);
    world.follow(&world.origin);
    assert_eq!(world.take(&whole).unwrap(), Outcome::Same);
    assert_eq!(
        world.node.rows(world.dataset)[&row(2)].value("places"),
        None
    );
    let body = world.node.app.db.read(|tx| tx.find_body(world.dataset, 2));
    assert!(!body.unwrap().unwrap().contains("\"12\""));
}
