use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::Hash;
use rustine_domain::patch::Reason;
use rustine_store::UserRecord;

use super::*;
use crate::accounts::MEMBER;
use crate::notifications::tests::World;
use crate::patches::withdraw::{self, Proof};

fn token(world: &World, user: i64, patch: PatchId) -> String {
    let app = world.app();
    let link: Result<_, StoreError> = app.db.write(|tx| {
        let patch = tx.load_patch(patch)?;
        make(app, tx, user, &patch)
    });
    link.unwrap().rsplit('/').next().unwrap().to_owned()
}

fn status(world: &World, patch: PatchId) -> String {
    let found: Result<_, StoreError> = world.app().db.read(|tx| tx.load_patch(patch));
    found.unwrap().status
}

/// The link decides nothing, says why, and leaves the proposal as it was.
fn check_spent(world: &World, token: &str, patch: PatchId, expected: Spent) {
    let before = status(world, patch);
    let opened = open(world.app(), token).unwrap();
    assert_eq!(opened.spent, Some(expected));
    let refuse = Decision::Refuse(Reason::new("non").unwrap());
    for decision in [Decision::Accept, refuse] {
        let refused = decide(world.app(), token, &decision);
        assert!(
            matches!(&refused, Err(LinkError::Spent(spent)) if *spent == expected),
            "{refused:?}"
        );
    }
    assert_eq!(status(world, patch), before);
}

fn change_lea(world: &World, change: impl FnOnce(&mut UserRecord)) {
    let mut lea = world.lea.clone();
    change(&mut lea);
    let changed: Result<(), StoreError> = world.app().db.write(|tx| tx.update_user(&lea));
    changed.unwrap();
}

#[test]
fn a_link_decides_once_and_opening_it_decides_nothing() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let token = token(&world, world.lea.id, patch);
    for _ in 0..3 {
        assert_eq!(open(world.app(), &token).unwrap().spent, None);
    }
    assert_eq!(status(&world, patch), "pending");
    decide(world.app(), &token, &Decision::Accept).unwrap();
    assert_eq!(status(&world, patch), "accepted");
    check_spent(&world, &token, patch, Spent::Used);
}

#[test]
fn two_decisions_at_once_by_one_link_are_one() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let token = token(&world, world.lea.id, patch);
    let decided = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| decide(world.app(), &token, &Decision::Accept).is_ok()))
            .collect();
        let tries = tries.into_iter().map(|tried| tried.join().unwrap());
        tries.filter(|decided| *decided).count()
    });
    assert_eq!(decided, 1);
}

#[test]
fn a_forged_link_is_no_link() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let real = token(&world, world.lea.id, patch);
    let hash: String = secret_hash(&real)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let cut = real[..real.len() - 1].to_owned();
    for forged in [String::new(), "x".repeat(43), cut, format!("{real}A"), hash] {
        assert!(matches!(
            open(world.app(), &forged),
            Err(LinkError::Unknown)
        ));
        let refused = decide(world.app(), &forged, &Decision::Accept);
        assert!(matches!(refused, Err(LinkError::Unknown)), "{forged}");
    }
    assert_eq!(status(&world, patch), "pending");
}

#[test]
fn a_link_is_for_its_own_proposal_and_person_alone() {
    let mut world = World::new();
    let (one, other) = (world.propose(None, None), world.propose(None, None));
    let token = token(&world, world.lea.id, one);
    decide(world.app(), &token, &Decision::Accept).unwrap();
    assert_eq!(status(&world, other), "pending");
    let decided: Result<_, StoreError> = world.app().db.read(|tx| tx.load_patch(one));
    assert!(decided.unwrap().decided_by.unwrap().ends_with("/users/lea"));
}

#[test]
fn whoever_was_suspended_or_may_not_decide_any_more_decides_nothing_by_a_letter() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let token = token(&world, world.lea.id, patch);
    change_lea(&world, |lea| lea.disabled = true);
    check_spent(&world, &token, patch, Spent::NotAllowed);
    change_lea(&world, |lea| MEMBER.clone_into(&mut lea.role));
    check_spent(&world, &token, patch, Spent::NotAllowed);
    change_lea(&world, |_| {});
    decide(world.app(), &token, &Decision::Accept).unwrap();
}

#[test]
fn a_link_ends_after_seven_days() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let token = token(&world, world.lea.id, patch);
    world.node.clock.advance(LINK_SECONDS.unsigned_abs() - 1);
    assert_eq!(open(world.app(), &token).unwrap().spent, None);
    world.node.clock.advance(1);
    check_spent(&world, &token, patch, Spent::Expired);
}

#[test]
fn a_proposal_that_was_answered_taken_back_or_changed_is_not_decided_by_an_older_letter() {
    let mut world = World::new();
    let refuse = Decision::Refuse(Reason::new("non").unwrap());
    let refused = world.propose(None, None);
    let link = token(&world, world.lea.id, refused);
    super::decide::decide(world.app(), refused, &world.person(), &refuse).unwrap();
    check_spent(&world, &link, refused, Spent::Answered(Status::Refused));

    let own = world.propose(None, Some(world.person()));
    let link = token(&world, world.lea.id, own);
    let proof = Proof::Person(own, world.person());
    withdraw::withdraw(world.app(), &proof).unwrap();
    check_spent(&world, &link, own, Spent::Answered(Status::Withdrawn));

    let changed = world.propose(None, None);
    let link = token(&world, world.lea.id, changed);
    let write: Result<(), StoreError> = world.app().db.write(|tx| {
        let mut patch = tx.load_patch(changed)?;
        patch.digest = Hash([9; 32]);
        tx.update_patch(&patch)
    });
    write.unwrap();
    check_spent(&world, &link, changed, Spent::Changed);
}

#[test]
fn a_conflict_is_told_and_uses_the_link_up() {
    let mut world = World::new();
    let (one, other) = (world.propose(None, None), world.propose(None, None));
    let link = token(&world, world.lea.id, other);
    super::decide::decide(world.app(), one, &world.person(), &Decision::Accept).unwrap();
    let met = decide(world.app(), &link, &Decision::Accept);
    assert!(
        matches!(met, Err(LinkError::Decide(DecideError::Conflict(_)))),
        "{met:?}"
    );
    assert_eq!(status(&world, other), "conflict");
    check_spent(&world, &link, other, Spent::Used);
}

#[test]
fn a_decision_that_cannot_be_leaves_the_link() {
    let mut world = World::new();
    let patch = world.propose(None, None);
    let link = token(&world, world.lea.id, patch);
    let nothing = Decision::Amend(Vec::<OfferedOp>::new());
    let refused = decide(world.app(), &link, &nothing);
    assert!(matches!(
        refused,
        Err(LinkError::Decide(DecideError::NothingKept))
    ));
    decide(world.app(), &link, &Decision::Accept).unwrap();
}
