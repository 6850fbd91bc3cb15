//! A dataset moved with its recovery key, and its former origin, or whoever has its former log key, signs on.

use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::Line;
use rustine_domain::proof;
use serde_json::{Value, json};

use super::super::apply::{ApplyError, Outcome};
use super::super::choose::forks;
use super::super::rival::{Rival, judge_branch};
use super::{ADDRESS, URL, World};
use crate::testing::{Origin, row};

const NEW_URL: &str = "http://c.localhost:3/datasets/lieux";

/// The log as it goes on at its new home, and as its former origin goes on with it from the same entry.
fn parted(world: &World) -> (Origin, Origin) {
    let (mut moved, mut stayed) = (world.origin.clone(), world.origin.clone());
    let next = commitment_of(&LogKey::from_seed([81; 32]).multikey());
    moved.moves_to(NEW_URL, &LogKey::from_seed([80; 32]), next);
    moved.set(row(1), "nom", "Mairie");
    for value in ["Ancienne adresse", "Encore l’ancienne"] {
        stayed.set(row(1), "nom", value);
    }
    (moved, stayed)
}

#[test]
fn an_origin_that_signs_on_past_a_move_is_refused() {
    let world = World::new();
    let (moved, stayed) = parted(&world);
    world.follow(&moved);
    for seq in 3..5 {
        let taken = world.take(&stayed.line(seq));
        assert!(
            matches!(taken, Ok(Outcome::Evidence) | Err(ApplyError::Refused(_))),
            "{taken:?}"
        );
    }
    world.is_at(&moved);
    let held = world.node.record(ADDRESS);
    assert_eq!(
        (held.url.as_str(), held.status.as_str()),
        (NEW_URL, "published")
    );
    // What it signed is kept, and an operator sees it.
    let kept = forks(&world.node.app, &ADDRESS.parse().unwrap()).unwrap();
    let kept: Vec<_> = kept.iter().map(|(fork, _)| fork.entry).collect();
    assert!(kept.contains(&stayed.header(3).hash()), "{kept:?}");
}

#[test]
fn what_an_origin_signed_past_a_move_goes_once_the_move_is_heard_of() {
    let world = World::new();
    let (moved, stayed) = parted(&world);
    world.follow(&stayed);
    world.is_at(&stayed);
    let branch = [moved.header(3)];
    let judged = judge_branch(&world.node.app, world.dataset, "c.localhost:3", &branch);
    assert_eq!(judged.unwrap(), Rival::Displaced);
    world.follow(&moved);
    world.is_at(&moved);
    assert_eq!(world.node.record(ADDRESS).url, NEW_URL);
    let kept = forks(&world.node.app, &ADDRESS.parse().unwrap()).unwrap();
    assert!(!kept.is_empty(), "it stays as evidence");
}

/// The last entry of a log, as it would be with another signer and under another address.
fn signed_by(log: &Origin, key: &LogKey, address: &str) -> Line {
    let line = log.line(log.lines.len() - 1);
    let Value::Object(mut header) = line.header.to_json() else {
        panic!("a header is an object");
    };
    header.insert("attributedTo".to_owned(), json!(address));
    let id = format!("{address}/log/{}", line.header.seq);
    header.insert("id".to_owned(), json!(id));
    let method = format!("{address}#ed25519-{}", key.multikey());
    proof::sign(&mut header, key, &method, line.header.time);
    let text = json!({"header": header, "body": line.body}).to_string();
    Line::parse(text.as_bytes()).unwrap()
}

#[test]
fn the_former_log_key_signs_nothing_on_top_of_the_move() {
    let world = World::new();
    let (moved, stayed) = parted(&world);
    world.follow(&moved);
    let mut next = moved.clone();
    next.set(row(1), "nom", "Gare");
    for address in [NEW_URL, URL] {
        let refused = world.take(&signed_by(&next, &stayed.key, address));
        assert!(
            matches!(refused, Err(ApplyError::Refused(_))),
            "{address}: {refused:?}"
        );
    }
    world.is_at(&moved);
    // The same entry, signed by the key that the move named, is taken.
    let taken = world.take(&signed_by(&next, &moved.key, NEW_URL)).unwrap();
    assert!(matches!(taken, Outcome::Applied { .. }), "{taken:?}");
}
