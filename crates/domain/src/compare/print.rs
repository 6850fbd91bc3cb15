//! Fingerprints of rows, keys and cells.

use std::hash::{DefaultHasher, Hasher};
use std::num::NonZeroU64;

use sha2::{Digest, Sha256};

use crate::matching::fold;

/// No byte of UTF-8 has these values, so they separate texts without ambiguity.
const AFTER_NAME: [u8; 1] = [0xFE];
const AFTER_VALUE: [u8; 1] = [0xFF];

/// The fingerprint of a whole row: 128 bits of SHA-256, so that two contents are never taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowPrint([u8; 16]);

impl RowPrint {
    /// The fingerprint of a row's fields and values. Both sides must give the fields in the same order, that of
    /// the schema for instance.
    ///
    /// Empty values count as absent, and fields whose names begin with `_` are ours, so both are passed over.
    pub fn of<'a>(cells: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut hash = Sha256::new();
        for (field, value) in cells {
            if !value.is_empty() && !field.starts_with('_') {
                hash.update(field);
                hash.update(AFTER_NAME);
                hash.update(value);
                hash.update(AFTER_VALUE);
            }
        }
        Self(first_bytes(&hash.finalize()))
    }
}

/// The fingerprint of a row's key: 64 bits of SHA-256 of its values, NFC and case-folded (`protocol.md` §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPrint(NonZeroU64);

impl KeyPrint {
    /// The fingerprint of the values of the key fields; `None` where one of them is empty, which is no key.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut hash = Sha256::new();
        for value in values {
            if value.is_empty() {
                return None;
            }
            hash.update(fold(value));
            hash.update(AFTER_VALUE);
        }
        let number = u64::from_be_bytes(first_bytes(&hash.finalize()));
        Some(Self(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN)))
    }
}

/// The fingerprint of one cell, 32 bits: it only weighs how alike two rows are, and never decides that a cell
/// is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CellPrint(u32);

impl CellPrint {
    /// An empty or absent cell.
    pub const EMPTY: Self = Self(0);

    /// The fingerprint of a value.
    pub fn of(value: &str) -> Self {
        if value.is_empty() {
            return Self::EMPTY;
        }
        let mut hash = DefaultHasher::new();
        hash.write(value.as_bytes());
        Self((hash.finish() as u32).max(1))
    }
}

fn first_bytes<const N: usize>(hash: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&hash[..N]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_cells_and_our_own_fields_do_not_count() {
        let row = RowPrint::of([("nom", "Ana"), ("ville", "Lyon")]);
        assert_eq!(
            row,
            RowPrint::of([
                ("nom", "Ana"),
                ("age", ""),
                ("ville", "Lyon"),
                ("_order", "V")
            ])
        );
        assert_ne!(row, RowPrint::of([("nom", "Ana"), ("ville", "Lyon ")]));
        assert_ne!(row, RowPrint::of([("nom", "Lyon"), ("ville", "Ana")]));
        assert_ne!(RowPrint::of([("a", "bc")]), RowPrint::of([("ab", "c")]));
    }

    #[test]
    fn keys_are_the_same_in_any_case_and_composition_and_none_when_incomplete() {
        assert_eq!(KeyPrint::of(["É-1"]), KeyPrint::of(["e\u{301}-1"]));
        assert_ne!(KeyPrint::of(["a", "bc"]), KeyPrint::of(["ab", "c"]));
        assert_ne!(KeyPrint::of(["1"]), KeyPrint::of(["01"]));
        assert_eq!(KeyPrint::of(["a", ""]), None);
        assert!(KeyPrint::of(["a", " "]).is_some());
    }

    #[test]
    fn only_the_empty_cell_has_the_empty_print() {
        assert_eq!(CellPrint::of(""), CellPrint::EMPTY);
        assert_ne!(CellPrint::of(" "), CellPrint::EMPTY);
        assert_eq!(CellPrint::of("a"), CellPrint::of("a"));
    }
}
