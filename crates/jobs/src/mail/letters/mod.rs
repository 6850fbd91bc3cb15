//! Each letter in words: one file for each family.

mod account;

use rustine_app::App;
use rustine_app::mail::Message;
use rustine_domain::problem::Lang;

use super::lang::Words;
use super::sheet::Sheet;

/// Puts a message into words.
pub(super) fn write(app: &App, lang: Lang, message: &Message) -> Sheet {
    let words = Words {
        lang,
        site: &app.settings.name,
    };
    match message {
        Message::ConfirmAddress { .. }
        | Message::ResetPassword { .. }
        | Message::Invitation { .. }
        | Message::OpenAccount { .. }
        | Message::HasAccount { .. }
        | Message::AddressChanged { .. } => account::write(words, message),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Each letter once; a test puts all of them into words.
    pub(crate) fn one_of_each() -> Vec<Message> {
        let link = || "https://hub.example/x/abc".to_owned();
        vec![
            Message::ConfirmAddress { link: link() },
            Message::ResetPassword { link: link() },
            Message::Invitation {
                link: link(),
                by: "Léa".to_owned(),
            },
            Message::OpenAccount { link: link() },
            Message::HasAccount { link: link() },
            Message::AddressChanged {
                new: "a…@lac.example".to_owned(),
            },
        ]
    }
}
