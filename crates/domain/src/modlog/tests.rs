//! Lines read back as they were written, and nobody tells the past otherwise.

use super::*;

fn line(n: u64, prev: Option<Hash>) -> Line {
    Line {
        dataset: "https://a.example/datasets/lieux".into(),
        uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371"
            .parse()
            .unwrap(),
        n,
        prev,
        time: Timestamp::from_seconds(1_790_000_000).unwrap(),
        action: "accepted".into(),
        role: "write".into(),
        instance: "b.example".parse().unwrap(),
        reason: Some("quorum".into()),
        about: None,
        target: Some("c.example".parse().unwrap()),
        count: Some(2),
        policy: Some(Hash([7; 32])),
        entry: Some((9, Hash([8; 32]))),
    }
}

fn signed(line: &Line, seed: u8) -> (Map<String, Value>, Hash) {
    let key = LogKey::from_seed([seed; 32]);
    let (document, hash) = line.sign(&key, "https://a.example/actor");
    (document.as_object().unwrap().clone(), hash)
}

fn key(seed: u8) -> Multikey {
    LogKey::from_seed([seed; 32]).multikey()
}

fn check(tail: Tail, document: &Map<String, Value>) -> Result<(Line, Tail), LineProblem> {
    follow(tail, line(1, None).uid, document, &[key(2), key(1)])
}

#[test]
fn a_chain_of_signed_lines_reads_back_as_it_was_written() {
    let (first, hash) = signed(&line(1, None), 1);
    let (read, tail) = check(Tail::default(), &first).unwrap();
    assert_eq!(read, line(1, None));
    assert_eq!(
        tail,
        Tail {
            n: 1,
            hash: Some(hash)
        }
    );
    let (second, _) = signed(&line(2, Some(hash)), 2);
    assert_eq!(check(tail, &second).unwrap().1.n, 2);
}

#[test]
fn a_line_that_was_changed_signed_by_others_or_rewritten_is_refused() {
    let (mut changed, hash) = signed(&line(1, None), 1);
    changed.insert("action".into(), json!("refused"));
    let forged = Err(LineProblem::Proof(ProofProblem::Signature));
    assert_eq!(check(Tail::default(), &changed), forged);
    let (by_another, _) = signed(&line(1, None), 3);
    assert_eq!(check(Tail::default(), &by_another), forged);
    let held = Tail {
        n: 1,
        hash: Some(Hash([1; 32])),
    };
    let (second, _) = signed(&line(2, Some(hash)), 1);
    assert_eq!(check(held, &second), Err(LineProblem::Rewritten));
    let gap = LineProblem::Number {
        expected: 1,
        found: 2,
    };
    assert_eq!(check(Tail::default(), &second), Err(gap));
}

#[test]
fn nobody_is_quoted_in_a_line() {
    for member in ["action", "reason", "about"] {
        for text in ["Léa dit que non", "lea@b.example", &"a".repeat(41)] {
            let (mut document, _) = signed(&line(1, None), 1);
            document.insert(member.into(), json!(text));
            let refused = Line::parse(&document).unwrap_err();
            assert_eq!(refused, LineProblem::Member(member), "{text}");
        }
    }
    let (mut document, _) = signed(&line(1, None), 1);
    document.insert("target".into(), json!("Léa"));
    assert_eq!(Line::parse(&document), Err(LineProblem::Member("target")));
}

#[test]
fn words_of_later_versions_are_kept_and_other_datasets_are_not() {
    let later = Line {
        action: "translated".into(),
        ..line(1, None)
    };
    let (document, _) = signed(&later, 1);
    assert_eq!(check(Tail::default(), &document).unwrap().0, later);
    let elsewhere = DatasetUid(uuid::Uuid::from_u128(1 << 78));
    assert_eq!(
        follow(Tail::default(), elsewhere, &document, &[key(1)]),
        Err(LineProblem::Dataset)
    );
}
