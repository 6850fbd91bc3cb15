//! Sending what the outbox holds: our own deliverer, because a promise to deliver must survive a restart
//! (`protocol.md` §6).

pub mod render;
pub mod verdict;
pub mod worker;
