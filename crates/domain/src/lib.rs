//! The rules of Rustine: what a dataset, a row, a patch and a log are, and what may follow from what.
//!
//! Nothing here does I/O, reads a clock or draws randomness: time, keys and random bytes are parameters, so
//! the same code runs in the node, in the simulation and under a fuzzer. Start reading at [`ids`], then
//! [`log`] for the history that replicas verify and [`patch`] for what people propose.

pub mod audit;
pub mod cell;
pub mod check;
pub mod checks;
pub mod commit;
pub mod compare;
pub mod digest;
pub mod ids;
pub mod json;
pub mod key;
pub mod log;
pub mod matching;
pub mod merge;
pub mod modlog;
pub mod order;
pub mod patch;
pub mod policy;
pub mod problem;
pub mod proof;
pub mod quorum;
pub mod review;
pub mod rules;
pub mod schema;
pub mod time;
pub mod tree;

#[cfg(test)]
mod testing;
