//! What other software really sends, and noise: the gate answers, whatever comes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Letter, refused};
use crate::gate::{Outcome, Step};
use crate::signature::Fault;
use crate::signature::tests::fixtures::{Captured, read_json, shared};

/// Every document of the shared folder that other servers made: (file name, document).
fn documents() -> Vec<(String, Value)> {
    let Some(folder) = shared("fixtures/activitypub") else {
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let named = paths.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, read_json(path))
    });
    named.collect()
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Refuse(refusal) => refusal.step.name(),
        Outcome::Ignore202 { .. } => "ignored",
        Outcome::Accept(_) => "accepted",
    }
}

#[test]
fn documents_of_other_software_are_all_answered() {
    let documents = documents();
    if documents.is_empty() {
        return;
    }
    assert!(documents.len() >= 49, "{} documents", documents.len());
    // A dozen documents come from test servers without TLS; the second round puts it on.
    for (tls, accepted) in [(false, 13), (true, 25)] {
        let mut answers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, document) in &documents {
            let text = document.to_string();
            let document = match tls {
                true => serde_json::from_str(&text.replace("http://", "https://")).unwrap(),
                false => document.clone(),
            };
            let outcome = Letter::of(&document).judged();
            answers.entry(name(&outcome)).or_default().push(file);
        }
        for (answer, files) in &answers {
            println!("{answer}: {} {files:?}", files.len());
        }
        assert_eq!(answers["accepted"].len(), accepted, "{answers:?}");
        for odd in ["json", "duplicate-key", "depth", "keywords", "body-size"] {
            assert!(!answers.contains_key(odd), "{odd}: {:?}", answers[odd]);
        }
    }
}

#[test]
fn captured_requests_reach_the_checks_that_they_should() {
    for request in Captured::all().unwrap_or_default() {
        if request.method != "POST" {
            continue;
        }
        let letter = Letter {
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        // They come from a plain address, which no release build talks with.
        assert_eq!(refused(letter.judged()).step, Step::Url, "{}", request.name);
        // The same sender under a name: what is left to refuse is a signature that no longer fits, or is of
        // the other kind.
        let body = String::from_utf8(request.body.clone()).unwrap();
        let renamed = body.replace("http://127.0.0.1:8702", "https://b.example");
        let mut letter = Letter {
            headers: request.headers.clone(),
            body: renamed.into_bytes(),
        };
        let expected = if request.is_rfc9421() {
            Fault::Rfc9421
        } else {
            Fault::Host
        };
        assert_eq!(
            refused(letter.judged()).step,
            Step::Signature(expected),
            "{}",
            request.name
        );
        if !request.is_rfc9421() {
            letter.set("Host", "a.example");
            assert_eq!(
                refused(letter.judged()).step,
                Step::Signature(Fault::Digest)
            );
        }
    }
}

/// A small generator, so that a failure can be repeated.
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

#[test]
fn noise_in_body_and_headers_is_answered_and_never_accepted() {
    let mut noise = Noise(2026);
    let bases: Vec<Value> = documents()
        .into_iter()
        .map(|(_, d)| d)
        .chain([super::follow()])
        .collect();
    let mut accepted = 0;
    for base in &bases {
        let honest = Letter::of(base);
        for _ in 0..40 {
            let mut letter = Letter {
                headers: honest.headers.clone(),
                body: honest.body.clone(),
            };
            let at = noise.below(letter.body.len());
            match noise.below(4) {
                0 => letter.body.truncate(at),
                1 => letter.body[at] ^= 1 << noise.below(8),
                2 => letter
                    .body
                    .insert(at, u8::try_from(noise.below(256)).unwrap()),
                _ => {
                    let header = noise.below(letter.headers.len());
                    let text = &mut letter.headers[header].1;
                    let cut = (0..=noise.below(text.len()))
                        .rev()
                        .find(|cut| text.is_char_boundary(*cut));
                    text.truncate(cut.unwrap_or_default());
                    text.push(char::from(u8::try_from(noise.below(128)).unwrap()));
                }
            }
            if matches!(letter.judged(), Outcome::Accept(_)) {
                // Only a name nobody signs may change freely: the content type's parameters, or the
                // signature's own bytes, which are verified later.
                assert_eq!(letter.body, honest.body);
                accepted += 1;
            }
        }
    }
    println!(
        "{accepted} of {} changed requests differ only in what is verified later",
        bases.len() * 40
    );
}
