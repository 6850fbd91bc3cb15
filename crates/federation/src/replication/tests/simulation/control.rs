//! The control: one copy judges forks by swapped rules, and the simulation must notice. A run that finds nothing
//! proves something only because this one does.

use rustine_domain::log::SettlementRules;

use super::plan::Plan;
use super::run::{Outcome, play_with};

/// Seeds in which the origin's key signs two histories.
const SEEDS: [u64; 4] = [1, 9, 13, 21];

/// Plays a seed in which `copy` has the swapped rules.
fn play_swapped(seed: u64, copy: usize) -> Outcome {
    play_with(seed, |number, app| {
        if number == copy {
            app.settlement = SettlementRules::swapped();
        }
    })
}

#[test]
fn a_copy_that_judges_forks_by_swapped_rules_diverges_and_is_found() {
    for seed in SEEDS {
        let plan = Plan::draw(seed);
        let fork = plan.fork.expect("such a seed has a fork");
        let misled = |copy: &usize| fork.misled[*copy];
        let copy = (0..fork.misled.len())
            .find(misled)
            .expect("a fork misleads somebody");
        let outcome = play_swapped(seed, copy);
        // What the network loses may keep the other history from it; then it has nothing to judge.
        if outcome.misled.contains(&copy) {
            let diverged: Vec<usize> = outcome.diverged.iter().map(|(copy, _)| *copy).collect();
            assert_eq!(diverged, [copy], "seed {seed}: {:?}", outcome.diverged);
            return;
        }
    }
    panic!("no copy held another history: the control proves nothing");
}
