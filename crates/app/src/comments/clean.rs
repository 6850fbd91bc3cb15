//! HTML of strangers, made harmless: some plain marks, links without a trace of us, nothing that loads or runs.

use std::collections::HashSet;

use ammonia::Builder;

/// What may remain.
const TAGS: [&str; 8] = ["p", "br", "a", "em", "strong", "ul", "ol", "li"];

/// The same words in marks that cannot do anything; empty where no word is left.
pub fn clean(html: &str) -> String {
    let cleaned = Builder::default()
        .tags(HashSet::from(TAGS))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "http"]))
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .strip_comments(true)
        .clean(html)
        .to_string();
    match words(&cleaned) {
        0 => String::new(),
        _ => cleaned,
    }
}

/// Characters of the text between the marks.
pub fn words(cleaned: &str) -> usize {
    let mut inside = false;
    let mut count = 0;
    for letter in cleaned.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside && !letter.is_whitespace() => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(clean(html), expected, "{html}");
    }

    #[test]
    fn only_plain_marks_remain() {
        check(
            "<p>Oui, <strong>demain</strong>.</p>",
            "<p>Oui, <strong>demain</strong>.</p>",
        );
        check("<h1 onclick=\"x()\">Non</h1>", "Non");
        check(
            "<p style=\"position:fixed\" class=\"x\">Ici</p>",
            "<p>Ici</p>",
        );
        check("<script>alert(1)</script><style>p{}</style>", "");
        check("<img src=x onerror=alert(1)><p> </p>", "");
        check("<!-- rien -->Mot", "Mot");
        check("a < b & c", "a &lt; b &amp; c");
    }

    #[test]
    fn links_lead_to_the_web_and_tell_nothing_about_us() {
        let rel = "rel=\"nofollow noopener noreferrer ugc\"";
        check(
            "<a href=\"https://b.example/x\" target=\"_top\">là</a>",
            &format!("<a href=\"https://b.example/x\" {rel}>là</a>"),
        );
        check(
            "<a href=\"javascript:alert(1)\">là</a>",
            &format!("<a {rel}>là</a>"),
        );
        check(
            "<a href=\"data:text/html,x\">là</a>",
            &format!("<a {rel}>là</a>"),
        );
    }
}
