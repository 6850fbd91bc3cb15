//! Runs the targets over their kept corpus and seeded mutations of it: `replay [--seconds N] [--seed N] [TARGET…]`.
//!
//! Exit 0: nothing was found; 1: a target panicked, the bytes are in `artifacts/TARGET`; 2: wrong usage. What is run is
//! the same for the same seed, but for where the seconds end.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustine_fuzz::mutate::{Numbers, mutate};
use rustine_fuzz::targets::{ALL, Target};

struct Asked {
    seconds: u64,
    seed: u64,
    targets: Vec<Target>,
}

fn main() -> ExitCode {
    let Some(asked) = read_words(std::env::args().skip(1)) else {
        eprintln!("replay [--seconds N] [--seed N] [TARGET…]");
        return ExitCode::from(2);
    };
    let mut bad = !finds_a_planted_panic();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in &asked.targets {
        bad |= !replay(home, *target, &asked);
    }
    ExitCode::from(u8::from(bad))
}

fn read_words(mut words: impl Iterator<Item = String>) -> Option<Asked> {
    let mut asked = Asked {
        seconds: 2,
        seed: 1,
        targets: Vec::new(),
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => asked.seconds = words.next()?.parse().ok()?,
            "--seed" => asked.seed = words.next()?.parse().ok()?,
            name => asked
                .targets
                .push(*ALL.iter().find(|(own, _)| *own == name)?),
        }
    }
    if asked.targets.is_empty() {
        asked.targets = ALL.to_vec();
    }
    Some(asked)
}

/// The kept files first, then mutations of them until the seconds are over. False where something was found.
fn replay(home: &Path, (name, run): Target, asked: &Asked) -> bool {
    let seeds = corpus(&home.join("corpus").join(name));
    if seeds.is_empty() {
        println!("FAILED: {name}: corpus/{name} is empty");
        return false;
    }
    let fault = seeds.iter().find(|seed| !survives(run, seed)).cloned();
    let (fault, mutations) = match fault {
        Some(fault) => (Some(fault), 0),
        None => mutations(run, &seeds, asked),
    };
    let Some(fault) = fault else {
        println!(
            "ok: {name}: {} files, {mutations} mutations (seed {})",
            seeds.len(),
            asked.seed
        );
        return true;
    };
    let kept = keep(home, name, &fault);
    println!("FAILED: {name}: see {}", kept.display());
    false
}

fn mutations(run: fn(&[u8]), seeds: &[Vec<u8>], asked: &Asked) -> (Option<Vec<u8>>, u64) {
    let mut numbers = Numbers::new(asked.seed);
    let end = Instant::now() + Duration::from_secs(asked.seconds);
    let mut done = 0;
    while Instant::now() < end {
        let seed = &seeds[numbers.below(seeds.len())];
        let other = &seeds[numbers.below(seeds.len())];
        let bytes = mutate(seed, other, &mut numbers);
        if !survives(run, &bytes) {
            return (Some(bytes), done);
        }
        done += 1;
    }
    (None, done)
}

fn survives(run: fn(&[u8]), bytes: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| run(bytes))).is_ok()
}

/// The control: a fault two changes away from its seed is found, or a green run would mean nothing.
fn finds_a_planted_panic() -> bool {
    fn planted(bytes: &[u8]) {
        assert!(bytes.len() < 4 || !bytes.starts_with(b"ab{"), "planted");
    }
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut numbers = Numbers::new(7);
    let found = (0..1_000_000).any(|_| !survives(planted, &mutate(b"abcd", b"{x", &mut numbers)));
    std::panic::set_hook(quiet);
    let word = if found { "ok" } else { "FAILED" };
    println!("{word}: a planted panic is found");
    found
}

fn corpus(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

/// Keeps the bytes under the name of their contents' hash.
fn keep(home: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    use sha2::{Digest as _, Sha256};
    let folder = home.join("artifacts").join(name);
    let hash: String = Sha256::digest(bytes)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let path = folder.join(format!("replay-{hash}"));
    if let Err(problem) = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, bytes)) {
        eprintln!("{}: {problem}", path.display());
    }
    path
}
