//! The vectors of an independent implementation.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::*;
use super::table::{Outcome, Replica};
use crate::digest::{OfferedOp, offer_digest};
use crate::ids::{Hash, RowId, Salt};
use crate::json::canonical;
use crate::key::{LogKey, Multikey};
use crate::testing::shared;
use crate::tree::{bucket_of, empty_root};

struct Vector(Value);

fn vectors() -> Vec<Vector> {
    ["log-small", "log-rich"]
        .into_iter()
        .filter_map(|name| shared(&format!("design/vectors/{name}.json")))
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            Vector(serde_json::from_slice(&bytes).unwrap())
        })
        .collect()
}

impl Vector {
    fn entries(&self) -> &[Value] {
        self.0["entries"].as_array().unwrap()
    }

    fn line(entry: &Value) -> Vec<u8> {
        canonical(&json!({"header": entry["header"], "body": entry["body"]}))
    }

    /// A replica that has taken the first entries.
    fn replica(&self, entries: usize) -> Replica {
        let mut replica = Replica::default();
        for entry in &self.entries()[..entries] {
            let outcome = replica.take(&Self::line(entry));
            assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
        }
        replica
    }

    fn keys(&self) -> BTreeMap<Multikey, LogKey> {
        let seeds = self.0["keySeeds"].as_array().unwrap();
        seeds
            .iter()
            .map(|seed| {
                let seed: Hash = seed.as_str().unwrap().parse().unwrap();
                let key = LogKey::from_seed(seed.0);
                (key.multikey(), key)
            })
            .collect()
    }
}

#[test]
fn every_entry_verifies_and_applies() {
    for vector in vectors() {
        let replica = vector.replica(vector.entries().len());
        for (header, entry) in replica.headers.iter().zip(vector.entries()) {
            assert_eq!(json!(header.hash()), entry["entry"]);
            assert_eq!(header.to_json(), entry["header"]);
        }
        assert_eq!(json!(replica.chain().genesis), vector.0["genesis"]);
        assert_eq!(json!(replica.chain().uid), vector.0["uid"]);
        assert_eq!(json!(empty_root()), vector.0["emptyState"]);
        check_rows(&vector, &replica);
    }
}

fn check_rows(vector: &Vector, replica: &Replica) {
    let uid = replica.chain().uid;
    let rows: Vec<Value> = replica
        .table
        .rows
        .iter()
        .map(|(id, row)| json!({"row": id, "bucket": bucket_of(*id), "hash": row.hash(uid, *id)}))
        .collect();
    assert_eq!(json!(rows), vector.0["rows"]);
    assert_eq!(json!(snapshot_rows(replica)), vector.0["snapshotRows"]);
}

fn snapshot_rows(replica: &Replica) -> Vec<Value> {
    let mut rows: Vec<(&RowId, &RowState)> = replica.table.rows.iter().collect();
    rows.sort_by_key(|(id, _)| (bucket_of(**id), **id));
    rows.into_iter()
        .map(|(id, row)| serde_json::from_str(&snapshot::row_line(*id, row)).unwrap())
        .collect()
}

#[test]
fn redacting_gives_the_bodies_after_redaction() {
    for vector in vectors() {
        let replica = vector.replica(vector.entries().len());
        let bodies: Vec<Value> = replica.bodies.iter().map(Body::to_json).collect();
        assert_eq!(json!(bodies), vector.0["bodiesAfterRedaction"]);
    }
}

#[test]
fn the_redacted_log_replays_with_nothing_missing() {
    for vector in vectors() {
        // A reader takes all headers first, and so knows every redaction before any value.
        let mut replica = Replica::default();
        for entry in vector.entries() {
            replica
                .known
                .learn(&Header::parse(&entry["header"]).unwrap());
        }
        let redacted = vector.0["bodiesAfterRedaction"].as_array().unwrap();
        for (entry, body) in vector.entries().iter().zip(redacted) {
            let line = canonical(&json!({"header": entry["header"], "body": body}));
            match replica.take(&line) {
                Outcome::Applied(applied) => assert_eq!(applied.missing, []),
                other => panic!("{other:?}"),
            }
        }
        check_rows(&vector, &replica);
    }
}

#[test]
fn the_whole_log_read_after_the_headers_is_redacted_on_the_way() {
    for vector in vectors() {
        let mut replica = Replica::default();
        for entry in vector.entries() {
            replica
                .known
                .learn(&Header::parse(&entry["header"]).unwrap());
        }
        for entry in vector.entries() {
            let outcome = replica.take(&Vector::line(entry));
            assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
        }
        let bodies: Vec<Value> = replica.bodies.iter().map(Body::to_json).collect();
        assert_eq!(json!(bodies), vector.0["bodiesAfterRedaction"]);
        check_rows(&vector, &replica);
    }
}

