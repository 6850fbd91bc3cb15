//! Which files belong to the repository, and how long they are.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that tools write and git ignores, wherever they stand.
const IGNORED: [&str; 6] = [
    "target",
    "node_modules",
    ".git",
    ".cache",
    "rustine-data",
    "__pycache__",
];

/// Longer source files fail; from [`PLEASANT_LINES`] on they are only reported.
pub const MOST_LINES: usize = 800;

/// From here on a file should be looked at for its seam.
pub const PLEASANT_LINES: usize = 400;

/// Every file below `root` that is not in an ignored folder, sorted by path.
#[must_use]
pub fn all(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !IGNORED.contains(&name.as_str()) => {
                    folders.push(path)
                }
                // In a linked work tree `.git` is a file that names a folder elsewhere.
                Ok(kind) if kind.is_file() && name != ".git" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The files below `root` whose name ends in one of `endings`.
#[must_use]
pub fn ending_in(root: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let matches = |path: &PathBuf| {
        endings
            .iter()
            .any(|ending| path.to_string_lossy().ends_with(ending))
    };
    all(root).into_iter().filter(matches).collect()
}

/// `path` as it reads from `root`.
#[must_use]
pub fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

/// The Rust and TypeScript files above `limit` lines with their line counts, longest first.
#[must_use]
pub fn longer_than(root: &Path, limit: usize) -> Vec<(String, usize)> {
    let mut long: Vec<_> = ending_in(root, &[".rs", ".ts"])
        .iter()
        .filter_map(|path| {
            Some((
                shown(root, path),
                fs::read_to_string(path).ok()?.lines().count(),
            ))
        })
        .filter(|(_, lines)| *lines > limit)
        .collect();
    long.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_reported_and_ignored_folders_are_not_read() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("target")).unwrap();
        fs::write(root.path().join("target/generated.rs"), "\n".repeat(900)).unwrap();
        fs::write(root.path().join("short.rs"), "\n".repeat(10)).unwrap();
        fs::write(root.path().join("long.rs"), "\n".repeat(MOST_LINES + 1)).unwrap();
        assert_eq!(
            longer_than(root.path(), MOST_LINES),
            vec![("long.rs".to_owned(), MOST_LINES + 1)]
        );
    }
}
