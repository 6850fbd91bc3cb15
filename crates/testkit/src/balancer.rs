//! One address for several servers, as a load balancer gives: connections go to them in turn, and past those that do
//! not answer.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Forwards until it is dropped; connections that are open then go on to their end.
#[derive(Debug)]
pub struct Balancer {
    port: u16,
    stopped: Arc<AtomicBool>,
}

impl Balancer {
    /// Listens on a port of loopback and forwards to others.
    ///
    /// # Panics
    /// When the port cannot be used.
    #[must_use]
    pub fn start(port: u16, to: &[u16]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let stopped = Arc::new(AtomicBool::new(false));
        let (to, stop) = (to.to_vec(), stopped.clone());
        thread::spawn(move || {
            let turn = AtomicUsize::new(0);
            for client in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let first = turn.fetch_add(1, Ordering::Relaxed);
                let mut ports = (0..to.len()).map(|at| to[(first + at) % to.len()]);
                let server = ports.find_map(|port| {
                    let address = SocketAddr::from(([127, 0, 0, 1], port));
                    TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()
                });
                if let (Ok(client), Some(server)) = (client, server) {
                    join(client, server);
                }
            }
        });
        Self { port, stopped }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // The listener sees it with the next connection, which is this one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Both directions, each until its end; an end that comes early is the other side's to notice.
fn join(client: TcpStream, server: TcpStream) {
    let (Ok(client_too), Ok(server_too)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    thread::spawn(move || forward(client, server));
    thread::spawn(move || forward(server_too, client_too));
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
