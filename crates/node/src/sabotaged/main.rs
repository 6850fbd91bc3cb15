//! `rustine-sabotaged`: the node with a switch for each check, for the attack suite and for nothing else
//! (`docs/decisions/0016`).
//!
//! The file that `RUSTINE_SABOTAGE` names holds the names of the checks that are off, separated by white space.
//! It is read anew each time that a check is asked for, so one running node serves a whole suite. The word
//! `durable-commits`, looked for once at the start, makes commits that a power cut takes away (`docs/decisions/0020`).

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use rustine_domain::checks::{Check, switch};

static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();

fn main() -> ExitCode {
    let file = FILE.get_or_init(|| std::env::var_os("RUSTINE_SABOTAGE").map(PathBuf::from));
    if file.is_none() {
        eprintln!("rustine-sabotaged: a test binary; RUSTINE_SABOTAGE names no file");
        return ExitCode::from(2);
    }
    switch::hand_in(stands);
    if is_off("durable-commits") {
        rustine_store::sabotage::commit_lazily();
    }
    rustine_node::run()
}

fn stands(check: Check) -> bool {
    !is_off(check.name())
}

fn is_off(name: &str) -> bool {
    let Some(Some(file)) = FILE.get() else {
        return false;
    };
    let off = std::fs::read_to_string(file).unwrap_or_default();
    off.split_whitespace().any(|word| word == name)
}
