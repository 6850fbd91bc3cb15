//! One address for several servers, as a load balancer gives: connections go to them in turn, and past those that do
//! not answer.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How long a server has to take a connection, and to say that it is alive.
const PATIENCE: Duration = Duration::from_secs(2);

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
                let Ok(client) = client else { continue };
                let first = turn.fetch_add(1, Ordering::Relaxed);
                let mut ports: Vec<u16> = to.clone();
                ports.rotate_left(first % to.len());
                // A server that stands still takes connections all the same, so it is asked, beside the others' turns.
                thread::spawn(move || {
                    let server = ports
                        .into_iter()
                        .find_map(|port| answers(port).then(|| connect(port).ok())?);
                    if let Some(server) = server {
                        join(client, server);
                    }
                });
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

fn connect(port: u16) -> io::Result<TcpStream> {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), PATIENCE)
}

/// True where a server says that it is alive.
fn answers(port: u16) -> bool {
    let ask = || -> io::Result<bool> {
        let mut server = connect(port)?;
        server.set_read_timeout(Some(PATIENCE))?;
        server.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        server.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
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
