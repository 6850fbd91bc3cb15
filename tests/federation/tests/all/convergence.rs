//! Real nodes over a network that loses, delays, doubles, cuts and refuses: once it is calm, every copy holds what
//! its origin holds (decision 0017). The simulation plays a thousand such stories in one process; these few run the
//! binary that people get, with its sockets, its outbox and its kills.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rustine_testkit::faults::FaultProxy;
use rustine_testkit::node::{Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::{binary, full, places, wait};
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, cell, converge, digest, export, import_again, pending, publish_places,
    replicate, row_ids, text, verify,
};

/// Copies beside the origin.
const COPIES: usize = 3;
/// Rounds in which somebody does something.
const ROUNDS: u64 = 14;
/// Rows at the beginning.
const ROWS: usize = 12;
/// How long a calm network may take to bring everybody together: pauses after failures grow to minutes.
const HEALING_S: u64 = 600;
/// Share of the requests that meet a fault.
const FAULTS: f64 = 0.3;

/// Seeds of the short form, and of the whole one.
fn seeds() -> u64 {
    if full() { 10 } else { 2 }
}

/// Numbers drawn from a seed, the same at each run (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A node and the weather before it.
struct Stormy {
    node: Node,
    proxy: FaultProxy,
}

impl Stormy {
    fn start(binary: &Path, name: &str, seed: u64) -> Self {
        let port = free_port();
        let proxy = FaultProxy::start(port, seed);
        let options = Options {
            public_port: Some(proxy.port()),
            port: Some(port),
            ..Options::default()
        };
        let mut node = Node::init(binary, name, options);
        node.serve();
        Self { node, proxy }
    }
}

struct Story {
    origin: Stormy,
    copies: Vec<Stormy>,
    draw: Draw,
    /// Where the recovery key in force is written.
    page: String,
    round: u64,
}

impl Story {
    fn begin(binary: &Path, seed: u64) -> Self {
        let origin = Stormy::start(binary, "origine", seed * 10);
        publish_places(&origin.node, ROWS);
        let copies: Vec<Stormy> = (1..=COPIES as u64)
            .map(|number| {
                let name = format!("copie{number}");
                let copy = Stormy::start(binary, &name, seed * 10 + number);
                befriend(&copy.node, &origin.node);
                replicate(&origin.node, &copy.node);
                copy
            })
            .collect();
        let page = origin.node.data().join("recovery-key.txt");
        Self {
            origin,
            copies,
            draw: Draw(seed),
            page: page.to_string_lossy().into_owned(),
            round: 0,
        }
    }

    fn weather(&self, share: f64) {
        self.origin.proxy.set_faults(share);
        for copy in &self.copies {
            copy.proxy.set_faults(share);
        }
    }

    /// Somebody does something; what is refused because of the rest of the story is no failure of it.
    fn step(&mut self) {
        self.round += 1;
        let (what, copy) = (self.draw.below(14), self.draw.below(COPIES as u64) as usize);
        match what {
            0..=3 => self.offer(copy),
            4..=6 => self.decide(),
            7 | 8 => self.import(),
            9 => self.redact(),
            10 => self.rotate(),
            11 | 12 => self.copies[copy].node.kill_and_restart(),
            _ => self.origin.node.kill_and_restart(),
        }
        thread::sleep(Duration::from_millis(self.draw.below(1200)));
    }

    /// A visitor of a copy corrects a row.
    fn offer(&mut self, copy: usize) {
        let which = format!("id=lieu-{:06}", self.draw.below(ROWS as u64));
        let name = format!("nom=Tour {}", self.round);
        let address = self.origin.node.address_of(LIEUX);
        let node = &self.copies[copy].node;
        let words = [
            "patch", "propose", &address, "--where", &which, "--set", &name,
        ];
        // A copy that has just been killed may hold nothing yet that could be corrected.
        drop(node.call(&words));
    }

    /// The origin decides on everything that waits, one way or the other.
    fn decide(&mut self) {
        for patch in pending(&self.origin.node) {
            let words = match self.draw.below(4) {
                0 => vec!["patch", "refuse", &patch, "--reason", "non"],
                _ => vec!["patch", "accept", &patch],
            };
            // It may be in conflict by now, or the origin may still wait for its copies after a kill.
            drop(self.origin.node.call(&words));
        }
    }

    fn import(&mut self) {
        let mut table = places::table(ROWS + self.draw.below(6) as usize);
        let row = self.draw.below(ROWS as u64) as usize;
        table.rows[row][1] = format!("Import {}", self.round);
        let file = self.origin.node.file("import.csv", table.to_csv());
        let file = file.to_string_lossy();
        let words = ["dataset", "import", &file, "--name", LIEUX, "--key", "id"];
        drop(self.origin.node.call(&words));
    }

