//! Following headers: order, keys, moves, close, batches, forks.

use serde_json::{Value, json};

use super::super::*;
use super::origin::{ADDRESS, Origin, log_key, meta, resign};
use super::table::Outcome;
use crate::ids::Hash;
use crate::key::{LogKey, commitment_of};
use crate::proof::ProofProblem;

fn next(chain: &Chain, header: &Header) -> Chain {
    match chain.follow(header) {
        Ok(Step::Next(chain)) => *chain,
        other => panic!("{other:?}"),
    }
}

fn headers(origin: &Origin) -> Vec<Header> {
    let lines = origin.lines.iter();
    lines
        .map(|line| Line::parse(line.as_bytes()).unwrap().header)
        .collect()
}

fn empty_patch() -> EntryDraft {
    EntryDraft::new(Kind::Patch, meta(json!({})))
}

#[test]
fn a_chain_reads_back_from_json() {
    let (mut origin, rows) = Origin::with_rows();
    let op = origin.del(rows[0]);
    origin.patch(vec![op]);
    origin.rotate(2, Some("https://b.example/datasets/lieux"));
    let text = serde_json::to_string(&origin.chain).unwrap();
    let read: Chain = serde_json::from_str(&text).unwrap();
    assert_eq!(read, origin.chain);
    assert_eq!(origin.replica().chain(), &origin.chain);
}

#[test]
fn entries_come_one_after_the_other() {
    let (mut origin, _) = Origin::with_rows();
    let before = origin.chain.clone();
    origin.patch(vec![]);
    origin.patch(vec![]);
    let headers = headers(&origin);
    assert_eq!(before.follow(&headers[3]), Ok(Step::Gap));
    assert_eq!(before.follow(&headers[1]), Ok(Step::Same));
    assert_eq!(before.follow(&headers[0]), Ok(Step::Behind));
    assert!(matches!(before.follow(&headers[2]), Ok(Step::Next(_))));

    let stranger = Header::parse(&resign(&headers[2].to_json(), &origin.key, |h| {
        h["uid"] = json!("urn:uuid:15aafc3d-bb02-40fa-a635-820df82cbaf9");
    }));
    assert_eq!(before.follow(&stranger.unwrap()), Err(Refusal::OtherUid));
    let forged = resign(&headers[2].to_json(), &log_key(77), |_| {});
    let forged = Header::parse(&forged).unwrap();
    assert_eq!(before.follow(&forged), Err(Refusal::WrongSigner));
}

#[test]
fn a_stolen_name_without_the_key_signs_nothing() {
    let origin = Origin::new();
    let mut value = origin.forge(empty_patch(), &log_key(77), |_| {});
    let method = format!("{ADDRESS}#ed25519-{}", origin.key.multikey());
    value["proof"]["verificationMethod"] = json!(method);
    let header = Header::parse(&value).unwrap();
    let refusal = Refusal::Proof(ProofProblem::Signature);
    assert_eq!(origin.chain.follow(&header), Err(refusal));
    // What was verified when it was taken in is not verified again.
    assert!(matches!(
        origin.chain.follow_held(&header),
        Ok(Step::Next(_))
    ));
}

fn other(header: &mut serde_json::Map<String, Value>, member: &str) {
    header.insert(member.to_owned(), json!(Hash([5; 32])));
}

#[test]
fn what_headers_commit_to_is_consistent() {
    let origin = Origin::new();
    let follow = |change: fn(&mut serde_json::Map<String, Value>)| {
        let value = origin.forge(empty_patch(), &origin.key, change);
        origin.chain.follow(&Header::parse(&value).unwrap())
    };
    assert!(matches!(follow(|_| {}), Ok(Step::Next(_))));
    assert_eq!(follow(|h| other(h, "state")), Err(Refusal::StateChanged));
    assert_eq!(follow(|h| other(h, "schema")), Err(Refusal::SchemaChanged));
    assert_eq!(follow(|h| other(h, "prev")), Err(Refusal::WrongPrev));
    let operations = follow(|h| {
        other(h, "ops");
        h.insert("kind".into(), json!("grant"));
    });
    assert_eq!(operations, Err(Refusal::Operations("grant".into())));
    let same_time = follow(|h| {
        h.insert("time".into(), json!("2026-11-21T10:00:00Z"));
    });
    assert!(matches!(same_time, Ok(Step::Next(_))));
}

