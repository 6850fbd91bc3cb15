//! A small model: every order of votes, objections, a revocation, a changed proposal and a changed policy. It asks the
//! functions that decide, and compares them with a count written down a second time, in another way.

use std::collections::BTreeMap;

use super::*;
use crate::key::LogKey;
use crate::patch::{Reason, Status};

/// What can happen to one proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// A review of the version that stood when it was written: 0, or 1 after the change.
    Review(&'static str, Verdict, u8),
    /// The grant of somebody is taken back.
    Revoke(&'static str),
    /// Somebody is granted her role once more, under the same key, in place of what she held.
    Regrant(&'static str),
    /// The day of somebody's grant comes.
    Expire(&'static str),
    /// Somebody signs with another key from now on.
    Rekey(&'static str),
    /// The proposal becomes another one.
    Amend,
    /// Another policy: quorum, instances, whether the owner must agree.
    Policy(u32, u32, bool),
    /// A maintainer of the origin refuses alone.
    Refuse,
    /// A maintainer of the origin accepts alone.
    Accept,
}

use Event::{Accept, Amend, Expire, Policy as Change, Refuse, Regrant, Rekey, Review, Revoke};
use Verdict::{Approve, Reject};

const ANA: &str = "https://a.example/users/ana";
const BO: &str = "https://b.example/users/bo";
const CY: &str = "https://c.example/users/cy";
/// Of the proposing instance; LEA proposes.
const DI: &str = "https://d.example/users/di";
const LEA: &str = "https://d.example/users/lea";

fn host(actor: &str) -> Host {
    actor.split('/').nth(2).unwrap().parse().unwrap()
}

fn key_of(actor: &str) -> Multikey {
    LogKey::from_seed([actor.as_bytes()[8]; 32]).multikey()
}

fn version(number: u8) -> Hash {
    Hash::from_bytes(&[number + 1; 32]).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn held(actor: &str, key: Multikey) -> Held {
    Held {
        target: actor.to_owned(),
        role: Role::Write,
        key,
        end: now().plus_seconds(1000),
        standing: Standing::Stands,
    }
}

struct World {
    policy: Policy,
    grants: Vec<Held>,
    reviews: Vec<Cast>,
    /// The key that each review was signed by.
    signed: Vec<Multikey>,
    keys: BTreeMap<&'static str, Multikey>,
    version: u8,
    status: Status,
    /// The events so far, for the second count.
    past: Vec<Event>,
    accepted_by_votes: bool,
}

impl World {
    fn new() -> Self {
        let everybody = [ANA, BO, CY, DI, LEA];
        Self {
            policy: Policy::new(2, 2, false),
            grants: everybody.map(|actor| held(actor, key_of(actor))).to_vec(),
            reviews: Vec::new(),
            signed: Vec::new(),
            keys: everybody
                .iter()
                .map(|actor| (*actor, key_of(actor)))
                .collect(),
            version: 0,
            status: Status::Pending,
            past: Vec::new(),
            accepted_by_votes: false,
        }
    }

    fn grant(&mut self, actor: &str) -> &mut Held {
        let mut grants = self.grants.iter_mut();
        grants.find(|grant| grant.target == actor).unwrap()
    }

    /// One event a second.
    fn clock(&self) -> Timestamp {
        now().plus_seconds(self.past.len().cast_signed() as i64)
    }

    fn revoke(&mut self, actor: &str) {
        let at = self.clock();
        let hers = self.grants.iter_mut().filter(|grant| grant.target == actor);
        for grant in hers.filter(|grant| grant.standing == Standing::Stands) {
            grant.standing = Standing::Revoked(at);
        }
    }

    /// As the use cases do it: each asks the rules, and nothing else.
    fn happens(&mut self, event: Event) {
        self.past.push(event);
        match event {
            Review(actor, verdict, read) => self.review(actor, verdict, read),
            Revoke(actor) => self.revoke(actor),
            Regrant(actor) => {
                self.revoke(actor);
                let key = key_of(actor);
                self.grants.push(held(actor, key));
            }
            Expire(actor) => self.grant(actor).end = self.clock(),
            Rekey(actor) => {
                self.keys
                    .insert(actor, LogKey::from_seed([7; 32]).multikey());
            }
            Amend => {
                if let Ok(open) = self.status.conflict().and_then(Status::rebase) {
                    self.status = open;
                    self.version = 1;
                }
            }
            Change(quorum, instances, owner) => {
                self.policy = Policy::new(quorum, instances, owner);
            }
            Refuse => {
                let why = Reason::new("non").unwrap();
                self.status = self.status.refuse(&why).unwrap_or(self.status);
            }
            Accept => self.status = self.status.accept().unwrap_or(self.status),
        }
    }

    fn review(&mut self, actor: &'static str, verdict: Verdict, read: u8) {
        if self.status.is_final() {
            return;
        }
        self.reviews.push(Cast {
            reviewer: actor.to_owned(),
            instance: host(actor),
            version: version(read),
            verdict,
            amended: None,
            published: self.clock(),
        });
        self.signed.push(self.keys[actor]);
        let (origin, proposing) = (host(ANA), host(LEA));
        let question = Question {
            policy: &self.policy,
            case: Case {
                origin: &origin,
                proposer: Some(LEA),
                proposing: &proposing,
            },
            version: version(self.version),
            amended: None,
            now: self.clock(),
        };
        let proven = |cast: &Cast, key: &Multikey| {
            let at = self
                .reviews
                .iter()
                .position(|known| std::ptr::eq(known, cast));
            self.signed[at.unwrap()] == *key
        };
        if accepts_on_arrival(&question, &self.grants, &self.reviews, proven) {
            self.status = self.status.accept().unwrap();
            self.accepted_by_votes = true;
        }
    }

    /// True where the last that happened to somebody's grant is that it was given.
    fn holds(&self, actor: &'static str) -> bool {
        let ends = |event: &&Event| **event == Revoke(actor) || **event == Regrant(actor);
        self.past.iter().rev().find(ends) != Some(&Revoke(actor))
    }

    /// True where what somebody said at this point was said before a grant of hers was taken back, or replaced.
    fn fell(&self, actor: &'static str, at: usize) -> bool {
        let mut stands = true;
        self.past.iter().enumerate().any(|(index, event)| {
            let ends = *event == Revoke(actor) || *event == Regrant(actor);
            let fell = ends && stands && index > at;
            stands = (stands && !ends) || *event == Regrant(actor);
            fell
        })
    }

    /// What the events alone say, counted from the last one back: whether approvals that are valid now are enough.
    fn enough(&self) -> bool {
        let has = |event: Event| self.past.contains(&event);
        let amended = has(Amend);
        let (quorum, instances, owner) = self
            .past
            .iter()
            .rev()
            .find_map(|event| match event {
                Change(quorum, instances, owner) => Some((*quorum, *instances, *owner)),
                _ => None,
            })
            .unwrap_or((2, 2, false));
        let mut last: BTreeMap<&str, Verdict> = BTreeMap::new();
        for (at, event) in self.past.iter().enumerate() {
            let Review(actor, verdict, read) = *event else {
                continue;
            };
            let rekeyed = self.past[..at].contains(&Rekey(actor));
            let current = read == u8::from(amended);
            let counts = current && !rekeyed && verdict != Verdict::Remark && actor != LEA;
            if counts && !self.fell(actor, at) && self.holds(actor) && !has(Expire(actor)) {
                last.insert(actor, verdict);
            }
        }
        let hosts: Vec<Host> = last.keys().map(|actor| host(actor)).collect();
        let one = |name: &str| hosts.iter().any(|host| host.as_str() == name);
        let count = |name: &str| hosts.iter().filter(|host| host.as_str() == name).count();
        let elsewhere = ["b.example", "c.example", "d.example"];
        let elsewhere = elsewhere.iter().filter(|name| one(name)).count();
        let approvals = count("a.example") + elsewhere;
        let from = elsewhere + usize::from(one("a.example"));
        last.values().all(|verdict| *verdict == Approve)
            && approvals >= quorum as usize
            && from >= instances as usize
            && (!owner || one("a.example"))
            && ["a.example", "b.example", "c.example"]
                .iter()
                .any(|name| one(name))
    }
}

/// Plays one order of events, and looks after each of them.
fn play(order: &[Event]) -> bool {
    let mut world = World::new();
    for event in order {
        let before = world.status;
        let by_votes = world.accepted_by_votes;
        world.happens(*event);
        let arrived = matches!(event, Review(_, Approve, _));
        if world.accepted_by_votes && !by_votes {
            assert!(arrived, "{event:?} accepted in {order:?}");
            assert!(
                world.enough(),
                "accepted without a quorum: {:?}",
                world.past
            );
        } else if arrived && before == Status::Pending {
            let own = match event {
                Review(actor, _, read) => {
                    *actor != LEA
                        && *read == world.version
                        && world.holds(actor)
                        && !world.past.contains(&Expire(actor))
                        && !world.past.contains(&Rekey(actor))
                }
                _ => false,
            };
            assert!(
                !(own && world.enough()),
                "a quorum that was not seen: {:?}",
                world.past
            );
        }
        if before.is_final() {
            assert_eq!(world.status, before, "decided twice in {order:?}");
        }
    }
    world.accepted_by_votes
}

/// Every order of the events, by Heap's algorithm; returns how many there were and how many accepted.
fn every_order(events: &[Event]) -> (usize, usize) {
    let mut order = events.to_vec();
    let mut at = vec![0; order.len()];
    let (mut played, mut accepted) = (1, usize::from(play(&order)));
    let mut i = 0;
    while i < order.len() {
        if at[i] < i {
            if i.is_multiple_of(2) {
                order.swap(0, i);
            } else {
                order.swap(at[i], i);
            }
            played += 1;
            accepted += usize::from(play(&order));
            at[i] += 1;
            i = 0;
        } else {
            at[i] = 0;
            i += 1;
        }
    }
    (played, accepted)
}

#[test]
fn in_no_order_of_events_a_proposal_is_accepted_without_a_quorum_valid_then() {
    let stories: [&[Event]; 7] = [
        &[
            Review(ANA, Approve, 0),
            Review(BO, Approve, 0),
            Review(CY, Approve, 0),
            Revoke(BO),
            Change(3, 3, false),
            Amend,
            Refuse,
        ],
        &[
            Review(ANA, Approve, 0),
            Review(BO, Approve, 0),
            Review(BO, Reject, 0),
            Review(BO, Approve, 1),
            Review(CY, Approve, 1),
            Amend,
            Revoke(CY),
        ],
        &[
            Review(BO, Approve, 0),
            Review(CY, Approve, 0),
            Review(DI, Approve, 0),
            Change(3, 2, true),
            Review(ANA, Approve, 0),
            Expire(CY),
            Rekey(BO),
        ],
        &[
            Review(LEA, Approve, 0),
            Review(DI, Approve, 0),
            Review(BO, Approve, 0),
            Change(1, 1, false),
            Rekey(BO),
            Amend,
            Accept,
        ],
        &[
            Review(BO, Reject, 0),
            Review(ANA, Approve, 0),
            Review(CY, Approve, 0),
            Review(BO, Verdict::Remark, 0),
            Review(BO, Approve, 0),
            Revoke(BO),
            Change(1, 1, true),
        ],
        &[
            Review(CY, Approve, 0),
            Review(CY, Approve, 1),
            Review(ANA, Verdict::Revise, 0),
            Review(ANA, Approve, 1),
            Expire(ANA),
            Amend,
            Change(3, 2, false),
        ],
        &[
            Review(BO, Approve, 0),
            Revoke(BO),
            Regrant(BO),
            Review(CY, Approve, 0),
            Review(BO, Approve, 0),
            Regrant(CY),
            Change(2, 1, false),
        ],
    ];
    for story in stories {
        let (played, accepted) = every_order(story);
        assert_eq!(played, 5040, "seven events");
        // A model in which nothing is ever accepted would prove nothing.
        assert!(
            accepted > 0 && accepted < played,
            "{accepted} of {played}: {story:?}"
        );
    }
}

/// Judges one approval of BO's after a change to the world.
fn check(change: impl FnOnce(&mut World), cast: (&'static str, u8), expected: Result<(), Void>) {
    let mut world = World::new();
    change(&mut world);
    let (origin, proposing) = (host(ANA), host(LEA));
    let question = Question {
        policy: &world.policy,
        case: Case {
            origin: &origin,
            proposer: Some(LEA),
            proposing: &proposing,
        },
        version: version(world.version),
        amended: None,
        now: world.clock(),
    };
    let (actor, read) = cast;
    let cast = Cast {
        reviewer: actor.to_owned(),
        instance: host(actor),
        version: version(read),
        verdict: Approve,
        amended: None,
        published: world.clock(),
    };
    let signed_by = world.keys.get(actor).copied();
    let found = judge(&question, &world.grants, &cast, |key| {
        signed_by == Some(*key)
    });
    assert_eq!(found.map(drop), expected);
}

#[test]
fn every_reason_that_voids_a_review_is_told_apart() {
    check(|_| {}, (BO, 0), Ok(()));
    check(
        |_| {},
        ("https://e.example/users/eve", 0),
        Err(Void::NoGrant),
    );
    check(
        |world| world.grant(BO).role = Role::None,
        (BO, 0),
        Err(Void::NoGrant),
    );
    check(
        |world| world.happens(Revoke(BO)),
        (BO, 0),
        Err(Void::Revoked),
    );
    check(
        |world| world.happens(Expire(BO)),
        (BO, 0),
        Err(Void::Expired),
    );
    check(
        |world| world.happens(Rekey(BO)),
        (BO, 0),
        Err(Void::OtherKey),
    );
    check(|_| {}, (BO, 1), Err(Void::OldVersion));
    check(|_| {}, (LEA, 0), Err(Void::Own));
}

#[test]
fn a_grant_given_again_counts_under_its_own_key_alone() {
    let again = |key: Multikey| {
        move |world: &mut World| {
            world.happens(Revoke(BO));
            world.grants.push(held(BO, key));
        }
    };
    check(again(key_of(BO)), (BO, 0), Ok(()));
    check(again(key_of(CY)), (BO, 0), Err(Void::OtherKey));
}

#[test]
fn a_grant_given_again_does_not_bring_back_what_was_said_before() {
    let mut world = World::new();
    let (origin, proposing) = (host(ANA), host(LEA));
    let mut found = Vec::new();
    for second in 0..4 {
        let cast = Cast {
            reviewer: BO.to_owned(),
            instance: host(BO),
            version: version(0),
            verdict: Approve,
            amended: None,
            published: now().plus_seconds(second),
        };
        if second == 0 {
            // Taken back at second 2, given again under the same key at second 3.
            world.past = vec![Amend, Amend];
            world.revoke(BO);
            world.grants.push(held(BO, key_of(BO)));
        }
        let question = Question {
            policy: &world.policy,
            case: Case {
                origin: &origin,
                proposer: Some(LEA),
                proposing: &proposing,
            },
            version: version(0),
            amended: None,
            now: now().plus_seconds(5),
        };
        let counts = judge(&question, &world.grants, &cast, |key| *key == key_of(BO));
        found.push(counts.map(drop));
    }
    assert_eq!(
        found,
        [Err(Void::Before), Err(Void::Before), Ok(()), Ok(())]
    );
}

#[test]
fn an_approval_counts_for_the_values_that_it_names_and_stands_in_the_way_of_others() {
    let world = World::new();
    let (origin, proposing) = (host(ANA), host(LEA));
    let accepts = |amended: Option<u8>, said: &[(&'static str, Option<u8>)]| {
        let question = Question {
            policy: &world.policy,
            case: Case {
                origin: &origin,
                proposer: Some(LEA),
                proposing: &proposing,
            },
            version: version(0),
            amended: amended.map(version),
            now: now(),
        };
        let casts: Vec<Cast> = said
            .iter()
            .map(|(actor, amended)| Cast {
                reviewer: (*actor).to_owned(),
                instance: host(actor),
                version: version(0),
                verdict: Approve,
                amended: amended.map(version),
                published: now(),
            })
            .collect();
        let proven = |cast: &Cast, key: &Multikey| key_of(&cast.reviewer) == *key;
        accepts_on_arrival(&question, &world.grants, &casts, proven)
    };
    let (with, other) = (Some(7), Some(8));
    assert!(accepts(None, &[(BO, None), (CY, None)]));
    assert!(accepts(with, &[(BO, with), (CY, with)]));
    // Two people who correct it in two ways agree on neither, nor does one who wants it as it is.
    assert!(!accepts(with, &[(BO, other), (CY, with)]));
    assert!(!accepts(with, &[(BO, None), (CY, with)]));
    assert!(!accepts(None, &[(BO, with), (CY, None)]));
    assert!(!accepts(None, &[(BO, with), (CY, with)]));
    // Each of them may think better of it; a third who agrees elsewhere does not outvote them.
    assert!(accepts(with, &[(BO, None), (CY, with), (BO, with)]));
    assert!(!accepts(with, &[(ANA, None), (BO, with), (CY, with)]));
}
