//! The floors: each does the bare work of what it stands beside, durably where that is, and nothing more.

pub mod diff;
pub mod inbox;
pub mod server;
pub mod table;
