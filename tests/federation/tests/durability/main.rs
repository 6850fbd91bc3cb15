//! The durability suite: what was acknowledged is still there after a power cut, after a process was killed, and
//! after a disk was full (decision 0020).
//!
//! `RUSTINE_TEST_SEED` repeats a run with its own crash points and moments; each test prints its seed.

mod claims;
mod dice;
mod disk;
mod full_disk;
mod kills;
mod power_cuts;
mod shell;
mod story;
mod trace;
mod tracer;
