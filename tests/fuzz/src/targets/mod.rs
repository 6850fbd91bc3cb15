//! One file for each reader. A target panics where a promise is broken; that bytes are refused is no finding.

pub mod activity;
pub mod address;
pub mod cell;
pub mod csv;
pub mod entry;
pub mod gate;
pub mod grant;
pub mod json;
pub mod log;
pub mod query;
pub mod queue;
pub mod signature;
pub mod snapshot;
pub mod url;

/// A target, by the name of its folder in `corpus`.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Target; 14] = [
    ("activity", activity::run),
    ("address", address::run),
    ("cell", cell::run),
    ("csv", csv::run),
    ("entry", entry::run),
    ("gate", gate::run),
    ("grant", grant::run),
    ("json", json::run),
    ("log", log::run),
    ("query", query::run),
    ("queue", queue::run),
    ("signature", signature::run),
    ("snapshot", snapshot::run),
    ("url", url::run),
];
