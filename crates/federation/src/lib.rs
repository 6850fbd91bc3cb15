//! Rustine among other servers.

pub mod documents;
pub mod replication;
