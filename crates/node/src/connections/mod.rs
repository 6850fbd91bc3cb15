//! The connections of the server: who waits for whom and for how long, and which of them are closed.
//!
//! The HTTP library has a deadline for the head of a connection's first request and none for anything later: a body,
//! the head of a second request, an answer that nobody takes, an endless body that nobody wants. Here every
//! connection has an [`Entry`] that says what it waits for; a [`Registry`] knows them all, closes what is late, and
//! makes room when there are too many by closing what has waited longest for a sender, first of the network that has
//! most. What the node itself works on is never closed: somebody who was quick is served however many are slow.
//!
//! [`stream`] watches the bytes, [`requests`] the requests and their bodies, [`server`] ties both to the HTTP
//! library. Nothing here knows a page or an activity.

pub mod entry;
pub mod files;
pub mod registry;
pub mod requests;
pub mod server;
pub mod stream;

pub use entry::Entry;
pub use registry::{Limits, Registry};
