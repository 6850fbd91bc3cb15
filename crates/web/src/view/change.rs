//! Changes as people read them: field, before, after.

use rustine_domain::time::Timestamp;

use crate::diff::{self, Piece};
use crate::page::Page;

/// One side of a changed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// No value.
    Nothing,
    /// A value that was erased for ever.
    Erased,
    /// A value, its changed words marked.
    Pieces(Vec<Piece>),
}

/// A cell before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellDiff {
    /// Title of the field.
    pub field: String,
    /// What stood there.
    pub before: Side,
    /// What stands or would stand there.
    pub after: Side,
}

impl CellDiff {
    /// Compares two values word by word.
    pub fn new(field: &str, before: Option<&str>, after: Option<&str>) -> Self {
        let (before, after) = match (before, after) {
            (Some(before), Some(after)) => {
                let (before, after) = diff::sides(before, after);
                (Side::Pieces(before), Side::Pieces(after))
            }
            (before, after) => (whole(before), whole(after)),
        };
        Self {
            field: field.to_owned(),
            before,
            after,
        }
    }
}

fn whole(value: Option<&str>) -> Side {
    match value {
        Some(text) if !text.is_empty() => Side::Pieces(diff::whole(text)),
        _ => Side::Nothing,
    }
}

/// What an operation does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The row came with the first or a later import, or by a proposal.
    Add,
    /// Some cells changed.
    Set,
    /// The row was taken away.
    Del,
}

impl ChangeKind {
    /// Its name in operations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Set => "set",
            Self::Del => "del",
        }
    }

    /// Key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Add => "kind-add",
            Self::Set => "kind-set",
            Self::Del => "kind-del",
        }
    }

    /// Key of the words for something that is only proposed.
    pub fn proposed_key(self) -> &'static str {
        match self {
            Self::Add => "kind-propose-add",
            Self::Set => "kind-propose-set",
            Self::Del => "kind-propose-del",
        }
    }

    /// The row appeared: all its values are new, so they are folded away.
    pub fn is_arrival(self) -> bool {
        self == Self::Add
    }
}

/// Who caused a change: a role and an instance, never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The people who keep the dataset.
    Keeper,
    /// A visitor without account.
    Visitor,
    /// Somebody with an account.
    Member,
    /// A file read by the keepers.
    Import,
    /// Not recorded or erased.
    Unknown,
}

impl Role {
    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keeper => "keeper",
            Self::Visitor => "visitor",
            Self::Member => "member",
            Self::Import => "import",
            Self::Unknown => "unknown",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Keeper => "role-keeper",
            Self::Visitor => "role-visitor",
            Self::Member => "role-member",
            Self::Import => "role-import",
            Self::Unknown => "role-unknown",
        }
    }
}

/// One entry of a row's history.
#[derive(Debug, Clone)]
pub struct Change {
    /// When the dataset's owner recorded it.
    pub at: Timestamp,
    /// What happened.
    pub kind: ChangeKind,
    /// Who caused it.
    pub role: Role,
    /// The instance it came from, when it is not the origin.
    pub host: Option<String>,
    /// Cells before and after.
    pub cells: Vec<CellDiff>,
    /// Values of this entry were erased or are not held here.
    pub erased: bool,
}

impl Change {
    /// "par un visiteur, depuis hub.example".
    pub fn author(&self, page: &Page) -> String {
        let role = page.t(self.role.key());
        match &self.host {
            Some(host) => page.t2("role-at-host", "role", role, "host", host),
            None => role,
        }
    }
}

/// A link to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLink {
    /// What people call it.
    pub title: String,
    /// Its page.
    pub href: String,
}

/// An operation of a proposal on one row; cells of the same row stand together.
#[derive(Debug, Clone)]
pub struct Operation {
    /// What it does.
    pub kind: ChangeKind,
    /// The row; none for a new one.
    pub row: Option<RowLink>,
    /// Cells before and after.
    pub cells: Vec<CellDiff>,
}
