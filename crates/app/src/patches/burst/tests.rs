use rustine_domain::ids::PatchId;
use rustine_domain::patch::Reason;
use rustine_store::{PatchFilter, StoreError};

use super::{Outcome, decide_all, release};
use crate::patches::care::CareError;
use crate::patches::decide::Decision;
use crate::patches::desk::{Desk, add, set};
use crate::patches::propose::{ProposeError, Proposer};
use crate::patches::quota::Full;

/// A desk that sets aside what comes after the third proposal of an hour.
fn desk() -> Desk {
    Desk::new(|settings| {
        settings.limits.burst_per_hour = 3;
        settings.limits.set_aside_per_dataset = 3;
    })
}

/// Each from another network, so that no quota of one visitor is in the way.
fn flood(desk: &Desk, from: u8, count: u8) -> Vec<PatchId> {
    let send = |number: u8| desk.visit(vec![add("Pub", "1")], [10, 0, number, 1]);
    (from..from + count)
        .map(|number| send(number).unwrap())
        .collect()
}

fn bursts(desk: &Desk) -> Vec<i64> {
    let found: Result<_, StoreError> = desk.node.app.db.read(|tx| tx.list_bursts());
    found
        .unwrap()
        .into_iter()
        .map(|(_, _, count)| count)
        .collect()
}

fn burst_of(desk: &Desk, id: PatchId) -> Option<String> {
    let found: Result<_, StoreError> = desk.node.app.db.read(|tx| tx.find_care(id));
    found.unwrap().burst
}

#[test]
fn a_flood_is_set_aside_into_one_group_and_drowns_nobody() {
    let desk = desk();
    let first = flood(&desk, 1, 3);
    assert_eq!(bursts(&desk), [0_i64; 0]);
    let rest = flood(&desk, 4, 3);
    assert_eq!(bursts(&desk), [3], "one group");
    assert!(first.iter().all(|id| burst_of(&desk, *id).is_none()));
    let full = desk.visit(vec![add("Pub", "1")], [10, 0, 9, 1]);
    assert!(matches!(full, Err(ProposeError::Full(Full::SetAside))));
    // Whoever has an account is not part of it.
    let max = Desk::person(&desk.node, "max", "member");
    let known = desk.try_by(vec![add("Mairie", "1")], Proposer::Person(max));
    assert_eq!(burst_of(&desk, known.unwrap().id), None);
    // An hour later the same visitors are as welcome as before, and a new flood is another group.
    desk.node.clock.advance(3600);
    let later = flood(&desk, 20, 3);
    assert!(later.iter().all(|id| burst_of(&desk, *id).is_none()));
    let burst = burst_of(&desk, rest[0]).unwrap();
    let refuse = Decision::Refuse(Reason::new("publicité").unwrap());
    let most = decide_all(&desk.node.app, &burst, &desk.lea, &refuse, 2).unwrap();
    let expected = Outcome {
        decided: 2,
        returned: 0,
        left: 1,
    };
    assert_eq!(most, expected);
    decide_all(&desk.node.app, &burst, &desk.lea, &refuse, 2).unwrap();
    assert_eq!(bursts(&desk), [0_i64; 0]);
    assert_eq!(desk.rows().len(), 0);
    let other = flood(&desk, 30, 1);
    assert_ne!(burst_of(&desk, other[0]), Some(burst));
}

#[test]
fn people_are_told_that_a_burst_began_and_not_of_each_of_its_proposals() {
    let desk = desk();
    let told = || -> i64 {
        let unread: Result<i64, StoreError> =
            desk.node.app.db.read(|tx| tx.count_unread(desk.lea.id));
        unread.unwrap()
    };
    let _ = flood(&desk, 1, 3);
    assert_eq!(told(), 3);
    let _ = flood(&desk, 4, 3);
    assert_eq!(told(), 4, "once for three");
}

#[test]
fn a_burst_is_accepted_as_a_whole_and_what_cannot_be_returns_to_the_queue() {
    let desk = desk();
    desk.done(vec![add("Gare", "1")]);
    let gare = desk.rows()[0].0;
    flood(&desk, 1, 3);
    let one = desk
        .visit(vec![set(gare, "places", "2")], [10, 0, 7, 1])
        .unwrap();
    desk.node.clock.advance(1);
    let other = desk
        .visit(vec![set(gare, "places", "3")], [10, 0, 8, 1])
        .unwrap();
    let third = flood(&desk, 9, 1)[0];
    let burst = burst_of(&desk, one).unwrap();
    let stranger = Desk::person(&desk.node, "max", "member");
    let refused = release(&desk.node.app, third, &stranger);
    assert!(matches!(refused, Err(CareError::NotAllowed(_))));
    release(&desk.node.app, third, &desk.lea).unwrap();
    assert_eq!(burst_of(&desk, third), None);
    let done = decide_all(&desk.node.app, &burst, &desk.lea, &Decision::Accept, 100).unwrap();
    let expected = Outcome {
        decided: 1,
        returned: 1,
        left: 0,
    };
    assert_eq!(done, expected);
    assert_eq!(desk.rows()[0].2, "2");
    let conflict = PatchFilter {
        statuses: vec!["conflict".to_owned()],
        set_aside: Some(false),
        ..PatchFilter::default()
    };
    let left: Result<_, StoreError> = desk
        .node
        .app
        .db
        .read(|tx| tx.list_patches(&conflict, None, 9));
    assert_eq!(left.unwrap()[0].id, other);
}
