//! One correction told to a hundred copies: some of them dead, one slow.

use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use super::writes;
use crate::letters::{Address, Key, letter};
use crate::node::{NAME, Node};
use crate::peers::Peers;
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure};

/// How many copies a dataset has.
const COPIES: usize = 100;
/// How many of them are dead, where some are.
const DEAD: usize = 20;

/// Measures a fresh node with a small table.
pub fn measure(
    binary: &Path,
    folder: &Path,
    csv: &Path,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let node = Node::init(binary, folder, "fanout")?;
    node.import(csv)?;
    let key = Key::of(&node.database())?;
    let peers = Peers::start(&key.public)?;
    let _serving = node.serve()?;
    let database = Connection::open(node.database())?;
    let names: Vec<String> = (0..COPIES).map(|at| format!("p{at}")).collect();
    for name in &names {
        add_copy(&database, &peers.host(name))?;
    }
    let rounds = extent.rounds.max(3);
    let floor = floor(&key, &peers, &names, rounds)?;
    let mut desk = Desk {
        node: &node,
        peers: &peers,
        told: 0,
    };
    // The first one opens the connections.
    desk.tell(&names)?;
    let all = desk.median_of(&names, rounds)?;
    add(
        report,
        format!("told to {COPIES} copies"),
        all,
        Some(floor),
        Goal::TimesFloor(2.0),
        "s",
    );

    add_followers(&database, &peers.host(&names[0]), 1_000)?;
    let followed = desk.median_of(&names, rounds)?;
    let work = "the same where 1,000 follow from one server / where none does";
    add(
        report,
        work.to_owned(),
        followed / all,
        None,
        Goal::AtMost(1.1),
        "x",
    );

    let closed = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    for name in &names[..DEAD] {
        let dead = format!("{name}.localhost:{closed}");
        move_copy(&database, &peers.host(name), &dead)?;
    }
    let living = &names[DEAD..];
    let some_dead = desk.median_of(living, rounds)?;
    let work = format!(
        "told to {} copies beside {DEAD} dead ones / to all",
        living.len()
    );
    add(report, work, some_dead / all, None, Goal::AtMost(1.1), "x");

    add_copy(&database, &peers.host("slow"))?;
    let beside_slow = desk.median_of(living, rounds)?;
    let work = "the same beside one that takes 300 ms / without it";
    add(
        report,
        work.to_owned(),
        beside_slow / some_dead,
        None,
        Goal::AtMost(1.1),
        "x",
    );
    let begun = Instant::now();
    peers.wait(&["slow".to_owned()], rounds)?;
    let waited = begun.elapsed().as_secs_f64();
    let work = format!("until the slow one has all {rounds}");
    add(report, work, waited, None, Goal::None, "s");
    Ok(())
}

fn add(
    report: &mut Report,
    work: String,
    value: f64,
    floor: Option<f64>,
    goal: Goal,
    unit: &'static str,
) {
    report.add(Line {
        id: "P4",
        work,
        value,
        floor,
        unit,
        goal,
    });
}

struct Desk<'a> {
    node: &'a Node,
    peers: &'a Peers,
    /// How many corrections there were.
    told: usize,
}

impl Desk<'_> {
    /// Accepts a correction and waits until each copy was sent one POST more; the seconds that took.
    fn tell(&mut self, names: &[String]) -> Result<f64, Failure> {
        let had: Vec<usize> = names.iter().map(|name| self.peers.posts(name)).collect();
        self.told += 1;
        let patch = writes::propose_one(self.node, &format!("corrigé {}", self.told))?;
        let begun = Instant::now();
        patch.accept()?;
        let wanted = had.first().copied().unwrap_or(0) + 1;
        self.peers.wait(names, wanted)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    fn median_of(&mut self, names: &[String], rounds: usize) -> Result<f64, Failure> {
        let seconds: Result<Vec<f64>, Failure> = (0..rounds).map(|_| self.tell(names)).collect();
        Ok(median(seconds?))
    }
}

/// One thread that signs for each server and posts over one connection to each.
fn floor(key: &Key, peers: &Peers, names: &[String], rounds: usize) -> Result<f64, Failure> {
    let mut connections = names
        .iter()
        .map(|_| crate::http::Client::connect(peers.port, "floor.localhost", None))
        .collect::<Result<Vec<_>, _>>()?;
    let mut seconds = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        for (connection, name) in connections.iter_mut().zip(names) {
            let address = Address {
                host: &format!("floor-{name}.localhost:{}", peers.port),
                path: "/inbox",
                actor: "http://floor.localhost/actor",
                from: "192.0.2.1",
            };
            connection.send(&letter(key, &address, &"x".repeat(1000))?)?;
        }
        seconds.push(begun.elapsed().as_secs_f64());
    }
    Ok(median(seconds))
}

fn add_copy(database: &Connection, host: &str) -> Result<(), Failure> {
    database.execute(
        "INSERT INTO replicas (dataset, host, actor, inbox, listed, accepted_at)
         SELECT id, ?1, ?2, ?3, 0, 0 FROM datasets WHERE name = ?4",
        (
            host,
            format!("http://{host}/actor"),
            format!("http://{host}/inbox"),
            NAME,
        ),
    )?;
    Ok(())
}

fn move_copy(database: &Connection, from: &str, to: &str) -> Result<(), Failure> {
    database.execute(
        "UPDATE replicas SET host = ?2, inbox = ?3 WHERE host = ?1",
        (from, to, format!("http://{to}/inbox")),
    )?;
    Ok(())
}

fn add_followers(database: &Connection, host: &str, count: usize) -> Result<(), Failure> {
    database.execute_batch("BEGIN IMMEDIATE")?;
    let sql = "INSERT INTO followers (object, follower, inbox, shared_inbox, host, activity_id, kind, created)
               VALUES (?1, ?2, ?2 || '/inbox', ?3, ?4, ?2 || '#follow', 'person', 0)";
    for at in 0..count {
        let follower = format!("http://{host}/users/f{at}");
        let values = (
            format!("/datasets/{NAME}"),
            follower,
            format!("http://{host}/inbox"),
            host,
        );
        database.execute(sql, values)?;
    }
    database.execute_batch("COMMIT")?;
    Ok(())
}
