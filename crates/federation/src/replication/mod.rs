//! Keeping verified copies of other instances' datasets.

pub mod machine;
