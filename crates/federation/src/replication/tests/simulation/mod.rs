//! One origin and four copies over a made-up network, on virtual time: whatever the network loses, doubles,
//! reorders or invents, the copies come to the origin's state (`protocol.md` §3.6).
//!
//! What runs is the replication of the node itself: its tasks, its machine, and the transaction that applies an
//! entry, on a temporary database for each copy. Only the network, the clocks and the origin's pen are made up.
//! Every seed is a scenario of its own: the same seed draws the same plan and the same log. What the network
//! loses may differ, because databases answer on threads of their own.

#[cfg(feature = "sabotage")]
mod control;
mod lies;
mod network;
mod plan;
mod run;

use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

use run::Outcome;

/// Seeds played where nobody asks for the whole.
const SAMPLE: u64 = 50;
/// Seeds of the whole form (`tests/run --full`).
const WHOLE: u64 = 1000;

fn seeds() -> u64 {
    let full = std::env::var("RUSTINE_TEST_FULL").is_ok_and(|word| word == "1");
    if full { WHOLE } else { SAMPLE }
}

/// Plays one seed after the other until there is none left; each with its plan, where it goes wrong.
fn play_up_to(next: &AtomicU64, last: u64) -> Vec<(u64, thread::Result<Outcome>)> {
    let mut played = Vec::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= last {
            return played;
        }
        let outcome = panic::catch_unwind(|| run::play(seed));
        if outcome.as_ref().map_or(true, |it| !it.diverged.is_empty()) {
            eprintln!("seed {seed}: {:?}", plan::Plan::draw(seed));
        }
        played.push((seed, outcome));
    }
}

#[test]
fn copies_converge_whatever_the_network_does() {
    if let Ok(seed) = std::env::var("RUSTINE_TEST_SEED") {
        let seed = seed.parse().expect("RUSTINE_TEST_SEED is a number");
        let outcome = run::play(seed);
        assert!(outcome.diverged.is_empty(), "{:?}", outcome.diverged);
        return;
    }
    let (next, last) = (AtomicU64::new(0), seeds());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let played: Vec<(u64, thread::Result<Outcome>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| scope.spawn(|| play_up_to(&next, last)))
            .collect();
        let workers = workers.into_iter();
        workers
            .flat_map(|worker| worker.join().expect("whoever plays catches panics"))
            .collect()
    });
    // One run tells about all seeds that went wrong, not about the first.
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    for (seed, outcome) in played {
        match outcome {
            Ok(outcome) if outcome.diverged.is_empty() => outcomes.push(outcome),
            Ok(outcome) => wrong.push(format!("seed {seed}: {:?}", outcome.diverged)),
            Err(_) => wrong.push(format!("seed {seed}: see its panic above")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {last} seeds; RUSTINE_TEST_SEED plays one alone\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let sum = |count: fn(&Outcome) -> u64| outcomes.iter().map(count).sum::<u64>();
    let (forks, lies) = (sum(|it| it.misled.len() as u64), sum(|it| it.lies_told));
    eprintln!(
        "{last} seeds x 5 nodes: {} entries signed, {} requests ({} lost), {} pushes, {forks} copies saw a fork, \
         {lies} lies told, {} restarts; 0 diverged",
        sum(|it| it.entries),
        sum(|it| it.requests),
        sum(|it| it.lost),
        sum(|it| it.pushes),
        sum(|it| it.restarts),
    );
    assert!(
        forks > 0 && lies > 0,
        "a run without a fork or a lie proves nothing"
    );
}
