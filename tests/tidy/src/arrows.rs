//! Who may depend on whom (`docs/architecture.md`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// Crate under `crates/` and the crates of ours that it may use.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("protocol", &["domain"]),
    ("formats", &["domain"]),
    ("store", &["domain"]),
    ("outbound", &[]),
    ("app", &["domain", "protocol", "formats", "store"]),
    (
        "federation",
        &["domain", "protocol", "store", "app", "outbound"],
    ),
    ("jobs", &["domain", "formats", "store", "app", "outbound"]),
    ("web", &["domain", "formats", "store", "app", "outbound"]),
];

/// What a package of black-box tests may use of ours.
const BLACK_BOX: &[&str] = &["testkit", "domain", "protocol"];

/// Packages of tests that may use anything: they measure or simulate from the inside.
const INSIDE_TESTS: [&str; 3] = ["fuzz", "bench", "simulation"];

/// Foreign crates with a single home: the crate and who alone may name it.
const HOMES: [(&str, &[&str]); 3] = [
    ("diesel", &["store"]),
    ("activitypub_federation", &["federation"]),
    ("askama", &["jobs", "web"]),
];

/// Foreign crates that would bring input, output, a clock of their own or randomness into the pure crates.
const IMPURE: [&str; 7] = [
    "tokio",
    "reqwest",
    "actix-web",
    "diesel",
    "rand",
    "tempfile",
    "async-trait",
];
const PURE: [&str; 3] = ["domain", "protocol", "formats"];

/// Reads every manifest of the workspace and lists the arrows that nobody allowed.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (place, folder) in [
        ("crates", root.join("crates")),
        ("tests", root.join("tests")),
    ] {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(text) = fs::read_to_string(entry.path().join("Cargo.toml")) else {
                continue;
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            match text.parse::<Table>() {
                Ok(manifest) => found.extend(of_manifest(place, &name, &manifest)),
                Err(problem) => found.push(format!(
                    "{place}/{name}/Cargo.toml cannot be read: {problem}"
                )),
            }
        }
    }
    found.sort();
    found
}

fn of_manifest(place: &str, name: &str, manifest: &Table) -> Vec<String> {
    let normal = dependencies(manifest, &["dependencies", "build-dependencies"]);
    let mut found = Vec::new();
    if let Some(allowed) = allowed_for(place, name) {
        for ours in normal
            .iter()
            .filter_map(|dependency| dependency.strip_prefix("rustine-"))
        {
            if !allowed.contains(&ours) {
                found.push(format!("{place}/{name} must not depend on {ours}"));
            }
        }
    }
    if place == "crates" {
        found.extend(foreign(name, &normal));
    }
    if place == "crates" && name != "testkit" && normal.contains("rustine-testkit") {
        found.push(format!(
            "{place}/{name} may use testkit only as a dev-dependency"
        ));
    }
    found.extend(of_tests(place, name, manifest));
    found
}

/// Dev-dependencies add to the allowed arrows testkit and the crate itself (with its features for tests).
fn of_tests(place: &str, name: &str, manifest: &Table) -> Vec<String> {
    let Some(allowed) = allowed_for(place, name) else {
        return Vec::new();
    };
    dependencies(manifest, &["dev-dependencies"])
        .iter()
        .filter_map(|dependency| dependency.strip_prefix("rustine-"))
        .filter(|ours| *ours != "testkit" && *ours != name && !allowed.contains(ours))
        .map(|ours| format!("the tests of {place}/{name} must not depend on {ours}"))
        .collect()
}

fn foreign(name: &str, normal: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (dependency, homes) in HOMES {
        if normal.contains(dependency) && !homes.contains(&name) {
            found.push(format!(
                "crates/{name} must not depend on {dependency}, which belongs to {}",
                homes.join(", ")
            ));
        }
    }
    if PURE.contains(&name) {
        let impure = IMPURE
            .iter()
            .filter(|dependency| normal.contains(**dependency));
        found.extend(impure.map(|dependency| {
            format!("crates/{name} is pure and must not depend on {dependency}")
        }));
    }
    found
}

