use super::*;
use crate::testing::TestApp;

fn crew(app: &App, name: &str) -> Crew {
    app.db.read(|tx| Crew::read(app, tx, name)).unwrap()
}

/// Another process on the same database.
fn join(app: &App, holder: &str) {
    app.db.write(|tx| tx.begin_process(holder, 3600)).unwrap();
}

/// A work whose owner is this process, or is not.
fn work_of(app: &App, ours: bool) -> String {
    let us = app.process.holder();
    let all = crew(app, "job/").processes;
    let mut names = (0..1000).map(|n| format!("job/{n}"));
    let found = names.find(|name| (owner_of(name, &all) == Some(us.as_str())) == ours);
    found.expect("of a thousand works each process has some")
}

#[test]
fn every_process_finds_the_same_owner_and_a_newcomer_takes_only_its_own_share() {
    let two = ["a".to_owned(), "b".to_owned()];
    let three = ["c".to_owned(), "b".to_owned(), "a".to_owned()];
    let mut shares = [0; 3];
    for n in 0..300 {
        let name = format!("copy/{n}");
        let (before, after) = (owner_of(&name, &two), owner_of(&name, &three));
        assert!(after == before || after == Some("c"), "{name}");
        let at = three.iter().position(|it| Some(it.as_str()) == after);
        shares[at.unwrap()] += 1;
    }
    assert!(shares.iter().all(|share| *share > 50), "{shares:?}");
    assert_eq!(owner_of("copy/1", &[]), None);
}

#[test]
fn a_process_without_a_name_does_everything() {
    let node = TestApp::new("http://a.localhost:1");
    assert!(is_our_turn(&node.app, "job/digests").unwrap());
    assert_eq!(by_itself(&node.app, "x", || Ok(7)).unwrap(), Some(7));
}

#[test]
fn work_is_for_its_owner_and_only_once_the_one_before_has_given_it_back() {
    let node = TestApp::new("http://a.localhost:1");
    let app = &node.app;
    begin(app).unwrap();
    join(app, "other");
    let ours = work_of(app, true);
    app.db.write(|tx| tx.take_lease(&ours, "other")).unwrap();
    assert!(
        !is_our_turn(app, &ours).unwrap(),
        "the other is still at it"
    );
    give_back(app, &ours, "other").unwrap();
    assert!(is_our_turn(app, &ours).unwrap());
    let theirs = work_of(app, false);
    assert!(!is_our_turn(app, &theirs).unwrap());
    // Alone we do it; as soon as the other is back, it is given.
    app.db.write(|tx| tx.end_process("other")).unwrap();
    assert!(is_our_turn(app, &theirs).unwrap());
    join(app, "other");
    assert!(!is_our_turn(app, &theirs).unwrap());
    assert!(app.db.write(|tx| tx.take_lease(&theirs, "other")).unwrap());
}

#[test]
fn what_a_process_does_by_itself_nobody_does_beside_it() {
    let node = TestApp::new("http://a.localhost:1");
    let app = &node.app;
    begin(app).unwrap();
    join(app, "other");
    let done = by_itself(app, "x", || app.db.write(|tx| tx.take_lease("x", "other")));
    assert_eq!(done.unwrap(), Some(false));
    assert!(app.db.write(|tx| tx.take_lease("x", "other")).unwrap());
    assert_eq!(by_itself(app, "x", || Ok(())).unwrap(), None);
}

#[test]
fn a_process_that_was_silent_for_too_long_goes_on_under_another_name() {
    let node = TestApp::new("http://a.localhost:1");
    let app = &node.app;
    begin(app).unwrap();
    let before = app.process.holder();
    renew(app).unwrap();
    assert_eq!(app.process.holder(), before);
    app.db.write(|tx| tx.renew_process(&before, -1)).unwrap();
    renew(app).unwrap();
    assert_ne!(app.process.holder(), before);
    end(app).unwrap();
    assert_eq!(app.db.read(|tx| tx.list_processes()).unwrap(), []);
}
