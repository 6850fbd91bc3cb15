//! Strict JSON and its canonical form (`protocol.md` §3.2, RFC 8785).
//!
//! Whatever is hashed or signed is read by [`parse`], which refuses every text that two readers could take
//! differently: duplicate keys, U+0000, lone surrogates, invalid UTF-8, numbers that a double may round,
//! nesting deeper than [`MAX_DEPTH`]. [`canonical`] writes the one byte form that is hashed.

mod canonical;
mod parse;

pub(crate) use canonical::{Canon, canonical_len, sha256};
pub use canonical::{canonical, hash};
pub use parse::{JsonProblem, check, parse, parse_document, parse_line};

/// The deepest nesting of arrays and objects that a document may have; `[]` counts 1.
pub const MAX_DEPTH: usize = 32;

/// The largest integer that every JSON reader keeps exactly: 2^53 - 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests;
