//! Each letter in words: one file for each family.

mod account;
mod answer;
mod collected;
mod comment;
mod decide;
mod news;
mod origin;
mod proposal;
mod upkeep;

use rustine_app::App;
use rustine_app::mail::Message;
use rustine_app::notifications::{Kind, unsubscribe};
use rustine_domain::problem::Lang;
use rustine_store::{StoreError, Tx};

use self::decide::Waits;
use super::lang::Words;
use super::sheet::Sheet;

/// For whom a letter is put into words.
pub(super) struct Reader<'a> {
    /// The instance that writes.
    pub app: &'a App,
    /// Her language, and the name of the instance.
    pub words: Words<'a>,
    /// Her account, where she has one.
    pub user: Option<i64>,
}

impl Reader<'_> {
    /// The link that ends letters of a kind, for people with an account.
    fn unsubscribe(
        &self,
        tx: &mut Tx<'_>,
        kind: Kind,
    ) -> Result<Option<(String, String)>, StoreError> {
        let Some(user) = self.user else {
            return Ok(None);
        };
        let label = self.words.say("letter-unsubscribe");
        Ok(Some((label, unsubscribe::link(self.app, tx, user, kind)?)))
    }
}

/// Puts a message into words, as things are now; `None` where there is nothing left to say.
///
/// Letters that ask for a decision make its link here, so that no secret waits in a queue.
pub(super) fn write(
    app: &App,
    lang: Lang,
    user: Option<i64>,
    message: &Message,
) -> Result<Option<Sheet>, StoreError> {
    let words = Words {
        lang,
        site: &app.settings.name,
    };
    let reader = Reader { app, words, user };
    match message {
        Message::ToDecide { patch } => {
            let written = |tx: &mut Tx<'_>| decide::write(&reader, tx, *patch, Waits::New);
            app.db.write(written)
        }
        Message::ExpiresSoon { patch } => {
            let written = |tx: &mut Tx<'_>| decide::write(&reader, tx, *patch, Waits::NotLong);
            app.db.write(written)
        }
        Message::Commented { patch } => app.db.read(|tx| comment::write(&reader, tx, *patch)),
        Message::Decided { patch } => app.db.read(|tx| answer::write(&reader, tx, *patch)),
        Message::News { since } => app.db.read(|tx| news::write(&reader, tx, *since)),
        Message::Origin { dataset, event } => app
            .db
            .read(|tx| origin::write(&reader, tx, *dataset, event)),
        Message::Collected {
            to_decide,
            decided,
            commented,
            origins,
            news,
            upkeep,
        } => app.db.write(|tx| {
            let events = collected::Events {
                to_decide,
                decided,
                commented,
                origins,
                news: *news,
                upkeep,
            };
            collected::write(&reader, tx, &events)
        }),
        Message::Upkeep { what } => app.db.read(|tx| upkeep::write(&reader, tx, what)),
        about_an_account => Ok(account::write(words, about_an_account)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Each letter about an account once; a test puts all of them into words.
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
