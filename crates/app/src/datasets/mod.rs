//! Datasets of this instance: creating, importing, publishing, closing; and finding any dataset by its address.

pub mod close;
pub mod create;
pub mod export;
pub mod find;
pub mod import;
pub mod publish;
pub mod validate;
pub mod verify;

pub use find::{UnknownDataset, find};
