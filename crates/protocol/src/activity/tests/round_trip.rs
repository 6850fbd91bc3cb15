use rustine_domain::ids::Hash;
use serde_json::json;

use super::*;
use crate::object::{LogHead, Note};

#[test]
fn every_activity_reads_back_as_it_was_written() {
    let follow = Follow::new(id(), lea(), lieux());
    reads_back(&follow.to_json(), &Activity::Follow(follow.clone()));
    let undo = Undo::follow(id(), &follow);
    reads_back(&undo.to_json(), &Activity::Undo(undo));
    let withdraw = Undo::offer(Envelope::new(id(), lea(), lieux()), id(), patch_id());
    reads_back(&withdraw.to_json(), &Activity::Undo(withdraw));
    let offer = OfferPatch::new(id(), patch());
    reads_back(&offer.to_json(), &Activity::OfferPatch(offer));
    let announce = Announce::dataset(Envelope::new(answer_id(), lieux(), lea()), lieux());
    reads_back(&announce.to_json(), &Activity::Announce(announce));
    let moved = Move::actor(
        answer_id(),
        lieux(),
        uri("https://c.example/datasets/lieux"),
    );
    reads_back(&moved.to_json(), &Activity::Move(moved));
    let note = Note::digest(
        uri("https://a.example/notes/1"),
        &lieux(),
        "<p>2</p>".into(),
        lieux(),
        "2026-11-20T10:00:00Z".parse().unwrap(),
    );
    let create = Create::note(answer_id(), note);
    reads_back(&create.to_json(), &Activity::Create(create));
    let flag = Flag {
        envelope: Envelope::new(id(), lea(), lieux()),
        objects: vec![lieux()],
        content: Some("spam".into()),
    };
    reads_back(&flag.to_json(), &Activity::Flag(flag));
    let add = Add {
        envelope: Envelope::new(answer_id(), lieux(), lea()),
        target: uri("https://a.example/datasets/lieux/log"),
        header: json!({"type": "LogEntry", "seq": 1}),
        body: Some(json!({"ops": [], "meta": null})),
    };
    reads_back(&add.to_json(), &Activity::Add(add));
}

#[test]
fn every_answer_reads_back_as_it_was_written() {
    let follow = Follow::new(id(), lea(), lieux());
    let head = LogHead {
        genesis: Hash([1; 32]),
        seq: 7,
        entry: Hash([2; 32]),
        bodies_from: 0,
    };
    let proposal = uri("https://a.example/datasets/lieux/proposals/x");
    let envelope = || Envelope::new(answer_id(), lieux(), lea());
    let refuse_follow = Reject::follow(answer_id(), lieux(), &follow);
    let mut granted = Accept::follow(answer_id(), lieux(), &follow, Some(head));
    reads_back(&granted.to_json(), &read_as(&mut granted, &follow));
    for accept in [
        Accept::offer(answer_id(), lieux(), lea(), id(), proposal),
        Accept::patch(envelope(), patch_id(), entry(), None),
        Accept::patch(envelope(), patch_id(), entry(), Some(patch().ops)),
    ] {
        reads_back(&accept.to_json(), &Activity::Accept(accept.clone()));
    }
    let conflict = Conflict {
        row: ROW.into(),
        field: Some("horaires".parse().unwrap()),
        current: None,
    };
    for reject in [
        Reject::offer(envelope(), id(), "full".into(), vec![]),
        Reject::offer(envelope(), id(), "autre valeur".into(), vec![conflict]),
        Reject::patch(envelope(), patch_id(), "déjà fait".into()),
    ] {
        reads_back(&reject.to_json(), &Activity::Reject(reject.clone()));
    }
    let Ok(Activity::Reject(read)) = Activity::parse(&refuse_follow.to_json()) else {
        panic!("a refused follow is a Reject");
    };
    assert_eq!(read.document, Some(follow.to_json()));
    assert_eq!(read.object.id, id());
}

/// A reader learns more about an embedded Follow than the answer needed to know.
fn read_as(granted: &mut Accept, follow: &Follow) -> Activity {
    if let Accepted::Follow {
        follow: reference, ..
    } = &mut granted.accepted
    {
        reference.actor = Some(follow.envelope.actor.clone());
        reference.object = Some(follow.object.clone());
    }
    Activity::Accept(granted.clone())
}

#[test]
fn accept_repeats_the_follow_verbatim() {
    let mut received = Follow::new(id(), lea(), lieux()).to_json();
    received["@context"] = json!("https://www.w3.org/ns/activitystreams");
    received["litepub:odd"] = json!([1, {"x": null}]);
    let Ok(Activity::Follow(follow)) = Activity::parse(&received) else {
        panic!("it is a Follow");
    };
    let accept = Accept::follow(answer_id(), lieux(), &follow, None).to_json();
    assert_eq!(accept["object"], received);
    assert_eq!(accept["to"], json!([lea().as_str()]));
}
