//! Tests of the log as a whole: the shared vectors, and logs that are made here.

mod answers;
mod bodies;
mod chains;
mod headers;
mod imports;
mod origin;
mod origins;
mod replay;
mod snapshots;
mod table;
mod vectors;
