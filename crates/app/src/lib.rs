//! Rustine.
