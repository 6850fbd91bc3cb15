use serde_json::{Map, json};

use super::*;
use crate::ids::Salt;
use crate::key::LogKey;
use crate::log::{Chain, EntryDraft, Genesis, Meta, Signed};
use crate::time::Timestamp;

const A: &str = "https://a.example/datasets/lieux";
const BO: &str = "https://b.example/users/bo";
const CY: &str = "https://c.example/users/cy";
const DIGEST: &str = "MFgQ5Iv2rR3N8ktO5nRkT7gk3eF0Tn3cW6n4dF2s8mE";

fn at(second: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    begin.plus_seconds(second)
}

fn key(of: &str) -> LogKey {
    LogKey::from_seed([of.as_bytes()[8]; 32])
}

fn meta(content: Value) -> Meta {
    let content: Map<String, Value> = content.as_object().unwrap().clone();
    Meta {
        salt: Salt::from_bytes(&[5; 16]).unwrap(),
        content,
    }
}

/// What happens to a log before its reviews are taken.
type Change = fn(&mut Log) -> Vec<Value>;

/// A log in the making, judged as it grows.
#[derive(Clone)]
struct Log {
    chain: Chain,
    audit: Audit,
    second: i64,
}

impl Log {
    fn new() -> Self {
        let genesis = Genesis {
            uid: "urn:uuid:5b2a7c1e-9d64-4a0f-8c3b-2f6d1e7a9b10"
                .parse()
                .unwrap(),
            attributed_to: A.to_owned(),
            schema: json!({"title": "Lieux", "fields": [{"name": "nom", "type": "string"}]}),
            meta: meta(json!({})),
            next: Hash::from_bytes(&[9; 32]).unwrap(),
            forked_from: None,
        };
        let signed = genesis.sign(at(0), &key(A)).unwrap();
        Self {
            chain: signed.chain,
            audit: Audit::default(),
            second: 0,
        }
    }

    fn entry(&mut self, draft: EntryDraft) -> Option<Finding> {
        self.second += 10;
        let Signed { entry, chain, .. } =
            draft.sign(&self.chain, at(self.second), &key(A)).unwrap();
        self.chain = chain;
        self.audit.next(&entry.header, &entry.body)
    }

    fn policy(&mut self, policy: &Policy) {
        let draft = EntryDraft::policy(policy.document().clone(), meta(json!({})));
        assert_eq!(self.entry(draft), None);
    }

    fn grant(&mut self, id: &str, target: &str, end: i64) {
        let grant = json!({
            "id": format!("https://a.example/grants/{id}"), "target": target, "role": "write",
            "key": key(target).multikey().to_string(), "endTime": at(end).to_string(),
        });
        let draft = EntryDraft::new(Kind::Grant, meta(json!({"grant": grant})));
        assert_eq!(self.entry(draft), None);
    }

    fn revoke(&mut self, id: &str) {
        let grant = json!({"id": format!("https://a.example/grants/{id}")});
        let draft = EntryDraft::new(Kind::Revoke, meta(json!({"grant": grant})));
        assert_eq!(self.entry(draft), None);
    }

    fn decision(&mut self, content: Value) -> String {
        let draft = EntryDraft::new(Kind::Patch, meta(content));
        self.entry(draft).unwrap().to_string()
    }

    fn votes(&mut self, reviews: &[Value]) -> String {
        self.decision(json!({
            "decision": {"by": "quorum"}, "proposer": "https://d.example/users/lea", "reviews": reviews,
            "patch": {"id": "https://d.example/patches/1", "digest": DIGEST, "schema": DIGEST},
        }))
    }
}

fn signed(by: &str, with: &LogKey, verdict: &str, digest: &str) -> Value {
    dated(by, with, (verdict, digest), 1)
}

fn dated(by: &str, with: &LogKey, (verdict, digest): (&str, &str), second: i64) -> Value {
    let document = json!({"type": "Review", "attributedTo": by, "patchDigest": digest, "verdict": verdict,
        "published": at(second).to_string()});
    let mut document = document.as_object().unwrap().clone();
    proof::sign(&mut document, with, &format!("{by}#key"), at(second));
    Value::Object(document)
}

fn approve(by: &str) -> Value {
    signed(by, &key(by), "approve", DIGEST)
}

