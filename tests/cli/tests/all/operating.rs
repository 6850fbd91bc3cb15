//! What an operator does to a node.

use std::fs;

use rustine_testkit::node::{ADMIN, ADMIN_PASSWORD, Node, Options};
use rustine_testkit::{binary, places};

fn fresh(binary: &std::path::Path) -> Node {
    Node::init(binary, "seul", Options::default())
}

#[test]
fn init_writes_settings_and_a_recovery_key_and_no_password() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let settings =
        fs::read_to_string(node.data().join("rustine.toml")).expect("init writes the settings");
    assert!(settings.contains(node.origin()), "{settings}");
    let key = fs::read_to_string(node.data().join("recovery-key.txt"))
        .expect("init writes the recovery key");
    assert!(!key.trim().is_empty());
    let files = fs::read_dir(node.data())
        .expect("the data folder can be read")
        .flatten();
    let told = |path: &std::path::Path| {
        fs::read(path).is_ok_and(|bytes| {
            bytes
                .windows(ADMIN_PASSWORD.len())
                .any(|part| part == ADMIN_PASSWORD.as_bytes())
        })
    };
    let leaks: Vec<_> = files
        .map(|entry| entry.path())
        .filter(|path| told(path))
        .collect();
    assert!(leaks.is_empty(), "the password stands in {leaks:?}");
}

#[cfg(unix)]
#[test]
fn secrets_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let files = fs::read_dir(node.data())
        .expect("the data folder can be read")
        .flatten();
    let folder = fs::metadata(node.data())
        .expect("the data folder is there")
        .permissions()
        .mode();
    let open: Vec<_> = files
        .filter(|entry| {
            entry
                .metadata()
                .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0)
        })
        .map(|entry| entry.file_name())
        .collect();
    assert!(
        folder & 0o077 == 0 || open.is_empty(),
        "others can read {open:?}"
    );
}

#[test]
fn config_shows_what_is_in_force_and_the_later_source_wins() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let origin = node.json(&["config", "dump"])["origin"].clone();
    assert_eq!(
        origin.as_str().map(|url| url.trim_end_matches('/')),
        Some(node.origin())
    );
    let _ = node.call(&["config", "check"]).done();
    let changed = node.caller().clone().with_env("RUSTINE_NAME", "Autre nom");
    assert_eq!(changed.json(&["config", "dump"])["name"], "Autre nom");
    let wrong = node.caller().clone().with_env("RUSTINE_MODE", "sideways");
    wrong.call(&["config", "check"]).refused("mode");
}

#[test]
fn the_password_of_a_database_is_never_printed() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let secret = "tres-secret-4711";
    let told = node.caller().clone().with_env(
        "RUSTINE_DATABASE_URL",
        &format!("postgres://x:{secret}@127.0.0.1:1/x"),
    );
    for words in [
        &["config", "dump"][..],
        &["config", "dump", "--json"],
        &["config", "check"],
        &["dataset", "list"],
    ] {
        let said = told.call(words).said();
        assert!(!said.contains(secret), "{words:?} tells the password");
    }
}

#[test]
fn migrate_can_be_repeated_and_healthcheck_asks_the_server() {
    let Some(binary) = binary() else { return };
    let mut node = fresh(&binary);
    let _ = node.call(&["migrate"]).done();
    let _ = node.call(&["migrate"]).done();
    node.call(&["healthcheck"]).refused("");
    node.serve();
    let _ = node.call(&["healthcheck"]).done();
    assert_eq!(node.get("/livez").status, 200);
    assert_eq!(
        node.stop(),
        Some(0),
        "a node that is asked to stop ends well\n{}",
        node.log()
    );
}

#[test]
fn people_are_created_listed_and_get_tokens() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let caller = node
        .caller()
        .clone()
        .with_env("RUSTINE_PASSWORD", "un autre mot de passe");
    let _ = caller
        .call(&["user", "create", "lea", "--email", "lea@seul.example"])
        .done();
    caller
        .call(&["user", "create", "lea", "--email", "lea2@seul.example"])
        .refused("lea");
    let list = node.json(&["user", "list"]).to_string();
    assert!(list.contains(ADMIN) && list.contains("lea"), "{list}");
    let (one, other) = (
        node.json(&["user", "token", ADMIN]),
        node.json(&["user", "token", ADMIN]),
    );
    assert!(
        one["token"].as_str().is_some_and(|token| token.len() >= 20),
        "{one}"
    );
    assert_ne!(one["token"], other["token"], "every token is fresh");
    let _ = node.call(&["user", "disable", "lea"]).done();
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_would_change() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    let import = |count: usize, more: &[&str]| {
        let file = node.file("lieux.csv", places::csv(count));
        let words = [
            "dataset",
            "import",
            &file.to_string_lossy(),
            "--name",
            "lieux",
            "--key",
            "id",
            "--license",
            "etalab-2.0",
        ];
        node.json(&[&words[..], more].concat())
    };
    assert_eq!(import(10, &["--dry-run"])["added"], 10);
    assert_eq!(
        node.call(&["dataset", "show", "lieux"]).code,
        Some(1),
        "a dry run creates nothing"
    );
    import(10, &["--publish"]);
    let before = node.json(&["dataset", "digest", "lieux"]);
    assert_eq!(import(7, &["--dry-run"])["removed"], 3);
    assert_eq!(node.json(&["dataset", "digest", "lieux"]), before);
    let shown = node.json(&["dataset", "show", "lieux"]);
    assert_eq!(
        (&shown["name"], &shown["rows"]),
        (&"lieux".into(), &10.into())
    );
}

#[test]
fn logs_go_to_standard_error_and_the_document_alone_to_standard_output() {
    let Some(binary) = binary() else { return };
    let node = fresh(&binary);
    for words in [
        &["dataset", "list"][..],
        &["user", "list"],
        &["peer", "list"],
        &["replica", "list"],
        &["patch", "list"],
    ] {
        let _ = node.json(words);
    }
}
