//! A proxy between nodes that loses, delays, doubles, reorders, cuts and refuses what passes, drawn from a seed.
//!
//! The public port of a node is here, the port it listens on stands behind ([`crate::node::Options::public_port`]).
//! It passes on plain HTTP of `--dev` nodes, one request per connection.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::port::free_port;

/// The most that is read of one head.
const MOST_HEAD_BYTES: usize = 64 << 10;
/// A side that says nothing for so long is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It never arrives.
    Lost,
    /// It arrives, its answer does not.
    Unanswered,
    /// Its answer ends in the middle.
    Cut,
    /// It arrives twice.
    Doubled,
    /// Something in front of the node answers 503.
    Refused,
    /// It arrives late, so that others overtake it.
    Late,
}

impl Fault {
    const ALL: [Self; 6] = [
        Self::Lost,
        Self::Unanswered,
        Self::Cut,
        Self::Doubled,
        Self::Refused,
        Self::Late,
    ];
}

/// How many requests met which fault.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// All requests.
    pub requests: u64,
    /// Those that never arrived.
    pub lost: u64,
    /// Those whose answer was kept back.
    pub unanswered: u64,
    /// Those whose answer was cut.
    pub cut: u64,
    /// Those that arrived twice.
    pub doubled: u64,
    /// Those that got a 503.
    pub refused: u64,
    /// Those that came late.
    pub late: u64,
    /// Answers that were changed.
    pub lies: u64,
}

impl Counts {
    /// Requests that met a fault of any kind.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.lost + self.unanswered + self.cut + self.doubled + self.refused + self.late
    }
}

struct State {
    rng: StdRng,
    share: f64,
    lies: bool,
    counts: Counts,
}

/// The proxy. Its threads last as long as the process; while the node is down, its callers see connections end.
#[derive(Clone)]
pub struct FaultProxy {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl FaultProxy {
    /// Passes from a public port of loopback to a node's own, at first without faults.
    ///
    /// # Panics
    /// When no port can be had.
    #[must_use]
    pub fn start(node: u16, seed: u64) -> Self {
        // Somebody else on this machine may take a port as soon as it is known to be free.
        let listener = (0..100)
            .find_map(|_| TcpListener::bind(("127.0.0.1", free_port())).ok())
            .expect("one of 100 free ports stays free");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let proxy = Self {
            port,
            state: Arc::new(Mutex::new(State {
                rng: StdRng::seed_from_u64(seed),
                share: 0.0,
                lies: false,
                counts: Counts::default(),
            })),
        };
        let passing = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let passing = passing.clone();
                // A side that breaks off is its own business.
                thread::spawn(move || passing.pass(client, node).ok());
            }
        });
        proxy
    }

    /// The public port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on this share of the requests meets a fault; 0 is calm.
    pub fn set_faults(&self, share: f64) {
        self.state().share = share;
    }

    /// From now on names in the entries of a log are changed on the way: whoever is asked seems to lie.
    pub fn set_lies(&self, lies: bool) {
        self.state().lies = lies;
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to the next request, and for how long it is held back.
    fn draw(&self) -> (Option<Fault>, Duration) {
        let mut state = self.state();
        let share = state.share;
        state.counts.requests += 1;
        if share == 0.0 {
            return (None, Duration::ZERO);
        }
        let fault = state
            .rng
            .gen_bool(share)
            .then(|| Fault::ALL[state.rng.gen_range(0..Fault::ALL.len())]);
        let counts = &mut state.counts;
        match fault {
            Some(Fault::Lost) => counts.lost += 1,
            Some(Fault::Unanswered) => counts.unanswered += 1,
            Some(Fault::Cut) => counts.cut += 1,
            Some(Fault::Doubled) => counts.doubled += 1,
            Some(Fault::Refused) => counts.refused += 1,
            Some(Fault::Late) => counts.late += 1,
            None => {}
        }
        let most_ms = if fault == Some(Fault::Late) { 3000 } else { 60 };
        let delay = Duration::from_millis(state.rng.gen_range(0..most_ms));
        (fault, delay)
    }

    fn pass(&self, mut client: TcpStream, node: u16) -> io::Result<()> {
        client.set_read_timeout(Some(SILENCE))?;
        let Some(request) = read_request(&mut client)? else {
            return Ok(());
        };
        let (fault, delay) = self.draw();
        thread::sleep(delay);
        match fault {
            Some(Fault::Lost) => return client.shutdown(Shutdown::Both),
            Some(Fault::Refused) => {
                let answer = "HTTP/1.1 503 Out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                return client.write_all(answer.as_bytes());
            }
            // The first of the two is answered into nothing.
            Some(Fault::Doubled) => drop(ask(node, &request)?),
            _ => {}
        }
        let mut answer = ask(node, &request)?;
        if self.state().lies && is_entries(&request) {
            let lied = lie(&mut answer);
            self.state().counts.lies += u64::from(lied);
        }
        match fault {
            Some(Fault::Unanswered) => return client.shutdown(Shutdown::Both),
            Some(Fault::Cut) => answer.truncate(answer.len() / 2),
            _ => {}
        }
        client.write_all(&answer)
    }
}

