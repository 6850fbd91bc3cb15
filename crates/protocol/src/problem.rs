//! What is wrong with the shape of a document.

use crate::uri::InvalidUri;

/// The first fault found in the shape of a document; `member` is its path, such as `object.ops[3].row`.
///
/// The sentence may be shown to the sender: it repeats names of members, never their values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// A value that has members was expected.
    #[error("{member} is not a JSON object")]
    NotAnObject {
        /// Where.
        member: String,
    },
    /// A member without which the document means nothing.
    #[error("{member} is missing")]
    Missing {
        /// Where.
        member: String,
    },
    /// A member of another form than the one that is read.
    #[error("{member} is not {expected}")]
    WrongForm {
        /// Where.
        member: String,
        /// The form that was expected, in words.
        expected: &'static str,
    },
    /// A text beyond its limit.
    #[error("{member} is longer than {limit} bytes")]
    TooLong {
        /// Where.
        member: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A list beyond its limit.
    #[error("{member} has more than {limit} entries")]
    TooMany {
        /// Where.
        member: String,
        /// The limit, in entries.
        limit: usize,
    },
    /// A member that version 1 does not know, in an object that allows no others.
    #[error("{member} is not a member that version 1 knows")]
    UnknownMember {
        /// Where; cut to 80 characters, because the sender chose it.
        member: String,
    },
}

impl DocumentProblem {
    pub(crate) fn missing(member: impl Into<String>) -> Self {
        Self::Missing {
            member: member.into(),
        }
    }

    pub(crate) fn form(member: impl Into<String>, expected: &'static str) -> Self {
        Self::WrongForm {
            member: member.into(),
            expected,
        }
    }

    pub(crate) fn uri(member: impl Into<String>, problem: InvalidUri) -> Self {
        match problem {
            InvalidUri::TooLong => Self::TooLong {
                member: member.into(),
                limit: crate::limits::URI,
            },
            InvalidUri::Form => Self::form(member, InvalidUri::EXPECTED),
        }
    }
}
