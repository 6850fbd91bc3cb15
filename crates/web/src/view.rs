//! What templates show, made of plain values: built from the store by handlers, and by hand in tests.

pub mod change;
pub mod comment;
pub mod input;
pub mod machine;
pub mod said;
pub mod shift;

use jiff::civil::Date;
use rustine_domain::time::Timestamp;

use crate::license::License;
use crate::page::Page;

/// The head of a dataset, as pages about it and its rows show it.
#[derive(Debug, Clone)]
pub struct DatasetHead {
    /// `name`, or `name@host` for a copy.
    pub address: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: Option<String>,
    /// Under what terms it may be used again.
    pub license: Option<License>,
    /// Address to follow, `@name@host`.
    pub follow: String,
    /// Set when this is a verified copy of another instance's dataset.
    pub copy: Option<CopyOf>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Proposals are taken.
    pub open: bool,
    /// Nobody edits it any more.
    pub closed: bool,
}

/// Where a verified copy comes from.
#[derive(Debug, Clone)]
pub struct CopyOf {
    /// Host of the instance that owns the dataset.
    pub origin: String,
    /// When that instance itself last confirmed that this is its latest state.
    pub confirmed: Option<Timestamp>,
    /// Since when it has not answered.
    pub silent_since: Option<Timestamp>,
}

/// A value in the form its type deserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No value.
    Absent,
    /// Text, line breaks kept.
    Text(String),
    /// A calendar day.
    Day(Date),
    /// A boolean that holds.
    Yes,
    /// A boolean that does not.
    No,
    /// A web address, an e-mail address or a telephone number.
    Link {
        /// `https:`, `http:`, `mailto:` or `tel:` only.
        href: String,
        /// As it was written.
        text: String,
    },
    /// Several choices of one field.
    List(Vec<String>),
    /// A value that was erased for ever.
    Erased,
}

impl Shown {
    /// Nothing to see; a narrow screen leaves the line out.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// Where a proposal stands (`protocol.md` §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waits for a decision.
    Pending,
    /// The data changed in between.
    Conflict,
    /// Applied as proposed.
    Accepted,
    /// Applied with changes.
    Amended,
    /// Refused, with a reason.
    Refused,
    /// Taken back by its author.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Conflict,
        Self::Accepted,
        Self::Amended,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// By its name in the store and the API.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == name)
    }

    /// Its name in the store and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Conflict => "conflict",
            Self::Accepted => "accepted",
            Self::Amended => "amended",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Key of its one or two words.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Pending => "status-pending",
            Self::Conflict => "status-conflict",
            Self::Accepted => "status-accepted",
            Self::Amended => "status-amended",
            Self::Refused => "status-refused",
            Self::Withdrawn => "status-withdrawn",
            Self::Expired => "status-expired",
        }
    }

    /// A full sentence for the person who proposed.
    pub fn sentence(&self, page: &Page, waiting_at: &str) -> String {
        match self {
            Self::Pending => page.t1("status-pending-sentence", "host", waiting_at),
            other => page.t(&format!("{}-sentence", other.key())),
        }
    }

    /// The class that colours it; the words carry the meaning.
    pub fn tone(&self) -> &'static str {
        match self {
            Self::Pending => "wait",
            Self::Conflict => "warn",
            Self::Accepted | Self::Amended => "done",
            Self::Refused => "problem",
            Self::Withdrawn | Self::Expired => "over",
        }
    }

    /// A decision is still to come.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Pending | Self::Conflict)
    }
}

/// One line of the summary of what is wrong, with the field it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Id of the field in the page.
    pub anchor: Option<String>,
    /// What is wrong and what to do, in the reader's language.
    pub sentence: String,
}

/// A cell that changed since the proposer saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Title of the field.
    pub field: String,
    /// What it holds now.
    pub current: Option<String>,
    /// What was proposed.
    pub proposed: Option<String>,
}

/// What a visitor may say about herself; all of it optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// A message for whoever reads the proposal.
    pub summary: String,
    /// A name.
    pub name: String,
    /// An address for the answer.
    pub email: String,
    /// Agrees that name and address are kept until the decision.
    pub consent: bool,
}

/// A choice in a list; either a text of the data or a key of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read, when it comes from the data.
    pub label: String,
    /// What is read, when it is ours.
    pub label_key: Option<&'static str>,
    /// Chosen now.
    pub chosen: bool,
}

impl Choice {
    /// A choice that reads as it is sent.
    pub fn plain(value: &str, chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label: value.to_owned(),
            label_key: None,
            chosen,
        }
    }

    /// A choice with words of ours.
    pub fn keyed(value: &str, key: &'static str, chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label: String::new(),
            label_key: Some(key),
            chosen,
        }
    }
}
