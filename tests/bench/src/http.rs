//! A client that measures little besides the server: one connection, kept open, and no parsing beyond the length.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Failure;

/// A connection to a server on loopback.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    token: Option<String>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Client {
    /// Connects to a port; `host` is what the server calls itself, `token` shows who asks.
    pub fn connect(port: u16, host: &str, token: Option<&str>) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(300)))?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 16, stream),
            host: host.to_owned(),
            token: token.map(str::to_owned),
        })
    }

    /// Asks for a document; anything but 200 is a failure.
    pub fn get(&mut self, path: &str) -> Result<Vec<u8>, Failure> {
        let answer = self.ask("GET", path, None)?;
        if answer.status != 200 {
            return Err(format!("GET {path} was answered with {}", answer.status).into());
        }
        Ok(answer.body)
    }

    /// Sends a document; anything but 2xx is a failure.
    pub fn post(&mut self, path: &str, body: &str) -> Result<Vec<u8>, Failure> {
        let answer = self.ask("POST", path, Some(body))?;
        if !(200..300).contains(&answer.status) {
            let told = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("POST {path} was answered with {}: {told}", answer.status).into());
        }
        Ok(answer.body)
    }

    /// Sends a request and reads the whole answer.
    pub fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> io::Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        if let Some(token) = &self.token {
            request.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        if let Some(body) = body {
            request.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or(""));
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.read_answer()
    }

    /// Sends a request as it stands and reads the answer.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.get_mut().write_all(request)?;
        self.read_answer()
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        let status_line = self.line()?;
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| io::Error::other("no HTTP answer"))?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                None => break,
                Some(("content-length", value)) => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let line = self.line()?;
                let size = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
                self.stream.by_ref().take(size).read_to_end(&mut body)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.stream.by_ref().take(length).read_to_end(&mut body)?;
        }
        Ok(Answer { status, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