    fn redact(&mut self) {
        let rows = row_ids(&self.origin.node, LIEUX);
        let row = &rows[self.draw.below(rows.len() as u64) as usize];
        let words = [
            "dataset", "redact", LIEUX, "--row", row, "--field", "nom", "--reason", "essai",
        ];
        drop(self.origin.node.call(&words));
    }

    fn rotate(&mut self) {
        let words = ["dataset", "rotate", LIEUX, "--recovery-key", &self.page];
        let called = self.origin.node.call(&[&words[..], &["--json"]].concat());
        if called.code == Some(0) {
            self.page = text(&called.json(), "recovery_key");
        }
    }

    /// Calm: one more import, and all must come together.
    fn end(self, seed: u64) {
        self.weather(0.0);
        // After a kill the origin signs once its copies have answered.
        wait::until("the last import", HEALING_S, || {
            let table = places::table(ROWS + 7);
            let file = self.origin.node.file("fin.csv", table.to_csv());
            let file = file.to_string_lossy();
            let words = ["dataset", "import", &file, "--name", LIEUX, "--key", "id"];
            (self.origin.node.call(&words).code == Some(0)).then_some(())
        });
        let address = self.origin.node.address_of(LIEUX);
        let (wanted, table) = (
            digest(&self.origin.node, LIEUX),
            export(&self.origin.node, LIEUX),
        );
        verify(&self.origin.node, LIEUX);
        for copy in &self.copies {
            let equal = || {
                let called = copy.node.call(&["dataset", "digest", &address, "--json"]);
                (called.code == Some(0) && called.json() == wanted).then_some(())
            };
            wait::until(&format!("seed {seed}: equal digests"), HEALING_S, equal);
            let values = || {
                export(&copy.node, &address)
                    .difference(&table)
                    .is_none()
                    .then_some(())
            };
            wait::until(&format!("seed {seed}: equal values"), HEALING_S, values);
            verify(&copy.node, &address);
        }
        let all = self.copies.iter().chain([&self.origin]);
        let counts: Vec<_> = all.map(|it| it.proxy.counts()).collect();
        let sum =
            |of: fn(&rustine_testkit::faults::Counts) -> u64| counts.iter().map(of).sum::<u64>();
        #[expect(clippy::print_stderr, reason = "figures of a test that passed")]
        {
            eprintln!(
                "seed {seed}: {} nodes, {} requests, {} with faults, head {}; 0 diverged",
                COPIES + 1,
                sum(|it| it.requests),
                sum(|it| it.faults()),
                wanted["seq"],
            );
        }
        assert!(
            sum(|it| it.faults()) > 0,
            "seed {seed}: the weather was calm"
        );
    }
}

#[test]
fn copies_of_real_nodes_converge_through_a_faulty_network() {
    let Some(binary) = binary() else { return };
    for seed in 1..=seeds() {
        let mut story = Story::begin(&binary, seed);
        story.weather(FAULTS);
        for _ in 0..ROUNDS {
            story.step();
        }
        story.end(seed);
    }
}

/// A copy that asks a source which changes values on the way takes none of them, and leaves that source alone; its
/// twin, which asks the same node without the lies, is served.
#[test]
fn a_source_that_lies_is_left_alone_and_believed_nothing() {
    let Some(binary) = binary() else { return };
    let mut origin = Stormy::start(&binary, "origine", 1);
    publish_places(&origin.node, ROWS);
    let source = Stormy::start(&binary, "menteuse", 2);
    befriend(&source.node, &origin.node);
    replicate(&origin.node, &source.node);
    let address = origin.node.address_of(LIEUX);
    let wanted = digest(&origin.node, LIEUX);
    assert_eq!(origin.node.stop(), Some(0));

    let words = ["replica", "add", &address, "--from", source.node.host()];
    let twin = Node::start(&binary, "jumelle");
    let _ = twin.call(&words).done();
    rustine_tests_federation::has_digest(&twin, &address, &wanted);

    source.proxy.set_lies(true);
    let victim = Node::start(&binary, "victime");
    let _ = victim.call(&words).done();
    wait::until("the lie to be noticed", SOON_S, || {
        (source.proxy.counts().lies > 0 && victim.log().contains("is not asked for a while"))
            .then_some(())
    });
    let lies = source.proxy.counts().lies;
    assert_ne!(
        victim
            .call(&["dataset", "digest", &address, "--json"])
            .stdout,
        wanted.to_string()
    );

    // The origin comes back, and goes on; the liar is asked no more, though it is a copy that the origin lists.
    origin.node.serve();
    converge(&origin.node, &[&victim, &twin]);
    let mut table = places::table(ROWS);
    table.rows[0][1] = "Après le mensonge".to_owned();
    import_again(&origin.node, LIEUX, &table);
    converge(&origin.node, &[&victim, &twin, &source.node]);
    assert_eq!(
        cell(&export(&victim, &address), "lieu-000000", "nom"),
        "Après le mensonge"
    );
    verify(&victim, &address);
    assert_eq!(source.proxy.counts().lies, lies, "it was asked again");
}
