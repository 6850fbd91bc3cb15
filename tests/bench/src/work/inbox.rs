//! Proposals of other servers' people: signed, posted, recorded.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use rustine_domain::commit::{self, OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetUid, Hash, RowId, Salt};
use rustine_domain::log::RowState;
use serde_json::{Value, json};

use crate::floors::server::Floor;
use crate::letters::{Address, Key, letter};
use crate::node::{NAME, Node};
use crate::peers::Peers;
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure};

/// How long a node may take for what it has accepted before something must be wrong.
const LONGEST: Duration = Duration::from_secs(300);

/// Measures the inbox of a fresh node with a small table.
pub fn measure(
    binary: &Path,
    folder: &Path,
    csv: &Path,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let node = Node::init(binary, folder, "inbox")?;
    node.allow_many_proposals()?;
    node.import(csv)?;
    let key = Key::of(&node.database())?;
    let peers = Peers::start(&key.public)?;
    let floor = Floor::start_inbox(&folder.join("inbox.sqlite"), &key.public_bytes())?;
    let serving = node.serve()?;
    let mut desk = Desk::open(&node, &key, &peers)?;
    for connections in [8, 64] {
        let each = extent.letters / connections;
        // Known senders: what their actors cost is another matter.
        desk.introduce(connections)?;
        let letters = desk.letters(connections, each)?;
        let total = connections * each;
        let before = desk.recorded()?;
        let begun = Instant::now();
        send_all(node.port, &letters)?;
        let accepted = begun.elapsed().as_secs_f64();
        desk.wait(before + total)?;
        let recorded = begun.elapsed().as_secs_f64();
        desk.settle()?;
        let begun = Instant::now();
        send_all(floor.port, &letters)?;
        let floor_seconds = begun.elapsed().as_secs_f64();
        let per_letter = |seconds: f64| seconds * 1000.0 / total as f64;
        report.add(Line {
            id: "P1",
            work: format!("a signed proposal, recorded, {connections} connections"),
            value: per_letter(recorded),
            floor: Some(per_letter(floor_seconds)),
            unit: "ms",
            goal: Goal::TimesFloor(2.0),
        });
        report.add(Line {
            id: "P2",
            work: format!("recorded / accepted after a burst, {connections} connections"),
            value: recorded / accepted,
            floor: None,
            unit: "x",
            goal: Goal::AtMost(1.2),
        });
    }
    open_loop(&mut desk, &floor, extent, report)?;
    thousand(&mut desk, &floor, extent, report)?;
    report.add(Line {
        id: "P10",
        work: "most memory of the node during these".to_owned(),
        value: serving.peak_mb()?,
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(60.0),
    });
    Ok(())
}

/// Twenty a second: from the POST to the proposal.
fn open_loop(
    desk: &mut Desk<'_>,
    floor: &Floor,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let count = (extent.letters / 40).clamp(10, 100);
    let letters = desk.letters(1, count)?.remove(0);
    let mut to_floor = Mail::connect(floor.port)?;
    let mut to_node = Mail::connect(desk.node.port)?;
    let (mut seen, mut floors) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for (at, letter) in letters.iter().enumerate() {
        let due = Duration::from_millis(50) * u32::try_from(at)?;
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let before = desk.recorded()?;
        let posted = Instant::now();
        to_node.send(letter)?;
        desk.wait(before + 1)?;
        seen.push(posted.elapsed().as_secs_f64() * 1000.0);
        let posted = Instant::now();
        to_floor.send(letter)?;
        floors.push(posted.elapsed().as_secs_f64() * 1000.0);
    }
    for (what, share, goal) in [
        ("median", 0.5, Goal::None),
        ("99 of 100 within", 0.99, Goal::TimesFloor(2.0)),
    ] {
        report.add(Line {
            id: "P2",
            work: format!("POST to proposal at 20 a second, {what}"),
            value: percentile(&seen, share),
            floor: Some(percentile(&floors, share)),
            unit: "ms",
            goal,
        });
    }
    Ok(())
}

/// A thousand a second, whatever the answers take: from when each was due to its answer, and how long it takes until
/// everything is recorded.
fn thousand(
    desk: &mut Desk<'_>,
    floor: &Floor,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    const CONNECTIONS: usize = 64;
    const RATE: f64 = 1000.0;
    let letters = desk.letters(CONNECTIONS, extent.letters / CONNECTIONS)?;
    let before = desk.recorded()?;
    let begun = Instant::now();
    let answered = paced(desk.node.port, &letters, RATE)?;
    let accepted = begun.elapsed().as_secs_f64();
    desk.wait(before + answered.len())?;
    let recorded = begun.elapsed().as_secs_f64();
    desk.settle()?;
    let floors = paced(floor.port, &letters, RATE)?;
    report.add(Line {
        id: "P2",
        work: "POST to answer at 1,000 a second, 99 of 100 within".to_owned(),
        value: percentile(&answered, 0.99),
        floor: Some(percentile(&floors, 0.99)),
        unit: "ms",
        goal: Goal::TimesFloor(2.0),
    });
    report.add(Line {
        id: "P2",
        work: "recorded / accepted at 1,000 a second".to_owned(),
        value: recorded / accepted,
        floor: None,
        unit: "x",
        goal: Goal::AtMost(1.2),
    });
    Ok(())
}

