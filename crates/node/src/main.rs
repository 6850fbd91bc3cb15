//! The binary `rustine`.
fn main() {}
