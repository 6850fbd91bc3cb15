//! Tests of the log as a whole: the shared vectors, and logs that are made here.

mod table;
mod vectors;
