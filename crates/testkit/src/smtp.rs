//! A mail server on loopback that keeps every letter, or refuses in the way that a test asks for.

mod letter;

use std::io::{BufRead as _, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use letter::Letter;

use crate::wait;

/// What the server says to a receiver.
type Verdict = Option<String>;

#[derive(Default)]
struct Kept {
    letters: Vec<Letter>,
    refusal: Verdict,
    logged_in: Vec<String>,
}

/// The server. Dropping it closes its port.
pub struct SmtpSink {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    ended: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl SmtpSink {
    /// Starts on a free port.
    ///
    /// # Panics
    /// Where loopback has no free port.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// Starts on this port, as a server that comes back; 0 is any free one.
    ///
    /// # Panics
    /// Where the port is taken.
    #[must_use]
    pub fn start_at(port: u16) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("loopback has this port free");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let kept = Arc::new(Mutex::new(Kept::default()));
        let ended = Arc::new(AtomicBool::new(false));
        let (keeps, ends) = (kept.clone(), ended.clone());
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let keeps = keeps.clone();
                if let Ok(stream) = stream {
                    std::thread::spawn(move || {
                        // A client that goes away in the middle leaves no letter, as it should be.
                        let _ = converse(&stream, &keeps);
                    });
                }
            }
        });
        Self {
            address,
            kept,
            ended,
            listening: Some(listening),
        }
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The section `[mail]` of a node that sends through it.
    #[must_use]
    pub fn settings(&self) -> String {
        format!(
            "[mail]\ntransport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"Hub <hub@hub.example>\"\n",
            self.port()
        )
    }

    /// From now on every receiver is answered by this line, such as `550 5.1.1 nobody`; `None` takes letters again.
    pub fn refuse(&self, line: Option<&str>) {
        lock(&self.kept).refusal = line.map(str::to_owned);
    }

    /// The letters that came so far, in the order of their arrival.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.kept).letters.clone()
    }

    /// What was sent to log in: the arguments of `AUTH`.
    #[must_use]
    pub fn log_ins(&self) -> Vec<String> {
        lock(&self.kept).logged_in.clone()
    }

    /// Waits for a letter to an address of which this holds, and returns the first.
    ///
    /// # Panics
    /// When none comes within a minute.
    #[must_use]
    pub fn letter_to(&self, address: &str, holds: impl Fn(&Letter) -> bool) -> Letter {
        wait::until(&format!("a letter to {address}"), 60, || {
            let found = self.letters().into_iter();
            found
                .filter(|letter| letter.to == address)
                .find(|letter| holds(letter))
        })
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread waits for a connection: it gets one. It is gone already where nothing listens.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection: as much of RFC 5321 as a client of ours speaks.
fn converse(stream: &TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes());
    say("220 sink.localhost ESMTP")?;
    let mut receiver = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let word = command.split([' ', ':']).next().unwrap_or_default();
        match word.to_ascii_uppercase().as_str() {
            "EHLO" => say("250-sink.localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
            "HELO" | "MAIL" | "RSET" | "NOOP" => say("250 fine")?,
            "AUTH" => {
                lock(kept).logged_in.push(command);
                say("235 welcome")?;
            }
            "RCPT" => {
                receiver = between(&command, '<', '>');
                let refusal = lock(kept).refusal.clone();
                say(&refusal.unwrap_or_else(|| "250 fine".to_owned()))?;
            }
            "DATA" => {
                say("354 go on")?;
                let text = read_letter(&mut reader)?;
                lock(kept).letters.push(Letter::read(&receiver, &text));
                say("250 kept")?;
            }
            "QUIT" => return say("221 good bye"),
            _ => say("502 what?")?,
        }
    }
}

fn between(text: &str, from: char, to: char) -> String {
    let inner = text.split_once(from).map_or("", |(_, rest)| rest);
    inner.split(to).next().unwrap_or_default().to_owned()
}

/// Everything up to the line with one dot, dots at the beginning of lines undone.
fn read_letter(reader: &mut impl std::io::BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let shown = String::from_utf8_lossy(&line).into_owned();
        match shown.strip_prefix('.') {
            Some(rest) if rest.trim_end().is_empty() => return Ok(text),
            Some(rest) => text.push_str(rest),
            None => text.push_str(&shown),
        }
    }
}
