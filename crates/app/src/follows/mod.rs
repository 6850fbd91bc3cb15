//! Following: who follows our datasets, and what our people follow.

pub mod ask;
pub mod news;
pub mod own;
pub mod receive;

pub use news::since as news_since;

/// A follow that waits for its answer.
pub const PENDING: &str = "pending";
/// A follow that was granted.
pub const ACCEPTED: &str = "accepted";
/// A follow that was refused.
pub const REJECTED: &str = "rejected";

/// A follower that is told by digests.
pub const PERSON: &str = "person";
