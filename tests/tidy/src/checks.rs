//! The checks that the attack suite switches off: documented one by one, and out of reach of a release
//! (`docs/decisions/0016`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rustine_domain::checks::Check;
use toml::{Table, Value};

use crate::files;

/// The feature that makes checks switchable.
const FEATURE: &str = "sabotage";
/// Manifests that may name it.
const DECLARED_IN: [&str; 4] = [
    "crates/domain/Cargo.toml",
    "crates/federation/Cargo.toml",
    "crates/node/Cargo.toml",
    "crates/store/Cargo.toml",
];
/// The binary that may read the switches, and the variable it reads.
const BINARY: &str = "rustine-sabotaged";
const READER: &str = "crates/node/src/sabotaged/main.rs";
/// In two halves, so that this file does not break its own rule.
const VARIABLE: (&str, &str) = ("RUSTINE_", "SABOTAGE");

/// Differences between `docs/checks.md` and the list in the code: name, section, and whether there is a switch.
#[must_use]
pub fn undocumented(root: &Path) -> Vec<String> {
    let page = fs::read_to_string(root.join("docs/checks.md")).unwrap_or_default();
    let documented: BTreeSet<String> = page.lines().filter_map(row).collect();
    let coded: BTreeSet<String> = Check::ALL
        .iter()
        .map(|check| {
            let star = if Check::UNSWITCHED.contains(check) {
                " *"
            } else {
                ""
            };
            format!("`{}`{star} | {}", check.name(), check.section())
        })
        .collect();
    let missing = coded
        .difference(&documented)
        .map(|row| format!("docs/checks.md lacks: {row}"));
    let idle = documented
        .difference(&coded)
        .map(|row| format!("docs/checks.md has, the code has not: {row}"));
    missing.chain(idle).collect()
}

/// "`name` | section" of a row of the table.
fn row(line: &str) -> Option<String> {
    let mut cells = line.strip_prefix("| `")?.split(" | ");
    Some(format!("`{} | {}", cells.next()?, cells.next()?))
}

/// Every way in which a release could come to switch a check off.
#[must_use]
pub fn switchable(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let variable = format!("{}{}", VARIABLE.0, VARIABLE.1);
    for path in files::all(root) {
        let shown = files::shown(root, &path);
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if shown.ends_with("Cargo.toml") {
            found.extend(in_manifest(&shown, &text));
        }
        let tested = shown.starts_with("tests/") || shown.starts_with("crates/testkit/");
        let told = shown.starts_with("docs/");
        if text.contains(&variable) && !tested && !told && shown != READER {
            found.push(format!("{shown} names {variable}"));
        }
        let builds = shown.starts_with("deploy/") || shown.starts_with(".ci/");
        if builds && (text.contains(FEATURE) || text.contains("--all-features")) {
            found.push(format!("{shown} builds with the feature {FEATURE}"));
        }
    }
    found
}

fn in_manifest(shown: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let manifest: Table = text.parse().unwrap_or_default();
    let features = manifest.get("features").and_then(Value::as_table);
    let defaults = features.and_then(|features| features.get("default"));
    if defaults.is_some_and(|list| list.to_string().contains(FEATURE)) {
        found.push(format!("{shown} has the feature {FEATURE} by default"));
    }
    if text.contains(FEATURE) && !DECLARED_IN.contains(&shown) {
        found.push(format!("{shown} names the feature {FEATURE}"));
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let dependencies = manifest.get(section).map(Value::to_string);
        if dependencies.is_some_and(|list| list.contains(FEATURE)) {
            found.push(format!(
                "{shown} asks for the feature {FEATURE} in {section}"
            ));
        }
    }
    let binaries = manifest.get("bin").and_then(Value::as_array);
    for binary in binaries.into_iter().flatten() {
        let needs = binary.get("required-features");
        let guarded = needs.is_some_and(|list| list.to_string().contains(FEATURE));
        let named = binary.get("name").and_then(Value::as_str) == Some(BINARY);
        if named && !guarded {
            found.push(format!("{shown} builds {BINARY} without the feature"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_lacks_checks_is_told_which() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(
            root.path().join("docs/checks.md"),
            "| `content-type` | 7.1 | x |\n| `invented` | 9 | x |\n",
        )
        .unwrap();
        let found = undocumented(root.path());
        assert!(!found.iter().any(|line| line.contains("`content-type`")));
        assert!(found.contains(&"docs/checks.md lacks: `base` | 3.4".to_owned()));
        assert!(found.contains(&"docs/checks.md has, the code has not: `invented` | 9".to_owned()));
    }

    #[test]
    fn a_release_that_could_be_switched_is_found() {
        let root = tempfile::tempdir().unwrap();
        let crates = root.path().join("crates/node");
        fs::create_dir_all(crates.join("src")).unwrap();
        fs::create_dir(root.path().join("deploy")).unwrap();
        fs::write(
            crates.join("Cargo.toml"),
            "[features]\ndefault = [\"sabotage\"]\nsabotage = []\n[[bin]]\nname = \"rustine-sabotaged\"\n",
        )
        .unwrap();
        fs::write(
            crates.join("src/main.rs"),
            format!("env(\"{}{}\")", VARIABLE.0, VARIABLE.1),
        )
        .unwrap();
        fs::write(
            root.path().join("deploy/Containerfile"),
            "RUN cargo build --features sabotage",
        )
        .unwrap();
        let mut found = switchable(root.path());
        found.sort();
        assert_eq!(
            found,
            [
                "crates/node/Cargo.toml builds rustine-sabotaged without the feature",
                "crates/node/Cargo.toml has the feature sabotage by default",
                &format!("crates/node/src/main.rs names {}{}", VARIABLE.0, VARIABLE.1),
                "deploy/Containerfile builds with the feature sabotage",
            ]
        );
    }
}
