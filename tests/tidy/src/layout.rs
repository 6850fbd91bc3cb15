//! The top level of the repository is fixed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FIXED: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates",
    "migrations",
    "docs",
    "deploy",
    "tests",
    "LICENSE-AGPL",
    "README.md",
];

/// What git ignores at the top level.
const IGNORED: [&str; 3] = ["target", "node_modules", "rustine-data"];

/// Names that do not belong at the top level, and those that are missing there.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let names: BTreeSet<String> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !IGNORED.contains(&name.as_str()))
        .collect();
    let known = |name: &&String| {
        !FIXED.contains(&name.as_str()) && !name.starts_with('.') && *name != "rust-toolchain.toml"
    };
    let foreign = names
        .iter()
        .filter(known)
        .map(|name| format!("{name} does not belong at the top level"));
    let absent = FIXED
        .iter()
        .filter(|name| !names.contains(**name))
        .map(|name| format!("{name} is missing at the top level"));
    foreign.chain(absent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in FIXED
            .iter()
            .chain(&[".gitignore", "rust-toolchain.toml", "target"])
        {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        root
    }

    #[test]
    fn the_fixed_layout_passes() {
        assert_eq!(violations(repository().path()), Vec::<String>::new());
    }

    #[test]
    fn a_foreign_and_a_missing_name_are_found() {
        let root = repository();
        fs::create_dir(root.path().join("scripts")).unwrap();
        fs::remove_dir(root.path().join("docs")).unwrap();
        assert_eq!(
            violations(root.path()),
            vec![
                "scripts does not belong at the top level",
                "docs is missing at the top level"
            ]
        );
    }
}