#[test]
fn a_rotation_changes_the_key_and_a_move_the_address() {
    let (mut origin, rows) = Origin::with_rows();
    let old = origin.key.clone();
    origin.rotate(2, None);
    let stolen = Header::parse(&origin.forge(empty_patch(), &old, |_| {})).unwrap();
    assert_eq!(origin.chain.follow(&stolen), Err(Refusal::WrongSigner));
    origin.rotate(3, Some("https://b.example/datasets/lieux"));
    let op = origin.set(rows[0], "nom", Some("b"));
    let signed = origin.patch(vec![op]);
    assert_eq!(
        signed.entry.header.attributed_to,
        "https://b.example/datasets/lieux"
    );
    assert_eq!(origin.chain.rotations.len(), 2);
    assert_eq!(origin.chain.keys.len(), 5);
    assert_eq!(origin.replica().chain(), &origin.chain);
}

#[test]
fn the_log_key_can_neither_rotate_nor_move() {
    let origin = Origin::new();
    let (key, next) = (log_key(9).multikey(), log_key(109).multikey());
    let rotate = |by: &LogKey, signer: &LogKey| {
        let handover = Handover {
            key,
            by: by.multikey(),
            next: commitment_of(&next),
        };
        let value = origin.forge(empty_patch(), signer, |header| {
            header.insert("kind".into(), json!("rotate"));
            header.insert("key".into(), json!(handover.key));
            header.insert("by".into(), json!(handover.by));
            header.insert("next".into(), json!(handover.next));
        });
        origin.chain.follow(&Header::parse(&value).unwrap())
    };
    assert!(matches!(
        rotate(&origin.recovery, &origin.recovery),
        Ok(Step::Next(_))
    ));
    assert_eq!(rotate(&origin.key, &origin.key), Err(Refusal::NotAnnounced));
    // Knowing the public recovery key is not enough.
    assert_eq!(
        rotate(&origin.recovery, &origin.key),
        Err(Refusal::WrongSigner)
    );
}

#[test]
fn after_close_only_upkeep_goes_on() {
    let (mut origin, _) = Origin::with_rows();
    origin.close();
    let patch = empty_patch().sign(&origin.chain, origin.now(), &origin.key);
    assert_eq!(
        patch.map(|_| ()),
        Err(build::BuildProblem::Refused(Refusal::Closed))
    );
    origin.redact(vec![Target::Meta { seq: 1 }]);
    origin.rotate(2, None);
    origin.rotate(3, Some("https://b.example/datasets/lieux"));
    assert!(origin.chain.closed);
    assert_eq!(origin.replica().chain(), &origin.chain);
}

#[test]
fn an_unknown_kind_stops_and_later_headers_are_still_followed() {
    let origin = Origin::new();
    let value = origin.forge(empty_patch(), &origin.key, |header| {
        header.insert("kind".into(), json!("merge"));
        header.insert("state".into(), json!(Hash([5; 32])));
        header.insert("key".into(), json!("anything"));
    });
    let Ok(Step::UpgradeNeeded(stopped)) = origin.chain.follow(&Header::parse(&value).unwrap())
    else {
        panic!("an unknown kind stops");
    };
    assert_eq!(stopped.stopped, Some(1));
    // An origin of this version does not sign on top of it; another one does, and its redact still acts.
    let draft = || EntryDraft::new(Kind::Redact(vec![Target::Meta { seq: 0 }]), meta(json!({})));
    let refused = draft().sign(&stopped, origin.now(), &origin.key);
    assert_eq!(refused.map(|_| ()), Err(build::BuildProblem::UpgradeNeeded));
    let mut upgraded = (*stopped).clone();
    upgraded.stopped = None;
    let later = draft().sign(&upgraded, upgraded.time, &origin.key).unwrap();
    let chain = next(&stopped, &later.entry.header);
    assert_eq!((chain.seq, chain.stopped), (2, Some(1)));
    let mut known = Redactions::new();
    known.learn(&later.entry.header);
    assert!(known.names_meta(0));

    // Unsigned, it stops nothing.
    let forged = resign(&value, &log_key(77), |_| {});
    let forged = Header::parse(&forged).unwrap();
    assert_eq!(origin.chain.follow(&forged), Err(Refusal::WrongSigner));
}

