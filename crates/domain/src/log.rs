//! The log of a dataset: signed headers over commitments, bodies with the values (`protocol.md` §3).
//!
//! A reader goes through four steps, each of which may refuse: [`Header::parse`] (form), [`Chain::follow`]
//! (order and keys, headers only), [`Body::parse`] (form), [`apply`] (operations against the rows held).
//! The caller then updates the [`crate::tree`] and compares the root with [`Applied::check_state`].
//! Redactions known so far are obeyed by [`apply`] itself; see [`redact`] for what is already kept.
//! An origin goes the same way through [`build`], so that it never signs what a reader would refuse.

pub mod apply;
pub mod body;
pub mod build;
pub mod chain;
pub mod complete;
pub mod header;
pub mod line;
mod members;
pub mod op;
pub mod redact;
mod refusal;
pub mod row;
pub mod settle;
pub mod snapshot;

pub use apply::{Applied, ApplyError, Change, Missing, Rows, apply};
pub use body::{Body, Meta};
pub use build::{EntryDraft, Genesis, Signed};
pub use chain::{Chain, OpenBatch, Step};
pub use complete::{Opened, complete};
pub use header::{BatchPart, ForkPoint, Handover, Header, Kind, Successor, Target};
pub use line::{Line, Withheld};
pub use op::{NewCell, Op};
pub use redact::Redactions;
pub use refusal::Refusal;
pub use row::{CellState, RowParts, RowState};
pub use settle::{Rules as SettlementRules, Settlement, settle};
pub use snapshot::SnapshotLine;

/// A header with its body.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The signed part.
    pub header: Header,
    /// The values.
    pub body: Body,
}

/// The `@context` of every header, in this order (`protocol.md` §3.3).
pub const CONTEXT: [&str; 3] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/rustine/ns/v1",
];

/// Limits that every reader enforces, in bytes of canonical JSON (`protocol.md` §3.3).
pub mod limits {
    /// A header with its proof.
    pub const HEADER_BYTES: usize = 64 * 1024;
    /// A body.
    pub const BODY_BYTES: usize = 64 * 1024 * 1024;
    /// An address in a header.
    pub const ADDRESS_BYTES: usize = 512;
    /// How far ahead of its own clock a reader accepts an entry at once.
    pub const AHEAD_SECONDS: i64 = 24 * 60 * 60;
}

/// Limits that bind the origin alone (`protocol.md` §3.3).
pub mod origin_limits {
    /// Operations in one entry.
    pub const OPS: usize = 10_000;
    /// A body as published, in bytes of canonical JSON.
    pub const BODY_BYTES: usize = 8 * 1024 * 1024;
    /// A cell's value, in bytes.
    pub const CELL_BYTES: usize = 64 * 1024;
    /// Cells of one row, and fields of a schema.
    pub const FIELDS: usize = 200;
    /// All values of a row together, in bytes.
    pub const ROW_BYTES: usize = 256 * 1024;
    /// A schema, in bytes of canonical JSON.
    pub const SCHEMA_BYTES: usize = 256 * 1024;
    /// The content of a meta, in bytes of canonical JSON.
    pub const META_BYTES: usize = 256 * 1024;
}

#[cfg(test)]
mod tests;
