//! "Look into your letters": one page for whatever ends in a letter, the same for every address.

use askama::Template;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::visit::Visit;

/// Says that a letter is on its way, if there is anything to write.
#[derive(Template)]
#[template(path = "letter.html")]
pub struct LetterPage {
    /// The frame.
    pub page: Page,
    /// Key of the heading.
    pub title_key: &'static str,
    /// Key of what to do now.
    pub text_key: &'static str,
    /// Where to go on: a path and a key; none where a letter leads on.
    pub onward: Option<(&'static str, &'static str)>,
}

/// The page with these words.
pub fn answer(
    visit: &Visit,
    title_key: &'static str,
    text_key: &'static str,
    onward: Option<(&'static str, &'static str)>,
) -> Result<Answer, Failure> {
    Answer::private(&LetterPage {
        page: visit.page.clone(),
        title_key,
        text_key,
        onward,
    })
}
