//! What the black-box tests stand on: real nodes in temporary folders, a client that finds them, and people
//! and servers for them to talk to.
//!
//! Only ever a dev-dependency. Nothing here reaches beyond loopback, every wait has an end, and a process is
//! only ended by the handle of the one who started it. The interface is synchronous, so that a test reads
//! like the story it tells. Start reading at [`node::Node`].

pub mod balancer;
pub mod command;
pub mod database;
pub mod faults;
pub mod hostile;
pub mod http;
pub mod inspect;
pub mod node;
pub mod places;
pub mod port;
pub mod process;
mod settings;
pub mod shared;
pub mod slow;
pub mod smtp;
pub mod stranger;
pub mod table;
pub mod tls;
pub mod wait;

use std::io::Write as _;
use std::path::PathBuf;

pub use smtp::SmtpSink;

/// The release binary under test, or `None` after saying that the test is skipped.
#[must_use]
pub fn binary() -> Option<PathBuf> {
    named("RUSTINE_BIN")
}

/// The binary with a switch for each check (`RUSTINE_SABOTAGED_BIN`); says that the test is skipped where there is none.
///
/// # Panics
/// When the variable names something else than a file.
#[must_use]
pub fn sabotaged_binary() -> Option<PathBuf> {
    named("RUSTINE_SABOTAGED_BIN")
}

fn named(variable: &str) -> Option<PathBuf> {
    let Some(path) = std::env::var_os(variable).map(PathBuf::from) else {
        skipped(&format!("{variable} is not set"));
        return None;
    };
    let is_file = path.is_file();
    assert!(is_file, "{variable} names {}, no file", path.display());
    Some(path)
}

/// Whether the whole form of a test was asked for, where it otherwise samples (`tests/run --full`).
#[must_use]
pub fn full() -> bool {
    std::env::var_os("RUSTINE_TEST_FULL").is_some_and(|value| value == "1")
}

/// Says in words that the calling test did not run. The line goes past the test harness, which would hide
/// what a passing test prints; `tests/run` counts these lines.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // A test that cannot even speak has nothing better to do than to go on.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}