#[test]
fn bodies_check_without_the_rows() {
    for vector in vectors() {
        let known = vector.replica(vector.entries().len()).known;
        let redacted = vector.0["bodiesAfterRedaction"].as_array().unwrap();
        for (entry, redacted) in vector.entries().iter().zip(redacted) {
            let header = Header::parse(&entry["header"]).unwrap();
            for body in [&entry["body"], redacted] {
                let mut body = Body::parse(body, &header.kind).unwrap();
                let missing = apply::check_detached(&header, &mut body, &known);
                assert_eq!(missing, Ok(Vec::new()));
                assert_eq!(&body.to_json(), redacted);
            }
        }
    }
}

#[test]
fn the_snapshot_loads_and_gives_the_state() {
    for vector in vectors() {
        let replica = vector.replica(vector.entries().len());
        let header = replica.headers.last().unwrap();
        let schema = vector
            .entries()
            .iter()
            .rev()
            .find_map(|entry| entry["body"].get("schema"))
            .unwrap();
        let mut lines = vec![
            SnapshotLine::Header(Box::new(header.clone())).to_text(),
            SnapshotLine::Schema(schema.clone()).to_text(),
        ];
        let rows = vector.0["snapshotRows"].as_array().unwrap();
        lines.extend(rows.iter().map(Value::to_string));
        lines.push(SnapshotLine::End(rows.len() as u64).to_text());

        let mut loader = snapshot::Loader::new(header, &replica.known);
        let mut loaded = BTreeMap::new();
        for line in &lines {
            let line = SnapshotLine::parse(line.as_bytes()).unwrap();
            if let Some((id, row, _)) = loader.take(line).unwrap() {
                loaded.insert(id, row);
            }
        }
        let snapshot = loader.finish().unwrap();
        assert_eq!(loaded, replica.table.rows);
        assert_eq!(
            (snapshot.rows, snapshot.missing.len()),
            (rows.len() as u64, 0)
        );
        assert_eq!(&snapshot.schema, schema);
    }
}

#[test]
fn every_offer_has_its_digest() {
    for vector in vectors() {
        for offer in vector.0["offers"].as_array().unwrap() {
            let ops: Vec<OfferedOp> = offer["ops"]
                .as_array()
                .unwrap()
                .iter()
                .map(|op| OfferedOp::from_json(op).unwrap())
                .collect();
            let text = |member: &str| offer[member].as_str().unwrap();
            let nonce: Salt = text("nonce").parse().unwrap();
            let (uid, schema) = (
                text("uid").parse().unwrap(),
                text("schema").parse().unwrap(),
            );
            let digest = offer_digest(&nonce, uid, &schema, &ops);
            assert_eq!(json!(digest), offer["digest"]);

            let seq = offer["seq"].as_u64().unwrap() as usize;
            let body = Body::parse(&vector.entries()[seq]["body"], &Kind::Patch).unwrap();
            let answered = body.meta.as_ref().unwrap().answered().unwrap().unwrap();
            assert_eq!(body.offered(answered.order_added), Some(ops));
        }
    }
}

/// The origin's side: from the parts of each entry, the same bytes are signed again.
#[test]
fn every_entry_is_signed_again_byte_for_byte() {
    for vector in vectors() {
        let keys = vector.keys();
        let mut table = super::table::Table::default();
        let mut chain: Option<Chain> = None;
        for entry in vector.entries() {
            let expected = Header::parse(&entry["header"]).unwrap();
            let body = Body::parse(&entry["body"], &expected.kind).unwrap();
            let key = &keys[expected.signer()];
            let signed = match &chain {
                None => sign_genesis(&expected, body, key),
                Some(chain) => {
                    let draft = EntryDraft {
                        kind: expected.kind.clone(),
                        ops: body.ops,
                        meta: body.meta.unwrap(),
                        schema: body.schema,
                        policy: body.policy,
                        nonce: body.nonce,
                    };
                    let staged = draft.stage(chain.uid, &mut table).unwrap();
                    let root = table.write(&staged.changes);
                    staged.sign(chain, root, expected.time, key).unwrap()
                }
            };
            assert_eq!(signed.entry.header, expected);
            assert_eq!(signed.entry.to_line().into_bytes(), {
                let (header, body) = (&entry["header"], &entry["body"]);
                let text = |value| String::from_utf8(canonical(value)).unwrap();
                line::write(&text(header), Some(&text(body)), &[]).into_bytes()
            });
            chain = Some(signed.chain);
        }
    }
}

fn sign_genesis(expected: &Header, body: Body, key: &LogKey) -> Signed {
    let Kind::Genesis {
        next, forked_from, ..
    } = &expected.kind
    else {
        panic!("a log begins with genesis");
    };
    let genesis = Genesis {
        uid: expected.uid,
        attributed_to: expected.attributed_to.clone(),
        schema: body.schema.unwrap(),
        meta: body.meta.unwrap(),
        next: *next,
        forked_from: forked_from.clone(),
    };
    genesis.sign(expected.time, key).unwrap()
}

