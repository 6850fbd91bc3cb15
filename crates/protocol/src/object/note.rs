//! A note: a dataset's digest for microblog followers, or what somebody elsewhere wrote to us.

use rustine_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;
use crate::{context, limits};

/// A note as others read it. A digest holds no cell values and no names: a note cannot be recalled
/// (`protocol.md` §5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: Uri,
    /// Who wrote it: one address, never a list (attack F5).
    pub attributed_to: Uri,
    /// Primary audience.
    pub to: Vec<Uri>,
    /// Secondary audience.
    pub cc: Vec<Uri>,
    /// HTML. From a stranger: sanitise before showing.
    pub content: String,
    /// The page for people.
    pub url: Option<Uri>,
    /// When it was written; `None` where a server gives no readable instant.
    pub published: Option<Timestamp>,
    /// What it answers.
    pub in_reply_to: Option<Uri>,
}

impl Note {
    /// A digest by a dataset: addressed to everybody, a copy to its followers.
    pub fn digest(
        id: Uri,
        dataset: &Uri,
        content: String,
        page: Uri,
        published: Timestamp,
    ) -> Self {
        Self {
            id,
            attributed_to: dataset.clone(),
            to: vec![Uri::public()],
            cc: followers(dataset).into_iter().collect(),
            content,
            url: Some(page),
            published: Some(published),
            in_reply_to: None,
        }
    }

    /// The document under its own address.
    pub fn to_json(&self) -> Value {
        let mut value = self.embedded();
        value["@context"] = context::plain();
        value
    }

    /// The same inside `Create`.
    pub(crate) fn embedded(&self) -> Value {
        let mut map = Map::new();
        let list = |uris: &[Uri]| -> Value { uris.iter().map(Value::from).collect() };
        map.insert("id".into(), (&self.id).into());
        map.insert("type".into(), "Note".into());
        map.insert("attributedTo".into(), (&self.attributed_to).into());
        map.insert("to".into(), list(&self.to));
        map.insert("cc".into(), list(&self.cc));
        map.insert("content".into(), self.content.as_str().into());
        if let Some(url) = &self.url {
            map.insert("url".into(), url.into());
        }
        if let Some(published) = self.published {
            map.insert("published".into(), json!(published.to_string()));
        }
        if let Some(in_reply_to) = &self.in_reply_to {
            map.insert("inReplyTo".into(), in_reply_to.into());
        }
        Value::Object(map)
    }

    /// Reads a note of any server.
    pub fn parse(document: &Value) -> Result<Self, DocumentProblem> {
        Self::read(&Members::document(document)?)
    }

    pub(crate) fn read(members: &Members<'_>) -> Result<Self, DocumentProblem> {
        if members.text("type", limits::WORD)? != "Note" {
            return Err(members.wrong("type", "Note"));
        }
        Ok(Self {
            id: members.uri("id")?,
            attributed_to: members.uri("attributedTo")?,
            to: members.audience("to")?,
            cc: members.audience("cc")?,
            content: members
                .text_opt("content", limits::CONTENT)?
                .unwrap_or_default()
                .to_owned(),
            url: members.uri_if_any("url"),
            published: members.instant_if_any("published"),
            in_reply_to: members.uri_if_any("inReplyTo"),
        })
    }

    /// True where everybody may read it.
    pub fn is_public(&self) -> bool {
        self.to.iter().chain(&self.cc).any(Uri::is_public)
    }
}

/// The followers collection of an actor of ours.
pub(crate) fn followers(actor: &Uri) -> Option<Uri> {
    format!("{actor}/followers").parse().ok()
}
