//! Ports on loopback.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port that nobody listens on. It is taken from below the range out of which the system serves outgoing
/// connections: a node that is killed and started again must find its port free.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Tests of several processes start in different places, those of one process go on from each other.
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    (0..2_000)
        .map(|_| {
            FIRST
                + (start
                    .wrapping_mul(7)
                    .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)))
                    % COUNT
        })
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one of 2,000 ports is free")
}
