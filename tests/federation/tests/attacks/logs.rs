//! Entries of a hostile origin, pushed to those who copy it: each signed by whoever an attacker can sign as, each
//! with one rule broken (the rules of the log; attacks F9, F10).

use rustine_domain::checks::Check;
use rustine_domain::ids::Hash;
use rustine_domain::log::{Kind, Signed};
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use rustine_tests_federation::SOON_S;
use serde_json::Value;

use crate::traps::{Table, Trap, parts};
use crate::world::{Scene, World};
use crate::{log_bodies, log_headers};

/// An entry with something wrong.
pub struct Entry {
    pub name: &'static str,
    pub attack: &'static str,
    pub check: Check,
    pub behind: &'static [Check],
    /// What stands in the log before, where that would get in the way of the others.
    after: Option<fn(&mut Trap)>,
    /// The honest next entry.
    honest: fn(&Trap) -> (Signed, Table),
    /// What is wrong with header and body.
    forge: fn(&Trap, &mut Value, &mut Value),
}

impl Entry {
    pub const fn new(
        name: &'static str,
        check: Check,
        forge: fn(&Trap, &mut Value, &mut Value),
    ) -> Self {
        Self {
            name,
            attack: "F10",
            check,
            behind: &[],
            after: None,
            honest: Trap::correction,
            forge,
        }
    }

    pub const fn behind(mut self, checks: &'static [Check]) -> Self {
        self.behind = checks;
        self
    }

    pub const fn of(mut self, honest: fn(&Trap) -> (Signed, Table)) -> Self {
        self.honest = honest;
        self
    }

    pub const fn after(mut self, after: fn(&mut Trap)) -> Self {
        self.after = Some(after);
        self
    }

    /// Every check that must be off for it to get through.
    pub fn checks(&self) -> Vec<Check> {
        [&[self.check], self.behind].concat()
    }
}

/// Runs all entries; what went wrong, in words.
pub fn run(world: &World, only: &str) -> Vec<String> {
    let entries: Vec<Entry> = table()
        .into_iter()
        .filter(|entry| entry.name.contains(only))
        .collect();
    if entries.is_empty() {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let fortress = Scene {
        world,
        side: &world.fortress,
    };
    let breach = Scene {
        world,
        side: &world.breach,
    };
    // One copy on the fortress sees all of them and goes on; on the breach each entry spoils its own.
    let mut copied = Trap::set(world);
    copied.spring(&fortress);
    let spoiled: Vec<Trap> = entries.iter().map(|entry| laid(world, entry)).collect();
    for trap in &spoiled {
        trap.spring(&breach);
    }
    copied.copied(&fortress);
    for (entry, trap) in entries.iter().zip(&spoiled) {
        let mut note = |what: Result<(), String>| {
            if let Err(what) = what {
                wrong.push(format!("{} ({}): {what}", entry.name, entry.attack));
            }
        };
        if entry.after.is_some() {
            let mut own = laid(world, entry);
            own.spring(&fortress);
            own.copied(&fortress);
            note(refused(&fortress, entry, &own));
            note(honest(&fortress, entry, &mut own));
        } else {
            note(refused(&fortress, entry, &copied));
            note(honest(&fortress, entry, &mut copied));
        }
        trap.copied(&breach);
        note(let_through(&breach, entry, trap));
    }
    wrong
}

/// A trap with what must stand in its log before.
fn laid(world: &World, entry: &Entry) -> Trap {
    let mut trap = Trap::set(world);
    if let Some(after) = entry.after {
        after(&mut trap);
        trap.serve(world);
    }
    trap
}

fn forged(entry: &Entry, trap: &Trap) -> (Value, Value) {
    let (signed, _) = (entry.honest)(trap);
    let (mut header, mut body) = parts(&signed);
    (entry.forge)(trap, &mut header, &mut body);
    (header, body)
}

/// The fortress names the check in its log, and the copy stays as it is.
fn refused(scene: &Scene<'_>, entry: &Entry, trap: &Trap) -> Result<(), String> {
    let (header, body) = forged(entry, trap);
    let before = settled(scene);
    let logged = scene.side.node.log().len();
    let row = scene.deliver(&trap.push(scene, &header, &body));
    if !row.contains("state='done'") {
        return Err(format!("the push was not taken: {row}"));
    }
    let said = wait::until("the verdict on a push", SOON_S, || {
        let log = scene.side.node.log();
        let fresh = log[logged..].to_owned();
        ["was not applied", "cannot be read"]
            .iter()
            .any(|words| fresh.contains(words))
            .then_some(fresh)
    });
    let name = format!("\"{}\"", entry.check.name());
    if !plain(&said).contains(&format!("check={name}")) {
        return Err(format!("another check speaks: {}", plain(&said)));
    }
    let difference = before.difference(&settled(scene));
    if difference.is_empty() {
        Ok(())
    } else {
        Err(format!("it left traces:\n{}", difference.join("\n")))
    }
}

/// A log line without its colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |sum, part| {
        sum + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

/// What a copy consists of; when its origin was last asked is no part of it.
fn settled(scene: &Scene<'_>) -> State {
    scene
        .state()
        .without(&["inbox", "outbox", "replica_states", "remote_actors"])
}

fn honest(scene: &Scene<'_>, entry: &Entry, trap: &mut Trap) -> Result<(), String> {
    let (signed, table) = (entry.honest)(trap);
    let (header, body) = parts(&signed);
    // What closes or rotates would change the rules for those that come after it.
    if entry.after.is_none() && (signed.entry.header.kind.is_upkeep() || is_close(&signed)) {
        return Ok(());
    }
    trap.keep(&signed, table);
    trap.serve(scene.world);
    scene.deliver(&trap.push(scene, &header, &body));
    advanced(scene, trap, trap.chain.entry)
        .then_some(())
        .ok_or_else(|| "its honest twin is refused".to_owned())
}

fn is_close(signed: &Signed) -> bool {
    matches!(signed.entry.header.kind, Kind::Close { .. })
}

/// Whether the copy comes to stand at an entry, or at another one than before.
fn advanced(scene: &Scene<'_>, trap: &Trap, wanted: Hash) -> bool {
    wait::within(SOON_S, || {
        let head = trap.head(&State::of(&scene.side.node));
        (head == Some(wanted)).then_some(())
    })
    .is_some()
}

fn let_through(scene: &Scene<'_>, entry: &Entry, trap: &Trap) -> Result<(), String> {
    let (header, body) = forged(entry, trap);
    let before = trap.head(&State::of(&scene.side.node));
    scene.switch_off(&entry.checks());
    scene.deliver(&trap.push(scene, &header, &body));
    let moved = wait::within(15, || {
        (trap.head(&State::of(&scene.side.node)) != before).then_some(())
    });
    scene.switch_off(&[]);
    moved.ok_or_else(|| {
        let log = plain(&scene.side.node.log());
        let tail: Vec<&str> = log.lines().rev().take(3).collect();
        format!(
            "with its checks off, it is still refused: {}",
            tail.join("\n")
        )
    })
}

/// Every entry.
pub fn table() -> Vec<Entry> {
    let mut all = log_bodies::table();
    all.extend(log_headers::table());
    all
}
