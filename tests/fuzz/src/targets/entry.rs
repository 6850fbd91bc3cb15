//! One line of a log: header, body, what is withheld (`domain::log`).

use rustine_domain::json;
use rustine_domain::log::line::write;
use rustine_domain::log::{Chain, Header, Line, Redactions, apply};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A header that is accepted hashes the same when it is read again, and its signature covers every member.
pub fn run(data: &[u8]) {
    let Ok(line) = Line::parse(data) else {
        return;
    };
    let header = &line.header;
    same(
        header,
        &Header::parse(&header.to_json()).expect("its own text"),
    );
    hashes_as_written(header);
    let body = line.read_body();
    if let Ok(Some(body)) = &body {
        let again = rustine_domain::log::Body::parse(&body.to_json(), &header.kind);
        assert_eq!(again.as_ref(), Ok(body), "a body changes on its way");
        assert_eq!(
            json::canonical(&body.to_json()),
            body.to_text().into_bytes()
        );
    }
    let text = line
        .body
        .as_ref()
        .map(|body| String::from_utf8(json::canonical(body)).expect("JSON"));
    let written = write(header.text(), text.as_deref(), &line.withheld);
    let again = Line::parse(written.as_bytes()).expect("our own line");
    same(header, &again.header);
    assert_eq!((&again.body, &again.withheld), (&line.body, &line.withheld));
    if header.verify().is_ok() {
        signature_covers(header);
    }
    if Chain::genesis(header).is_ok()
        && let Ok(Some(mut body)) = body
    {
        let before = body.clone();
        let mut rows = super::log::Table::default();
        if let Ok(applied) = apply(header, &mut body, &mut rows, &Redactions::new()) {
            assert!(applied.changes.is_empty(), "a genesis has no rows");
            assert_eq!(body.ops, before.ops);
        }
    }
}

fn same(one: &Header, other: &Header) {
    assert_eq!(one, other);
    assert_eq!(one.hash(), other.hash());
}

/// The entry hash, computed apart from `domain`: a zero byte and RFC 8785 of all but the proof.
fn hashes_as_written(header: &Header) {
    let mut value: Value = serde_json::from_str(header.text()).expect("JSON");
    value.as_object_mut().expect("an object").remove("proof");
    let unsigned = serde_json_canonicalizer::to_vec(&value).expect("a JSON value");
    let hash = Sha256::new()
        .chain_update([0])
        .chain_update(unsigned)
        .finalize();
    assert_eq!(header.hash().0[..], hash[..]);
}

/// Whatever member is dropped or changed, the signature no longer holds.
fn signature_covers(header: &Header) {
    let value = header.to_json();
    let members = value.as_object().expect("an object").keys();
    for member in members.filter(|member| *member != "proof") {
        for change in [Value::Null, Value::from("x"), Value::from(7)] {
            let mut forged = value.clone();
            if forged[member] == change {
                continue;
            }
            forged[member] = change;
            let held = Header::parse(&forged).is_ok_and(|forged| forged.verify().is_ok());
            assert!(!held, "{member} is not signed");
        }
    }
}
