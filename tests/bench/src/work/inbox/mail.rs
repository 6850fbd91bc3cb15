//! Connections that post requests written before, as fast as they are answered or at a rate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Failure;

/// Posts the lists over a connection each, in turn and at a rate; milliseconds from when each was due to its answer.
pub fn paced(port: u16, lists: &[Vec<Vec<u8>>], rate: f64) -> Result<Vec<f64>, Failure> {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let send = |first: usize, list: &Vec<Vec<u8>>| -> Result<Vec<f64>, Failure> {
            let mut mail = Mail::connect(port)?;
            let numbered = list.iter().enumerate();
            let took = numbered.map(|(round, letter)| {
                let place = round * lists.len() + first;
                let due = Duration::from_secs_f64(place as f64 / rate);
                std::thread::sleep(due.saturating_sub(begun.elapsed()));
                mail.send(letter)?;
                Ok(begun.elapsed().saturating_sub(due).as_secs_f64() * 1000.0)
            });
            took.collect()
        };
        let threads: Vec<_> = lists
            .iter()
            .enumerate()
            .map(|(first, list)| scope.spawn(move || send(first, list)))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| "a sender fell over")??);
        }
        Ok(all)
    })
}

/// Posts each list over a connection of its own.
pub fn send_all(port: u16, letters: &[Vec<Vec<u8>>]) -> Result<(), Failure> {
    std::thread::scope(|scope| {
        let send = |list: &Vec<Vec<u8>>| -> Result<(), Failure> {
            let mut mail = Mail::connect(port)?;
            list.iter().try_for_each(|letter| mail.send(letter))
        };
        let sending: Vec<_> = letters
            .iter()
            .map(|list| scope.spawn(move || send(list)))
            .collect();
        sending.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err("a sender fell over".into()))
        })
    })
}

/// A connection that posts whole requests.
pub struct Mail(BufReader<TcpStream>);

impl Mail {
    pub fn connect(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Anything but 202 is a failure.
    pub fn send(&mut self, letter: &[u8]) -> Result<(), Failure> {
        self.0.get_mut().write_all(letter)?;
        let mut status = String::new();
        self.0.read_line(&mut status)?;
        let (mut line, mut length) = (String::new(), 0);
        while {
            line.clear();
            self.0.read_line(&mut line)? > 2
        } {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = Vec::new();
        (&mut self.0).take(length).read_to_end(&mut body)?;
        if status.split(' ').nth(1) != Some("202") {
            let told = String::from_utf8_lossy(&body).into_owned();
            return Err(format!("a proposal was answered with {} {told}", status.trim()).into());
        }
        Ok(())
    }
}
