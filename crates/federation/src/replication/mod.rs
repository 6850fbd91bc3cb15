//! Keeping verified copies of other instances' datasets.
//!
//! Start reading at [`machine`], which decides and does nothing else; [`driver`] runs one of them per copy.

mod branch;
mod copy;
mod driver;
mod fetch;
mod learn;
pub mod machine;
mod pull;
mod sources;

pub use driver::Replication;
pub use fetch::FetchError;
pub use learn::{LearnError, learn};
pub use machine::Head;

/// Runs what blocks on the database on a thread for it.
///
/// # Panics
/// Where the work itself panicked.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests;
