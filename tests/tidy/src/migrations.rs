//! The two migration folders say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Tables that only one engine needs, because the other has the feature as a column.
const ONE_SIDED: [&str; 2] = ["rows_search", "rows_search_terms"];

/// Migrations that exist on one side only, lack a direction, or make other tables than their twin.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let (sqlite, postgres) = (
        root.join("migrations/sqlite"),
        root.join("migrations/postgres"),
    );
    let (ours, theirs) = (folders(&sqlite), folders(&postgres));
    let mut found: Vec<String> = ours
        .symmetric_difference(&theirs)
        .map(|name| format!("migration {name} stands in one of the two folders only"))
        .collect();
    for (engine, side, names) in [("sqlite", &sqlite, &ours), ("postgres", &postgres, &theirs)] {
        for name in names {
            let absent = ["up.sql", "down.sql"]
                .into_iter()
                .filter(|file| !side.join(name).join(file).is_file());
            found.extend(absent.map(|file| format!("migrations/{engine}/{name} has no {file}")));
        }
    }
    for name in ours.intersection(&theirs) {
        let (one, other) = (tables(&sqlite.join(name)), tables(&postgres.join(name)));
        let different = one
            .symmetric_difference(&other)
            .filter(|table| !ONE_SIDED.contains(&table.as_str()));
        found.extend(
            different
                .map(|table| format!("migration {name} makes table {table} on one engine only")),
        );
    }
    found
}

fn folders(side: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(side).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn tables(migration: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(migration.join("up.sql"))
        .unwrap_or_default()
        .to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '(')
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .enumerate()
        .filter(|(at, pair)| {
            pair[0] == "table"
                && *at > 0
                && matches!(words[at - 1], "create" | "virtual" | "unlogged")
        })
        .filter_map(|(at, pair)| {
            if pair[1] == "if" {
                words.get(at + 4).copied()
            } else {
                Some(pair[1])
            }
        })
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(extra: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let same = [
            (
                "sqlite/0001_first/up.sql",
                "CREATE TABLE rows (id INTEGER);\nCREATE VIRTUAL TABLE rows_search USING fts5(x);",
            ),
            ("sqlite/0001_first/down.sql", ""),
            (
                "postgres/0001_first/up.sql",
                "create table if not exists rows(id bigint);",
            ),
            ("postgres/0001_first/down.sql", ""),
        ];
        for (path, text) in same.iter().chain(extra) {
            let path = root.path().join("migrations").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn folders_that_say_the_same_pass() {
        assert_eq!(violations(repository(&[]).path()), Vec::<String>::new());
    }

    #[test]
    fn a_migration_for_one_engine_only_is_found() {
        let root = repository(&[
            ("sqlite/0002_more/up.sql", ""),
            ("sqlite/0002_more/down.sql", ""),
        ]);
        assert_eq!(
            violations(root.path()),
            vec!["migration 0002_more stands in one of the two folders only"]
        );
    }

    #[test]
    fn a_table_for_one_engine_only_and_a_missing_way_back_are_found() {
        let root = repository(&[(
            "postgres/0001_first/up.sql",
            "CREATE TABLE rows (id BIGINT); CREATE TABLE extra (id BIGINT);",
        )]);
        fs::remove_file(root.path().join("migrations/postgres/0001_first/down.sql")).unwrap();
        assert_eq!(
            violations(root.path()),
            vec![
                "migrations/postgres/0001_first has no down.sql",
                "migration 0001_first makes table extra on one engine only"
            ]
        );
    }
}
