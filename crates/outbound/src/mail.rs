//! Letters leave here and nowhere else: through the operator's mail server, or into files of a trial.
//!
//! The mail server is named in the settings, never by a stranger, so the guards of [`crate::Client`] do not apply;
//! what a stranger names is the receiver and some words of the letter. Both are parsed into typed headers, so no text
//! can begin a header line. Errors never repeat what a server said beyond its code: servers quote addresses.

mod compose;
mod smtp;

use std::path::{Path, PathBuf};

pub use smtp::{Server, Tls};

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The address of who gets it.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML.
    pub html: String,
    /// What names it to mail systems: the left part of the `Message-ID`.
    pub id: String,
    /// The language that it is written in (RFC 3282).
    pub language: String,
    /// Where one click ends such letters (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Who writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// `name@host.example` or `A name <name@host.example>`.
    pub from: String,
    /// Where answers go, if elsewhere; the same forms.
    pub reply_to: Option<String>,
    /// The name of this node, for `Message-ID`.
    pub host: String,
}

/// How letters leave.
#[derive(Clone, Debug)]
pub enum Route {
    /// Through a mail server.
    Smtp(Server),
    /// Into a folder, one `.eml` for each letter.
    Folder(PathBuf),
}

/// Why the settings of mail cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// Not the form of an address.
    #[error("{name} is no address for letters: {text:?}")]
    Address {
        /// The setting.
        name: &'static str,
        /// What it says.
        text: String,
    },
    /// A certificate that cannot be read, or no TLS at all.
    #[error("mail.tls cannot be used with {host}: {reason}")]
    Tls {
        /// The mail server.
        host: String,
        /// Why.
        reason: String,
    },
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The letter cannot be one: its address or its subject.
    #[error("the letter cannot be composed: {0}")]
    Unfit(&'static str),
    /// The mail server refuses this receiver for good.
    #[error("the mail server refuses the receiver: {0}")]
    Refused(u16),
    /// Anything that may be better later, the operator's settings among it.
    #[error("{0}")]
    Later(String),
}

/// Sends letters.
#[derive(Debug)]
pub struct Mailer {
    sender: compose::Mailboxes,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<smtp::Connection>),
    Folder(PathBuf),
}

impl Mailer {
    /// Reads the settings; opens nothing yet. `ca_file` holds authorities to trust beside the machine's own.
    ///
    /// # Errors
    /// [`MailSettingsError`]
    pub fn new(
        sender: &Sender,
        route: Route,
        ca_file: Option<&Path>,
    ) -> Result<Self, MailSettingsError> {
        let way = match route {
            Route::Smtp(server) => Way::Smtp(Box::new(smtp::Connection::new(&server, ca_file)?)),
            Route::Folder(folder) => Way::Folder(folder),
        };
        Ok(Self {
            sender: compose::Mailboxes::read(sender)?,
            way,
        })
    }

    /// Sends one letter.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = self.sender.compose(letter)?;
        match &self.way {
            Way::Smtp(connection) => connection.send(message).await,
            Way::Folder(folder) => write(folder, letter, &message.formatted()).map_err(|error| {
                SendError::Later(format!("{} cannot be written: {error}", folder.display()))
            }),
        }
    }
}

/// The letter as it would have left, and beside it as plain text for the page of a trial. A file gets its name when it
/// is whole, so that whoever lists the folder never reads half a letter.
fn write(folder: &Path, letter: &Letter, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let Letter {
        id,
        to,
        subject,
        text,
        ..
    } = letter;
    let plain = format!("{to}\n{subject}\n\n{text}");
    for (ending, content) in [("eml", bytes), ("txt", plain.as_bytes())] {
        let unfinished = folder.join(format!("{id}.part"));
        std::fs::write(&unfinished, content)?;
        std::fs::rename(unfinished, folder.join(format!("{id}.{ending}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
