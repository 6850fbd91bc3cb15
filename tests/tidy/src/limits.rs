//! The limits that operators read about: each row of `docs/admin/limits.md` has a test that fires it, and names
//! settings that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::files;

mod fired;

use fired::FIRED;

/// Rows without a test, tests that there are not, and settings that `docs/admin/settings.md` does not know.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let rows = rows(root);
    let mut found = untested(&rows, FIRED, &tests(root));
    let page = fs::read_to_string(root.join("docs/admin/settings.md")).unwrap_or_default();
    let known: BTreeSet<&str> = page.lines().filter_map(first_code).collect();
    let mut named = BTreeSet::new();
    for (what, setting) in &rows {
        if setting == "fixed" {
            continue;
        }
        let settings: Vec<&str> = setting.split(", ").filter_map(code).collect();
        if settings.is_empty() {
            found.push(format!(
                "limits.md: {what:?} names no setting, nor \"fixed\""
            ));
        }
        for setting in settings {
            named.insert(setting);
            if !known.contains(setting) {
                found.push(format!(
                    "limits.md: {what:?} names {setting}, which is no setting"
                ));
            }
        }
    }
    let limits = known
        .iter()
        .filter(|setting| setting.starts_with("limits.") || setting.starts_with("rates."));
    found.extend(
        limits
            .filter(|setting| !named.contains(**setting))
            .map(|setting| format!("limits.md lacks the limit of {setting}")),
    );
    found
}

fn untested(
    rows: &BTreeMap<String, String>,
    fired: &[(&str, &[&str])],
    tests: &BTreeSet<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    let fired: BTreeMap<&str, &[&str]> = fired.iter().copied().collect();
    for what in rows.keys() {
        if !fired.contains_key(what.as_str()) {
            found.push(format!("limits.md: no test fires {what:?}"));
        }
    }
    for (what, names) in fired {
        if !rows.contains_key(what) {
            found.push(format!("limits.md has no row {what:?}"));
        }
        let absent = names.iter().filter(|name| !tests.contains(**name));
        found.extend(absent.map(|name| format!("{what:?} is fired by {name}, which is no test")));
    }
    found
}

/// The rows of the page's tables: what is limited, and by which setting.
fn rows(root: &Path) -> BTreeMap<String, String> {
    let page = fs::read_to_string(root.join("docs/admin/limits.md")).unwrap_or_default();
    let cells = page.lines().filter_map(|line| {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<&str> = inner.split(" | ").collect();
        Some((cells.first()?.to_string(), cells.last()?.to_string()))
    });
    cells
        .filter(|(what, _)| what != "what" && !what.starts_with("---"))
        .collect()
}

/// The code in the first cell of a row.
fn first_code(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?.split('`').next()
}

fn code(text: &str) -> Option<&str> {
    text.trim().strip_prefix('`')?.strip_suffix('`')
}

/// The names of all functions that stand below a line `#[…test…]`.
fn tests(root: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in files::ending_in(root, &[".rs"]) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[") {
                marked |= line.starts_with("#[test") || line.contains("::test");
                continue;
            }
            let name = line
                .trim_start_matches("async ")
                .strip_prefix("fn ")
                .and_then(|rest| rest.split('(').next());
            if let Some(name) = name.filter(|_| marked) {
                found.insert(name.to_owned());
            }
            marked = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(limits: &str, settings: &str, code: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("docs/admin")).unwrap();
        fs::write(root.path().join("docs/admin/limits.md"), limits).unwrap();
        fs::write(root.path().join("docs/admin/settings.md"), settings).unwrap();
        fs::write(root.path().join("code.rs"), code).unwrap();
        root
    }

    #[test]
    fn a_limit_without_a_test_and_a_test_that_is_gone_are_found() {
        let page = "| what | limit | setting |\n| --- | --- | --- |\n| cell | 1 | fixed |\n| row | 2 | fixed |\n";
        let code = "#[tokio::test]\nasync fn a_cell_is_cut() {}\nfn a_row_is_cut() {}\n";
        let root = repository(page, "", code);
        let fired: &[(&str, &[&str])] = &[
            ("cell", &["a_cell_is_cut", "a_row_is_cut"]),
            ("page", &["a_cell_is_cut"]),
        ];
        let found = untested(&rows(root.path()), fired, &tests(root.path()));
        let expected = [
            "limits.md: no test fires \"row\"",
            "\"cell\" is fired by a_row_is_cut, which is no test",
            "limits.md has no row \"page\"",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_setting_that_there_is_not_and_one_without_a_row_are_found() {
        let page = "| cell | 1 | `limits.cell` |\n| row | 2 | by hand |\n";
        let settings = "| `limits.row` | 1 | … |\n| `server.workers` | 2 | … |\n";
        let root = repository(page, settings, "");
        let found = violations(root.path());
        for sentence in [
            "limits.md: \"cell\" names limits.cell, which is no setting",
            "limits.md: \"row\" names no setting, nor \"fixed\"",
            "limits.md lacks the limit of limits.row",
        ] {
            assert!(found.contains(&sentence.to_owned()), "{found:?}");
        }
    }
}
