//! Clients that let a server wait: thousands of them in one process, each on an address of loopback.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;

/// How a client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It connects and says nothing.
    Mute,
    /// The head of its request never ends.
    Head,
    /// Its first request is answered, the head of the second never ends.
    SecondHead,
    /// It announced a body that comes byte by byte.
    Body,
    /// Its body comes in chunks of a byte and has no end.
    Chunks,
    /// It asks for much and takes nothing.
    Reader,
}

impl Manner {
    /// Those that have something to say now and then.
    pub const SENDERS: [Self; 5] = [
        Self::Mute,
        Self::Head,
        Self::SecondHead,
        Self::Body,
        Self::Chunks,
    ];

    fn opening(self, path: &str) -> String {
        let host = "Host: slow.localhost\r\n";
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        match self {
            Self::Mute => String::new(),
            Self::Head => format!("GET {path} HTTP/1.1\r\n{host}X-Slow: "),
            Self::SecondHead => {
                format!("GET /livez HTTP/1.1\r\n{host}\r\nGET {path} HTTP/1.1\r\n{host}X-Slow: ")
            }
            Self::Body => {
                format!("POST {path} HTTP/1.1\r\n{host}{form}Content-Length: 5000\r\n\r\na=")
            }
            Self::Chunks => {
                format!("POST {path} HTTP/1.1\r\n{host}{form}Transfer-Encoding: chunked\r\n\r\n")
            }
            Self::Reader => format!("GET {path} HTTP/1.1\r\n{host}\r\n"),
        }
    }

    fn morsel(self) -> &'static [u8] {
        match self {
            Self::Mute | Self::Reader => b"",
            Self::Chunks => b"1\r\na\r\n",
            Self::Head | Self::SecondHead | Self::Body => b"a",
        }
    }
}

/// What a crowd does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The path that it asks for.
    pub path: String,
    /// How many they are.
    pub clients: usize,
    /// How many of them share an address.
    pub per_address: usize,
    /// How they are slow, in turn.
    pub manners: Vec<Manner>,
    /// The pause between two bytes.
    pub pause: Duration,
    /// Whether a client that was cut comes again.
    pub again: bool,
}

/// Slow clients at work. They end when this is dropped.
pub struct Crowd {
    counts: Arc<Counts>,
    clients: usize,
    _runtime: Runtime,
}

#[derive(Default)]
struct Counts {
    came: AtomicUsize,
    open: AtomicUsize,
    cut: AtomicUsize,
    answered: AtomicUsize,
}

impl Crowd {
    /// Sends the clients out; returns once each has connected for the first time.
    ///
    /// # Panics
    /// When they cannot all connect within five minutes.
    #[must_use]
    pub fn gather(plan: &Plan) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let counts = Arc::new(Counts::default());
        for at in 0..plan.clients {
            runtime.spawn(client(at, plan.clone(), Arc::clone(&counts)));
        }
        let crowd = Self {
            counts,
            clients: plan.clients,
            _runtime: runtime,
        };
        crate::wait::until("every slow client to connect", 300, || {
            (crowd.counts.came.load(Ordering::Relaxed) >= crowd.clients).then_some(())
        });
        crowd
    }

    /// Clients that are connected now.
    #[must_use]
    pub fn open(&self) -> usize {
        self.counts.open.load(Ordering::Relaxed)
    }

    /// Connections that the server ended.
    #[must_use]
    pub fn cut(&self) -> usize {
        self.counts.cut.load(Ordering::Relaxed)
    }

    /// Of these, those that were told why.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.counts.answered.load(Ordering::Relaxed)
    }
}

/// The address of the slow client number `at`: strangers to a node that trusts 127.0.0.1 only.
#[must_use]
pub fn address(at: usize, per_address: usize) -> IpAddr {
    let number = u32::try_from(at / per_address.max(1)).unwrap_or(0);
    IpAddr::V4(Ipv4Addr::from_bits(0x7f40_0001 + number))
}

