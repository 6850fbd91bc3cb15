//! Clients that let the node wait, few and many (attack F17, figure S8): they are cut, and nobody else notices.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustine_testkit::node::{Node, Options};
use rustine_testkit::slow::{Crowd, Manner, Plan, address, ask, exchange, status};
use rustine_testkit::{binary, full, wait};
use rustine_tests_federation::publish_places;

/// How long until what must happen has happened, on the slowest of machines, in seconds.
const AT_LAST_S: u64 = 120;

/// A node that trusts 127.0.0.1 only, with these settings of the server.
fn node(settings: &str) -> Option<Node> {
    let binary = binary()?;
    let settings = format!("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n{settings}");
    let mut node = Node::init(
        &binary,
        "patient",
        Options {
            settings,
            ..Options::default()
        },
    );
    node.serve();
    Some(node)
}

fn plan(node: &Node, clients: usize, manners: &[Manner]) -> Plan {
    Plan {
        port: node.port(),
        path: "/connexion".to_owned(),
        clients,
        per_address: 10,
        manners: manners.to_vec(),
        pause: Duration::from_millis(500),
        again: false,
    }
}

/// A count of `/metrics`.
fn counted(node: &Node, name: &str) -> u64 {
    let url = format!("http://127.0.0.1:{}/metrics", node.port());
    let text = node.browser().get(&url).expect(200).text();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.trim().parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in {text}"))
}

fn closed(node: &Node, why: &str) -> u64 {
    counted(
        node,
        &format!("rustine_connections_closed{{why=\"{why}\"}}"),
    )
}

fn somebody() -> IpAddr {
    address(1_000_000, 1)
}

#[test]
fn every_manner_of_being_slow_is_cut_and_a_late_body_is_told() {
    let Some(node) = node("head_seconds = 2\nbody_seconds = 2\n") else {
        return;
    };
    for manner in Manner::SENDERS {
        let crowd = Crowd::gather(&plan(&node, 5, &[manner]));
        wait::until(&format!("the end of {manner:?}"), AT_LAST_S, || {
            (crowd.cut() == 5).then_some(())
        });
        // A first head is told by the library, a body by the handler; a second head is cut without a word.
        let told = match manner {
            Manner::SecondHead => 0,
            _ => 5,
        };
        assert_eq!(crowd.answered(), told, "{manner:?}");
    }
}

/// A body without an end is answered, and then the connection ends although the sender goes on.
#[test]
fn a_connection_ends_behind_an_answer_that_did_not_wait_for_its_request() {
    let Some(node) = node("body_seconds = 1000\n") else {
        return;
    };
    // Nobody reads the body of a request for a page, nor of one for a page that there is not.
    for path in ["/", "/livez", "/nothing-here"] {
        let crowd = Crowd::gather(&Plan {
            path: path.to_owned(),
            ..plan(&node, 5, &[Manner::Chunks, Manner::Body])
        });
        wait::until(&format!("the end behind {path}"), AT_LAST_S, || {
            (crowd.cut() == 5).then_some(())
        });
        assert_eq!(crowd.answered(), 0, "not for being late");
    }
}

#[test]
fn a_reader_that_takes_nothing_is_let_go() {
    let Some(node) = node("stalled_seconds = 2\n") else {
        return;
    };
    publish_places(&node, 8000);
    let before = closed(&node, "late");
    let crowd = Crowd::gather(&Plan {
        path: "/datasets/lieux/export.csv".to_owned(),
        ..plan(&node, 3, &[Manner::Reader])
    });
    wait::until("the readers to be let go", AT_LAST_S, || {
        (closed(&node, "late") == before + 3 && crowd.cut() == 3).then_some(())
    });
    assert_eq!(node.get("/").status, 200);
}

#[test]
fn a_full_node_closes_the_slowest_and_takes_newcomers() {
    let Some(node) = node("connections = 64\nhead_seconds = 1000\n") else {
        return;
    };
    let crowd = Crowd::gather(&plan(&node, 300, &[Manner::Head, Manner::Mute]));
    for _ in 0..20 {
        let (status, _) = ask(node.port(), somebody(), "/livez").expect("nobody is refused");
        assert_eq!(status, 200);
    }
    wait::until("no more connections than set", AT_LAST_S, || {
        (crowd.open() <= 64 && closed(&node, "room") >= 236).then_some(())
    });
    assert!(crowd.open() > 32, "only {} were left", crowd.open());
}

#[test]
fn one_address_cannot_take_the_connections_of_others() {
    let Some(node) = node("connections_per_address = 8\nhead_seconds = 1000\n") else {
        return;
    };
    let quiet = Crowd::gather(&Plan {
        per_address: 1,
        ..plan(&node, 5, &[Manner::Mute])
    });
    let greedy = Crowd::gather(&Plan {
        per_address: 1000,
        ..plan(&node, 100, &[Manner::Head])
    });
    // The first of the quiet ones has the address of the greedy.
    wait::until("the greedy to be held to their share", AT_LAST_S, || {
        (greedy.open() + quiet.open() <= 8 + 4).then_some(())
    });
    assert_eq!(quiet.open(), 4, "others were closed for them");
    let (status, _) = ask(node.port(), address(0, 1), "/livez").expect("its own newest is served");
    assert_eq!(status, 200);
}