fn two_of_two() -> Log {
    let mut log = Log::new();
    log.policy(&Policy::new(2, 2, false));
    log.grant("1", BO, 1000);
    log.grant("2", CY, 1000);
    log
}

#[test]
fn a_quorum_of_votes_is_checked_against_the_grants_of_the_log() {
    let both = [approve(BO), approve(CY)];
    assert_eq!(two_of_two().votes(&both), "kept: 2 approvals count");
    let lacking = "violated: 1 approvals of 1 instances count, and the policy asks for 2 of 2";
    assert_eq!(two_of_two().votes(&both[..1]), lacking);
    let cases: [(&str, Change); 6] = [
        (
            "the grant of its author was revoked or is suspended",
            |log| {
                log.revoke("2");
                vec![approve(BO), approve(CY)]
            },
        ),
        ("the grant of its author has expired", |log| {
            log.second = 2000;
            log.grant("3", BO, 3000);
            vec![approve(BO), approve(CY)]
        }),
        ("its author holds no grant on this dataset", |_| {
            vec![approve(BO), approve("https://e.example/users/eve")]
        }),
        (
            "it is not signed with the key that the grant of its author names",
            |_| {
                vec![
                    approve(BO),
                    signed(CY, &key("https://x"), "approve", DIGEST),
                ]
            },
        ),
        ("it is about another version of the proposal", |_| {
            let other = DIGEST.replace("MFgQ", "MFgR");
            vec![approve(BO), signed(CY, &key(CY), "approve", &other)]
        }),
        // Written again after its end, the id gives nothing.
        (
            "the grant of its author was revoked or is suspended",
            |log| {
                log.revoke("2");
                log.grant("2", CY, 1000);
                vec![approve(BO), approve(CY)]
            },
        ),
    ];
    for (why, change) in cases {
        let mut log = two_of_two();
        let reviews = change(&mut log);
        let found = log.votes(&reviews);
        assert_eq!(
            found,
            format!("{lacking}; one review does not count: {why}")
        );
    }
}

#[test]
fn a_vote_from_before_a_revocation_is_not_brought_back_by_a_new_grant() {
    let mut log = two_of_two();
    log.revoke("2");
    let revoked = log.second;
    log.grant("3", CY, 1000);
    let vote = |second| dated(CY, &key(CY), ("approve", DIGEST), second);
    let old = log.clone().votes(&[approve(BO), vote(revoked - 1)]);
    assert_eq!(
        old,
        "violated: 1 approvals of 1 instances count, and the policy asks for 2 of 2; one review does not count: it \
         was signed before a grant of its author was revoked, and a new grant does not bring it back"
    );
    // A second entry about the end of the same grant moves nothing.
    let mut again = log.clone();
    again.second += 50;
    again.revoke("2");
    let new = [approve(BO), vote(revoked + 20)];
    assert_eq!(log.votes(&new), "kept: 2 approvals count");
    assert_eq!(again.votes(&new), "kept: 2 approvals count");
}

#[test]
fn an_objection_in_the_entry_shows() {
    let reviews = [
        approve(BO),
        approve(CY),
        signed(BO, &key(BO), "reject", DIGEST),
    ];
    assert_eq!(
        two_of_two().votes(&reviews),
        "violated: one of its reviews objects"
    );
}

#[test]
fn the_policy_before_the_decision_governs_it() {
    let mut log = two_of_two();
    let one = [approve(BO)];
    log.policy(&Policy::new(1, 1, false));
    assert_eq!(log.votes(&one), "kept: 1 approvals count");
    log.policy(&Policy::new(1, 1, true));
    assert_eq!(
        log.votes(&one),
        "violated: 1 approvals of 1 instances count, and the policy asks for 1 of 1, the owner's among them"
    );
}

#[test]
fn who_decides_alone_is_of_the_origin_and_may() {
    let by = |person: &str, role: &str| json!({"decision": {"by": person, "role": role}});
    let ana = "https://a.example/users/ana";
    let alone = "kept: decided alone by somebody of the origin";
    let mut log = Log::new();
    assert_eq!(log.decision(by(ana, "write")), alone);
    log.policy(&Policy::new(2, 1, false));
    assert_eq!(
        log.decision(by(ana, "write")),
        "violated: one person decided, and the policy asks for 2"
    );
    assert_eq!(log.decision(by(ana, "maintain")), alone);
    assert_eq!(
        log.decision(by(BO, "maintain")),
        "violated: somebody of another instance decided alone"
    );
}

