//! Where tests find the shared vectors. They lie beside the repository and are never copied into it.

use std::path::{Path, PathBuf};

/// A path under the shared folder, or `None` after saying plainly that the test is skipped.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let root = std::env::var_os("RUSTINE_SHARED")
        .map_or_else(|| repository.join("../shared"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: {} is not on this machine", found.display());
    None
}
