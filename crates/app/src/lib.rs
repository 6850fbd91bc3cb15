//! Use cases: load, decide by the rules of `domain`, save, enqueue. One file is one use case and one transaction.
//!
//! Nothing here waits on the network or holds an `.await`: whatever must be sent is a row in the outbox, written
//! in the transaction that caused it. Every use case is a synchronous function of [`App`] and its input; the
//! edges (`web`, `federation`, the binary) call it on a blocking thread. Start reading at [`patches`].

pub mod accounts;
pub mod actors;
pub mod blocks;
pub mod clock;
pub mod comments;
pub mod context;
pub mod custody;
pub mod datasets;
pub mod erasures;
pub mod follows;
pub mod grants;
pub mod housekeeping;
pub mod instance;
pub mod keys;
pub mod log;
pub mod mail;
pub mod modlog;
pub mod network;
pub mod notes;
pub mod notifications;
pub mod outbox;
pub mod patches;
pub mod peers;
pub mod presence;
pub mod processes;
pub mod replicas;
pub mod reports;
pub mod reviews;
pub mod rules;
pub mod settings;
pub mod succession;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use context::App;
pub use settings::Settings;
