use std::collections::BTreeSet;

use super::samples;
use crate::i18n::{LANGS, Lang};
use crate::view::Standing;

/// Start tags of a page with their attributes, in order; enough of a reader for HTML that we write ourselves.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    html.split('<')
        .skip(1)
        .filter(|piece| piece.starts_with(|first: char| first.is_ascii_alphabetic()))
        .map(|piece| {
            let end = tag_end(piece);
            let (name, rest) = piece[..end]
                .split_once(|c: char| c.is_whitespace())
                .unwrap_or((&piece[..end], ""));
            (name.to_owned(), attributes(rest))
        })
        .collect()
}

fn tag_end(piece: &str) -> usize {
    let mut quoted = false;
    piece
        .find(|symbol: char| {
            if symbol == '"' {
                quoted = !quoted;
            }
            symbol == '>' && !quoted
        })
        .unwrap()
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').unwrap();
                rest = after;
                value.to_owned()
            }
            None => String::new(),
        };
        found.push((name, value));
    }
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

fn each_page(check: impl Fn(&str, &str)) {
    for lang in LANGS {
        for (name, html) in samples::all(lang) {
            check(&format!("{name} ({})", lang.tag()), &html);
        }
    }
}

#[test]
fn pages_hold_no_script_and_no_style_of_their_own() {
    each_page(|name, html| {
        for script in html.split("<script").skip(1) {
            let inside = script.split_once('>').map(|(_, rest)| rest);
            assert!(
                inside.unwrap().starts_with("</script>"),
                "{name}: {script:.60}"
            );
        }
        for (tag, attributes) in tags(html) {
            assert!(tag != "style", "{name}: {tag}");
            // A script comes from a file of ours; that nothing stands between its tags is looked at below.
            let of_ours = value(&attributes, "src").is_some_and(|src| src.starts_with("/assets/"));
            assert!(tag != "script" || of_ours, "{name}: a script in the page");
            for (attribute, value) in &attributes {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {attribute}"
                );
                assert!(
                    !value.trim_start().starts_with("javascript:"),
                    "{name}: {value}"
                );
            }
        }
    });
}

#[test]
fn every_control_has_a_label_and_every_note_exists() {
    each_page(|name, html| {
        let tags = tags(html);
        let all = |attribute: &str| -> Vec<String> {
            tags.iter()
                .filter_map(|(_, attributes)| value(attributes, attribute).map(str::to_owned))
                .collect()
        };
        let ids: BTreeSet<String> = all("id").into_iter().collect();
        assert_eq!(ids.len(), all("id").len(), "{name}: an id stands twice");
        let labelled: BTreeSet<String> = all("for").into_iter().collect();
        for target in labelled.iter().chain(&all("aria-labelledby")) {
            assert!(ids.contains(target), "{name}: nothing has the id {target}");
        }
        for notes in all("aria-describedby") {
            for note in notes.split(' ') {
                assert!(ids.contains(note), "{name}: no note {note}");
            }
        }
        for (tag, attributes) in &tags {
            let kind = value(attributes, "type").unwrap_or_default();
            // Boxes of choices stand inside their label.
            let needs = matches!(tag.as_str(), "input" | "select" | "textarea")
                && !matches!(kind, "hidden" | "checkbox" | "radio");
            let id = value(attributes, "id").unwrap_or_default();
            assert!(
                !needs || labelled.contains(id),
                "{name}: {tag} {id} has no label"
            );
        }
    });
}

#[test]
fn links_inside_a_page_lead_somewhere() {
    each_page(|name, html| {
        let tags = tags(html);
        for (_, attributes) in &tags {
            let Some(target) = value(attributes, "href").and_then(|href| href.strip_prefix('#'))
            else {
                continue;
            };
            let exists = tags
                .iter()
                .any(|(_, other)| value(other, "id") == Some(target));
            assert!(exists, "{name}: #{target}");
        }
    });
}

#[test]
fn every_page_has_landmarks_one_heading_and_its_language() {
    for lang in LANGS {
        for (name, html) in samples::all(lang) {
            let tags = tags(&html);
            let count = |wanted: &str| tags.iter().filter(|(tag, _)| tag == wanted).count();
            for landmark in ["header", "main", "footer", "h1", "title"] {
                assert_eq!(count(landmark), 1, "{name}: {landmark}");
            }
            let (_, attributes) = tags.iter().find(|(tag, _)| tag == "html").unwrap();
            assert_eq!(value(attributes, "lang"), Some(lang.tag()));
            let (tag, attributes) = tags.iter().find(|(tag, _)| tag == "a").unwrap();
            assert_eq!(
                (tag.as_str(), value(attributes, "href")),
                ("a", Some("#content")),
                "{name}"
            );
            for (_, attributes) in tags.iter().filter(|(tag, _)| tag == "nav") {
                assert!(value(attributes, "aria-label").is_some_and(|label| !label.is_empty()));
            }
        }
    }
}

