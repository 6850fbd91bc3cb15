//! Real tables that stand in a folder beside the repository and are never copied into it.

use std::path::{Path, PathBuf};

/// A file or folder below `data/` of the shared folder, or `None` after saying that the test is skipped.
#[must_use]
pub fn data(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("RUSTINE_SHARED").map_or(beside, PathBuf::from);
    let found = shared.join("data").join(path);
    if found.exists() {
        return Some(found);
    }
    crate::skipped(&format!("the shared data has no {path}"));
    None
}

/// The versions of a table in a recorded history, oldest first.
///
/// # Panics
/// When the folder of the history cannot be read or holds fewer than two versions.
#[must_use]
pub fn history(name: &str) -> Option<Vec<PathBuf>> {
    let folder = data(&format!("histories/{name}"))?;
    let entries = std::fs::read_dir(folder).expect("a history is a folder");
    let mut versions: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .collect();
    versions.sort();
    assert!(
        versions.len() > 1,
        "the history {name} has fewer than two versions"
    );
    Some(versions)
}
