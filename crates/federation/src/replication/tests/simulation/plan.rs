//! What happens in one scenario, drawn from its seed.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::lies::Lie;

/// Copies beside the origin.
pub const COPIES: usize = 4;

/// A scenario.
#[derive(Debug)]
pub struct Plan {
    /// Rounds of the origin's pen.
    pub rounds: u32,
    /// Share of requests and pushes that are lost.
    pub loss: f64,
    /// Share of pushes that come twice.
    pub doubled: f64,
    /// How far each copy's clock stands off, in seconds.
    pub clocks: [i64; COPIES],
    /// A copy that serves what it does not hold, and how.
    pub liar: Option<(usize, Lie)>,
    /// A part of the copies that sees nobody else for a while.
    pub partition: Option<Partition>,
    /// Rounds in which the origin does not answer.
    pub silent: Vec<u32>,
    /// The round in which the origin hands over to its next key.
    pub rotation: Option<u32>,
    /// The origin's key signs twice.
    pub fork: Option<Fork>,
    /// A copy stops and starts again after each of these rounds.
    pub restarts: Vec<(u32, usize)>,
}

/// Copies that are cut off.
#[derive(Debug)]
pub struct Partition {
    /// From this round on.
    pub from: u32,
    /// Up to this one.
    pub until: u32,
    /// True where each of its rounds takes a day.
    pub long: bool,
    /// Which copies.
    pub cut: [bool; COPIES],
}

/// Two histories under one key.
#[derive(Debug)]
pub struct Fork {
    /// From this round on.
    pub from: u32,
    /// Rounds until the other history is seen no more.
    pub rounds: u32,
    /// Who sees the other one.
    pub misled: [bool; COPIES],
}

impl Plan {
    /// The scenario of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let long = seed.is_multiple_of(10);
        let rounds = if long { 45 } else { rng.gen_range(12..30) };
        let from = rng.gen_range(2..rounds / 3);
        let until = if long {
            from + 30
        } else {
            from + rng.gen_range(3..rounds / 2)
        };
        let partition = (long || rng.gen_bool(0.5)).then(|| Partition {
            from,
            until,
            long,
            cut: some_of(&mut rng),
        });
        let fork = (seed % 4 == 1).then(|| Fork {
            from: rng.gen_range(3..rounds / 2),
            rounds: rng.gen_range(2..5),
            misled: some_of(&mut rng),
        });
        let liar = (seed % 3 == 2).then(|| (rng.gen_range(0..COPIES), Lie::draw(&mut rng)));
        // What a fork needs for its end is its own rotation.
        let rotation = (fork.is_none() && rng.gen_bool(0.3)).then(|| rng.gen_range(1..rounds));
        Self {
            rounds,
            loss: rng.gen_range(0.0..0.3),
            doubled: rng.gen_range(0.0..0.3),
            clocks: std::array::from_fn(|_| rng.gen_range(-7200..=7200)),
            liar,
            partition,
            silent: (0..rounds).filter(|_| rng.gen_bool(0.25)).collect(),
            rotation,
            fork,
            restarts: (0..rounds)
                .map(|round| (round, rng.gen_range(0..10 * COPIES)))
                .filter(|(_, copy)| *copy < COPIES)
                .collect(),
        }
    }
}

/// At least one of the copies and never all of them.
fn some_of(rng: &mut StdRng) -> [bool; COPIES] {
    let mut chosen: [bool; COPIES] = std::array::from_fn(|_| rng.gen_bool(0.4));
    let first = rng.gen_range(0..COPIES);
    chosen[first] = true;
    chosen[(first + 1) % COPIES] = false;
    chosen
}
