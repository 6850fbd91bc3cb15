//! Links inside the documentation lead somewhere.

use std::fs;
use std::path::Path;

use crate::files;

/// Every relative Markdown link whose file or heading does not exist.
#[must_use]
pub fn violations(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for page in files::ending_in(root, &[".md"]) {
        let Ok(text) = fs::read_to_string(&page) else {
            continue;
        };
        for target in targets(&text) {
            if !leads_somewhere(&page, &text, &target) {
                found.push(format!(
                    "{}: {target} leads nowhere",
                    files::shown(root, &page)
                ));
            }
        }
    }
    found
}

fn leads_somewhere(page: &Path, text: &str, target: &str) -> bool {
    // Addresses elsewhere are not asked: the tests run without a network.
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return has_heading(text, anchor);
    }
    let Some(folder) = page.parent() else {
        return false;
    };
    let file = folder.join(file);
    if anchor.is_empty() {
        return file.exists();
    }
    fs::read_to_string(file).is_ok_and(|text| has_heading(&text, anchor))
}

/// The targets of `[text](target)` outside code.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        let spoken: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        let mut rest = spoken.as_str();
        while let Some(start) = rest.find("](") {
            rest = &rest[start + 2..];
            let Some(end) = rest.find(')') else { break };
            found.push(
                rest[..end]
                    .split_whitespace()
                    .next()
                    .unwrap_or("")
                    .to_owned(),
            );
        }
    }
    found
}

/// The lines that are not inside a fenced block.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

fn has_heading(text: &str, anchor: &str) -> bool {
    prose(text)
        .filter(|line| line.starts_with('#'))
        .any(|line| slug(line.trim_start_matches('#')) == anchor)
}

/// The anchor that the usual forges give to a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &[&str]) {
        let root = tempfile::tempdir().unwrap();
        fs::write(
            root.path().join("there.md"),
            "# Mise à jour\n\n## 1. First & last\n",
        )
        .unwrap();
        fs::write(root.path().join("page.md"), page).unwrap();
        assert_eq!(violations(root.path()), expected, "{page}");
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        check("[x](absent.md)", &["page.md: absent.md leads nowhere"]);
        check(
            "[x](there.md#absent)",
            &["page.md: there.md#absent leads nowhere"],
        );
        check(
            "# One\n[x](#two) and [y](#one)",
            &["page.md: #two leads nowhere"],
        );
    }

    #[test]
    fn good_links_and_addresses_elsewhere_pass() {
        check(
            "[x](there.md) [y](there.md#1-first--last) [z](there.md#mise-à-jour \"title\")",
            &[],
        );
        check("[x](https://absent.example/)", &[]);
    }

    #[test]
    fn code_is_not_prose() {
        check("`[x](absent.md)`\n```text\n[y](absent.md)\n```", &[]);
    }
}
