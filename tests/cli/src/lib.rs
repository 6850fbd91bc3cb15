//! Black-box tests of the command line; they stand in `tests/all`. This library reads what the binary says
//! about itself.

pub mod help;

use std::collections::BTreeSet;

use serde_json::Value;

/// The dotted names of all settings in a document: `{"server": {"listen": …}}` has `server.listen`.
#[must_use]
pub fn setting_names(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(document, "", &mut names);
    names
}

fn collect(value: &Value, prefix: &str, names: &mut BTreeSet<String>) {
    match value.as_object().filter(|members| !members.is_empty()) {
        Some(members) => {
            for (key, value) in members {
                let name = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}.{key}")
                };
                collect(value, &name, names);
            }
        }
        None => {
            names.insert(prefix.to_owned());
        }
    }
}

/// The names in the first column of a Markdown table, where they stand in code marks.
#[must_use]
pub fn first_column(page: &str) -> BTreeSet<String> {
    let cells = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    cells.map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_dotted_names() {
        let document = serde_json::json!({"origin": "x", "server": {"listen": "y", "proxies": []}});
        let names: Vec<_> = setting_names(&document).into_iter().collect();
        assert_eq!(names, ["origin", "server.listen", "server.proxies"]);
    }

    #[test]
    fn the_first_column_of_a_table_is_read() {
        let page = "| setting | default |\n| --- | --- |\n| `a.b` | `x` |\n| c | d |\n";
        assert_eq!(first_column(page).into_iter().collect::<Vec<_>>(), ["a.b"]);
    }
}
