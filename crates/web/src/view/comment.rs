//! Comments as people read them: a side and an instance, never a name.

use rustine_app::comments::side;
use rustine_domain::time::Timestamp;
use rustine_store::CommentRecord;

use crate::page::Page;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id here.
    pub id: String,
    /// Key of who wrote it.
    pub by_key: &'static str,
    /// The server that it came from, where that is another one.
    pub host: String,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub content: Content,
}

/// What a comment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// As it was typed here.
    Text(String),
    /// Marks of another server, made harmless before they were kept.
    Marks(String),
}

impl Comment {
    /// From the store.
    pub fn of(record: CommentRecord) -> Self {
        let elsewhere = record.side == side::ELSEWHERE;
        let author = record.author.filter(|_| elsewhere);
        let host = author
            .and_then(|author| url::Url::parse(&author).ok())
            .map(|author| rustine_app::context::host_of(&author));
        Self {
            id: record.id,
            by_key: match record.side.as_str() {
                side::MODERATOR => "comment-moderator",
                side::MEMBER => "comment-member",
                side::CONTRIBUTOR => "comment-contributor",
                _ => "comment-elsewhere",
            },
            host: host.unwrap_or_default(),
            at: record.created,
            content: match elsewhere {
                true => Content::Marks(record.content),
                false => Content::Text(record.content),
            },
        }
    }

    /// Who wrote it.
    pub fn by(&self, page: &Page) -> String {
        page.t1(self.by_key, "host", &self.host)
    }
}
