//! Lengths beyond which a document of another server is refused, in bytes unless said otherwise.
//!
//! They are far above what the fixtures of other servers hold, and far below what hurts: an inbox body has at
//! most 1 MiB, and each of these texts may end in a table of ours (attack F26 of the threat list).

/// A URL: ids, inboxes, links.
pub const URI: usize = 2_048;
/// A type, a username, a verdict, a language.
pub const WORD: usize = 255;
/// The shown name of an actor.
pub const NAME: usize = 1_000;
/// The description of an actor, HTML.
pub const SUMMARY: usize = 65_536;
/// What a proposer writes beside a patch.
pub const PATCH_SUMMARY: usize = 2_000;
/// A reason, a remark, a report.
pub const REASON: usize = 10_000;
/// The text of a note, HTML.
pub const CONTENT: usize = 131_072;
/// A public key in PEM; RSA-4096 takes 800 bytes.
pub const PEM: usize = 8_192;
/// A public key as a Multikey; Ed25519 takes 48 bytes.
pub const MULTIKEY: usize = 1_024;
/// A Follow as a whole, because it is sent back verbatim.
pub const FOLLOW: usize = 65_536;
/// Entries of `to` and of `cc`, each.
pub const RECIPIENTS: usize = 1_000;
/// Entries of `implements`, keys of an actor, objects of a report.
pub const LIST: usize = 100;
/// Entries of a collection page that is read.
pub const ITEMS: usize = 1_000;
/// The value of one cell (`protocol.md` §3.3).
pub const CELL: usize = 65_536;