/// One request, told to close its connection and to ask for nothing packed; `None` where none came.
fn read_request(client: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut received = Vec::new();
    let mut buffer = [0; 16 << 10];
    let body = loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        let read = client.read(&mut buffer)?;
        if read == 0 || received.len() > MOST_HEAD_BYTES {
            return Ok(None);
        }
        received.extend_from_slice(&buffer[..read]);
    };
    let head = String::from_utf8_lossy(&received[..body]).into_owned();
    let length = field(&head, "content-length").and_then(|text| text.parse::<usize>().ok());
    while received.len() < body + length.unwrap_or(0) {
        let read = client.read(&mut buffer)?;
        if read == 0 {
            return Ok(None);
        }
        received.extend_from_slice(&buffer[..read]);
    }
    let kept = head
        .trim_end()
        .split("\r\n")
        .filter(|line| !is_field(line, "connection") && !is_field(line, "accept-encoding"));
    let mut request = kept.collect::<Vec<_>>().join("\r\n").into_bytes();
    request.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
    request.extend_from_slice(&received[body..]);
    Ok(Some(request))
}

fn is_field(line: &str, name: &str) -> bool {
    line.split(':')
        .next()
        .is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let line = head.split("\r\n").find(|line| is_field(line, name))?;
    Some(line.split_once(':')?.1.trim())
}

/// The whole answer of the node.
fn ask(node: u16, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut node = TcpStream::connect(("127.0.0.1", node))?;
    node.set_read_timeout(Some(SILENCE))?;
    node.write_all(request)?;
    let mut answer = Vec::new();
    node.read_to_end(&mut answer)?;
    Ok(answer)
}

fn is_entries(request: &[u8]) -> bool {
    let line = request.split(|byte| *byte == b'\r').next();
    line.is_some_and(|line| String::from_utf8_lossy(line).contains("/log/entries"))
}

/// Changes the first letter of every name; the length stays, so that only hashes can notice. True where it did.
fn lie(answer: &mut [u8]) -> bool {
    const BEFORE: &[u8] = b"\"nom\":\"";
    let mut lied = false;
    for at in BEFORE.len()..answer.len() {
        if answer[..at].ends_with(BEFORE) && answer[at].is_ascii_alphanumeric() {
            answer[at] = if answer[at] == b'z' { b'y' } else { b'z' };
            lied = true;
        }
    }
    lied
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that counts what arrives and answers "0123456789".
    fn server() -> (u16, Arc<Mutex<u64>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let arrived = Arc::new(Mutex::new(0));
        let counted = arrived.clone();
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let _ = read_request(&mut client);
                *counted.lock().unwrap() += 1;
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
                let _ = client.write_all(answer.as_bytes());
            }
        });
        (port, arrived)
    }

    fn fetch(port: u16) -> String {
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let answer = ask(port, request).unwrap_or_default();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn a_calm_proxy_passes_everything_on() {
        let (node, arrived) = server();
        let proxy = FaultProxy::start(node, 1);
        for _ in 0..5 {
            assert!(fetch(proxy.port()).ends_with("\r\n\r\n0123456789"));
        }
        assert_eq!(*arrived.lock().unwrap(), 5);
        assert_eq!((proxy.counts().requests, proxy.counts().faults()), (5, 0));
    }

    #[test]
    fn every_fault_is_what_it_says() {
        let (node, arrived) = server();
        let proxy = FaultProxy::start(node, 7);
        proxy.set_faults(1.0);
        for _ in 0..24 {
            let (before, came) = (proxy.counts(), *arrived.lock().unwrap());
            let answer = fetch(proxy.port());
            let (after, came) = (proxy.counts(), *arrived.lock().unwrap() - came);
            let whole = answer.ends_with("0123456789");
            assert_eq!(after.faults(), before.faults() + 1);
            let seen = match () {
                () if after.lost > before.lost => came == 0 && answer.is_empty(),
                () if after.refused > before.refused => came == 0 && answer.contains(" 503 "),
                () if after.unanswered > before.unanswered => came == 1 && answer.is_empty(),
                () if after.cut > before.cut => came == 1 && !answer.is_empty() && !whole,
                () if after.doubled > before.doubled => came == 2 && whole,
                () => came == 1 && whole,
            };
            assert!(seen, "{came} came, {answer:?}: {before:?} {after:?}");
        }
    }

    #[test]
    fn a_lie_changes_names_and_no_lengths() {
        let mut answer = br#"{"nom":"Mairie","ville":"Lens"}{"nom":"zinc"}"#.to_vec();
        assert!(lie(&mut answer));
        let expected = br#"{"nom":"zairie","ville":"Lens"}{"nom":"yinc"}"#;
        assert_eq!(answer, expected);
        assert!(!lie(&mut br#"{"ville":"Lens"}"#.to_vec()));
    }
}
