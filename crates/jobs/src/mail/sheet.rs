//! A letter as a list of blocks, printed as plain text and as HTML from the same words.
//!
//! Whoever writes a letter gives texts, never markup: the HTML escapes all of it.

use askama::Template;

/// A letter before it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The language, as in `lang="…"`.
    pub lang: &'static str,
    /// What stands in the list of letters.
    pub subject: String,
    /// What it says, from top to bottom.
    pub blocks: Vec<Block>,
    /// Why one gets it, and the name of the instance; in small print.
    pub foot: String,
    /// Where one click ends such letters, and what the link is called.
    pub unsubscribe: Option<String>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Some sentences.
    Paragraph(String),
    /// Something that leads somewhere: a button in HTML, a line of its own in plain text.
    Button {
        /// What it is called.
        label: String,
        /// Where it leads.
        url: String,
    },
}

impl Block {
    pub(super) fn button(label: String, url: &str) -> Self {
        Self::Button {
            label,
            url: url.to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    sheet: &'a Sheet,
}

impl Sheet {
    /// As HTML.
    pub(super) fn html(&self) -> String {
        // Writing to memory fails only where a template's own expression does, and these are plain texts.
        Html { sheet: self }.render().unwrap_or_default()
    }

    /// As plain text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(words) => text.push_str(words),
                Block::Button { label, url } => {
                    text.push_str(label);
                    text.push('\n');
                    text.push_str(url);
                }
            }
            text.push_str("\n\n");
        }
        text.push_str("-- \n");
        text.push_str(&self.foot);
        text.push('\n');
        text
    }
}
