//! Datasets of this instance: creating, importing, publishing, erasing, closing; and finding any dataset by its address.

pub mod close;
pub mod closing;
pub mod create;
pub mod export;
pub mod find;
pub mod heir;
pub mod import;
pub mod indexes;
pub mod moved;
pub mod moving;
pub mod publish;
pub mod redact;
pub mod rotate;
pub mod validate;
pub mod verify;

pub use find::{UnknownDataset, find};

#[cfg(test)]
mod tests;