/// `None` where everything is allowed. An unknown crate gets the empty list: a new one has to be written here.
fn allowed_for(place: &str, name: &str) -> Option<&'static [&'static str]> {
    match (place, name) {
        ("crates", "node" | "testkit") => None,
        ("tests", inside) if INSIDE_TESTS.contains(&inside) => None,
        ("tests", _) => Some(BLACK_BOX),
        _ => Some(
            ALLOWED
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(&[], |(_, allowed)| allowed),
        ),
    }
}

/// The names of the packages in these sections, those for one platform only included.
fn dependencies(manifest: &Table, sections: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let platforms = manifest.get("target").and_then(Value::as_table);
    let tables = std::iter::once(manifest).chain(
        platforms
            .into_iter()
            .flat_map(Table::values)
            .filter_map(Value::as_table),
    );
    for table in tables {
        for section in sections {
            let Some(entries) = table.get(*section).and_then(Value::as_table) else {
                continue;
            };
            for (key, value) in entries {
                let renamed = value.get("package").and_then(Value::as_str);
                names.insert(renamed.unwrap_or(key).to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: &str, name: &str, manifest: &str, expected: &[&str]) {
        let manifest: Table = manifest.parse().unwrap();
        assert_eq!(
            of_manifest(place, name, &manifest),
            expected,
            "{place}/{name}"
        );
    }

    #[test]
    fn an_arrow_that_is_not_allowed_is_found() {
        check(
            "crates",
            "domain",
            "[dependencies]\nrustine-store.workspace = true",
            &["crates/domain must not depend on store"],
        );
        check(
            "crates",
            "web",
            "[dependencies]\nrustine-federation.workspace = true",
            &["crates/web must not depend on federation"],
        );
        check(
            "crates",
            "newcomer",
            "[dependencies]\nrustine-app = {}",
            &["crates/newcomer must not depend on app"],
        );
        check(
            "tests",
            "cli",
            "[dependencies]\nrustine-app = {}",
            &["tests/cli must not depend on app"],
        );
    }

    #[test]
    fn an_arrow_behind_another_name_or_a_platform_is_found() {
        check(
            "crates",
            "store",
            "[dependencies]\nx = { package = \"rustine-app\" }",
            &["crates/store must not depend on app"],
        );
        check(
            "crates",
            "store",
            "[target.'cfg(unix)'.dependencies]\nrustine-app = {}",
            &["crates/store must not depend on app"],
        );
        check(
            "crates",
            "store",
            "[build-dependencies]\nrustine-app = {}",
            &["crates/store must not depend on app"],
        );
    }

    #[test]
    fn allowed_arrows_pass() {
        check(
            "crates",
            "app",
            "[dependencies]\nrustine-domain = {}\nrustine-store = {}\n[dev-dependencies]\nrustine-testkit = {}",
            &[],
        );
        check(
            "crates",
            "node",
            "[dependencies]\nrustine-web = {}\nrustine-federation = {}",
            &[],
        );
        check(
            "tests",
            "federation",
            "[dependencies]\nrustine-testkit = {}",
            &[],
        );
    }

    #[test]
    fn testkit_is_only_ever_a_dev_dependency() {
        check(
            "crates",
            "node",
            "[dependencies]\nrustine-testkit = {}",
            &["crates/node may use testkit only as a dev-dependency"],
        );
        check(
            "crates",
            "domain",
            "[dev-dependencies]\nrustine-app = {}",
            &["the tests of crates/domain must not depend on app"],
        );
    }

    #[test]
    fn foreign_crates_stay_at_home_and_pure_crates_stay_pure() {
        check(
            "crates",
            "app",
            "[dependencies]\ndiesel = {}",
            &["crates/app must not depend on diesel, which belongs to store"],
        );
        check(
            "crates",
            "formats",
            "[dependencies]\ntokio = {}",
            &["crates/formats is pure and must not depend on tokio"],
        );
    }
}
