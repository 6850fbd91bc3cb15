//! The limits of a file, each of them fired by a test. They bound memory, whatever a file holds.

/// The longest cell, in bytes of the file and in bytes of UTF-8: 64 KiB.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// The longest row, in bytes: 256 KiB, the limit that a proposed row has as well.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// The most columns.
pub const MAX_COLUMNS: usize = 200;
/// The most problems of one kind that a report lists; the rest is counted.
pub const MAX_LISTED: usize = 100;
/// How much of a file is looked at to guess its dialect: 64 KiB.
pub const SAMPLE_BYTES: usize = 64 * 1024;
