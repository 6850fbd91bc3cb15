//! Targets for the fuzzer: each takes any bytes and asserts what must hold of whatever a reader made of them.
//!
//! The same functions run under libFuzzer (`fuzz_targets`, nightly) and in the replay of the kept corpus with seeded
//! mutations (`src/bin/replay.rs`, any toolchain). Start reading at [`targets`].
//!
//! What stands in crates with a database or an HTTP stack is compiled in as source: with coverage and sanitizer
//! those crates take a quarter of an hour to build, and none of their rules needs them. The sources are the
//! project's own files, never copies; where one of them begins to need more than it says here, this stops building.

extern crate self as rustine_outbound;
extern crate self as rustine_store;

#[path = "../../../crates/outbound/src"]
#[allow(dead_code, reason = "only the rules are called here")]
mod outbound {
    pub mod address;
    pub mod signer;
    pub mod target;
}

#[path = "../../../crates/federation/src"]
#[allow(dead_code, unused_imports, reason = "only the rules are called here")]
mod federation {
    pub mod gate;
    pub mod signature;
}

#[path = "../../../crates/store/src/rows"]
#[allow(dead_code, reason = "only the rules are called here")]
mod rows {
    pub mod asked;
    pub mod cursor;
}

#[path = "../../../crates/web/src/reading"]
#[allow(dead_code, reason = "only the rules are called here")]
mod reading {
    pub mod query;
}

// The names under which those sources know each other.
pub use federation::{gate, signature};
pub use outbound::address;
pub use outbound::signer::{SignError, Signer, Unsigned};
pub use rows::asked::{Bound, Filter, MOST_ROWS, RowQuery, Sort};
pub use rows::cursor::{Cursor, InvalidCursor};
pub use url::Url;

pub mod mutate;
pub mod targets;