/// The refusal that notices the reason of a negative, and no other.
fn notices(reason: &str, refusal: &Refusal) -> bool {
    use crate::json::JsonProblem;
    use Refusal as R;
    let unknown = |place: &str, member: &str| matches!(refusal, R::UnknownMember { place: p, member: m } if *p == place && m == member);
    let form = |place: &str, member: &str| matches!(refusal, R::WrongForm { place: p, member: m, .. } if *p == place && *m == member);
    match reason {
        "redact member in a patch body" => unknown("body", "redact"),
        "redact member in a patch header" => {
            matches!(
                refusal,
                R::MemberOfAnotherKind {
                    member: "redact",
                    ..
                }
            )
        }
        "unknown member in an operation" => unknown("operation", "note"),
        "operations in a redact body" => matches!(refusal, R::Operations(kind) if kind == "redact"),
        "value does not match its commitment" => matches!(refusal, R::CellHash { .. }),
        "value is not a string" => form("operation", "value"),
        "U+0000 in a value" => *refusal == R::Json(JsonProblem::NullCharacter),
        "row id in upper case" => form("operation", "row"),
        "field both in cells and gone" => *refusal == R::CellsDoNotFit,
        "salt beside salts" => *refusal == R::SaltBesideSalts,
        "wrong state root" => *refusal == R::StateRoot,
        "wrong prev" => *refusal == R::WrongPrev,
        "base is not the commitment held" => matches!(refusal, R::BaseNotHeld { .. }),
        "another @context, correctly signed" => *refusal == R::Context,
        "nonce does not reproduce the digest in meta" => *refusal == R::Digest,
        "signed by a log key that was rotated away" => *refusal == R::WrongSigner,
        "rotate by a key that was not announced" | "rotate by the log key" => {
            *refusal == R::NotAnnounced
        }
        "rotate by a recovery key already spent" => *refusal == R::SpentRecoveryKey,
        "attributedTo changed without a move" => *refusal == R::AttributedTo,
        "patch after close" => *refusal == R::Closed,
        "two operations on one cell" => matches!(refusal, R::TwoOperations(_)),
        "schema changed by an entry that is no schema entry" => *refusal == R::SchemaChanged,
        "rotate whose key is the old log key" => *refusal == R::KeyReused,
        "rotate whose key is the recovery key" => *refusal == R::KeyIsRecoveryKey,
        "rotate that announces a spent next" => *refusal == R::NextReused,
        "id is not attributedTo/log/seq" => *refusal == R::Id,
        "nonce without meta.content.patch" => *refusal == R::NonceWithoutPatch,
        "label in an import" => *refusal == R::LabelOutsidePatch,
        "redact target of a later seq" => *refusal == R::RedactTarget(12),
        "time runs backwards" => *refusal == R::TimeBackwards,
        other => panic!("no test knows the reason {other:?}"),
    }
}

#[test]
fn every_negative_is_noticed_for_its_reason() {
    for vector in vectors() {
        for negative in vector.0["negatives"].as_array().unwrap() {
            let reason = negative["reason"].as_str().unwrap();
            let at = negative["at"].as_u64().unwrap() as usize;
            let mut replica = vector.replica(at);
            // Replicas take all headers first; only those of the true log are known here.
            for entry in vector.entries() {
                replica
                    .known
                    .learn(&Header::parse(&entry["header"]).unwrap());
            }
            let line = Vector::line(&negative["entry"]);
            let outcome = replica.take(&line);
            match negative["expect"].as_str().unwrap() {
                "refused" => match outcome {
                    Outcome::Refused(refusal) => {
                        assert!(notices(reason, &refusal), "{reason}: {refusal:?}");
                    }
                    other => panic!("{reason}: {other:?}"),
                },
                "missing" => match outcome {
                    Outcome::Applied(applied) => assert_eq!(applied.missing.len(), 1, "{reason}"),
                    other => panic!("{reason}: {other:?}"),
                },
                "stop" => assert_eq!(outcome, Outcome::Stop, "{reason}"),
                "same entry" => {
                    assert!(
                        matches!(outcome, Outcome::Applied(_)),
                        "{reason}: valid by itself"
                    );
                    let again = replica.take(&Vector::line(&vector.entries()[at]));
                    assert_eq!(again, Outcome::Same, "{reason}");
                }
                "fork" => {
                    assert!(
                        matches!(outcome, Outcome::Applied(_)),
                        "{reason}: valid by itself"
                    );
                    let ours = vector.replica(at + 1);
                    let common = at as u64 - 1;
                    let verdict = settle(common, ours.chain(), replica.chain());
                    assert_eq!(verdict, Settlement::Fork, "{reason}");
                }
                other => panic!("{reason}: no test knows {other:?}"),
            }
        }
    }
}
