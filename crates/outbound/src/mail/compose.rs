//! From words to a message: typed headers, text and HTML beside each other.

use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::{Letter, MailSettingsError, SendError, Sender};

/// Longest subject in characters; what is beyond is cut.
const SUBJECT_CHARACTERS: usize = 150;

/// Who writes, parsed.
#[derive(Debug)]
pub(super) struct Mailboxes {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    host: String,
}

impl Mailboxes {
    pub(super) fn read(sender: &Sender) -> Result<Self, MailSettingsError> {
        let mailbox = |name, text: &str| {
            text.parse::<Mailbox>()
                .map_err(|_| MailSettingsError::Address {
                    name,
                    text: text.to_owned(),
                })
        };
        let reply_to = sender.reply_to.as_deref();
        Ok(Self {
            from: mailbox("mail.from", &sender.from)?,
            reply_to: reply_to
                .map(|text| mailbox("mail.reply_to", text))
                .transpose()?,
            host: sender.host.clone(),
        })
    }

    pub(super) fn compose(&self, letter: &Letter) -> Result<Message, SendError> {
        let to = letter
            .to
            .parse()
            .map_err(|_| SendError::Unfit("its address is none"))?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject(&letter.subject))
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .header(AutoSubmitted)
            .header(ContentLanguage(one_line(&letter.language)));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(url) = &letter.unsubscribe {
            builder = builder
                .header(ListUnsubscribe(format!("<{}>", one_line(url))))
                .header(ListUnsubscribePost);
        }
        let parts = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
        builder
            .multipart(parts)
            .map_err(|_| SendError::Unfit("its parts do not fit together"))
    }
}

fn subject(text: &str) -> String {
    one_line(text).chars().take(SUBJECT_CHARACTERS).collect()
}

/// A text without anything that could end a header line.
fn one_line(text: &str) -> String {
    let calm = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    calm.collect::<String>().trim().to_owned()
}

/// A header of this file: its name, and how its text is reached.
macro_rules! header {
    ($type:ident, $name:literal, |$own:ident| $text:expr) => {
        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err("letters are written here, never read".into())
            }
            fn display(&self) -> HeaderValue {
                let $own = self;
                HeaderValue::new(Self::name(), $text)
            }
        }
    };
}

/// Machines that answer letters leave these alone (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;
header!(AutoSubmitted, "Auto-Submitted", |_own| "auto-generated"
    .to_owned());

#[derive(Clone)]
struct ContentLanguage(String);
header!(ContentLanguage, "Content-Language", |own| own.0.clone());

#[derive(Clone)]
struct ListUnsubscribe(String);
header!(ListUnsubscribe, "List-Unsubscribe", |own| own.0.clone());

#[derive(Clone)]
struct ListUnsubscribePost;
header!(ListUnsubscribePost, "List-Unsubscribe-Post", |_own| {
    "List-Unsubscribe=One-Click".to_owned()
});
