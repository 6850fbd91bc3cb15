//! Every message exists in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::files;

/// Messages that a language lacks. `locales` holds one folder of Fluent files for each language.
#[must_use]
pub fn violations(locales: &Path) -> Vec<String> {
    let languages = languages(locales);
    let everything: BTreeSet<&String> = languages.values().flatten().collect();
    let mut found = Vec::new();
    for (language, keys) in &languages {
        let absent = everything.iter().filter(|key| !keys.contains(**key));
        found.extend(absent.map(|key| format!("{key} is missing in {language}")));
    }
    found
}

/// The message keys of each language folder.
#[must_use]
pub fn languages(locales: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let entries = fs::read_dir(locales)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir());
    entries
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                keys(&entry.path()),
            )
        })
        .collect()
}

fn keys(folder: &Path) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in files::ending_in(folder, &[".ftl"]) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut message = String::new();
        for line in text.lines() {
            let Some((name, _)) = line.split_once('=') else {
                continue;
            };
            let name = name.trim_end();
            if is_identifier(name.strip_prefix('-').unwrap_or(name)) {
                message = name.to_owned();
                keys.insert(message.clone());
            } else if let Some(attribute) = name
                .trim_start()
                .strip_prefix('.')
                .filter(|attribute| is_identifier(attribute))
            {
                keys.insert(format!("{message}.{attribute}"));
            }
        }
    }
    keys
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_or_attribute_missing_in_one_language_is_found() {
        let root = tempfile::tempdir().unwrap();
        for (language, text) in [
            (
                "fr",
                "# comment = none\ntitle = Fiches\nbutton = Envoyer\n    .label = Envoyer la proposition\n",
            ),
            (
                "en",
                "title = Records\nbutton =\n    Send\nextra = { $n ->\n    [one] one\n   *[other] many = more\n }\n",
            ),
        ] {
            fs::create_dir_all(root.path().join(language)).unwrap();
            fs::write(root.path().join(language).join("web.ftl"), text).unwrap();
        }
        assert_eq!(
            violations(root.path()),
            vec!["button.label is missing in en", "extra is missing in fr"]
        );
    }
}
