//! Keeping verified copies of other instances' datasets.
//!
//! Start reading at [`machine`], which decides and does nothing else; [`driver`] runs one of them per copy.

pub mod ask;
mod branch;
mod copy;
mod driver;
mod fetch;
pub mod homes;
mod learn;
pub mod machine;
mod pull;
mod sources;
pub mod succession;

use crate::node::blocking;
pub use driver::Replication;
pub use fetch::{FetchError, Remote};
pub use homes::HomeError;
pub use learn::{LearnError, learn};
pub use machine::Head;
pub(crate) use sources::copy_log;

#[cfg(test)]
pub(crate) mod tests;
