//! Bodies: the forms of operations, and the rules on applying them.

use serde_json::{Value, json};

use super::super::*;
use super::origin::{Origin, cells, field, meta};
use super::table::Outcome;
use crate::ids::{Hash, Salt};
use crate::json::JsonProblem;
use build::{BuildProblem, StageError};

const ROW: &str = "15aafc3d-bb02-40fa-a635-820df82cbaf9";

fn parse(op: Value) -> Result<Body, Refusal> {
    Body::parse(&json!({"ops": [op], "meta": null}), &Kind::Patch)
}

#[test]
fn operations_have_exact_forms() {
    let (hash, salt) = (json!(Hash::ZERO), json!(Salt([0; 16])));
    for good in [
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": null}),
        json!({"op": "set", "row": ROW, "field": "_same", "base": hash, "new": hash}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": hash, "salt": salt, "value": ""}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": hash, "new": null, "seen": null}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {}}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {"a": "1"}, "label": "_:1"}),
        json!({"op": "add", "row": ROW, "cells": {"a": "1"}, "salts": {"a": salt}, "gone": {"b": hash}}),
        json!({"op": "add", "row": ROW, "cells": {}, "salts": {}, "gone": {}}),
        json!({"op": "del", "row": ROW, "rowBase": hash}),
    ] {
        let body = parse(good.clone()).unwrap();
        assert_eq!(body.to_json()["ops"][0], good);
    }
    for bad in [
        json!({"op": "set", "row": ROW, "field": "nom", "base": null}),
        json!({"op": "set", "row": ROW, "field": "nom", "new": null}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": hash, "value": "x"}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": hash, "salt": salt}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": null, "salt": salt, "value": "x"}),
        json!({"op": "set", "row": ROW, "field": "nom", "base": null, "new": null, "seen": 1}),
        json!({"op": "set", "row": ROW, "field": "__é", "base": null, "new": null}),
        json!({"op": "set", "row": "x", "field": "nom", "base": null, "new": null}),
        json!({"op": "add", "row": ROW, "cells": {}}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {"a": null}}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {"A": "1"}}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {}, "label": "1"}),
        json!({"op": "add", "row": ROW, "salt": salt, "cells": {}, "gone": {}}),
        json!({"op": "add", "row": ROW, "cells": {}, "salts": {}}),
        json!({"op": "add", "row": ROW, "cells": {"a": "1"}, "salts": {}, "gone": {}}),
        json!({"op": "add", "row": ROW, "cells": {}, "salts": {"a": salt}, "gone": {}}),
        json!({"op": "del", "row": ROW, "rowBase": null}),
        json!({"row": ROW}),
        json!("del"),
    ] {
        assert!(parse(bad.clone()).is_err(), "{bad}");
    }
    let unknown = parse(json!({"op": "merge", "row": ROW}));
    assert_eq!(unknown, Err(Refusal::UnknownOperation("merge".into())));
}

#[test]
fn each_kind_has_its_body() {
    let plain = json!({"ops": [], "meta": null});
    let with = |member: &str, value: Value| {
        let mut body = plain.clone();
        body[member] = value;
        body
    };
    let op = json!([{"op": "del", "row": ROW, "rowBase": Hash::ZERO}]);
    let parse = |body: &Value, kind: &Kind| Body::parse(body, kind).map(|_| ());
    let unknown = |member: &str| {
        Err(Refusal::UnknownMember {
            place: "body",
            member: member.into(),
        })
    };
    assert_eq!(parse(&plain, &Kind::Grant), Ok(()));
    assert!(parse(&plain, &Kind::Schema).is_err());
    assert_eq!(parse(&with("schema", json!({})), &Kind::Schema), Ok(()));
    assert!(parse(&with("schema", json!([])), &Kind::Schema).is_err());
    let schema = with("schema", json!({}));
    assert_eq!(parse(&schema, &Kind::Patch), unknown("schema"));
    let policy = Kind::Policy(Hash::ZERO);
    assert_eq!(parse(&with("policy", json!({})), &policy), Ok(()));
    assert!(parse(&plain, &policy).is_err());
    let later = with("later", json!(1));
    assert_eq!(parse(&later, &Kind::Patch), unknown("later"));
    let grant = parse(&with("ops", op.clone()), &Kind::Grant);
    assert_eq!(grant, Err(Refusal::Operations("grant".into())));
    assert_eq!(
        parse(&with("ops", op), &Kind::Import { batch: None }),
        Ok(())
    );
    let seen =
        json!([{"op": "set", "row": ROW, "field": "a", "base": null, "new": null, "seen": null}]);
    let import = parse(&with("ops", seen), &Kind::Import { batch: None });
    assert_eq!(import, Err(Refusal::SeenOutsidePatch));
    assert!(parse(&json!({"ops": []}), &Kind::Patch).is_err());
    assert!(
        parse(
            &with("meta", json!({"salt": "x", "content": {}})),
            &Kind::Patch
        )
        .is_err()
    );
    let zero = parse(
        &with(
            "meta",
            json!({"salt": Salt([0; 16]), "content": {"a": "\0"}}),
        ),
        &Kind::Patch,
    );
    assert_eq!(zero, Err(Refusal::Json(JsonProblem::NullCharacter)));
}

