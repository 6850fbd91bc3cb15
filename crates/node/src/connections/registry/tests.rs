use super::*;

const SECOND: u64 = 1000;

fn registry(connections: usize, per_network: usize) -> Registry {
    let settings = Server {
        connections_per_address: per_network,
        ..Server::default()
    };
    Registry::new(
        Limits::of(&settings, connections),
        vec!["127.0.0.0/8".to_owned()],
    )
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The ids that are still known.
fn known(registry: &Registry) -> Vec<u64> {
    registry.open().all.keys().copied().collect()
}

fn counted(registry: &Registry) -> [u64; 3] {
    registry.counts().map(|(_, count)| count)
}

#[test]
fn whoever_is_late_with_a_head_or_a_body_is_closed() {
    let registry = registry(100, 100);
    let head = registry.admit(address("203.0.113.1"), 0);
    let body = registry.admit(address("203.0.113.1"), 0);
    body.enter(Phase::Body, SECOND);
    let working = registry.admit(address("203.0.113.1"), 0);
    working.enter(Phase::Working, SECOND);
    assert_eq!(registry.sweep(12 * SECOND), 0);
    assert_eq!(registry.sweep(12 * SECOND + 1), 1);
    assert_eq!(known(&registry), [body.id, working.id]);
    assert_eq!(registry.sweep(23 * SECOND + 1), 1);
    assert_eq!(
        registry.sweep(10_000 * SECOND),
        0,
        "nobody waits for ourselves"
    );
    assert_eq!(known(&registry), [working.id]);
    registry.leave(&working);
    registry.leave(&head);
    assert_eq!(counted(&registry), [0, 2, 0]);
}

#[test]
fn a_connection_that_asks_nothing_more_is_closed() {
    let registry = registry(100, 100);
    let entry = registry.admit(address("203.0.113.1"), 0);
    entry.enter(Phase::Idle, 20 * SECOND);
    assert_eq!(registry.sweep(27 * SECOND), 0);
    assert_eq!(registry.sweep(27 * SECOND + 1), 1);
}

#[test]
fn a_reader_that_takes_nothing_is_closed_and_one_that_takes_a_little_is_not() {
    let registry = registry(100, 100);
    let (dead, slow) = (
        registry.admit(address("203.0.113.1"), 0),
        registry.admit(address("203.0.113.2"), 0),
    );
    for entry in [&dead, &slow] {
        entry.enter(Phase::Working, 0);
        entry.blocked(SECOND);
    }
    slow.taken();
    slow.blocked(30 * SECOND);
    slow.blocked(60 * SECOND);
    assert_eq!(registry.sweep(61 * SECOND), 0);
    assert_eq!(registry.sweep(61 * SECOND + 1), 1);
    assert_eq!(known(&registry), [slow.id]);
    assert_eq!(registry.sweep(90 * SECOND + 1), 1);
}

#[test]
fn a_network_that_has_its_share_loses_what_waits_longest() {
    let registry = registry(100, 2);
    let oldest = registry.admit(address("2001:db8:1:2::1"), 0);
    let older = registry.admit(address("2001:db8:1:2::2"), 1);
    let other = registry.admit(address("2001:db8:1:3::1"), 2);
    oldest.enter(Phase::Idle, 5);
    let newest = registry.admit(address("2001:db8:1:2::3"), 6);
    assert_eq!(known(&registry), [oldest.id, other.id, newest.id]);
    assert_eq!(counted(&registry), [3, 0, 1]);
    // Where all the others wait for us, the request is answered with a refusal instead.
    oldest.enter(Phase::Working, 7);
    newest.enter(Phase::Working, 7);
    let more = registry.admit(address("2001:db8:1:2::4"), 8);
    assert!(!registry.ask(&more, address("2001:db8:1:2::4")));
    assert!(registry.ask(&other, address("2001:db8:1:3::1")));
    registry.leave(&newest);
    assert!(registry.ask(&more, address("2001:db8:1:2::4")));
    assert!(!known(&registry).contains(&older.id));
}

#[test]
fn behind_a_proxy_a_connection_counts_for_the_client_while_it_asks() {
    let registry = registry(100, 1);
    let proxied: Vec<_> = (0..5)
        .map(|at| registry.admit(address("127.0.0.1"), at))
        .collect();
    assert_eq!(known(&registry).len(), 5, "a proxy has no share");
    assert!(registry.ask(&proxied[0], address("203.0.113.1")));
    proxied[0].enter(Phase::Working, 9);
    assert!(!registry.ask(&proxied[1], address("203.0.113.1")));
    assert!(registry.ask(&proxied[2], address("203.0.113.2")));
    proxied[0].enter(Phase::Idle, 10);
    registry.answered(&proxied[0]);
    registry.answered(&proxied[1]);
    assert!(registry.ask(&proxied[3], address("203.0.113.1")));
    assert_eq!(known(&registry).len(), 5);
}

#[test]
fn a_full_server_closes_the_slowest_of_the_largest_network_and_never_its_own_work() {
    let registry = registry(128, 128);
    let mut crowd = Vec::new();
    for at in 0..100 {
        crowd.push(registry.admit(address("203.0.113.1"), at));
    }
    for at in 0..27 {
        // They came before and wait longer, but there is one of each.
        let _ = registry.admit(address(&format!("198.51.100.{at}")), 0);
    }
    crowd[0].enter(Phase::Working, 0);
    let last = registry.admit(address("192.0.2.1"), 500);
    let newest = registry.admit(address("192.0.2.2"), 501);
    let left = known(&registry);
    // One too many, and room for two more.
    assert_eq!(left.len(), 126);
    assert!(left.contains(&last.id) && left.contains(&newest.id));
    let gone: Vec<u64> = crowd
        .iter()
        .map(|entry| entry.id)
        .filter(|id| !left.contains(id))
        .collect();
    assert_eq!(gone, [crowd[1].id, crowd[2].id, crowd[3].id]);
}

#[test]
fn a_server_that_works_on_everything_takes_no_more() {
    let registry = registry(4, 100);
    for at in 0..4 {
        let entry = registry.admit(address("203.0.113.1"), at);
        entry.enter(Phase::Working, at);
    }
    let newest = registry.admit(address("192.0.2.1"), 9);
    assert_eq!(known(&registry).len(), 4);
    assert!(!known(&registry).contains(&newest.id));
}
