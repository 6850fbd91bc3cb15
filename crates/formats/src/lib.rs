//! File formats to and from rows of cells: pure and streaming, over whatever reads and writes.
//!
//! Nothing here opens a file or a connection, and nothing changes a cell: what is imported and exported again is the
//! same, character for character. Start reading at [`csv`].

pub mod blocklist;
pub mod csv;
pub mod guess;
pub mod json_out;
