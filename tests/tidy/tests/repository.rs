//! The rules, applied to this repository.

use rustine_tests_tidy::{
    arrows, checks, files, layout, limits, links, locales, lock, migrations, repository, words,
};

fn none(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn crates_depend_only_along_the_allowed_arrows() {
    none(arrows::violations(&repository()));
}

#[test]
fn the_documented_checks_are_those_of_the_code() {
    none(checks::undocumented(&repository()));
}

#[test]
fn no_release_can_switch_a_check_off() {
    none(checks::switchable(&repository()));
}

#[test]
fn every_documented_limit_is_fired_by_a_test() {
    none(limits::violations(&repository()));
}

#[test]
fn the_top_level_has_its_fixed_layout() {
    none(layout::violations(&repository()));
}

#[test]
fn links_in_the_documentation_lead_somewhere() {
    none(links::violations(&repository()));
}

#[test]
fn security_relevant_crates_are_not_older_than_their_fixes() {
    none(lock::violations(&repository()));
}

#[test]
fn both_engines_have_the_same_migrations() {
    none(migrations::violations(&repository()));
}

#[test]
fn no_file_names_a_workplace_or_unfinished_work() {
    none(words::violations(&repository()));
}

#[test]
fn every_message_exists_in_every_language() {
    for place in ["crates/web/locales", "crates/jobs/locales"] {
        let folder = repository().join(place);
        assert!(
            locales::languages(&folder).len() >= 2,
            "one language only in {}",
            folder.display()
        );
        none(locales::violations(&folder));
    }
}

#[test]
fn no_source_file_is_overlong() {
    for (path, lines) in files::longer_than(&repository(), files::PLEASANT_LINES) {
        println!("look for the seam: {path} has {lines} lines");
    }
    let overlong = files::longer_than(&repository(), files::MOST_LINES);
    none(
        overlong
            .iter()
            .map(|(path, lines)| format!("{path} has {lines} lines"))
            .collect(),
    );
}

#[test]
fn the_test_runner_refuses_a_tier_that_it_does_not_know() {
    let runner = repository().join("tests/run");
    let output = std::process::Command::new("bash")
        .arg(runner)
        .arg("no-such-tier")
        .output()
        .expect("bash is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("no-such-tier") && said.contains("unit"),
        "{said}"
    );
}

#[test]
fn the_command_of_the_readme_finds_its_binary() {
    let root = repository();
    let readme = std::fs::read_to_string(root.join("README.md")).expect("there is a README");
    assert!(readme.contains("cargo run --release -- demo"));
    // `cargo run` without a name gives up where a package has two binaries and names none of them.
    let manifest = std::fs::read_to_string(root.join("crates/node/Cargo.toml"));
    let manifest = manifest.expect("the binary has a manifest");
    let lines: Vec<&str> = manifest.lines().collect();
    assert!(lines.contains(&"default-run = \"rustine\""), "{manifest}");
}
