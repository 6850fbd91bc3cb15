//! The attack suite: each attack as real requests of a hostile peer beside its honest twin (`docs/checks.md`).
//!
//! The fortress is the binary that people get; the breach is the same code with a switch for each check
//! (decision 0016). A forgery counts only if the check it names is the one that refuses it: the fortress names
//! that check and stays unchanged, the honest twin is accepted, and with that check off the breach lets it in.

mod actors;
mod alone;
mod bombs;
mod decisions;
mod effects;
mod flags;
mod floods;
mod forgery;
mod grants;
mod letter;
mod log_bodies;
mod log_headers;
mod logs;
mod moderators;
mod modlogs;
mod offer_values;
mod offers;
mod queue_lines;
mod queues;
mod reviews;
mod shapes;
mod signatures;
mod ssrf;
mod stories;
mod traps;
mod votes;
mod world;

use std::collections::BTreeSet;

use forgery::Forgery;
use rustine_domain::checks::Check;
use world::World;

/// Every forgery, in the order in which a request meets the checks.
fn forgeries() -> Vec<Forgery> {
    [
        shapes::table(),
        signatures::table(),
        actors::table(),
        effects::table(),
        offers::table(),
        decisions::table(),
        reviews::table(),
        grants::table(),
        flags::table(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_check_with_a_switch_has_a_forgery() {
    let named: BTreeSet<Check> = forgeries()
        .iter()
        .flat_map(Forgery::checks)
        .chain(logs::table().iter().flat_map(logs::Entry::checks))
        .chain([floods::CHECK])
        .chain(stories::checks())
        .collect();
    let missing: Vec<&str> = Check::ALL
        .iter()
        .filter(|check| !Check::UNSWITCHED.contains(check))
        .filter(|check| !named.contains(check))
        .map(|check| check.name())
        .collect();
    assert!(missing.is_empty(), "no forgery names {missing:?}");
    let mut names: Vec<&str> = forgeries().iter().map(|forgery| forgery.name).collect();
    names.extend(logs::table().iter().map(|entry| entry.name));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two forgeries have one name");
    assert!(count >= 150, "{count} forgeries");
    let checks = Check::ALL.len();
    let switched = checks - Check::UNSWITCHED.len();
    let stories = stories::all().len();
    eprintln!("{count} forgeries and {stories} stories, {switched} switches, {checks} checks");
}

/// The release has no trace of the switches: neither the variable nor the sentence of the other binary.
#[test]
fn the_binary_under_test_knows_no_switch() {
    let Some((honest, sabotaged)) = world::binaries() else {
        return;
    };
    let holds = |path: &std::path::Path| {
        let bytes = std::fs::read(path).expect("the binary can be read");
        bytes
            .windows(world::VARIABLE.len())
            .any(|window| window == world::VARIABLE.as_bytes())
    };
    assert!(!holds(&honest), "the binary under test can be sabotaged");
    assert!(
        holds(&sabotaged),
        "the search finds nothing where there is something"
    );
}

/// Runs one forgery; a panic counts against it alone, so that one run tells about all.
fn tried(forgery: &Forgery, world: &World) -> Vec<String> {
    let run = std::panic::AssertUnwindSafe(|| forgery.run(world));
    let Ok(wrong) = std::panic::catch_unwind(run) else {
        world.heal();
        return vec![format!(
            "{} ({}): see the panic above",
            forgery.name, forgery.attack
        )];
    };
    wrong
}

#[test]
fn every_forgery_is_refused_by_the_check_it_names_and_by_nothing_else() {
    let Some((honest, sabotaged)) = world::binaries() else {
        return;
    };
    let only = std::env::var("RUSTINE_TEST_FORGERY").unwrap_or_default();
    let world = World::start(&honest, &sabotaged);
    let mut wrong: Vec<String> = forgeries()
        .iter()
        .filter(|forgery| forgery.name.contains(&only))
        .flat_map(|forgery| tried(forgery, &world))
        .collect();
    wrong.extend(logs::run(&world, &only));
    wrong.extend(stories::run(&world, &only));
    if "a flood".contains(&only) {
        wrong.extend(floods::run(&world));
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
}
