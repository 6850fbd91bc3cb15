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
    /// What the link that ends such letters is called, and where it leads.
    pub unsubscribe: Option<(String, String)>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Some sentences.
    Paragraph(String),
    /// A line that stands out.
    Heading(String),
    /// What somebody else wrote.
    Quote(String),
    /// Cells before and after.
    Changes(Vec<Line>),
    /// Something that leads somewhere: a button in HTML, a line of its own in plain text.
    Button {
        /// What it is called.
        label: String,
        /// Where it leads.
        url: String,
    },
}

/// A cell before and after, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What the field is called.
    pub field: String,
    /// What stood there; none where only the new value is told.
    pub before: Option<String>,
    /// What comes.
    pub after: String,
    /// What became of it instead, as a sentence.
    pub instead: Option<String>,
}

impl Line {
    fn text(&self) -> String {
        let Self {
            field,
            before,
            after,
            instead,
        } = self;
        let change = match before {
            Some(before) => format!("  {field}\n    - {}\n    + {}", inset(before), inset(after)),
            None => format!("  {field}\n    + {}", inset(after)),
        };
        match instead {
            Some(instead) => format!("{change}\n    = {}", inset(instead)),
            None => change,
        }
    }
}

/// A value of several lines stays under its field, so that none of them looks like words of ours.
fn inset(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\n      ")
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
                Block::Heading(words) => {
                    text.push_str("* ");
                    text.push_str(words);
                }
                Block::Quote(words) => {
                    text.push_str("> ");
                    text.push_str(&words.lines().collect::<Vec<_>>().join("\n> "));
                }
                Block::Changes(lines) => {
                    let lines: Vec<String> = lines.iter().map(Line::text).collect();
                    text.push_str(&lines.join("\n"));
                }
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
        if let Some((label, url)) = &self.unsubscribe {
            text.push_str(&format!("{label}\n{url}\n"));
        }
        text
    }
}
