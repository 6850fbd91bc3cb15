//! The stories. One binary, so that they share one build and run beside each other.

mod closed;
mod contributions;
mod convergence;
mod copied;
mod crashes;
mod custody;
mod demo;
mod erasing;
mod foreign;
mod gate;
mod histories;
mod keys;
mod looks;
mod outages;
mod proxy;
mod refusals;
mod restored;
mod shared_database;
mod size;
mod slow;
mod story;
