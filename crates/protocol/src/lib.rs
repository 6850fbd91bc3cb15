//! The vocabulary that instances speak: ActivityPub documents in, domain types out, and back.
//!
//! Pure: no I/O, no clock, no randomness. Ids, instants and random UUIDs are parameters. Nothing here decides
//! a right: a document that parses is well formed and agrees with itself, and no more (`protocol.md` §7).
//! Input is a [`serde_json::Value`] that `rustine_domain::json` has already parsed strictly, so duplicate keys
//! and deep nesting never reach this crate. Every text that is read has a length limit ([`limits`]).
//!
//! Start reading at [`activity::Activity`] for what arrives in an inbox, at [`object`] for what is fetched and
//! served, and at [`site::Site`] for the URLs of an instance.

pub mod activity;
pub mod context;
pub mod limits;
pub mod object;
pub mod problem;
pub mod site;
pub mod uri;
pub mod vocabulary;

#[cfg(test)]
mod hostile_tests;
mod read;
#[cfg(test)]
mod testing;

pub use activity::{Activity, ActivityProblem};
pub use problem::DocumentProblem;
pub use site::Site;
pub use uri::Uri;
