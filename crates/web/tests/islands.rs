//! The build of the islands, with an `npm` of the test's own making: a build never breaks for want of scripts.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

#[path = "../build/islands.rs"]
mod islands;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use islands::{Tools, build, inputs, listing};

/// A command that is being written while another thread starts a process cannot be started: one trial at a time.
static ALONE: Mutex<()> = Mutex::new(());

struct Trial {
    folder: tempfile::TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Trial {
    /// Sources, and a command that does this instead of npm.
    fn with_npm(script: &str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let islands = folder.path().join("islands");
        fs::create_dir_all(islands.join("src")).unwrap();
        for name in [
            "package.json",
            "package-lock.json",
            "vite.config.ts",
            "src/map.ts",
        ] {
            fs::write(islands.join(name), "{}").unwrap();
        }
        let npm = folder.path().join("npm");
        fs::write(
            &npm,
            format!("#!/bin/sh\necho \"$1\" >> \"$0.calls\"\n{script}\n"),
        )
        .unwrap();
        fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).unwrap();
        Self {
            folder,
            _alone: alone,
        }
    }

    fn build_with(&self, npm: &Path, patience: Duration) -> Result<Vec<PathBuf>, String> {
        let tools = Tools {
            npm: npm.to_str().unwrap(),
            patience,
        };
        let root = self.folder.path();
        build(&root.join("islands"), &root.join("work"), &tools)
    }

    fn build(&self) -> Result<Vec<PathBuf>, String> {
        self.build_with(&self.folder.path().join("npm"), Duration::from_secs(60))
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.folder.path().join("npm.calls")).unwrap()
    }
}

const WORKING: &str =
    "case $1 in ci) mkdir -p node_modules;; exec) mkdir -p dist; cp src/map.ts dist/map.js;; esac";

#[test]
fn what_npm_builds_is_embedded_by_name() {
    let trial = Trial::with_npm(WORKING);
    let files = trial.build().unwrap();
    assert_eq!(files, [trial.folder.path().join("work/dist/map.js")]);
    let source = listing(&files);
    assert!(
        source.contains("(\"map.js\", include_bytes!(\"/"),
        "{source}"
    );
    assert_eq!(listing(&[]), "&[\n]\n");
}

#[test]
fn every_input_that_cargo_watches_is_there() {
    let islands = Path::new(env!("CARGO_MANIFEST_DIR")).join("islands");
    for input in inputs(&islands) {
        assert!(input.exists(), "{}", input.display());
    }
}

#[test]
fn packages_are_installed_again_only_when_the_lock_file_changed() {
    let trial = Trial::with_npm(WORKING);
    trial.build().unwrap();
    trial.build().unwrap();
    assert_eq!(trial.calls(), "ci\nexec\nexec\n");
    let lock = trial.folder.path().join("islands/package-lock.json");
    fs::write(lock, "{\"packages\": {}}").unwrap();
    trial.build().unwrap();
    assert_eq!(trial.calls(), "ci\nexec\nexec\nci\nexec\n");
}

#[test]
fn nothing_is_written_beside_the_sources() {
    let trial = Trial::with_npm(WORKING);
    trial.build().unwrap();
    let islands = trial.folder.path().join("islands");
    let mut names: Vec<_> = fs::read_dir(islands)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["package-lock.json", "package.json", "src", "vite.config.ts"]
    );
}

#[test]
fn a_source_that_was_taken_away_is_not_built_any_more() {
    let trial = Trial::with_npm(
        "case $1 in ci) mkdir -p node_modules;; exec) mkdir -p dist; cp src/* dist/;; esac",
    );
    fs::write(trial.folder.path().join("islands/src/old.ts"), "").unwrap();
    assert_eq!(trial.build().unwrap().len(), 2);
    fs::remove_file(trial.folder.path().join("islands/src/old.ts")).unwrap();
    assert_eq!(trial.build().unwrap().len(), 1);
}

#[test]
fn without_npm_with_a_failing_one_and_with_one_that_hangs_the_reason_is_a_sentence() {
    let trial = Trial::with_npm("echo 'npm error code ENOTFOUND'; exit 1");
    assert_eq!(
        trial.build().unwrap_err(),
        "npm ci: npm error code ENOTFOUND"
    );
    let absent = trial.folder.path().join("absent");
    let why = trial
        .build_with(&absent, Duration::from_secs(60))
        .unwrap_err();
    assert_eq!(why, "npm ci: absent is not here");

    drop(trial);
    let trial = Trial::with_npm("exec sleep 600");
    let npm = trial.folder.path().join("npm");
    let why = trial
        .build_with(&npm, Duration::from_millis(50))
        .unwrap_err();
    assert_eq!(why, "npm ci: not done in 0 s");
}
