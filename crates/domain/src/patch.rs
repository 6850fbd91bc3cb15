//! Patches: what people propose, and where a proposal stands (`protocol.md` §4).

mod status;

pub use self::status::{EXPIRES_AFTER_SECONDS, Forbidden, Reason, Status, expires_at};
