//! Shortcuts on the keyboard, where the browser runs our script; everything they do is also a link or a button.

use crate::answer::{Allowed, Answer};
use crate::assets;

/// A key and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The character.
    pub name: &'static str,
    /// Key of the words for what it does.
    pub does_key: &'static str,
}

const fn key(name: &'static str, does_key: &'static str) -> Key {
    Key { name, does_key }
}

/// In the queue.
pub const QUEUE: &[Key] = &[
    key("j", "keys-next"),
    key("k", "keys-previous"),
    key("?", "keys-help"),
];

/// On the page of a proposal.
pub const REVIEW: &[Key] = &[
    key("j", "keys-next"),
    key("k", "keys-previous"),
    key("a", "keys-accept"),
    key("r", "keys-refuse"),
    key("?", "keys-help"),
];

/// Address of the script; none where the build had no Node.
pub fn script() -> Option<&'static str> {
    assets::find("keys.js")
}

/// The same page, which may run its script.
pub(super) fn with_script(answer: Answer) -> Answer {
    match script() {
        Some(_) => answer.and_allow(Allowed {
            scripts: true,
            ..Allowed::default()
        }),
        None => answer,
    }
}
