//! Counts what passes between nodes: their public ports are here, those that they listen on stand behind.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes in both directions, requests and answers.
pub struct Proxy {
    passed: Arc<AtomicU64>,
}

impl Proxy {
    /// Passes connections to a node on for as long as the process lives.
    pub fn start(public: u16, behind: u16) -> std::io::Result<Self> {
        let mut proxy = Self {
            passed: Arc::new(AtomicU64::new(0)),
        };
        proxy.also(public, behind)?;
        Ok(proxy)
    }

    /// As [`Proxy::start`], for one more node.
    pub fn also(&mut self, public: u16, behind: u16) -> std::io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", public))?;
        let counter = self.passed.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // While the node is down, its callers see the connection end at once.
                if let Ok(far) = TcpStream::connect(("127.0.0.1", behind)) {
                    join(&near, &far, &counter);
                }
            }
        });
        Ok(())
    }

    /// How many MB passed so far.
    pub fn passed_mb(&self) -> f64 {
        self.passed.load(Ordering::Relaxed) as f64 / 1e6
    }
}

fn join(near: &TcpStream, far: &TcpStream, counter: &Arc<AtomicU64>) {
    for (from, to) in [(near, far), (far, near)] {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
            return;
        };
        let counter = counter.clone();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(count) = from.read(&mut bytes) {
                if count == 0 || to.write_all(&bytes[..count]).is_err() {
                    break;
                }
                counter.fetch_add(count as u64, Ordering::Relaxed);
            }
            // What one side ended, the other one learns.
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}