async fn client(at: usize, plan: Plan, counts: Arc<Counts>) {
    let manner = plan.manners[at % plan.manners.len()];
    // Not all in the same millisecond.
    tokio::time::sleep(Duration::from_micros(at as u64 * 100)).await;
    let mut first = true;
    loop {
        // A server that is busy is asked again.
        let Ok(stream) = connect(address(at, plan.per_address), plan.port).await else {
            tokio::time::sleep(plan.pause).await;
            continue;
        };
        if std::mem::take(&mut first) {
            counts.came.fetch_add(1, Ordering::Relaxed);
        }
        counts.open.fetch_add(1, Ordering::Relaxed);
        let answered = dawdle(stream, manner, &plan).await;
        counts.open.fetch_sub(1, Ordering::Relaxed);
        counts.cut.fetch_add(1, Ordering::Relaxed);
        counts
            .answered
            .fetch_add(usize::from(answered), Ordering::Relaxed);
        if !plan.again {
            return;
        }
    }
}

async fn connect(from: IpAddr, port: u16) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    // The less the system takes for a reader, the sooner the server feels it.
    socket.set_recv_buffer_size(8192)?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket
        .connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
}

/// Sends now and then until the server ends the connection. Whether it was told that it is late.
async fn dawdle(mut stream: TcpStream, manner: Manner, plan: &Plan) -> bool {
    if stream
        .write_all(manner.opening(&plan.path).as_bytes())
        .await
        .is_err()
    {
        return false;
    }
    let (mut reader, mut writer) = stream.split();
    let mut heard = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        tokio::select! {
            read = reader.read(&mut buffer), if manner != Manner::Reader => match read {
                Ok(0) | Err(_) => break,
                Ok(read) => heard.extend_from_slice(&buffer[..read]),
            },
            () = tokio::time::sleep(plan.pause) => {}
        }
        let morsel = match manner {
            // Somebody who takes nothing learns of the end only by speaking.
            Manner::Reader => b"\r\n".as_slice(),
            _ => manner.morsel(),
        };
        if writer.write_all(morsel).await.is_err() {
            // What the server said before it went can still be read.
            let _ = reader.read_to_end(&mut heard).await;
            break;
        }
    }
    String::from_utf8_lossy(&heard).contains("HTTP/1.1 408")
}

/// Somebody quick: a whole request on a connection of its own. The status, and how long it took.
///
/// # Errors
/// Where the connection fails before there is an answer: a refusal.
pub fn ask(port: u16, from: IpAddr, path: &str) -> io::Result<(u16, Duration)> {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: quick.localhost\r\nConnection: close\r\n\r\n");
    let started = Instant::now();
    let answer = exchange(port, from, request.as_bytes())?;
    Ok((status(&answer)?, started.elapsed()))
}

/// Sends bytes on a connection of its own and reads until the server ends it.
///
/// # Errors
/// Where the connection cannot be made or breaks.
pub fn exchange(port: u16, from: IpAddr, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let stream = runtime.block_on(connect(from, port))?.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let mut stream = stream;
    stream.write_all(bytes)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// The status of an answer.
///
/// # Errors
/// Where it is none.
pub fn status(answer: &[u8]) -> io::Result<u16> {
    let text = String::from_utf8_lossy(answer);
    let code = text.split(' ').nth(1).and_then(|code| code.parse().ok());
    code.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slow_share_addresses_and_none_is_the_proxy() {
        assert_eq!(address(0, 10), address(9, 10));
        assert_ne!(address(9, 10), address(10, 10));
        assert_eq!(address(70_000, 1).to_string(), "127.65.17.113");
    }

    #[test]
    fn an_answer_has_a_status() {
        assert_eq!(status(b"HTTP/1.1 429 Too Many\r\n\r\n").unwrap(), 429);
        assert!(status(b"").is_err());
    }
}