/// The headers of the request number so-and-so.
type Header = fn(u8) -> String;

/// A header that anybody can write must not give anybody another bucket.
#[test]
fn a_forged_forwarding_header_does_not_escape_the_bucket() {
    let Some(node) = node("workers = 2\n[rates]\naddress_burst = 5\naddress_per_minute = 1\n")
    else {
        return;
    };
    let proxy: IpAddr = [127, 0, 0, 1].into();
    let tries: [(&str, IpAddr, Header); 3] = [
        ("a stranger that names another", somebody(), |at| {
            format!("X-Forwarded-For: 198.51.100.{at}\r\n")
        }),
        ("a stranger behind a proxy that appends", proxy, |at| {
            format!("X-Forwarded-For: 198.51.100.{at}, 203.0.113.1\r\n")
        }),
        ("a stranger behind a proxy that adds a line", proxy, |at| {
            format!("X-Forwarded-For: 198.51.100.{at}\r\nX-Forwarded-For: 203.0.113.2\r\n")
        }),
    ];
    for (who, from, header) in tries {
        let answers: Vec<u16> = (0..7).map(|at| post(&node, from, &header(at))).collect();
        assert_eq!(answers[..5], [400; 5], "{who}: {answers:?}");
        assert_eq!(answers[5..], [429; 2], "{who}: {answers:?}");
    }
    let other = post(&node, proxy, "X-Forwarded-For: 203.0.113.3\r\n");
    assert_eq!(other, 400, "somebody else behind the same proxy");
}

fn post(node: &Node, from: IpAddr, header: &str) -> u16 {
    let head = "POST /inbox HTTP/1.1\r\nHost: patient.localhost\r\nConnection: close\r\n";
    let request = format!("{head}{header}Content-Length: 0\r\n\r\n");
    let answer = exchange(node.port(), from, request.as_bytes()).expect("an answer");
    status(&answer).expect("a status")
}

/// What quick clients saw: how long each answer took, and what went wrong.
struct Seen {
    took: Vec<Duration>,
    wrong: Vec<String>,
}

/// Asks for a page, one connection each, by several at once; `more` says whether to go on.
fn quick(node: &Node, path: &str, at_least: usize, more: &(dyn Fn() -> bool + Sync)) -> Seen {
    let one = |who: usize| {
        let mut seen = Seen {
            took: Vec::new(),
            wrong: Vec::new(),
        };
        while seen.took.len() + seen.wrong.len() < at_least || more() {
            match ask(node.port(), address(1_000_000 + who, 1), path) {
                Ok((200, took)) => seen.took.push(took),
                Ok((status, _)) => seen.wrong.push(format!("{path}: {status}")),
                Err(error) => seen.wrong.push(format!("{path}: {error}")),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        seen
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|who| scope.spawn(move || one(who))).collect();
        let mut all = Seen {
            took: Vec::new(),
            wrong: Vec::new(),
        };
        for thread in threads {
            let seen = thread.join().expect("no thread fell over");
            all.took.extend(seen.took);
            all.wrong.extend(seen.wrong);
        }
        all.took.sort_unstable();
        all
    })
}

fn p99_ms(took: &[Duration]) -> u128 {
    took[took.len() * 99 / 100].as_millis()
}

#[test]
fn many_slow_clients_are_cut_and_nobody_else_is_refused() {
    let clients = if full() { 10_000 } else { 1_000 };
    // The full form measures what people get: the settings of a new node, and clients that come again and again.
    let settings = if full() {
        "connections = 12000\n"
    } else {
        "head_seconds = 3\nbody_seconds = 5\n"
    };
    let Some(node) = node(settings) else { return };
    publish_places(&node, 200);
    let page = "/datasets/lieux";
    let alone = quick(&node, page, 50, &|| false);
    assert_eq!(alone.wrong, Vec::<String>::new());
    let crowd = Crowd::gather(&Plan {
        again: full(),
        pause: Duration::from_secs(if full() { 5 } else { 1 }),
        ..plan(&node, clients, &Manner::SENDERS)
    });
    let most_open = crowd.open();
    let enough = AtomicBool::new(false);
    let beside = std::thread::scope(|scope| {
        scope.spawn(|| {
            let wanted = if full() { 3 * clients } else { clients };
            wait::within(AT_LAST_S, || (crowd.cut() >= wanted).then_some(()));
            enough.store(true, Ordering::Relaxed);
        });
        quick(&node, page, 50, &|| !enough.load(Ordering::Relaxed))
    });
    println!(
        "{clients} slow clients, {most_open} of them open at the beginning: {} answers of {page} beside them, p99 {} ms \
         (alone {} ms); {} slow connections cut",
        beside.took.len(),
        p99_ms(&beside.took),
        p99_ms(&alone.took),
        crowd.cut()
    );
    assert_eq!(beside.wrong, Vec::<String>::new(), "somebody was refused");
    if full() {
        assert!(crowd.cut() >= clients, "only {} were cut", crowd.cut());
    } else {
        wait::until("every slow client to be cut", AT_LAST_S, || {
            (crowd.cut() == clients && crowd.open() == 0).then_some(())
        });
    }
}
