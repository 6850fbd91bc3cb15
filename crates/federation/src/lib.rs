//! Rustine among other servers.

pub mod documents;
pub mod gate;
pub mod replication;
pub mod signature;
