//! Domains that this instance has nothing to do with: what a block covers, what it cuts, and lists that propose some.
//!
//! A block covers a domain, everything under it, and every port. It is made by a person, who sees before what it
//! would cut ([`cuts`]). Lists of others only ever make drafts ([`drafts`], [`lists`]).

pub mod block;
pub mod cuts;
pub mod drafts;
pub mod lists;
#[cfg(test)]
mod tests;

use rustine_domain::ids::Host;
use rustine_store::{BlockRecord, StoreError, Tx};

/// A text that is no domain that could be blocked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no domain: write a name like spam.example")]
pub struct NoDomain(String);

/// Reads a domain as people and lists write it: `Spam.Example.`, `spam.example:8080`. The port goes, because a block
/// covers every port.
///
/// # Errors
/// [`NoDomain`], for a mask such as `sp*m.example` too.
pub fn domain(text: &str) -> Result<String, NoDomain> {
    let wrong = || NoDomain(text.chars().take(80).collect());
    let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let host: Host = name.parse().map_err(|_| wrong())?;
    let name = name_of(host.as_str());
    let has_letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    match name.contains('.') && has_letters {
        true => Ok(name.to_owned()),
        false => Err(wrong()),
    }
}

/// A host without its port.
pub fn name_of(host: &str) -> &str {
    host.split(':').next().unwrap_or_default()
}

/// True where `domain` is the name of this host, or stands above it.
pub fn is_under(host: &str, domain: &str) -> bool {
    let name = name_of(host).trim_end_matches('.');
    name.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The block that covers a `host[:port]`, if one does.
///
/// # Errors
/// Where the store fails.
pub fn over(tx: &mut Tx<'_>, host: &str) -> Result<Option<BlockRecord>, StoreError> {
    let name = name_of(host).trim_end_matches('.').to_ascii_lowercase();
    tx.find_block_over(&name)
}

/// True where a block covers a `host[:port]`.
///
/// # Errors
/// Where the store fails.
pub fn covers(tx: &mut Tx<'_>, host: &str) -> Result<bool, StoreError> {
    Ok(over(tx, host)?.is_some())
}