#[test]
fn headings_never_skip_a_level() {
    each_page(|name, html| {
        let mut before = 0;
        for (tag, _) in tags(html) {
            let Some(level) = tag
                .strip_prefix('h')
                .and_then(|level| level.parse::<u8>().ok())
            else {
                continue;
            };
            // A summary of problems may stand above the first heading.
            assert!(
                level <= before + 1 || before == 0,
                "{name}: h{before} then h{level}"
            );
            before = level;
        }
    });
}

#[test]
fn tables_have_a_caption_and_scoped_headers() {
    each_page(|name, html| {
        for table in html.split("<table").skip(1) {
            let table = table.split("</table>").next().unwrap();
            assert!(table.contains("<caption"), "{name}");
            for header in table.split("<th").skip(1) {
                if !header.starts_with("ead") {
                    assert!(header.starts_with(" scope=\""), "{name}: {}", &header[..20]);
                }
            }
        }
    });
}

#[test]
fn every_form_that_changes_something_is_posted_with_its_token() {
    each_page(|name, html| {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let posted = form.starts_with(" method=\"post\"");
            assert_eq!(
                posted,
                form.contains("name=\"csrf\" value=\"jeton\""),
                "{name}"
            );
            assert!(posted || form.starts_with(" method=\"get\""), "{name}");
        }
    });
}

#[test]
fn data_never_becomes_markup() {
    each_page(|name, html| {
        for bad in ["<script>alert", "Ana <b>", "Le <Fil>"] {
            assert!(!html.contains(bad), "{name}: {bad}");
        }
    });
    let (_, html) = &samples::all(Lang::Fr)[2];
    assert!(html.contains("&#60;script&#62;alert(1)"));
}

#[test]
fn no_key_shows_where_a_sentence_should_be() {
    each_page(|name, html| {
        for symptom in [
            "-title<",
            "-heading<",
            "-lead<",
            "-how<",
            "-hint<",
            "-sentence<",
            "{ $",
        ] {
            assert!(!html.contains(symptom), "{name}: {symptom}");
        }
    });
}

#[test]
fn citizens_meet_no_protocol_words() {
    let words = [
        "commit",
        "patch",
        "merge",
        "instance actor",
        "ActivityPub",
        "hash",
        "git ",
        "réplica",
        "digest",
    ];
    for (name, html) in samples::all(Lang::Fr) {
        if matches!(
            name,
            "review" | "review_decided" | "alike" | "moderation" | "first_run"
        ) {
            continue;
        }
        let text: String = html
            .split('<')
            .filter_map(|piece| piece.split_once('>'))
            .map(|(_, text)| text)
            .collect();
        for word in words {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn a_line_break_at_the_start_of_a_text_survives_the_form() {
    // HTML drops one line break after <textarea>, so the template writes one of its own.
    let pages = samples::all(Lang::Fr);
    let (_, html) = pages.iter().find(|(name, _)| *name == "add").unwrap();
    assert!(html.contains(">\n\nPremière ligne\nDeuxième ligne</textarea>"));
}

#[test]
fn a_reader_is_told_where_a_proposal_waits_and_why_it_was_refused() {
    let page = samples::frame(Lang::Fr);
    assert_eq!(
        Standing::Pending.sentence(&page, "montagne.example"),
        "Votre proposition est en attente chez montagne.example."
    );
    let pages = samples::all(Lang::Fr);
    let (_, html) = pages
        .iter()
        .find(|(name, _)| *name == "tracking_refused")
        .unwrap();
    assert!(html.contains("La valeur actuelle est la bonne."));
    assert!(!html.contains("/withdraw"));
}

#[test]
fn instants_are_shown_in_the_reader_s_words() {
    let french = samples::frame(Lang::Fr);
    let english = samples::frame(Lang::En);
    let at = samples::at("2026-11-20T16:12:00Z");
    assert_eq!(french.instant(&at), "20 novembre 2026 à 17:12");
    assert_eq!(english.instant(&at), "20 November 2026 at 17:12");
    let first = jiff::civil::date(2026, 9, 1);
    assert_eq!(french.day(&first), "1er septembre 2026");
    assert_eq!(english.day(&first), "1 September 2026");
    assert_eq!(french.age(&at), "il y a 19 heures");
    assert_eq!(
        english.age(&samples::at("2026-11-21T12:00:30Z")),
        "just now"
    );
}

/// Writes every page below `RUSTINE_PAGES`, to be looked at in a browser.
#[test]
fn pages_can_be_written_out_to_be_looked_at() {
    let Some(folder) = std::env::var_os("RUSTINE_PAGES").map(std::path::PathBuf::from) else {
        println!("skipped: RUSTINE_PAGES names no folder");
        return;
    };
    let style = crate::page::Page::stylesheet(&samples::frame(Lang::Fr));
    for lang in LANGS {
        for (name, html) in samples::all(lang) {
            let html = html.replace(style, "rustine.css");
            std::fs::write(folder.join(format!("{name}.{}.html", lang.tag())), html).unwrap();
        }
    }
    std::fs::copy("assets/rustine.css", folder.join("rustine.css")).unwrap();
}