#[test]
fn a_grant_says_what_it_grants() {
    let key = Origin::new().key.multikey();
    let grant = json!({
        "id": "https://a.example/grants/1", "target": "https://b.example/users/mod", "role": "write",
        "key": key, "endTime": "2027-05-21T00:00:00Z", "later": 1
    });
    let parse = |kind: Kind, content: Value| {
        let meta = json!({"salt": Salt([0; 16]), "content": content});
        Body::parse(&json!({"ops": [], "meta": meta}), &kind).is_ok()
    };
    assert!(parse(Kind::Grant, json!({"grant": grant})));
    assert!(parse(
        Kind::Revoke,
        json!({"grant": {"id": "https://a.example/grants/1"}})
    ));
    assert!(!parse(Kind::Grant, json!({})));
    assert!(!parse(Kind::Revoke, json!({"grant": {}})));
    for member in ["id", "target", "role", "key", "endTime"] {
        let mut less = grant.clone();
        less[member] = json!(1);
        assert!(!parse(Kind::Grant, json!({"grant": less})), "{member}");
    }
    // A grant whose meta is redacted is ended, and its entry still verifies.
    let body = Body::parse(&json!({"ops": [], "meta": null}), &Kind::Grant);
    assert!(body.is_ok());
}

fn stage(origin: &mut Origin, ops: Vec<Op>) -> Result<(), Refusal> {
    let draft = EntryDraft::with_ops(Kind::Patch, meta(json!({})), ops);
    match draft.stage(origin.chain.uid, &mut origin.table) {
        Ok(_) => Ok(()),
        Err(StageError::Problem(BuildProblem::Refused(refusal))) => Err(refusal),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn operations_must_fit_the_rows() {
    let (mut origin, rows) = Origin::with_rows();
    let (uid, absent) = (origin.chain.uid, origin.row_id());
    let [a, b, _] = rows[..] else {
        panic!("three rows");
    };
    let set = origin.set(absent, "nom", Some("x"));
    assert_eq!(
        stage(&mut origin, vec![set]),
        Err(Refusal::AbsentRow(absent))
    );
    let remove = Op::set(uid, absent, field("nom"), None, None);
    assert_eq!(
        stage(&mut origin, vec![remove]),
        Err(Refusal::AbsentRow(absent))
    );
    let del = Op::del(absent, Hash::ZERO);
    assert_eq!(
        stage(&mut origin, vec![del]),
        Err(Refusal::AbsentRow(absent))
    );
    let add = |row| Op::add(row, Salt([1; 16]), cells(&[]), None);
    assert_eq!(
        stage(&mut origin, vec![add(a)]),
        Err(Refusal::PresentRow(a))
    );
    let del = Op::del(a, Hash::ZERO);
    assert_eq!(
        stage(&mut origin, vec![del]),
        Err(Refusal::RowBaseNotHeld(a))
    );
    for (name, base) in [
        ("nom", None),
        ("nom", Some(Hash::ZERO)),
        ("new", Some(Hash::ZERO)),
    ] {
        let op = Op::set(uid, a, field(name), base, None);
        let refusal = Refusal::BaseNotHeld {
            row: a,
            field: field(name),
        };
        assert_eq!(stage(&mut origin, vec![op]), Err(refusal));
    }
    // A removal where there is no cell, and a row without cells, are nothing unusual.
    let absent_cell = origin.set(a, "new", None);
    assert_eq!(stage(&mut origin, vec![absent_cell, add(absent)]), Ok(()));

    let (nom, places) = (
        origin.set(a, "nom", Some("x")),
        origin.set(a, "places", None),
    );
    assert_eq!(
        stage(&mut origin, vec![nom.clone(), places.clone()]),
        Ok(())
    );
    let (del_a, del_b) = (origin.del(a), origin.del(b));
    assert_eq!(stage(&mut origin, vec![nom.clone(), del_b]), Ok(()));
    let in_absent = Op::set(uid, absent, field("nom"), None, None);
    for (ops, row) in [
        (vec![nom.clone(), nom.clone()], a),
        (vec![nom.clone(), del_a.clone()], a),
        (vec![del_a.clone(), nom.clone()], a),
        (vec![del_a.clone(), del_a.clone()], a),
        (vec![del_a.clone(), add(a)], a),
        (vec![nom, add(a)], a),
        (vec![add(absent), add(absent)], absent),
        (vec![add(absent), in_absent], absent),
    ] {
        assert_eq!(stage(&mut origin, ops), Err(Refusal::TwoOperations(row)));
    }
}

#[test]
fn a_value_already_there_keeps_its_salt() {
    let (mut origin, rows) = Origin::with_rows();
    let row = rows[0];
    let before = origin.table.rows[&row].clone();
    let CellState::Held { value, salt } = before.cells["nom"].clone() else {
        panic!("the value is held");
    };
    let base = before.commitment(origin.chain.uid, row, &field("nom"));
    let same = Op::set(
        origin.chain.uid,
        row,
        field("nom"),
        base,
        Some((salt, value)),
    );
    let state = origin.chain.state;
    origin.patch(vec![same.clone()]);
    assert_eq!(origin.table.rows[&row], before);
    assert_eq!(origin.chain.state, state);

    // A body that lacks the value does not take it from a row that has it.
    let Op::Set {
        row,
        field,
        base,
        new,
        seen,
    } = same
    else {
        panic!("a set");
    };
    let new = new.map(|new| NewCell {
        opening: None,
        ..new
    });
    let op = Op::Set {
        row,
        field,
        base,
        new,
        seen,
    };
    let uid = origin.chain.uid;
    let known = Redactions::new();
    let outcome = apply::run(uid, &[op], &mut origin.table, &known).unwrap();
    assert_eq!(outcome.changes[0].after.as_ref(), Some(&before));
    assert_eq!(outcome.missing.len(), 1);
}

#[test]
fn a_body_must_be_the_one_committed_to() {
    let (mut origin, rows) = Origin::with_rows();
    let replica = origin.replica();
    let (a, b) = (origin.set(rows[0], "nom", Some("b")), origin.del(rows[1]));
    let signed = origin.patch(vec![a, b]);
    let line =
        json!({"header": signed.entry.header.to_json(), "body": signed.entry.body.to_json()});
    let check = |change: fn(&mut Value), refusal: Refusal| {
        let mut line = line.clone();
        change(&mut line["body"]);
        let outcome = replica.clone().take(line.to_string().as_bytes());
        assert_eq!(outcome, Outcome::Refused(refusal));
    };
    check(
        |body| body["ops"].as_array_mut().unwrap().reverse(),
        Refusal::OpsHash,
    );
    check(
        |body| body["ops"].as_array_mut().unwrap().truncate(1),
        Refusal::OpsHash,
    );
    check(
        |body| body["meta"]["content"]["x"] = json!(1),
        Refusal::MetaHash,
    );
    check(
        |body| body["meta"]["salt"] = json!(Salt([8; 16])),
        Refusal::MetaHash,
    );

    let mut replica = origin.replica();
    let draft = EntryDraft::policy(json!({"quorum": 1, "instances": 1}), meta(json!({})));
    let signed = origin.append(draft);
    let mut line =
        json!({"header": signed.entry.header.to_json(), "body": signed.entry.body.to_json()});
    line["body"]["policy"]["quorum"] = json!(2);
    let outcome = replica.take(line.to_string().as_bytes());
    assert_eq!(outcome, Outcome::Refused(Refusal::PolicyHash));

    let draft = EntryDraft::schema(json!({"title": "Autre"}), meta(json!({})));
    let mut replica = origin.replica();
    let signed = origin.append(draft);
    let mut line =
        json!({"header": signed.entry.header.to_json(), "body": signed.entry.body.to_json()});
    line["body"]["schema"]["title"] = json!("Encore");
    let outcome = replica.take(line.to_string().as_bytes());
    assert_eq!(outcome, Outcome::Refused(Refusal::SchemaHash));
}

#[test]
fn lines_say_what_is_withheld() {
    let (mut origin, rows) = Origin::with_rows();
    let op = origin.set(rows[0], "nom", Some("b"));
    let signed = origin.patch(vec![op]);
    let cell = origin.table.rows[&rows[0]].commitment(origin.chain.uid, rows[0], &field("nom"));
    let withheld = vec![
        Withheld::Cell {
            row: rows[0],
            field: field("nom"),
            cell: cell.unwrap(),
        },
        Withheld::Meta,
    ];
    let header = signed.entry.header.text();
    let text = line::write(header, Some("{}"), &withheld);
    assert_eq!(Line::parse(text.as_bytes()).unwrap().withheld, withheld);
    let alone = Line::parse(line::write(header, None, &[]).as_bytes()).unwrap();
    assert!(alone.body.is_none() && alone.withheld.is_empty());
    assert_eq!(alone.read_body(), Ok(None));
    for bad in [
        json!({"header": signed.entry.header.to_json(), "more": 1}),
        json!({"header": signed.entry.header.to_json(), "withheld": [{"meta": false}]}),
        json!({"header": signed.entry.header.to_json(), "withheld": [{"row": rows[0]}]}),
        json!({"body": {}}),
        json!([]),
    ] {
        assert!(Line::parse(bad.to_string().as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_body_above_64_mib_is_not_read() {
    let long = "x".repeat(limits::BODY_BYTES);
    let body = Body::parse(&json!({"ops": [], "meta": long}), &Kind::Patch);
    assert!(
        matches!(body, Err(Refusal::BodyTooLarge(size)) if size > limits::BODY_BYTES),
        "{:?}",
        body.err()
    );
}