#[test]
fn an_unknown_kind_after_close_is_refused() {
    let mut origin = Origin::new();
    origin.close();
    let draft = EntryDraft::new(Kind::Redact(Vec::new()), meta(json!({})));
    let value = origin.forge(draft, &origin.key, |header| {
        header.insert("kind".into(), json!("reopen"));
    });
    let header = Header::parse(&value).unwrap();
    assert_eq!(origin.chain.follow(&header), Err(Refusal::Closed));
}

#[test]
fn readers_accept_a_recovery_key_that_was_a_log_key() {
    let origin = Origin::new();
    let value = origin.forge(empty_patch(), &origin.recovery, |header| {
        header.insert("kind".into(), json!("rotate"));
        header.insert("key".into(), json!(log_key(2).multikey()));
        header.insert("by".into(), json!(origin.recovery.multikey()));
        let next = commitment_of(&origin.key.multikey());
        header.insert("next".into(), json!(next));
    });
    let header = Header::parse(&value).unwrap();
    assert!(matches!(origin.chain.follow(&header), Ok(Step::Next(_))));
}

#[test]
fn a_batch_is_open_until_complete_or_ended() {
    let part = |id: u128, n, of| {
        let id = uuid::Builder::from_random_bytes(id.to_be_bytes()).into_uuid();
        let batch = Some(BatchPart { id, n, of });
        EntryDraft::new(Kind::Import { batch }, meta(json!({})))
    };
    let mut origin = Origin::new();
    let open = |origin: &Origin| {
        let open = origin.chain.batch.as_ref();
        open.map(|open| (open.part.n, open.first_seq))
    };
    origin.append(part(1, 1, 3));
    assert_eq!(open(&origin), Some((1, 1)));
    origin.redact(vec![Target::Meta { seq: 0 }]);
    origin.append(part(1, 2, 3));
    assert_eq!(open(&origin), Some((2, 1)));
    origin.append(part(1, 3, 3));
    assert_eq!(open(&origin), None);
    // Another id ends the open one; a patch too; nothing is ever refused for it.
    origin.append(part(2, 1, 3));
    origin.append(part(3, 2, 3));
    assert_eq!(open(&origin), Some((2, 6)));
    origin.append(part(3, 2, 3));
    assert_eq!(open(&origin), Some((2, 7)));
    origin.patch(vec![]);
    assert_eq!(open(&origin), None);
    assert_eq!(origin.replica().chain(), &origin.chain);
}

#[test]
fn two_branches_are_settled_by_a_rotation() {
    let (trunk, rows) = Origin::with_rows();
    let common = trunk.chain.seq;
    let patched = |value: &str| {
        let mut branch = trunk.clone();
        let op = branch.set(rows[0], "nom", Some(value));
        branch.patch(vec![op]);
        branch
    };
    let (ours, theirs) = (patched("b"), patched("c"));
    let verdict = |ours: &Origin, theirs: &Origin| settle(common, &ours.chain, &theirs.chain);
    assert_eq!(verdict(&ours, &ours), Settlement::Same);
    assert_eq!(verdict(&ours, &theirs), Settlement::Fork);

    let mut rotated = theirs.clone();
    rotated.rotate(2, None);
    assert_eq!(verdict(&ours, &rotated), Settlement::Theirs);
    assert_eq!(verdict(&rotated, &ours), Settlement::Ours);

    let mut moved = ours.clone();
    moved.rotate(3, Some("https://b.example/datasets/lieux"));
    assert_eq!(verdict(&moved, &rotated), Settlement::TwiceRevealed);
}

#[test]
fn an_origin_with_a_late_clock_signs_with_the_last_time() {
    let origin = Origin::new();
    let last = origin.chain.time;
    let day = 24 * 60 * 60;
    let sign = |behind: i64| origin.chain.time_to_sign(last.plus_seconds(-behind));
    assert_eq!(sign(-5), Some(last.plus_seconds(5)));
    assert_eq!(sign(0), Some(last));
    assert_eq!(sign(day - 1), Some(last));
    assert_eq!(sign(day), None);
}

#[test]
fn the_same_entry_signed_again_is_the_same() {
    let (origin, _) = Origin::with_rows();
    let mut replica = origin.replica();
    let again = replica.take(origin.lines[1].as_bytes());
    assert_eq!(again, Outcome::Same);
    assert_eq!(replica.take(origin.lines[0].as_bytes()), Outcome::Behind);
}
