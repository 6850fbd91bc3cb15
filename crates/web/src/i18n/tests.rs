use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Lang;

fn check_choice(asked: Option<&str>, cookie: Option<&str>, accepted: Option<&str>, lang: Lang) {
    assert_eq!(Lang::choose(asked, cookie, accepted), lang);
}

#[test]
fn the_question_beats_the_cookie_beats_the_browser() {
    check_choice(Some("en"), Some("fr"), Some("fr"), Lang::En);
    check_choice(Some("xx"), Some("en"), Some("fr"), Lang::En);
    check_choice(None, None, Some("de, en-GB;q=0.8, fr;q=0.5"), Lang::En);
    check_choice(None, None, Some("en;q=0.2, fr-CH"), Lang::Fr);
    check_choice(None, None, Some("en;q=0"), Lang::Fr);
    check_choice(None, None, Some("en;q=oops"), Lang::Fr);
}

#[test]
fn french_is_spoken_to_whoever_says_nothing() {
    check_choice(None, None, None, Lang::Fr);
    check_choice(None, None, Some("de, es;q=0.5"), Lang::Fr);
}

#[test]
fn thousands_are_set_apart() {
    assert_eq!(Lang::Fr.number(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(Lang::En.number(-18_000), "-18,000");
    assert_eq!(Lang::En.number(999), "999");
}

#[test]
fn plurals_follow_each_language() {
    // French counts zero as singular, English does not.
    assert!(Lang::Fr.count("rows-count", 0).ends_with("fiche"));
    assert!(Lang::En.count("rows-count", 0).ends_with("rows"));
    assert!(Lang::Fr.count("rows-count", 2).ends_with("fiches"));
    assert!(Lang::En.count("rows-count", 1).ends_with("row"));
}

fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

pub(crate) fn read_all(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    files_below(&root, ending, &mut found);
    found.retain(|path| !path.ends_with("i18n/tests.rs"));
    assert!(!found.is_empty(), "no {ending} below {folder}");
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

/// Keys of one language with the variables that each uses.
fn keys(lang: &str) -> BTreeSet<(String, Vec<String>)> {
    let mut found = BTreeSet::new();
    for (path, text) in read_all(&format!("locales/{lang}"), ".ftl") {
        let mut current: Option<(String, BTreeSet<String>)> = None;
        for line in text.lines() {
            let starts = line.starts_with(|first: char| first.is_ascii_lowercase());
            if starts && let Some((key, _)) = line.split_once(" =") {
                if let Some((key, variables)) = current.take() {
                    assert!(
                        found.insert((key.clone(), variables.into_iter().collect())),
                        "{key} twice, {}",
                        path.display()
                    );
                }
                current = Some((key.to_owned(), BTreeSet::new()));
            }
            if let Some((_, variables)) = &mut current {
                for piece in line.split('$').skip(1) {
                    let name: String = piece
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                        .collect();
                    // A language may choose by `$count` without showing it, or the reverse.
                    if name != "count" && name != "shown" {
                        variables.insert(name);
                    }
                }
            }
        }
        if let Some((key, variables)) = current {
            found.insert((key, variables.into_iter().collect()));
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (french, english) = (keys("fr"), keys("en"));
    let apart: Vec<_> = french.symmetric_difference(&english).collect();
    assert!(apart.is_empty(), "only in one language: {apart:#?}");
    assert!(french.len() > 100);
}

#[test]
fn every_sentence_parses() {
    // The loader drops what it cannot parse, so each key must be found again.
    for (lang, tag) in [(Lang::Fr, "fr"), (Lang::En, "en")] {
        for (key, variables) in keys(tag) {
            let variables = variables.into_iter().chain(["shown".to_owned()]);
            let mut args: Vec<(&'static str, _)> =
                variables.map(|name| (&*name.leak(), "x".into())).collect();
            args.push(("count", 2.into()));
            assert_ne!(lang.say_with(&key, args), key, "{tag}: {key}");
        }
    }
}

/// Keys named in templates and code.
fn keys_used() -> BTreeSet<String> {
    let calls = [
        ".t(\"",
        ".t1(\"",
        ".t2(\"",
        ".n(\"",
        ".say(\"",
        ".say_with(\"",
        ".count(\"",
        "key: \"",
    ];
    let mut used = BTreeSet::new();
    for ending in [".html", ".rs"] {
        for (_, text) in read_all("src", ending) {
            for call in calls {
                for piece in text.split(call).skip(1) {
                    if let Some((key, _)) = piece.split_once('"') {
                        used.insert(key.to_owned());
                    }
                }
            }
        }
    }
    used
}

#[test]
fn every_key_that_is_used_exists() {
    let known: BTreeSet<String> = keys("fr").into_iter().map(|(key, _)| key).collect();
    let missing: Vec<_> = keys_used()
        .into_iter()
        .filter(|key| !known.contains(key))
        .collect();
    assert!(missing.is_empty(), "used but not written: {missing:#?}");
}

/// What a template says by itself: text outside tags and askama's marks, and spoken attributes.
fn literal_words(template: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = template;
    // Expressions, statements and comments of askama go first: they may stand inside tags.
    while let Some(start) = rest.find(['{']) {
        let close = match rest.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                plain.push_str(&rest[..=start]);
                rest = &rest[start + 1..];
                continue;
            }
        };
        plain.push_str(&rest[..start]);
        let end = rest[start..].find(close).unwrap() + start + close.len();
        rest = &rest[end..];
    }
    plain.push_str(rest);
    let mut words = Vec::new();
    for attribute in ["title=\"", "alt=\"", "aria-label=\"", "placeholder=\""] {
        for piece in plain.split(attribute).skip(1) {
            let said = piece.split('"').next().unwrap_or_default();
            words.extend(said.split_whitespace().map(str::to_owned));
        }
    }
    let mut inside = false;
    let mut text = String::new();
    for symbol in plain.chars() {
        match symbol {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(symbol),
            _ => {}
        }
    }
    words.extend(text.split_whitespace().map(str::to_owned));
    words.retain(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    words.retain(|word| !word.starts_with('&'));
    words
}

#[test]
fn templates_say_nothing_by_themselves() {
    // Names of formats and of the product are the same in every language.
    let names = ["CSV", "JSON", "Rustine"];
    for (path, text) in read_all("src", ".html") {
        let words: Vec<_> = literal_words(&text)
            .into_iter()
            .filter(|word| !names.contains(&word.trim_matches(['(', ')', ','])))
            .collect();
        assert!(words.is_empty(), "{}: {words:?}", path.display());
    }
    assert_eq!(
        literal_words("<p title=\"Oups\">{{ x }} Bonjour</p>"),
        ["Oups", "Bonjour"]
    );
}

#[test]
fn no_key_is_left_over() {
    let sources: String = [".html", ".rs"]
        .into_iter()
        .flat_map(|ending| read_all("src", ending))
        .map(|(_, text)| text)
        .collect();
    // Families of keys are composed from a status, a role or an error's number.
    let families = [
        "status-",
        "role-",
        "error-",
        "month-",
        "reason-",
        "moved-",
        "audience-",
        "kind-",
        "modlog-",
        "rules-fate-",
        "rules-was-",
    ];
    let unused: Vec<_> = keys("fr")
        .into_iter()
        .map(|(key, _)| key)
        .filter(|key| !families.iter().any(|family| key.starts_with(family)))
        .filter(|key| !sources.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "written but not used: {unused:#?}");
}
