//! Two servers on one PostgreSQL database, behind one address: they share the work, and when one of them is killed or
//! stands still, the other one does all of it.

use std::path::Path;
use std::thread;

use rustine_testkit::balancer::Balancer;
use rustine_testkit::database::Database;
use rustine_testkit::http::Browser;
use rustine_testkit::node::{ADMIN, Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::{binary, places, skipped, wait};
use rustine_tests_federation::{
    LIEUX, SOON_S, befriend, cell, converge, digest, export, has_digest, has_status, import_again,
    next_pending, propose, publish, publish_places, replicate, status, text, verify,
};

/// What a server did is taken over within 30 s; a loaded machine gets as much again.
const TAKEN_OVER_S: u64 = 60;

/// One node: two servers, the address before them, the database behind them. The servers go first.
struct Pair {
    one: Node,
    two: Node,
    _before: Balancer,
    database: Database,
}

impl Pair {
    fn start(binary: &Path, name: &str) -> Option<Self> {
        let Some(database) = Database::fresh() else {
            skipped("RUSTINE_TEST_POSTGRES names no server");
            return None;
        };
        let public = free_port();
        let options = Options {
            database_url: Some(database.url().to_owned()),
            public_port: Some(public),
            ..Options::default()
        };
        let mut one = Node::init(binary, name, options);
        let mut two = one.another();
        let before = Balancer::start(public, &[one.port(), two.port()]);
        one.serve();
        two.serve();
        Some(Self {
            one,
            two,
            _before: before,
            database,
        })
    }

    /// The server that calls itself `holder`, and the other one.
    fn sort(&mut self, holder: &str) -> (&mut Node, &mut Node) {
        if self.one.log().contains(holder) {
            (&mut self.one, &mut self.two)
        } else {
            assert!(self.two.log().contains(holder), "one of two is {holder}");
            (&mut self.two, &mut self.one)
        }
    }

    /// Who holds what begins so, each once.
    fn holders(&self, leases: &str) -> Vec<String> {
        self.database.ask(&format!(
            "SELECT DISTINCT holder AS text FROM leases WHERE name LIKE '{leases}%'"
        ))
    }
}

/// Accepts a proposal through one server, as a program does; the status of the answer.
fn accept(server: &Node, token: &str, patch: &str) -> u16 {
    let url = format!(
        "http://127.0.0.1:{}/api/v1/patches/{patch}/accept",
        server.port()
    );
    let request = Browser::default().request("POST", &url);
    let request = request.header("Authorization", &format!("Bearer {token}"));
    let reply = request.body("application/json", "{}").try_send();
    reply.map_or(0, |reply| reply.status)
}

#[test]
fn a_story_told_by_two_servers_of_one_node() {
    let Some(binary) = binary() else { return };
    let Some(pair) = Pair::start(&binary, "double") else {
        return;
    };
    let partner = Node::start(&binary, "partenaire");
    publish_places(&pair.one, 10);
    befriend(&partner, &pair.two);
    replicate(&pair.one, &partner);
    let copy = pair.one.address_of(LIEUX);
    let made = ["--where", "id=lieu-000003", "--set", "nom=À deux"];
    let here = propose(&partner, &copy, &made);
    let there = next_pending(&pair.two);
    let _ = pair.one.call(&["patch", "accept", &there]).done();
    has_status(&partner, &here, "accepted");
    converge(&pair.two, &[&partner]);
    assert_eq!(
        cell(&export(&pair.two, LIEUX), "lieu-000003", "nom"),
        "À deux"
    );
    verify(&pair.two, LIEUX);
}

#[test]
fn two_servers_that_decide_at_once_sign_one_history() {
    let Some(binary) = binary() else { return };
    let Some(pair) = Pair::start(&binary, "double") else {
        return;
    };
    publish_places(&pair.one, 24);
    let token = text(&pair.one.json(&["user", "token", ADMIN]), "token");
    let proposed = |n: usize| {
        let (place, value) = (format!("id=lieu-{n:06}"), format!("nom=Décision {n}"));
        propose(&pair.one, LIEUX, &["--where", &place, "--set", &value])
    };
    // As many as may wait at a time. Each is accepted through both servers at once.
    for patch in (0..8).map(proposed).collect::<Vec<_>>() {
        let answers = thread::scope(|scope| {
            let one = scope.spawn(|| accept(&pair.one, &token, &patch));
            let two = scope.spawn(|| accept(&pair.two, &token, &patch));
            [one, two].map(|asked| asked.join().expect("the request only gives up"))
        });
        let taken = answers.iter().filter(|status| (200..300).contains(*status));
        assert_eq!(taken.count(), 1, "{patch} was answered {answers:?}");
        assert_eq!(status(&pair.two, &patch), "accepted");
    }
    // And different ones through one server each.
    for round in 1..3 {
        let patches: Vec<String> = (8 * round..8 * round + 8).map(proposed).collect();
        let (left, right) = patches.split_at(4);
        thread::scope(|scope| {
            for (server, share) in [(&pair.one, left), (&pair.two, right)] {
                let token = &token;
                scope.spawn(move || {
                    for patch in share {
                        assert_eq!(accept(server, token, patch), 200, "{patch}");
                    }
                });
            }
        });
    }
    verify(&pair.one, LIEUX);
    assert_eq!(digest(&pair.one, LIEUX), digest(&pair.two, LIEUX));
    let entries = "SELECT count(DISTINCT result_seq)::text AS text FROM patches";
    assert_eq!(
        pair.database.ask(entries),
        ["24"],
        "an entry for each decision"
    );
}

#[test]
fn deliveries_of_a_killed_server_are_taken_over_and_none_is_lost() {
    let Some(binary) = binary() else { return };
    let Some(mut pair) = Pair::start(&binary, "double") else {
        return;
    };
    let partner = Node::start(&binary, "partenaire");
    publish_places(&pair.one, 10);
    befriend(&partner, &pair.one);
    replicate(&pair.one, &partner);
    // Nobody answers while something is to be delivered, so whoever took it is in the middle of it.
    partner.pause();
    let made = ["--where", "id=lieu-000001", "--set", "nom=Pendant la panne"];
    let here = propose(&pair.one, LIEUX, &made);
    let _ = pair.one.call(&["patch", "accept", &here]).done();
    let sending = "SELECT holder AS text FROM outbox WHERE holder <> ''";
    let holder = wait::until("a delivery under way", SOON_S, || {
        pair.database.ask(sending).into_iter().next()
    });
    let (killed, left) = pair.sort(&holder);
    killed.kill();
    partner.wake();
    let url = format!("http://127.0.0.1:{}/metrics", left.port());
    wait::until("everything to be delivered", TAKEN_OVER_S, || {
        let counted = Browser::default().get(&url).text();
        counted
            .contains("rustine_outbox{state=\"queued\"} 0")
            .then_some(())
    });
    converge(left, &[&partner]);
    let lost = "SELECT state AS text FROM outbox WHERE state <> 'done'";
    assert_eq!(pair.database.ask(lost), [""; 0]);
    verify(&partner, &pair.one.address_of(LIEUX));
}

/// Copies, one more at a time, until both servers keep some; their names.
fn shared_copies(pair: &Pair, origin: &Node) -> Vec<String> {
    let mut names = Vec::new();
    while pair.holders("copy/").len() < 2 {
        assert!(
            names.len() < 20,
            "one server keeps 20 copies, the other none"
        );
        let name = format!("lieux{}", names.len());
        publish(origin, &name, &places::table(30));
        let address = origin.address_of(&name);
        let _ = pair.one.call(&["replica", "add", &address]).done();
        has_digest(&pair.one, &address, &digest(origin, &name));
        names.push(name);
    }
    names
}

fn change_all(origin: &Node, names: &[String], round: usize) {
    for name in names {
        let mut table = places::table(30);
        table.rows[round][1] = format!("Tour {round}");
        import_again(origin, name, &table);
    }
}

/// Every copy on `server` is its origin's, and no history has forked.
fn all_equal(server: &Node, origin: &Node, names: &[String]) {
    for name in names {
        let address = origin.address_of(name);
        has_digest(server, &address, &digest(origin, name));
        verify(server, &address);
        let state = server.json(&["replica", "status", &address]);
        assert_ne!(text(&state, "state"), "forked", "{state}");
    }
}

#[test]
fn copies_of_a_killed_server_are_kept_current_by_the_other_one() {
    let Some(binary) = binary() else { return };
    let Some(mut pair) = Pair::start(&binary, "double") else {
        return;
    };
    let origin = Node::start(&binary, "origine");
    let names = shared_copies(&pair, &origin);
    let victim = pair.holders("copy/").remove(0);
    change_all(&origin, &names, 1);
    let (killed, _) = pair.sort(&victim);
    killed.kill();
    change_all(&origin, &names, 2);
    wait::until("the other server to keep every copy", TAKEN_OVER_S, || {
        (!pair.holders("copy/").contains(&victim)).then_some(())
    });
    let (killed, left) = pair.sort(&victim);
    all_equal(left, &origin, &names);
    // It comes back under another name, takes its share again, and nothing is asked before the other one signs.
    killed.serve();
    let killed = killed.port();
    wait::until("both to keep copies", TAKEN_OVER_S, || {
        (pair.holders("process/").len() == 2).then_some(())
    });
    change_all(&origin, &names, 3);
    let back = if pair.one.port() == killed {
        &pair.one
    } else {
        &pair.two
    };
    all_equal(back, &origin, &names);
}

#[test]
fn a_server_that_stood_still_does_no_harm_when_it_goes_on() {
    let Some(binary) = binary() else { return };
    let Some(mut pair) = Pair::start(&binary, "double") else {
        return;
    };
    let origin = Node::start(&binary, "origine");
    let names = shared_copies(&pair, &origin);
    let victim = pair.holders("copy/").remove(0);
    change_all(&origin, &names, 1);
    pair.sort(&victim).0.pause();
    change_all(&origin, &names, 2);
    wait::until("the other server to keep every copy", TAKEN_OVER_S, || {
        (!pair.holders("copy/").contains(&victim)).then_some(())
    });
    let (paused, left) = pair.sort(&victim);
    all_equal(left, &origin, &names);
    paused.wake();
    wait::until("it to notice", SOON_S, || {
        paused.log().contains("stood still").then_some(())
    });
    change_all(&origin, &names, 3);
    all_equal(paused, &origin, &names);
    // What the other one did is now its own to do.
    left.kill();
    change_all(&origin, &names, 4);
    all_equal(paused, &origin, &names);
}

#[test]
fn a_second_server_on_a_sqlite_folder_is_refused() {
    let Some(binary) = binary() else { return };
    let node = Node::start_on_files(&binary, "seul");
    let listen = format!("127.0.0.1:{}", free_port());
    let said = node
        .call(&["serve", "--listen", &listen])
        .refused("PostgreSQL");
    assert!(said.said().contains("one server"), "{}", said.said());
    assert_eq!(node.get("/readyz").status, 200, "the first one goes on");
}
