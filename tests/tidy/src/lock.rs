//! Versions that must not slip back: each minimum mends something that others were attacked through.
//!
//! The advisory database has no entry for `activitypub_federation`, so a general auditing tool stays green
//! on a vulnerable version of it; that one is pinned to the release whose holes we know and cover.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// What a version in the lock file is held against.
enum Rule {
    Exactly(&'static str),
    AtLeast([u64; 3]),
}

const RULES: [(&str, Rule); 16] = [
    ("activitypub_federation", Rule::Exactly("0.7.0-beta.14")),
    ("ammonia", Rule::AtLeast([4, 1, 4])),
    ("bytes", Rule::AtLeast([1, 11, 1])),
    ("crossbeam-channel", Rule::AtLeast([0, 5, 15])),
    ("curve25519-dalek", Rule::AtLeast([4, 1, 3])),
    ("diesel", Rule::AtLeast([2, 3, 10])),
    ("h2", Rule::AtLeast([0, 4, 16])),
    ("idna", Rule::AtLeast([1, 0, 0])),
    ("lettre", Rule::AtLeast([0, 11, 22])),
    ("quick-xml", Rule::AtLeast([0, 41, 0])),
    ("regex", Rule::AtLeast([1, 5, 5])),
    ("ring", Rule::AtLeast([0, 17, 12])),
    ("rustls", Rule::AtLeast([0, 23, 18])),
    ("tokio", Rule::AtLeast([1, 44, 2])),
    ("tracing-subscriber", Rule::AtLeast([0, 3, 20])),
    ("zip", Rule::AtLeast([2, 3, 0])),
];

/// Without these in the lock file the rules would watch nothing.
const PRESENT: [&str; 6] = [
    "activitypub_federation",
    "diesel",
    "h2",
    "regex",
    "ring",
    "rustls",
];

/// Every locked version that breaks its rule, and every package that should be there and is not.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    match fs::read_to_string(root.join("Cargo.lock"))
        .ok()
        .and_then(|text| text.parse().ok())
    {
        Some(lock) => of_lock(&lock),
        None => vec!["Cargo.lock cannot be read".to_owned()],
    }
}

fn of_lock(lock: &Table) -> Vec<String> {
    let packages: Vec<(&str, &str)> = lock
        .get("package")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|package| {
            Some((
                package.get("name")?.as_str()?,
                package.get("version")?.as_str()?,
            ))
        })
        .collect();
    let mut found = Vec::new();
    for (name, rule) in &RULES {
        for (_, version) in packages.iter().filter(|(package, _)| package == name) {
            match rule {
                Rule::Exactly(wanted) if version != wanted => {
                    found.push(format!("{name} is {version}, not {wanted}"))
                }
                Rule::AtLeast(least) if numbers(version) < *least => {
                    found.push(format!(
                        "{name} {version} is below {}.{}.{}",
                        least[0], least[1], least[2]
                    ));
                }
                _ => {}
            }
        }
    }
    let absent = PRESENT
        .iter()
        .filter(|name| !packages.iter().any(|(package, _)| package == *name));
    found.extend(absent.map(|name| format!("{name} is not in Cargo.lock")));
    found
}

/// Major, minor and patch; a pre-release counts as its release, which is right for the minimums above.
fn numbers(version: &str) -> [u64; 3] {
    let core = version.split(['-', '+']).next().unwrap_or("");
    let mut parts = core.split('.').map(|part| part.parse().unwrap_or(0));
    [
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(changes: &[(&str, &str)]) -> Table {
        let good = [
            ("activitypub_federation", "0.7.0-beta.14"),
            ("diesel", "2.3.14"),
            ("h2", "0.4.20"),
            ("regex", "1.13.1"),
            ("ring", "0.17.14"),
            ("rustls", "0.23.46"),
        ];
        let kept = good
            .iter()
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let all = kept
            .chain(changes)
            .filter(|(_, version)| !version.is_empty());
        let text: String = all
            .map(|(name, version)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
            })
            .collect();
        text.parse().unwrap()
    }

    #[test]
    fn good_versions_pass() {
        assert_eq!(of_lock(&lock(&[])), Vec::<String>::new());
    }

    #[test]
    fn a_version_below_its_minimum_is_found() {
        assert_eq!(
            of_lock(&lock(&[("diesel", "2.3.9")])),
            vec!["diesel 2.3.9 is below 2.3.10"]
        );
        assert_eq!(
            of_lock(&lock(&[("quick-xml", "0.39.2")])),
            vec!["quick-xml 0.39.2 is below 0.41.0"]
        );
    }

    #[test]
    fn another_version_of_the_pinned_library_is_found() {
        assert_eq!(
            of_lock(&lock(&[("activitypub_federation", "0.7.0")])),
            vec!["activitypub_federation is 0.7.0, not 0.7.0-beta.14"]
        );
    }

    #[test]
    fn an_absent_package_is_found() {
        assert_eq!(
            of_lock(&lock(&[("rustls", "")])),
            vec!["rustls is not in Cargo.lock"]
        );
    }
}
