//! A language for tests alone, made of the French one: every sentence of ours stands in brackets, so that whatever is
//! outside of them is either data or a text that nobody can translate.

use std::collections::BTreeSet;

use super::Lang;
use super::tests::read_all;
use crate::pages::samples;
use crate::tests::node::Node;

/// Around every sentence.
const MARKS: [char; 2] = ['⟦', '⟧'];

/// A sentence as this language says it.
pub(super) fn told(text: &str) -> String {
    format!("{}{text}{}", MARKS[0], MARKS[1])
}

/// What stands outside of all sentences; they may stand in one another.
fn outside(text: &str) -> String {
    let mut depth = 0_i32;
    let mut rest = String::new();
    for letter in text.chars() {
        match letter {
            _ if letter == MARKS[0] => depth += 1,
            _ if letter == MARKS[1] => depth -= 1,
            _ if depth == 0 => rest.push(letter),
            _ => {}
        }
    }
    rest
}

/// Texts and spoken attributes of a page, without those in which nobody speaks.
fn spoken(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for attribute in ["title=\"", "alt=\"", "aria-label=\"", "placeholder=\""] {
        let values = html.split(attribute).skip(1);
        texts.extend(values.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        if !tag.starts_with("code") && !tag.starts_with("kbd") {
            texts.push(text.to_owned());
        }
    }
    texts
}

fn words(text: &str) -> Vec<String> {
    let letters = |c: char| !c.is_alphanumeric();
    text.split(letters)
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2)
        .map(str::to_lowercase)
        .collect()
}

/// Words of the data that the pages of tests are made of, and names that are the same in every language.
fn data(files: &[&str]) -> BTreeSet<String> {
    let sources = read_all("src", ".rs").into_iter().filter(|(path, _)| {
        let path = path.to_string_lossy();
        path.ends_with("src/license.rs") || files.iter().any(|file| path.ends_with(file))
    });
    let mut known: BTreeSet<String> = sources
        .flat_map(|(_, text)| {
            // A quote inside a string is not the end of it, and a line break is no letter.
            let text = text.replace("\\\"", " ").replace("'\"'", " ");
            let text = text.replace("\\n", " ").replace("\\r", " ");
            let strings = text.split('"').skip(1).step_by(2);
            strings.flat_map(words).collect::<Vec<_>>()
        })
        .collect();
    let names = [
        "csv", "json", "lines", "geojson", "rustine", "hub", "example", "xlsx",
    ];
    known.extend(names.map(str::to_owned));
    // Each language is called by its own name.
    known.extend(["français", "english"].map(str::to_owned));
    // Characters that HTML writes as words.
    known.extend(["quot", "amp", "nbsp"].map(str::to_owned));
    known
}

/// Words that a page says by itself.
fn strange(name: &str, html: &str, known: &BTreeSet<String>) -> Vec<String> {
    assert!(
        html.contains("lang=\"qps\""),
        "{name}: not in this language"
    );
    let texts = spoken(html);
    let said = texts.iter().flat_map(|text| words(&outside(text)));
    said.filter(|word| !known.contains(word))
        .map(|word| format!("{name}: {word}"))
        .collect()
}

#[test]
fn every_page_says_nothing_that_cannot_be_translated() {
    let known = data(&[
        "pages/samples.rs",
        "samples/parts.rs",
        "samples/reading.rs",
        "samples/accounts.rs",
        "samples/mail.rs",
        "samples/peers.rs",
    ]);
    let mut found = BTreeSet::new();
    for (name, html) in samples::all(Lang::Pseudo) {
        found.extend(strange(name, &html, &known));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[actix_web::test]
async fn answers_of_a_node_say_nothing_that_cannot_be_translated() {
    let node = Node::with_places().await;
    let mut known = data(&["tests/node.rs"]);
    let mut found = BTreeSet::new();
    let row = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    let visitor = node.browser();
    let moderator = node.moderator().await;
    let correct = format!("{row}/correct");
    let form = visitor.get(&correct).await;
    let fields = [
        ("csrf", form.input("csrf")),
        ("base", form.input("base")),
        ("f.nom", "Café Le Fil".to_owned()),
        ("f.code", "25000".to_owned()),
        ("f.places", "13".to_owned()),
        ("name", "Lea".to_owned()),
        ("email", "lea".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut check = |name: &str, html: &str, known: &BTreeSet<String>| {
        found.extend(strange(name, html, known));
    };
    let refused = visitor.post(&format!("{correct}?lang=qps"), &fields).await;
    assert_eq!(refused.status, 422);
    check("correct, refused", &refused.body, &known);
    let sent = visitor.post(&correct, &fields[..5]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let thanks = sent.header("location").to_owned();
    // The page shows its own address.
    known.extend(words(&thanks));
    for path in [
        "/",
        "/datasets/lieux",
        "/datasets/lieux?view=cards",
        "/datasets/lieux?q=absent",
        &row,
        &correct,
        &format!("{row}/remove"),
        "/datasets/lieux/add",
        "/absent",
        "/connexion",
        "/charte",
        "/accessibilite",
        "/donnees-personnelles",
        &thanks,
        thanks.trim_end_matches("/envoyee"),
    ] {
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = visitor.get(&format!("{path}{joint}lang=qps")).await;
        check(path, &page.body, &known);
    }
    let queue = moderator.get("/moderation?lang=qps").await.body;
    check("queue", &queue, &known);
    let review = super::super::tests::moderation::queue(&moderator)
        .await
        .remove(0);
    for path in [review.as_str(), "/moderation/comments"] {
        let page = moderator.get(&format!("{path}?lang=qps")).await;
        check(path, &page.body, &known);
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_stands_outside_of_sentences_is_found() {
    assert_eq!(outside("⟦Bonjour ⟦Ana⟧⟧ Oups"), " Oups");
    let html = "<html lang=\"qps\"><p title=\"⟦a⟧ Oups\">⟦b⟧</p><p>Literal</p>";
    let said: Vec<String> = spoken(html)
        .iter()
        .flat_map(|text| words(&outside(text)))
        .collect();
    assert_eq!(said, ["oups", "literal"]);
}
