//! Letters: rows of the table `mails`, written in the transaction that caused them and sent by the worker of `jobs`.
//!
//! A row holds what a letter says as data, never as text: it is put into words when it is sent. Start reading at
//! [`enqueue`]. Nothing here may reach another instance or a log: who is written to is nobody's business.

mod message;

use rustine_domain::problem::Lang;
use rustine_store::{NewMail, StoreError, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::settings::mail::{Transport, is_address};
pub use message::Message;

use crate::App;

/// Who a letter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// The language that the letter is written in.
    pub lang: Lang,
    /// The account, where there is one: the letter goes with it.
    pub user: Option<i64>,
}

/// A letter as it stands in its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Names the letter to mail systems, so that one that arrives twice is seen to be one.
    pub id: Uuid,
    /// What it says.
    pub message: Message,
}

/// True where this instance sends letters; pages say so where it does not.
pub fn is_on(app: &App) -> bool {
    transport(app) != Transport::None
}

/// How letters leave this instance.
pub fn transport(app: &App) -> Transport {
    app.settings.mail.transport(app.settings.dev)
}

/// Queues a letter in the caller's transaction. Nothing is written where letters are off, or where the address
/// cannot be one: what was typed into a form is not a promise.
///
/// # Errors
/// Where the store fails.
pub fn enqueue(
    tx: &mut Tx<'_>,
    app: &App,
    to: &Recipient,
    message: &Message,
) -> Result<(), StoreError> {
    if !is_on(app) || !is_address(&to.address) {
        return Ok(());
    }
    let envelope = Envelope {
        id: app.entropy.uuid(),
        message: message.clone(),
    };
    let text = serde_json::to_string(&envelope)
        .map_err(|error| StoreError::Other(format!("a letter cannot be written: {error}")))?;
    tx.insert_mail(&NewMail {
        user_id: to.user,
        address: to.address.clone(),
        lang: to.lang.as_str().to_owned(),
        kind: message.kind().to_owned(),
        message: text,
        created: app.clock.now(),
    })?;
    Ok(())
}

#[cfg(test)]
mod tests;
