//! The log of a dataset in the store: appending at the origin, applying at a replica.

pub mod append;
pub mod before;
pub mod bulk;
pub mod keys;
pub(crate) mod learn;
pub mod obey;
pub mod place;
pub mod rows;
pub(crate) mod stored;

pub use append::{AppendError, Appended, append};
