//! The repository's rules as tests (`docs/contributing.md`).
//!
//! Each rule is a function from a repository root to the list of its violations, so that the same code
//! judges the real repository (`tests/repository.rs`) and small folders with one planted violation: a rule
//! that cannot find its own violation is no rule. Nothing here builds, starts or downloads anything.

pub mod arrows;
pub mod checks;
pub mod files;
pub mod layout;
pub mod limits;
pub mod links;
pub mod locales;
pub mod lock;
pub mod migrations;
pub mod words;

use std::path::{Path, PathBuf};

/// The root of the repository that this package stands in.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
