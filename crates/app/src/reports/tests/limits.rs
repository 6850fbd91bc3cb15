//! How many reports wait, how long they are, and how long they are kept.

use super::*;

#[test]
fn a_flood_of_reports_ends_at_the_quota_of_its_source() {
    let world = World::new();
    let taken = (0..200).filter(|n| world.flagged(C, *n, "spam")).count();
    assert_eq!(taken, usize::try_from(PER_INSTANCE).unwrap());
    for _ in 0..PER_REPORTER {
        world.file([192, 0, 2, 1]).unwrap();
    }
    assert!(
        matches!(world.file([192, 0, 2, 9]), Err(FileError::Full)),
        "one network"
    );
    world.file([198, 51, 100, 1]).unwrap();
    assert!(world.flagged(B, 1, "wrong: somebody else still gets through"));
}

#[test]
fn a_report_that_is_too_long_is_not_kept() {
    let world = World::new();
    let said = |text: &str| {
        let by = Reporter::Visitor([192, 0, 2, 1].into());
        let address = "lieux".parse().unwrap();
        file(
            &world.desk.node.app,
            &address,
            None,
            Problem::Other,
            text,
            by,
        )
    };
    let most = "é".repeat(CHARACTERS);
    let refused = said(&format!("{most}é"));
    assert!(matches!(refused, Err(FileError::TooLong)), "{refused:?}");
    assert_eq!(world.open().len(), 0);
    said(&format!("  {most}  ")).unwrap();
    assert_eq!(world.open().len(), 1);
}

#[test]
fn one_person_has_so_many_reports_waiting_whatever_her_network() {
    let world = World::new();
    let max = Desk::person(&world.desk.node, "max", "member");
    let report = |person: &Person| {
        let address = "lieux".parse().unwrap();
        let by = Reporter::Person(person);
        file(&world.desk.node.app, &address, None, Problem::Wrong, "", by)
    };
    for _ in 0..PER_REPORTER {
        report(&max).unwrap();
    }
    assert!(matches!(report(&max), Err(FileError::Full)));
    report(&world.desk.lea).unwrap();
}

#[test]
fn a_dataset_takes_so_many_reports_and_room_comes_back_as_they_are_settled() {
    let world = World::new();
    let most = usize::try_from(PER_DATASET / PER_INSTANCE).unwrap();
    for n in 0..most {
        let host = format!("h{n}.localhost:3");
        let taken = (0..PER_INSTANCE).filter(|m| {
            let number = n * 100 + usize::try_from(*m).unwrap();
            world.flagged(&host, number, "spam")
        });
        assert_eq!(i64::try_from(taken.count()), Ok(PER_INSTANCE));
    }
    assert!(!world.flagged("late.localhost:3", 1, "wrong"));
    assert!(matches!(world.file([192, 0, 2, 1]), Err(FileError::Full)));
    let oldest = world.open()[0].id.clone();
    settle(&world.desk.node.app, &oldest, &world.desk.lea, false).unwrap();
    world.file([192, 0, 2, 1]).unwrap();
}

#[test]
fn a_report_that_was_settled_is_forgotten_after_ninety_days() {
    let world = World::new();
    world.file([192, 0, 2, 1]).unwrap();
    world.file([192, 0, 2, 1]).unwrap();
    let (settled, open) = (world.open()[0].id.clone(), world.open()[1].id.clone());
    let app = &world.desk.node.app;
    settle(app, &settled, &world.desk.lea, true).unwrap();
    let kept = |id: &str| world.write(|tx| tx.find_report(id)).is_some();
    world.desk.node.clock.advance(KEPT_SECONDS.unsigned_abs());
    crate::housekeeping::forget(app).unwrap();
    assert!(kept(&settled));
    world.desk.node.clock.advance(1);
    crate::housekeeping::forget(app).unwrap();
    assert!(!kept(&settled));
    assert!(kept(&open), "what waits is never forgotten");
}
