//! Small things that grow: packed, deep, wide, long and endless documents, in what is posted and in what is fetched
//! (attacks F16, F17, F18, F21). Each is cut with an answer, and the node's memory stays within bounds.

use std::time::Instant;

use rustine_testkit::hostile::Document;
use rustine_testkit::process::peak_memory_kib;
use serde_json::json;

use crate::alone::{Alone, alone};
use crate::letter::Letter;

/// How much the largest resident size may grow over all bombs together.
const MOST_KIB: u64 = 256 * 1024;
/// No bomb may hold a request for longer; a machine under load gets far more than the two seconds of the product.
const MOST_SECONDS: u64 = 40;
/// Above the mebibyte that an inbox takes.
const MEBIBYTE: usize = 1 << 20;

/// A bomb in a body that is posted: its name, and the text that stands in the place of the activity.
type Posted = (&'static str, fn(&str) -> Vec<u8>);

/// Puts members before the others of an activity.
fn with(activity: &str, member: &str) -> Vec<u8> {
    activity
        .replacen('{', &format!("{{{member},"), 1)
        .into_bytes()
}

const POSTED: [Posted; 26] = [
    ("arrays 200,000 deep", |a| {
        with(a, &format!("\"x\":{}", "[".repeat(200_000)))
    }),
    ("arrays 200,000 deep and closed", |a| {
        with(
            a,
            &format!("\"x\":{}{}", "[".repeat(200_000), "]".repeat(200_000)),
        )
    }),
    ("objects 100,000 deep", |a| {
        with(a, &format!("\"x\":{}", "{\"a\":".repeat(100_000)))
    }),
    ("objects and arrays in turn", |a| {
        with(a, &format!("\"x\":{}", "[{\"a\":".repeat(80_000)))
    }),
    ("an array of 400,000 numbers", |a| {
        with(a, &format!("\"x\":[{}0]", "0,".repeat(400_000)))
    }),
    ("an array of 200,000 arrays", |a| {
        with(a, &format!("\"x\":[{}[]]", "[],".repeat(200_000)))
    }),
    ("an array of 200,000 objects", |a| {
        with(a, &format!("\"x\":[{}{{}}]", "{},".repeat(200_000)))
    }),
    ("100,000 keys", |a| {
        let keys: Vec<String> = (0..70_000).map(|at| format!("\"k{at}\":0")).collect();
        with(a, &keys.join(","))
    }),
    ("one key 80,000 times", |a| {
        with(a, &vec!["\"k\":0"; 80_000].join(","))
    }),
    ("a key of 900 kilobytes", |a| {
        with(a, &format!("\"{}\":0", "k".repeat(900_000)))
    }),
    ("a text of 900 kilobytes", |a| {
        with(a, &format!("\"x\":\"{}\"", "x".repeat(900_000)))
    }),
    ("150,000 escapes", |a| {
        with(a, &format!("\"x\":\"{}\"", "\\u0041".repeat(150_000)))
    }),
    ("a number of 900,000 digits", |a| {
        with(a, &format!("\"x\":{}", "9".repeat(900_000)))
    }),
    ("a fraction of 900,000 digits", |a| {
        with(a, &format!("\"x\":0.{}", "1".repeat(900_000)))
    }),
    ("a number beyond all bounds", |a| {
        with(a, "\"x\":1e999999999")
    }),
    ("30,000 recipients", |a| {
        with(
            a,
            &format!("\"to\":[{}\"\"]", "\"https://a.test/b\",".repeat(30_000)),
        )
    }),
    ("60,000 contexts", |a| {
        let rest = a.replacen("\"@context\"", "\"context\"", 1);
        with(
            &rest,
            &format!("\"@context\":[{}\"\"]", "\"a\",".repeat(60_000)),
        )
    }),
    ("a list of 100,000 attributions", |a| {
        with(a, &format!("\"attributedTo\":[{}1]", "1,".repeat(100_000)))
    }),
    ("900 kilobytes of blanks", |a| {
        format!("{}{a}", " ".repeat(900_000)).into_bytes()
    }),
    ("two mebibytes", |a| {
        with(a, &format!("\"x\":\"{}\"", "x".repeat(2 * MEBIBYTE)))
    }),
    ("eight mebibytes", |a| {
        with(a, &format!("\"x\":\"{}\"", "x".repeat(8 * MEBIBYTE)))
    }),
    ("bytes that are no text", |_| vec![0xff; 900_000]),
    ("zero bytes", |_| vec![0; 900_000]),
    ("lone surrogates", |a| {
        with(a, &format!("\"x\":\"{}\"", "\\ud800".repeat(150_000)))
    }),
    ("quotation marks only", |_| vec![b'"'; 900_000]),
    ("open braces only", |_| vec![b'{'; 900_000]),
];

/// A bomb in how a request is framed.
type Framed = (&'static str, fn(&mut Letter));

const FRAMED: [Framed; 7] = [
    ("ten gigabytes announced", |letter| {
        letter.add("Content-Length", "10000000000")
    }),
    ("more than a number announced", |letter| {
        letter.add("Content-Length", "99999999999999999999999");
    }),
    ("three mebibytes in chunks", |letter| {
        letter.add("Transfer-Encoding", "chunked");
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(48);
        letter.body = format!("{chunk}0\r\n\r\n").into_bytes();
    }),
    ("a chunk of more bytes than there are numbers", |letter| {
        letter.add("Transfer-Encoding", "chunked");
        letter.body = b"fffffffffffffffff\r\nx\r\n".to_vec();
    }),
    ("a signature of 60,000 bytes", |letter| {
        letter.add("Signature", &format!("x=\"{}\"", "y".repeat(60_000)));
    }),
    ("a list of 20,000 signed headers", |letter| {
        let list = "date ".repeat(4_000);
        letter.add("Signature", &format!("headers=\"{list}\""));
    }),
    ("a thousand headers", |letter| {
        for at in 0..1000 {
            letter.add(&format!("X-{at}"), "x");
        }
    }),
];

/// A bomb in a document that the node fetches.
type Fetched = (&'static str, fn(&str) -> Document);

const JSON: &str = "application/activity+json";

const FETCHED: [Fetched; 14] = [
    ("64 MiB of zeros, packed", |_| {
        Document::of(JSON, vec![b'0'; 64 * MEBIBYTE]).packed()
    }),
    ("64 MiB of blanks, packed", |_| {
        Document::of(JSON, vec![b' '; 64 * MEBIBYTE]).packed()
    }),
    ("a million open arrays, packed", |_| {
        Document::of(JSON, vec![b'['; 4 * MEBIBYTE]).packed()
    }),
    ("64 MiB as they are", |_| {
        Document::of(JSON, vec![b'0'; 64 * MEBIBYTE])
    }),
    ("zeros without end", |_| {
        Document::of(JSON, vec![b'0'; 65_536]).without_end()
    }),
    ("blanks without end", |_| {
        Document::of(JSON, vec![b' '; 65_536]).without_end()
    }),
    ("packed without end", |_| {
        Document::of(JSON, vec![b'0'; MEBIBYTE])
            .packed()
            .without_end()
    }),
    ("arrays 200,000 deep", |_| {
        Document::of(JSON, vec![b'['; 200_000])
    }),
    ("objects 80,000 deep", |_| {
        Document::of(JSON, "{\"a\":".repeat(80_000))
    }),
    ("packed twice", |_| {
        Document::of(JSON, vec![b'0'; 16 * MEBIBYTE])
            .packed()
            .packed()
    }),
    ("said to be packed, and is not", |_| {
        Document::of(JSON, vec![b'0'; 4096]).with("Content-Encoding", "gzip")
    }),
    ("a header of 200 kilobytes", |_| {
        Document::of(JSON, "{}").with("X-Long", &"x".repeat(200_000))
    }),
    ("a redirect to itself", Document::redirect),
    ("a million keys", |_| {
        let keys: Vec<String> = (0..40_000).map(|at| format!("\"k{at}\":0")).collect();
        Document::of(JSON, format!("{{{}}}", keys.join(",")))
    }),
];

/// Sends a bomb; what came of it, in words, where it was not cut. Says how long it took.
fn thrown(alone: &Alone, at: usize, name: &str, bytes: &[u8]) -> Option<String> {
    let started = Instant::now();
    let answer = alone.post(at, bytes);
    let seconds = started.elapsed().as_secs();
    eprintln!(
        "bomb: {name}: {} in {} ms",
        answer.status,
        started.elapsed().as_millis()
    );
    // Some bombs are only dull: what is well-formed and small enough may be taken.
    let cut = answer.status == 0 || answer.status == 202 || (400..500).contains(&answer.status);
    (!cut || seconds >= MOST_SECONDS)
        .then(|| format!("{name}: {} after {seconds} s", answer.status))
}

#[test]
fn every_bomb_is_cut_and_the_node_stays_small() {
    let Some(binary) = rustine_testkit::binary() else {
        return;
    };
    let alone = alone(&binary, 1 + FETCHED.len());
    let pid = alone.node.pid().expect("the node runs");
    let who = alone.person(0, "bomber", |_| {});
    alone.send(0, &alone.follow(&who));
    let before = peak_memory_kib(pid).expect("the system tells sizes");
    let mut wrong = Vec::new();
    for (at, (name, body)) in POSTED.iter().enumerate() {
        let mut draft = alone.follow(&who);
        draft.body = Some(body(&draft.activity.to_string()));
        wrong.extend(thrown(&alone, at, name, &draft.seal().bytes()));
    }
    for (at, (name, frame)) in FRAMED.iter().enumerate() {
        let mut letter = alone.follow(&who).seal();
        frame(&mut letter);
        wrong.extend(thrown(&alone, at, name, &letter.bytes()));
    }
    for (at, (name, document)) in FETCHED.iter().enumerate() {
        let id = format!("https://s{}.test/users/bomb", at + 1);
        alone.hostile.put(&id, document(&id));
        let draft = alone.draft(&id, "Follow", &json!("https://alone.test/datasets/lieux"));
        wrong.extend(thrown(&alone, at, name, &draft.seal().bytes()));
    }
    let after = peak_memory_kib(pid).expect("the node still runs");
    let grown = after.saturating_sub(before);
    eprintln!("bombs: the node grew by {grown} KiB at most");
    assert!(wrong.is_empty(), "not cut:\n{}", wrong.join("\n"));
    assert!(grown < MOST_KIB, "grown by {grown} KiB");
    assert!(
        !alone.node.log().contains("panicked"),
        "something fell over"
    );
    assert_eq!(alone.node.get("/readyz").status, 200);
}
