//! Every word that a person reads stands in `locales`.

use crate::i18n::tests::read_all;

/// The text of a template that a reader would see, without what the program fills in.
fn literal_words(template: &str) -> Vec<String> {
    let mut plain = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}")] {
        while let Some((before, rest)) = plain.split_once(open) {
            let after = rest.split_once(close).map_or("", |(_, after)| after);
            plain = format!("{before} {after}");
        }
    }
    let mut words = Vec::new();
    for (place, piece) in plain.split('<').enumerate() {
        let (tag, text) = match place {
            0 => ("", piece),
            _ => piece.split_once('>').unwrap_or((piece, "")),
        };
        words.push(text.to_owned());
        for name in ["alt", "title", "placeholder", "aria-label", "content"] {
            let value = tag
                .split_once(&format!(" {name}=\""))
                .map(|(_, value)| value);
            words.extend(
                value
                    .and_then(|value| value.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    // What browsers read, not people.
    let known = [
        "width=device-width, initial-scale=1",
        "light dark",
        "noindex",
    ];
    words
        .into_iter()
        .map(|text| text.trim().to_owned())
        .filter(|text| text.chars().any(char::is_alphabetic) && !known.contains(&text.as_str()))
        .collect()
}

#[test]
fn templates_hold_no_words_of_their_own() {
    assert_eq!(
        literal_words("<p title=\"Oui\">{{ page.t(\"a\") }} Bonjour{% if x %}</p>"),
        ["Bonjour", "Oui"]
    );
    let templates = read_all("src", ".html");
    assert!(templates.len() >= 20);
    for (path, text) in templates {
        assert_eq!(
            literal_words(&text),
            Vec::<String>::new(),
            "{}",
            path.display()
        );
    }
}

/// Texts of a source that read as a sentence: several words, one of them with a capital or an accent.
fn sentences(source: &str) -> Vec<String> {
    let code: Vec<&str> = source
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n").replace("\\\"", "'");
    let parts: Vec<&str> = code.split('"').collect();
    let inside = parts.iter().enumerate().skip(1).step_by(2);
    inside
        .filter(|(place, text)| {
            let before: String = parts[place - 1].chars().rev().take(60).collect();
            let before: String = before.chars().rev().collect();
            // For programs and for the operator's log, in English.
            let other = ["Failure::", "expect(", "error!(", "reason =", "warn!("];
            let spoken =
                text.contains(' ') && (text.starts_with(char::is_uppercase) || !text.is_ascii());
            // The name of a format is the same everywhere.
            spoken && **text != "JSON Lines" && !other.iter().any(|call| before.contains(call))
        })
        .map(|(_, text)| (*text).to_owned())
        .collect()
}

#[test]
fn the_code_of_pages_holds_no_sentences() {
    assert_eq!(
        sentences("let a = \"Bonjour à tous\"; b(\"no-key\");"),
        ["Bonjour à tous"]
    );
    for (path, text) in read_all("src", ".rs") {
        let path = path.to_string_lossy().into_owned();
        // The API, the exports and the reasons of failures speak to programs.
        let spoken = [
            "/pages/",
            "/view",
            "/page.rs",
            "/sending.rs",
            "/forms.rs",
            "/fields.rs",
        ];
        let tests = path.contains("/samples") || path.ends_with("tests.rs");
        if spoken.iter().any(|part| path.contains(part)) && !tests {
            assert_eq!(sentences(&text), Vec::<String>::new(), "{path}");
        }
    }
}
