//! Headers of a hostile origin: who signs, what stands in them, keys that change hands, what follows an end.

use rustine_domain::checks::Check;
use rustine_domain::ids::Hash;
use rustine_domain::key::commitment_of;
use rustine_domain::log::{EntryDraft, Handover, Kind, Signed, Target};
use serde_json::json;

use crate::log_bodies::{rework, set};
use crate::logs::Entry;
use crate::traps::{LogKeys, Table, Trap, any_key, meta, now, reseal, reseal_as};

/// The entries.
pub fn table() -> Vec<Entry> {
    let mut all = signatures();
    all.extend(headers());
    all.extend(keys());
    all.extend(ends());
    all
}

fn signatures() -> Vec<Entry> {
    vec![
        Entry::new(
            "signed by the attacker's own key",
            Check::Signer,
            |_, header, _| {
                reseal_as(header, &any_key());
            },
        ),
        Entry::new(
            "signed by the recovery key",
            Check::Signer,
            |trap, header, _| {
                reseal_as(header, &trap.key.recovery());
            },
        ),
        Entry::new(
            "signed by another key under the right name",
            Check::ProofSignature,
            |_, header, _| {
                reseal(header, &any_key());
            },
        ),
        Entry::new(
            "a signature of nothing",
            Check::ProofSignature,
            |_, header, _| {
                header["proof"]["proofValue"] =
                    json!(format!("z{}", bs58::encode([0; 64]).into_string()));
            },
        ),
        Entry::new(
            "the state changed after signing",
            Check::ProofSignature,
            |_, header, _| {
                header["meta"] = json!(Hash([3; 32]).to_string());
            },
        )
        .behind(&[Check::MetaHash]),
        Entry::new(
            "a member added after signing",
            Check::ProofSignature,
            |_, header, _| {
                header["note"] = json!("ajout");
            },
        ),
        Entry::new(
            "a key of another dataset named",
            Check::ProofMembers,
            |trap, header, _| {
                let key = trap.key.log().multikey();
                header["proof"]["verificationMethod"] =
                    json!(format!("https://evil.test/datasets/x#ed25519-{key}"));
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a proof for another purpose",
            Check::ProofMembers,
            |trap, header, _| {
                header["proof"]["proofPurpose"] = json!("authentication");
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a proof of another suite",
            Check::ProofMembers,
            |trap, header, _| {
                header["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022");
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a proof of another time",
            Check::ProofMembers,
            |trap, header, _| {
                header["proof"]["created"] = json!("2026-01-01T00:00:00Z");
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a proof in another context",
            Check::ProofMembers,
            |trap, header, _| {
                header["proof"]["@context"] = json!(["https://evil.test/ns"]);
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a proof that expires",
            Check::UnknownMember,
            |trap, header, _| {
                header["proof"]["expires"] = json!("2030-01-01T00:00:00Z");
                reseal(header, &trap.key.log());
            },
        ),
    ]
}

fn headers() -> Vec<Entry> {
    vec![
        Entry::new("another context", Check::LogContext, |trap, header, _| {
            header["@context"] = json!(["https://www.w3.org/ns/activitystreams"]);
            header["proof"]["@context"] = header["@context"].clone();
            reseal(header, &trap.key.log());
        }),
        Entry::new("an id of another entry", Check::LogId, |trap, header, _| {
            header["id"] = json!(format!("{}/log/0", trap.url));
            reseal(header, &trap.key.log());
        }),
        Entry::new(
            "after another entry than ours",
            Check::Prev,
            |trap, header, _| {
                header["prev"] = json!(Hash([4; 32]).to_string());
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "dated before the entry before",
            Check::TimeBackwards,
            |trap, header, _| {
                header["time"] = json!("2026-01-01T00:00:00Z");
                header["proof"]["created"] = header["time"].clone();
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new("of another dataset", Check::Uid, |trap, header, _| {
            header["uid"] = json!(format!("urn:uuid:{}", uuid::Uuid::new_v4()));
            reseal(header, &trap.key.log());
        })
        .behind(&[
            Check::CellHash,
            Check::Base,
            Check::OpsHash,
            Check::StateRoot,
        ]),
        Entry::new(
            "at another address without a move",
            Check::Address,
            |trap, header, _| {
                let url = "https://evil.test/datasets/autre";
                header["attributedTo"] = json!(url);
                header["id"] = json!(format!("{url}/log/{}", header["seq"]));
                reseal_as(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a member of a close entry",
            Check::KindMember,
            |trap, header, _| {
                header["keep"] = json!(false);
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a log key in a correction",
            Check::KindMember,
            |trap, header, _| {
                header["key"] = json!(any_key().multikey());
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a header of seventy kilobytes",
            Check::HeaderSize,
            |trap, header, _| {
                header["note"] = json!("x".repeat(70_000));
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a fraction in a header",
            Check::LogNumber,
            |trap, header, _| {
                header["note"] = json!(1.5);
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a number that a double rounds",
            Check::LogNumber,
            |trap, header, _| {
                header["note"] = json!(9_007_199_254_740_993_u64);
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a correction that changes the schema",
            Check::SchemaRepeats,
            |trap, header, _| {
                header["schema"] = json!(Hash([6; 32]).to_string());
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "an end that changes the rows",
            Check::StateRepeats,
            |trap, header, _| {
                header["state"] = json!(Hash([6; 32]).to_string());
                reseal(header, &trap.key.log());
            },
        )
        .of(close)
        .behind(&[Check::StateRoot]),
        Entry::new(
            "an end with operations",
            Check::Operations,
            |trap, header, _| {
                header["kind"] = json!("close");
                header["keep"] = json!(true);
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a redaction of what is yet to come",
            Check::RedactTarget,
            |trap, header, _| {
                header["redact"][0]["seq"] = header["seq"].clone();
                reseal(header, &trap.key.log());
            },
        )
        .of(redact),
    ]
}

/// A correction stands for the twin of what cannot be taken back.
fn close(trap: &Trap) -> (Signed, Table) {
    let kind = Kind::Close {
        keep: true,
        successor: None,
    };
    (trap.sign(EntryDraft::new(kind, meta())), trap.table.clone())
}

fn redact(trap: &Trap) -> (Signed, Table) {
    let kind = Kind::Redact(vec![Target::Meta { seq: 1 }]);
    (trap.sign(EntryDraft::new(kind, meta())), trap.table.clone())
}

fn rotate(trap: &Trap) -> (Signed, Table) {
    let kind = Kind::Rotate(Handover {
        key: any_key().multikey(),
        by: trap.key.recovery().multikey(),
        next: commitment_of(&any_key().multikey()),
    });
    (trap.sign(EntryDraft::new(kind, meta())), trap.table.clone())
}

fn keys() -> Vec<Entry> {
    vec![
        Entry::new(
            "a rotation by the attacker's recovery key",
            Check::RecoveryKey,
            |_, header, _| {
                let key = any_key();
                header["by"] = json!(key.multikey());
                reseal_as(header, &key);
            },
        )
        .of(rotate),
        Entry::new(
            "a rotation by the stolen log key",
            Check::Signer,
            |trap, header, _| {
                reseal_as(header, &trap.key.log());
            },
        )
        .of(rotate),
        Entry::new(
            "a rotation that reveals the log key",
            Check::RecoveryKey,
            |trap, header, _| {
                header["by"] = json!(trap.key.log().multikey());
                reseal_as(header, &trap.key.log());
            },
        )
        .of(rotate),
        Entry::new(
            "a rotation to the key in force",
            Check::KeyReused,
            |trap, header, _| {
                header["key"] = json!(trap.key.log().multikey());
                reseal(header, &trap.key.recovery());
            },
        )
        .of(rotate),
        Entry::new(
            "a rotation to the recovery key",
            Check::KeyIsRecovery,
            |trap, header, _| {
                header["key"] = json!(trap.key.recovery().multikey());
                reseal(header, &trap.key.recovery());
            },
        )
        .of(rotate)
        .behind(&[Check::KeyReused]),
        Entry::new(
            "a rotation that announces its own key",
            Check::KeyIsRecovery,
            |trap, header, _| {
                let key = any_key().multikey();
                header["key"] = json!(key);
                header["next"] = json!(commitment_of(&key).to_string());
                reseal(header, &trap.key.recovery());
            },
        )
        .of(rotate),
        Entry::new(
            "a rotation that announces the spent key",
            Check::NextReused,
            |trap, header, _| {
                let spent = trap.key.recovery().multikey();
                header["next"] = json!(commitment_of(&spent).to_string());
                reseal(header, &trap.key.recovery());
            },
        )
        .of(rotate),
    ]
}

fn ends() -> Vec<Entry> {
    /// The end of the dataset, in its log.
    fn closed(trap: &mut Trap) {
        let (signed, table) = close(trap);
        trap.keep(&signed, table);
    }
    /// A rotation to keys that we know.
    fn rotated(trap: &mut Trap) {
        let fresh = LogKeys::fresh();
        let kind = Kind::Rotate(Handover {
            key: fresh.log().multikey(),
            by: trap.key.recovery().multikey(),
            next: commitment_of(&fresh.recovery().multikey()),
        });
        let signed = trap.sign(EntryDraft::new(kind, meta()));
        let table = trap.table.clone();
        trap.keep(&signed, table);
        trap.spent = Some(trap.key);
        trap.key = fresh;
    }
    vec![
        Entry::new(
            "a correction after the end",
            Check::Closed,
            |trap, header, body| {
                let (op, hash, _) = set(trap, trap.row, trap.held("nom"), "apres");
                header["kind"] = json!("patch");
                if let Some(members) = header.as_object_mut() {
                    members.remove("redact");
                }
                rework(trap, header, body, &[(op, hash)]);
            },
        )
        .behind(&[Check::StateRoot])
        .after(closed)
        .of(redact),
        Entry::new("a second end", Check::Closed, |trap, header, _| {
            header["kind"] = json!("close");
            header["keep"] = json!(true);
            if let Some(members) = header.as_object_mut() {
                members.remove("redact");
            }
            reseal(header, &trap.key.log());
        })
        .after(closed)
        .of(redact),
        Entry::new(
            "a correction by the key that was replaced",
            Check::Signer,
            |trap, header, _| {
                let spent = trap.spent.expect("the log was rotated");
                reseal_as(header, &spent.log());
            },
        )
        .after(rotated),
        Entry::new(
            "a second rotation by the spent recovery key",
            Check::RecoverySpent,
            |trap, header, _| {
                let spent = trap.spent.expect("the log was rotated");
                header["by"] = json!(spent.recovery().multikey());
                reseal_as(header, &spent.recovery());
            },
        )
        .behind(&[Check::RecoveryKey])
        .after(rotated)
        .of(rotate),
        Entry::new(
            "a rotation back to the key that was replaced",
            Check::KeyReused,
            |trap, header, _| {
                let spent = trap.spent.expect("the log was rotated");
                header["key"] = json!(spent.log().multikey());
                reseal(header, &trap.key.recovery());
            },
        )
        .after(rotated)
        .of(rotate),
        Entry::new("dated in two days", Check::TimeAhead, |trap, header, _| {
            let then = now().plus_seconds(2 * 86_400).to_string();
            header["proof"]["created"] = json!(then);
            header["time"] = json!(then);
            reseal(header, &trap.key.log());
        }),
    ]
}
