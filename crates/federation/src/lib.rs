//! Rustine among other servers: what arrives ([`gate`], [`inbox`], [`activities`]), what leaves ([`delivery`]),
//! what is read ([`documents`]) and the copies that are kept ([`replication`]).
//!
//! Nothing here decides about rights or writes a dataset by itself: effects go through `app`. Nothing here opens
//! a URL but through `outbound`. Start reading at [`Federation`].

pub mod activities;
pub mod actors;
mod anyone;
pub mod delivery;
pub mod documents;
pub mod gate;
pub mod inbox;
pub mod modlog;
mod node;
pub mod peering;
pub mod presence;
pub mod proposals;
pub mod queues;
pub mod replication;
pub mod signature;

pub use anyone::{Anyone, FindError};
pub use node::{Federation, KeyError};
