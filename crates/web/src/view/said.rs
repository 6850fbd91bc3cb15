//! Reviews of a proposal as moderators read them: an instance and a verdict.

use rustine_domain::time::Timestamp;
use rustine_store::ReviewRecord;

use crate::page::Page;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `name@host`.
    pub who: String,
    /// Key of what was said.
    pub verdict_key: &'static str,
    /// When it came.
    pub at: Timestamp,
    /// What was said with it.
    pub content: Option<String>,
    /// It counts for nothing, and why, in the words of the operator's log.
    pub void: Option<String>,
}

impl Said {
    /// From the store.
    pub fn of(review: &ReviewRecord) -> Self {
        let name = review.reviewer.rsplit('/').next().unwrap_or_default();
        Self {
            who: format!("{name}@{}", review.host),
            verdict_key: match review.verdict.as_str() {
                "approve" => "verdict-approve",
                "revise" => "verdict-revise",
                "reject" => "verdict-reject",
                _ => "verdict-remark",
            },
            at: review.received,
            content: review.content.clone(),
            void: review.void.clone(),
        }
    }

    /// Who said what.
    pub fn sentence(&self, page: &Page) -> String {
        page.t1(self.verdict_key, "who", &self.who)
    }
}
