use rustine_domain::ids::Host;
use rustine_store::{NotificationRecord, PeerRecord, RemoteActorRecord};

use super::*;
use crate::accounts::Person;
use crate::actors::keep::keep;
use crate::mail::Message;
use crate::notifications::letters::write_due;
use crate::notifications::tests::{World, user};
use crate::notifications::{Kind, Rhythm, choose};
use crate::patches::care::Problem;
use crate::peers::receive;
use crate::peers::{ACCEPTED, REMOVED, decide};
use crate::reports::file::{Reporter, file};
use crate::reports::settle::settle;
use crate::testing::{now, peer};

const HOST: &str = "b.localhost:2";

fn actor(key: &str) -> RemoteActorRecord {
    let id = format!("http://{HOST}/actor");
    RemoteActorRecord {
        host: HOST.to_owned(),
        kind: "Application".to_owned(),
        name: "instance".to_owned(),
        inbox: format!("http://{HOST}/inbox"),
        shared_inbox: None,
        key_id: format!("{id}#main-key"),
        key_pem: key.to_owned(),
        pinned_key_pem: None,
        multikey: None,
        implements: true,
        suspended: false,
        doc: "{}".to_owned(),
        fetched_at: now(),
        id,
    }
}

/// Their instance asks ours.
fn asks(world: &World) {
    let app = world.app();
    let actor = actor("one key");
    let follow = rustine_protocol::activity::Follow::new(
        crate::context::uri(&format!("http://{HOST}/activities/1")),
        crate::context::uri(&actor.id),
        crate::context::uri(&app.instance_actor()),
    );
    let asked = app.db.write(|tx| {
        tx.put_remote_actor(&actor)?;
        receive::asked(app, tx, &follow, &actor)
    });
    asked.unwrap();
}

fn lines(world: &World, user: &UserRecord) -> Vec<NotificationRecord> {
    let found = world
        .app()
        .db
        .read(|tx| tx.list_notifications(user.id, None, 99));
    let mut lines: Vec<_> = found.unwrap();
    lines.retain(|line| read(&line.data).is_some());
    lines
}

/// Who got which letters, the oldest first.
fn letters(world: &World) -> Vec<(Option<i64>, Upkeep)> {
    let of = |(mail, message): (rustine_store::MailRecord, Message)| match message {
        Message::Upkeep { what } => Some((mail.user_id, what)),
        _ => None,
    };
    world.letters().into_iter().filter_map(of).collect()
}

fn seen(world: &World, user: &UserRecord) {
    let up_to = |tx: &mut Tx<'_>| tx.read_notifications(user.id, i64::MAX, now());
    world.app().db.write(up_to).unwrap();
}

fn reports(world: &World, by: [u8; 4]) {
    let by = Reporter::Visitor(by.into());
    let address = "lieux".parse().unwrap();
    file(world.app(), &address, None, Problem::Wrong, "Fermé", by).unwrap();
}

#[test]
fn every_operator_is_told_of_a_request_once_until_she_saw_it() {
    let world = World::new();
    let (ann, max) = (
        user(world.app(), "ann", OPERATOR),
        user(world.app(), "max", "member"),
    );
    let asked = Upkeep::PeerAsked {
        host: HOST.to_owned(),
    };
    let host: Host = HOST.parse().unwrap();
    asks(&world);
    for _ in 0..2 {
        decide::remove(world.app(), &host).unwrap();
        asks(&world);
    }
    for operator in [&world.lea, &ann] {
        let told = lines(&world, operator);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(read(&told[0].data), Some(asked.clone()));
    }
    assert_eq!(lines(&world, &max), []);
    assert_eq!(write_due(world.app()), Ok(2));
    let to = |user: &UserRecord| (Some(user.id), asked.clone());
    assert_eq!(letters(&world), [to(&world.lea), to(&ann)]);
    seen(&world, &ann);
    asks(&world);
    assert_eq!(lines(&world, &ann).len(), 1, "it waits already");
    decide::remove(world.app(), &host).unwrap();
    asks(&world);
    assert_eq!(lines(&world, &world.lea).len(), 1, "she has not looked yet");
    assert_eq!(lines(&world, &ann).len(), 2);
}

#[test]
fn a_request_that_was_answered_meanwhile_is_in_no_letter() {
    let world = World::new();
    asks(&world);
    decide::accept(world.app(), &HOST.parse().unwrap()).unwrap();
    assert_eq!(write_due(world.app()), Ok(0));
    assert_eq!(lines(&world, &world.lea)[0].mailed, "off");
    assert_eq!(lines(&world, &world.lea).len(), 1, "the page tells of it");
}

#[test]
fn operators_are_told_of_a_key_that_changed_and_not_of_the_next_look() {
    let world = World::new();
    let app = world.app();
    let peer = peer(HOST, ACCEPTED);
    app.db.write(|tx| tx.put_peer(&peer)).unwrap();
    keep(app, &actor("one key")).unwrap();
    assert_eq!(lines(&world, &world.lea), []);
    for _ in 0..2 {
        keep(app, &actor("another key")).unwrap();
        let told = lines(&world, &world.lea);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].kind, "key_changed");
    }
    assert_eq!(write_due(app), Ok(1));
    // Whoever holds nothing here may show any key.
    let removed = PeerRecord {
        state: REMOVED.to_owned(),
        ..peer
    };
    seen(&world, &world.lea);
    app.db.write(|tx| tx.put_peer(&removed)).unwrap();
    keep(app, &actor("a third key")).unwrap();
    assert_eq!(lines(&world, &world.lea).len(), 1);
}

#[test]
fn those_who_decide_are_told_of_reports_until_they_are_settled() {
    let world = World::new();
    let max = user(world.app(), "max", "member");
    reports(&world, [192, 0, 2, 1]);
    reports(&world, [198, 51, 100, 1]);
    assert_eq!(lines(&world, &world.lea).len(), 1, "one line for both");
    assert_eq!(lines(&world, &max), []);
    let dataset = world.node.record("lieux").id;
    let waits = Upkeep::Reported { dataset };
    let waiting = || world.app().db.read(|tx| waits.waits(tx));
    assert_eq!(waiting(), Ok(true));
    let open = world
        .app()
        .db
        .read(|tx| tx.list_open_reports(&[dataset], 9));
    for report in open.unwrap() {
        settle(world.app(), &report.id, &world.person(), true).unwrap();
    }
    assert_eq!(waiting(), Ok(false));
    assert_eq!(write_due(world.app()), Ok(0), "nothing is left to say");
}

#[test]
fn whoever_reports_is_not_told_of_her_own_report() {
    let world = World::new();
    let ann = user(world.app(), "ann", OPERATOR);
    let by = Person::of(&ann).unwrap();
    let by = Reporter::Person(&by);
    let address = "lieux".parse().unwrap();
    file(world.app(), &address, None, Problem::Wrong, "", by).unwrap();
    assert_eq!(lines(&world, &ann), []);
    assert_eq!(lines(&world, &world.lea).len(), 1);
}

#[test]
fn who_chose_a_summary_gets_these_in_it() {
    let world = World::new();
    let daily = [
        (Kind::PeerAsked, Rhythm::Daily),
        (Kind::Reported, Rhythm::Daily),
    ];
    choose(world.app(), world.lea.id, &daily, None).unwrap();
    asks(&world);
    reports(&world, [192, 0, 2, 1]);
    assert_eq!(write_due(world.app()), Ok(1));
    let Some((_, Message::Collected { upkeep, .. })) = world.letters().pop() else {
        panic!("no summary");
    };
    assert_eq!(upkeep.len(), 2, "{upkeep:?}");
}
