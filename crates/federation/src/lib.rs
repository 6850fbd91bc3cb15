//! Rustine among other servers.

pub mod replication;