/// Posts the lists over a connection each, in turn and at a rate; milliseconds from when each was due to its answer.
fn paced(port: u16, lists: &[Vec<Vec<u8>>], rate: f64) -> Result<Vec<f64>, Failure> {
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

fn percentile(figures: &[f64], share: f64) -> f64 {
    if share == 0.5 {
        return median(figures.to_vec());
    }
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(at.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

/// Posts each list over a connection of its own.
fn send_all(port: u16, letters: &[Vec<Vec<u8>>]) -> Result<(), Failure> {
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
struct Mail(BufReader<TcpStream>);

impl Mail {
    fn connect(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Anything but 202 is a failure.
    fn send(&mut self, letter: &[u8]) -> Result<(), Failure> {
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

/// Writes proposals to a node's table, and counts those that it has recorded.
struct Desk<'a> {
    node: &'a Node,
    key: &'a Key,
    peers: &'a Peers,
    recorded: Connection,
    uid: DatasetUid,
    schema: Hash,
    rows: Vec<(RowId, RowState)>,
    written: usize,
}

impl<'a> Desk<'a> {
    fn open(node: &'a Node, key: &'a Key, peers: &'a Peers) -> Result<Self, Failure> {
        let text = node
            .client(None)?
            .get(&format!("/datasets/{NAME}/log/snapshot"))?;
        let lines: Vec<Value> = String::from_utf8(text)?
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        let uid = lines[0][1]["uid"].as_str().ok_or("a log without a uid")?;
        let rows = lines.iter().filter_map(|line| {
            let row = line[1].as_str()?.parse().ok()?;
            Some((row, RowState::from_snapshot(&line[2]).ok()?))
        });
        Ok(Self {
            node,
            key,
            peers,
            recorded: Connection::open_with_flags(
                node.database(),
                OpenFlags::SQLITE_OPEN_READ_ONLY,
            )?,
            uid: uid.parse()?,
            schema: commit::schema(&lines[1][1]),
            rows: rows.collect(),
            written: 0,
        })
    }

    fn recorded(&self) -> Result<usize, Failure> {
        let sql = "SELECT count(*) FROM patches";
        let count: i64 = self.recorded.query_row(sql, [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    fn wait(&self, count: usize) -> Result<(), Failure> {
        let begun = Instant::now();
        while self.recorded()? < count {
            if begun.elapsed() > LONGEST {
                return Err("what the inbox accepted was not recorded".into());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    /// Waits until every answer was taken, so that what is measured next has the machine for itself.
    fn settle(&self) -> Result<(), Failure> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'queued')";
        let begun = Instant::now();
        while self.recorded.query_row(sql, [], |row| row.get(0))? {
            if begun.elapsed() > LONGEST {
                return Err("what the inbox answered was not delivered".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// One proposal of each sender, so that their actors are known.
    fn introduce(&mut self, senders: usize) -> Result<(), Failure> {
        let before = self.recorded()?;
        for list in self.letters(senders, 1)? {
            let mut mail = Mail::connect(self.node.port)?;
            list.iter().try_for_each(|letter| mail.send(letter))?;
        }
        self.wait(before + senders)?;
        self.settle()
    }

    /// So many signed proposals of each of some senders, who stand on servers of their own.
    fn letters(&mut self, senders: usize, each: usize) -> Result<Vec<Vec<Vec<u8>>>, Failure> {
        (0..senders)
            .map(|sender| (0..each).map(|_| self.letter(sender)).collect())
            .collect()
    }

    fn letter(&mut self, sender: usize) -> Result<Vec<u8>, Failure> {
        self.written += 1;
        let origin = format!("http://{}", self.peers.host(&format!("s{sender}")));
        let dataset = format!("http://{}/datasets/{NAME}", self.node.host);
        let actor = format!("{origin}/users/a");
        let offer = self.offer(&origin, &actor, &dataset)?;
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{origin}/activities/{}", self.written),
            "type": "Offer",
            "actor": actor,
            "to": [dataset],
            "target": dataset,
            "object": offer,
        });
        let address = Address {
            host: &self.node.host,
            path: &format!("/datasets/{NAME}/inbox"),
            actor: &actor,
            from: &format!("198.51.{}.{}", sender / 250, sender % 250 + 1),
        };
        letter(self.key, &address, &activity.to_string())
    }

    /// A proposal to give a cell of some row another value.
    fn offer(&self, origin: &str, actor: &str, dataset: &str) -> Result<Value, Failure> {
        let (row, state) = &self.rows[self.written % self.rows.len()];
        let field = "presentation".parse()?;
        let op = OfferedOp::Set {
            row: *row,
            base: state.commitment(self.uid, *row, &field),
            field,
            value: Some(format!("proposé {}", self.written)),
        };
        let nonce = Salt((self.written as u128).to_be_bytes());
        let ops = [op];
        let digest = offer_digest(&nonce, self.uid, &self.schema, &ops);
        // A v4 UUID that counts.
        let id = format!("00000000-0000-4000-8000-{:012x}", self.written);
        Ok(json!({
            "id": format!("{origin}/patches/{id}"),
            "type": "DataPatch",
            "attributedTo": actor,
            "context": dataset,
            "uid": self.uid.to_string(),
            "published": "2026-11-20T10:00:00Z",
            "schema": self.schema.to_string(),
            "nonce": nonce.to_string(),
            "digest": digest.to_string(),
            "ops": ops.iter().map(OfferedOp::to_json).collect::<Value>(),
        }))
    }
}