#[test]
fn what_the_log_does_not_tell_cannot_be_checked() {
    let mut log = Log::new();
    for (content, why) in [
        (json!({}), "the entry does not say who decided"),
        (
            json!({"decision": {}}),
            "the entry does not say who decided",
        ),
        (
            json!({"decision": {"by": "rule"}}),
            "a rule accepted it, and no person",
        ),
    ] {
        assert_eq!(log.decision(content), format!("not checkable: {why}"));
    }
    let draft = EntryDraft::new(Kind::Patch, meta(json!({"decision": {"by": "rule"}})));
    let signed = draft.sign(&log.chain, at(500), &key(A)).unwrap();
    let erased = Body {
        meta: None,
        ..signed.entry.body.clone()
    };
    let found = log.audit.next(&signed.entry.header, &erased);
    assert_eq!(found, Some(Finding::NotCheckable("who decided was erased")));
    // A vote may rest on a grant whose terms were erased.
    let mut log = two_of_two();
    let grant = json!({"id": "https://a.example/grants/3", "target": CY, "role": "write",
        "key": key(CY).multikey().to_string(), "endTime": at(900).to_string()});
    let draft = EntryDraft::new(Kind::Grant, meta(json!({"grant": grant})));
    let signed = draft.sign(&log.chain, at(600), &key(A)).unwrap();
    let erased = Body {
        meta: None,
        ..signed.entry.body.clone()
    };
    assert_eq!(log.audit.next(&signed.entry.header, &erased), None);
    let reviews = [approve(BO), approve("https://e.example/users/eve")];
    assert_eq!(
        log.votes(&reviews),
        "not checkable: a grant that a vote may rest on was erased"
    );
}

/// What an entry with corrections is found to be, whose approvals of BO and CY name these corrections (`None`: as offered).
fn corrected(named: [Option<&Hash>; 2], nonce: Option<Salt>) -> String {
    let mut log = two_of_two();
    let reviews = [(BO, named[0]), (CY, named[1])].map(|(by, amended)| {
        let mut document = json!({"type": "Review", "attributedTo": by, "patchDigest": DIGEST, "verdict": "approve",
            "published": at(1).to_string()});
        if let Some(amended) = amended {
            document["amendedDigest"] = json!(amended.to_string());
        }
        let mut document = document.as_object().unwrap().clone();
        proof::sign(&mut document, &key(by), &format!("{by}#key"), at(1));
        Value::Object(document)
    });
    let content = json!({
        "decision": {"by": "quorum"}, "proposer": "https://d.example/users/lea", "reviews": reviews, "amended": true,
        "patch": {"id": "https://d.example/patches/1", "digest": DIGEST, "schema": DIGEST},
    });
    let mut draft = EntryDraft::new(Kind::Patch, meta(content));
    draft.nonce = nonce;
    log.entry(draft).unwrap().to_string()
}

#[test]
fn corrections_that_were_applied_are_those_that_the_reviews_name() {
    let nonce = Salt::from_bytes(&[7; 16]).unwrap();
    let schema = DIGEST.parse().unwrap();
    // Everything was left out, as far as this entry goes: the operations are none.
    let uid = two_of_two().chain.uid;
    let applied = offer_digest(&nonce, uid, &schema, &[]);
    let other = Hash::from_bytes(&[8; 32]).unwrap();
    let kept = corrected([Some(&applied), Some(&applied)], Some(nonce));
    assert_eq!(kept, "kept: 2 approvals count");
    let objects = "violated: one of its reviews objects";
    for wrong in [
        [Some(&applied), Some(&other)],
        [Some(&applied), None],
        [None, None],
    ] {
        assert_eq!(corrected(wrong, Some(nonce)), objects, "{wrong:?}");
    }
    assert_eq!(
        corrected([Some(&applied), Some(&applied)], None),
        "not checkable: what was voted on was corrected, and a value is erased"
    );
}
