use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds).unwrap()
}

fn head(seq: u64) -> Head {
    Head {
        seq,
        entry: Hash([seq as u8 + 1; 32]),
    }
}

const GENESIS: Hash = Hash([9; 32]);

fn replica(local: Option<Head>) -> Replica {
    let mut replica = Replica::new(GENESIS, local, at(0));
    replica.add_source("https://b.example/log".into(), Standing::Peer);
    replica.add_source("https://a.example/log".into(), Standing::Origin);
    replica
}

const PEER: SourceIndex = 0;
const ORIGIN: SourceIndex = 1;

#[test]
fn the_origin_is_asked_first_and_pulled_to_its_head() {
    let mut replica = replica(None);
    assert_eq!(
        replica.step(at(0), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
    let event = Event::Head {
        genesis: GENESIS,
        head: head(7),
    };
    assert_eq!(
        replica.step(at(0), event),
        Some(Request::Entries {
            source: ORIGIN,
            from: 0
        })
    );
    let event = Event::Applied {
        local: head(4),
        more: true,
    };
    assert_eq!(
        replica.step(at(1), event),
        Some(Request::Entries {
            source: ORIGIN,
            from: 5
        })
    );
    assert_eq!(
        replica.step(
            at(1),
            Event::Applied {
                local: head(7),
                more: false
            }
        ),
        None
    );
    assert_eq!(replica.confirmed_at(), Some(at(1)));
    assert_eq!(replica.step(at(2), Event::Tick), None);
    assert_eq!(
        replica.step(at(1 + CHECK_SECONDS), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
}

#[test]
fn a_silent_origin_is_healed_by_a_peer() {
    let mut replica = replica(Some(head(3)));
    assert_eq!(
        replica.step(at(0), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
    assert_eq!(
        replica.step(at(0), Event::Unreachable),
        Some(Request::Head(PEER))
    );
    let event = Event::Head {
        genesis: GENESIS,
        head: head(5),
    };
    assert_eq!(
        replica.step(at(0), event),
        Some(Request::Entries {
            source: PEER,
            from: 4
        })
    );
    assert_eq!(
        replica.step(
            at(0),
            Event::Applied {
                local: head(5),
                more: false
            }
        ),
        None
    );
    assert_eq!(replica.confirmed_at(), None, "only the origin confirms");
    assert_eq!(
        replica.step(at(FIRST_PAUSE_SECONDS), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
}

#[test]
fn a_source_that_serves_a_bad_byte_is_quarantined() {
    let mut replica = replica(Some(head(3)));
    replica.step(at(0), Event::Tick);
    replica.step(
        at(0),
        Event::Head {
            genesis: GENESIS,
            head: head(5),
        },
    );
    assert_eq!(replica.step(at(0), Event::Bad), Some(Request::Head(PEER)));
    replica.step(
        at(0),
        Event::Head {
            genesis: GENESIS,
            head: head(3),
        },
    );
    assert_eq!(
        replica.step(at(QUARANTINE_SECONDS - 1), Event::Tick),
        Some(Request::Head(PEER))
    );
    replica.step(at(QUARANTINE_SECONDS - 1), Event::Unreachable);
    assert_eq!(
        replica.step(at(QUARANTINE_SECONDS), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
}

#[test]
fn another_log_under_the_same_name_is_not_pulled() {
    let mut replica = replica(None);
    replica.step(at(0), Event::Tick);
    let event = Event::Head {
        genesis: Hash([1; 32]),
        head: head(5),
    };
    assert_eq!(replica.step(at(0), event), Some(Request::Head(PEER)));
}

#[test]
fn the_same_seq_with_another_hash_is_looked_at_and_a_fork_stops_everything() {
    let mut replica = replica(Some(head(3)));
    replica.step(at(0), Event::Tick);
    let rival = Head {
        seq: 3,
        entry: Hash([200; 32]),
    };
    let event = Event::Head {
        genesis: GENESIS,
        head: rival,
    };
    assert_eq!(
        replica.step(at(0), event),
        Some(Request::Entries {
            source: ORIGIN,
            from: 3
        })
    );
    assert_eq!(replica.step(at(0), Event::Halted(Halt::Forked)), None);
    assert_eq!(replica.step(at(9), Event::Hint(12)), None);
    assert_eq!(replica.step(at(99_999), Event::Tick), None);
    assert_eq!(
        replica.step(at(99_999), Event::Resumed),
        Some(Request::Head(ORIGIN))
    );
}

#[test]
fn a_hint_wakes_a_resting_copy_and_an_old_one_does_not() {
    let mut replica = replica(Some(head(3)));
    replica.step(at(0), Event::Tick);
    replica.step(
        at(0),
        Event::Head {
            genesis: GENESIS,
            head: head(3),
        },
    );
    assert_eq!(replica.step(at(5), Event::Hint(3)), None);
    assert_eq!(
        replica.step(at(5), Event::Hint(4)),
        Some(Request::Head(ORIGIN))
    );
}

#[test]
fn a_source_that_announces_what_it_does_not_send_is_paused() {
    let mut replica = replica(Some(head(3)));
    replica.step(at(0), Event::Tick);
    replica.step(
        at(0),
        Event::Head {
            genesis: GENESIS,
            head: head(9),
        },
    );
    let event = Event::Applied {
        local: head(3),
        more: false,
    };
    assert_eq!(replica.step(at(0), event), Some(Request::Head(PEER)));
}

#[test]
fn a_failing_source_is_asked_ever_more_rarely() {
    let mut replica = Replica::new(GENESIS, Some(head(1)), at(0));
    replica.add_source("https://a.example/log".into(), Standing::Origin);
    let mut now = 0;
    let mut asked = 0;
    while now < 86_400 {
        if replica.step(at(now), Event::Tick).is_some() {
            asked += 1;
            replica.step(at(now), Event::Unreachable);
        }
        now += 1;
    }
    assert!((90..120).contains(&asked), "{asked} times a day");
}

#[test]
fn our_head_never_goes_back() {
    let mut replica = replica(Some(head(8)));
    replica.step(at(0), Event::Pushed(head(6)));
    assert_eq!(replica.local(), Some(head(8)));
}

#[test]
fn a_hint_that_comes_during_a_request_makes_the_origin_be_asked_once_more() {
    let mut replica = replica(Some(head(3)));
    assert_eq!(
        replica.step(at(0), Event::Tick),
        Some(Request::Head(ORIGIN))
    );
    // The origin answered as entry 4 was being signed.
    replica.note(at(0), Event::Hint(4));
    let nothing_new = Event::Head {
        genesis: GENESIS,
        head: head(3),
    };
    assert_eq!(
        replica.step(at(0), nothing_new.clone()),
        Some(Request::Head(ORIGIN))
    );
    // A hint of an entry that does not exist costs that one request.
    assert_eq!(replica.step(at(0), nothing_new), None);
    assert_eq!(replica.announced(), Some(3));
}
