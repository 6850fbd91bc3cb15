//! Words that do not belong in the repository: paths of the machine that somebody worked on, and work that
//! was left unfinished or switched off.

use std::fs;
use std::path::Path;

use crate::files;

/// Written in two halves, so that this file does not break its own rule.
const EVERYWHERE: [(&str, &str); 6] = [
    ("/wor", "k/"),
    ("/tmp/ba", "sh"),
    (".libr", "ary"),
    ("far", "m-bench"),
    ("before-st", "op"),
    ("artifac", "tory"),
];

/// Only in Rust sources: other files may speak about them.
const IN_RUST: [(&str, &str); 4] = [
    ("todo", "!("),
    ("unimplemented", "!("),
    ("FIX", "ME"),
    ("#[ign", "ore"),
];

/// Every line of a text file that holds such a word.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in files::all(root) {
        if path.ends_with("Cargo.lock") {
            continue;
        }
        // What is not UTF-8 text (an image, a font) is not read.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let rust = path.extension().is_some_and(|ending| ending == "rs");
        let words = EVERYWHERE
            .iter()
            .chain(IN_RUST.iter().filter(|_| rust))
            .map(|(one, two)| format!("{one}{two}"));
        for word in words.filter(|word| text.contains(word.as_str())) {
            let lines = text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains(&word));
            found.extend(
                lines.map(|(at, _)| format!("{}:{}: {word}", files::shown(root, &path), at + 1)),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_workplace_and_unfinished_work_are_found() {
        let root = tempfile::tempdir().unwrap();
        fs::write(
            root.path().join("page.md"),
            format!("fine\nsee {}{}notes\n", "/wor", "k/"),
        )
        .unwrap();
        fs::write(
            root.path().join("code.rs"),
            format!("fn later() {{\n    {}{})\n}}\n", "todo", "!("),
        )
        .unwrap();
        fs::write(
            root.path().join("good.md"),
            "the network/ folder and a todo list",
        )
        .unwrap();
        let words = [
            format!("code.rs:2: {}{}", "todo", "!("),
            format!("page.md:2: {}{}", "/wor", "k/"),
        ];
        assert_eq!(violations(root.path()), words);
    }
}
