//! Letters about an account: each holds one link that acts for whoever opens it.

use rustine_app::mail::Message;

use super::super::lang::Words;
use super::super::sheet::{Block, Sheet};

/// `None` for a letter that is not about an account.
pub(super) fn write(words: Words<'_>, message: &Message) -> Option<Sheet> {
    Some(match message {
        Message::ConfirmAddress { link } => sheet(words, "confirm-address", link),
        Message::ResetPassword { link } => sheet(words, "reset-password", link),
        Message::OpenAccount { link } => sheet(words, "open-account", link),
        Message::HasAccount { link } => sheet(words, "has-account", link),
        Message::AddressChanged { new } => told(words, new),
        Message::Invitation { link, by } => {
            let mut sheet = sheet(words, "invitation", link);
            let by = vec![("by", by.as_str().into())];
            sheet.blocks[0] = Block::Paragraph(words.say_with("invitation-text", by));
            sheet
        }
        Message::ToDecide { .. }
        | Message::Decided { .. }
        | Message::Commented { .. }
        | Message::ExpiresSoon { .. }
        | Message::News { .. }
        | Message::Origin { .. }
        | Message::Collected { .. }
        | Message::Upkeep { .. } => return None,
    })
}

/// Tells the old address; there is nothing to open.
fn told(words: Words<'_>, new: &str) -> Sheet {
    let new = vec![("new", new.into())];
    Sheet {
        lang: words.lang.as_str(),
        subject: words.say("address-changed-subject"),
        blocks: vec![
            Block::Paragraph(words.say_with("address-changed-text", new)),
            Block::Paragraph(words.say("address-changed-otherwise")),
        ],
        foot: words.say("letter-foot"),
        unsubscribe: None,
    }
}

/// A letter of three sentences: what happened, the button, and what to do for whom it means nothing.
fn sheet(words: Words<'_>, name: &str, link: &str) -> Sheet {
    let say = |part: &str| words.say(&format!("{name}-{part}"));
    Sheet {
        lang: words.lang.as_str(),
        subject: say("subject"),
        blocks: vec![
            Block::Paragraph(say("text")),
            Block::button(say("button"), link),
            Block::Paragraph(say("otherwise")),
        ],
        foot: words.say("letter-foot"),
        unsubscribe: None,
    }
}
