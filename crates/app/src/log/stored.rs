//! Entries as they are kept, read back: they were verified when they were taken in, so what cannot be read is damage.

use rustine_domain::log::{Body, Header};
use rustine_store::{EntryRecord, StoreError, Tx};

/// A header that was verified when it was taken in.
///
/// # Errors
/// Where the stored text is damaged.
pub(crate) fn header(entry: &EntryRecord) -> Result<Header, StoreError> {
    read_header(entry.seq, &entry.header)
}

/// As [`header`], of its number and its text.
///
/// # Errors
/// Where the stored text is damaged.
pub(crate) fn read_header(seq: i64, text: &str) -> Result<Header, StoreError> {
    let damaged = |error: &dyn std::fmt::Display| {
        StoreError::Other(format!("the stored entry {seq} is damaged: {error}"))
    };
    let value = rustine_domain::json::parse(text.as_bytes()).map_err(|error| damaged(&error))?;
    Header::parse(&value).map_err(|refusal| damaged(&refusal))
}

/// An entry with its body; `None` where either is not held.
///
/// # Errors
/// Where the store fails, or what it holds is damaged.
pub(crate) fn entry(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
) -> Result<Option<(Header, Body)>, StoreError> {
    let (Some(entry), Some(text)) = (tx.find_entry(dataset, seq)?, tx.find_body(dataset, seq)?)
    else {
        return Ok(None);
    };
    let damaged = |error: &dyn std::fmt::Display| {
        StoreError::Other(format!("the stored body {seq} is damaged: {error}"))
    };
    let header = header(&entry)?;
    let value = rustine_domain::json::parse(text.as_bytes()).map_err(|error| damaged(&error))?;
    let body = Body::parse(&value, &header.kind).map_err(|refusal| damaged(&refusal))?;
    Ok(Some((header, body)))
}
