//! Where the real tables are: beside the project, never in it.

use std::path::{Path, PathBuf};

/// The folder of real data (`RUSTINE_SHARED`, else beside the repository); says so when there is none.
pub fn shared_data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("RUSTINE_SHARED")
        .map_or_else(beside, PathBuf::from)
        .join("data");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no real tables at {}", folder.display());
    None
}

/// Every CSV file below a folder, in a fixed order.
pub fn csv_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "csv") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
