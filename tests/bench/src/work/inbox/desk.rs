//! A desk at which proposals to a node are written, and where it is seen what became of them.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use rustine_domain::commit::{self, OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetUid, Hash, RowId, Salt};
use rustine_domain::log::RowState;
use serde_json::{Value, json};

use super::mail::Mail;
use crate::Failure;
use crate::letters::{Address, Key, letter};
use crate::node::{NAME, Node};
use crate::peers::Peers;

/// How long a node may take for what it has accepted before something must be wrong.
const LONGEST: Duration = Duration::from_secs(300);

/// Writes proposals to a node's table, and counts those that it has recorded.
pub struct Desk<'a> {
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
    pub fn open(node: &'a Node, key: &'a Key, peers: &'a Peers) -> Result<Self, Failure> {
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

    /// Where the node listens.
    pub fn port(&self) -> u16 {
        self.node.port
    }

    /// How many proposals the node has recorded.
    pub fn recorded(&self) -> Result<usize, Failure> {
        let sql = "SELECT count(*) FROM patches";
        let count: i64 = self.recorded.query_row(sql, [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    /// Waits until that many are recorded.
    pub fn wait(&self, count: usize) -> Result<(), Failure> {
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
    pub fn settle(&self) -> Result<(), Failure> {
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
    pub fn introduce(&mut self, senders: usize) -> Result<(), Failure> {
        let before = self.recorded()?;
        for list in self.letters(senders, 1)? {
            let mut mail = Mail::connect(self.port())?;
            list.iter().try_for_each(|letter| mail.send(letter))?;
        }
        self.wait(before + senders)?;
        self.settle()
    }

    /// So many signed proposals of each of some senders, who stand on servers of their own.
    pub fn letters(&mut self, senders: usize, each: usize) -> Result<Vec<Vec<Vec<u8>>>, Failure> {
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
