//! Verified copies of other instances' datasets: adding, applying what the log brings, showing, removing.
//!
//! What to ask next is decided by the state machine of the federation crate; here stands what one entry does, in
//! one transaction.

pub mod add;
pub mod apply;
pub mod beyond;
pub mod choose;
pub mod imports;
pub mod listing;
pub mod missing;
pub mod remove;
pub mod rival;
pub mod status;

pub use status::Status;

#[cfg(test)]
mod tests;
