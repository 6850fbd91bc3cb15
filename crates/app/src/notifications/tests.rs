use std::collections::BTreeMap;

use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_domain::patch::Reason;
use rustine_store::{MailRecord, NewUser, UserRecord};

use super::letters::{LETTERS_PER_HOUR, write_due};
use super::*;
use crate::accounts::OPERATOR;
use crate::accounts::Person;
use crate::accounts::roles::give;
use crate::datasets::{create, publish};
use crate::instance;
use crate::mail::{Envelope, Message};
use crate::patches::decide::{Decision, decide};
use crate::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use crate::settings::mail::Transport;
use crate::testing::{TestApp, now, schema};

/// An instance with the dataset `lieux` of one row, and Léa, who decides.
pub(crate) struct World {
    pub node: TestApp,
    pub lea: UserRecord,
    row: RowId,
    sent: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        let node = TestApp::new("http://a.localhost:1");
        instance::create(&node.app).unwrap();
        let name = "lieux".parse().unwrap();
        create::create(&node.app, &name, &schema("Lieux")).unwrap();
        publish::publish(&node.app, &"lieux".parse().unwrap()).unwrap();
        let lea = user(&node.app, "lea", OPERATOR);
        let mut world = Self {
            node,
            lea,
            row: RowId(uuid::Uuid::nil()),
            sent: 0,
        };
        let cells: BTreeMap<_, _> = [
            ("nom".parse().unwrap(), "Le Fil".to_owned()),
            ("places".parse().unwrap(), "1".to_owned()),
        ]
        .into();
        let first = world.send(ProposedOp::Add { cells }, None, None);
        decide(world.app(), first, &world.person(), &Decision::Accept).unwrap();
        let id = world.node.record("lieux").id;
        let rows = world.app().db.read(|tx| {
            let mut found = Vec::new();
            tx.each_row_by_bucket(id, None, |row| {
                found.push(row.row_id);
                Ok::<_, StoreError>(())
            })?;
            Ok::<_, StoreError>(found)
        });
        world.row = rows.unwrap()[0];
        // What was told of it is not what a test is about.
        let up_to = |tx: &mut Tx<'_>| tx.read_notifications(world.lea.id, i64::MAX, now());
        world.app().db.write(up_to).unwrap();
        write_due(world.app()).unwrap();
        world
    }

    pub(crate) fn app(&self) -> &App {
        &self.node.app
    }

    pub(crate) fn person(&self) -> Person {
        Person::of(&self.lea).unwrap()
    }

    fn send(&mut self, op: ProposedOp, email: Option<&str>, by: Option<Person>) -> PatchId {
        let proposal = Proposal {
            dataset: DatasetAddress {
                name: "lieux".parse().unwrap(),
                host: None,
            },
            ops: vec![op],
            summary: None,
            name: None,
            email: email.map(str::to_owned),
            by: by.map_or(
                Proposer::Visitor(std::net::Ipv4Addr::LOCALHOST.into()),
                Proposer::Person,
            ),
        };
        propose(self.app(), &proposal).unwrap().id
    }

    /// Somebody proposes another number of places.
    pub(crate) fn propose(&mut self, email: Option<&str>, by: Option<Person>) -> PatchId {
        self.sent += 1;
        let op = ProposedOp::Set {
            row: self.row,
            field: "places".parse().unwrap(),
            value: Some((100 + self.sent).to_string()),
            base: None,
        };
        self.send(op, email, by)
    }

    /// The letters that were queued so far, without those of the beginning.
    pub(crate) fn letters(&self) -> Vec<(MailRecord, Message)> {
        let found: Result<_, StoreError> = self.app().db.read(|tx| tx.list_mails("queued", 0, 500));
        let found = found.unwrap().into_iter();
        found
            .map(|mail| {
                let text = mail.message.as_deref().unwrap();
                let envelope: Envelope = serde_json::from_str(text).unwrap();
                (mail, envelope.message)
            })
            .collect()
    }

    fn choose(&self, kind: Kind, rhythm: Rhythm) {
        choose(self.app(), self.lea.id, &[(kind, rhythm)], None).unwrap();
    }

    fn due(&self) -> usize {
        write_due(self.app()).unwrap()
    }
}

pub(crate) fn user(app: &App, name: &str, role: &str) -> UserRecord {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{name}@hub.example"),
        password_hash: String::new(),
        role: role.to_owned(),
        lang: "en".to_owned(),
        created: now(),
        confirmed: true,
    };
    let made: Result<_, StoreError> = app.db.write(|tx| {
        let id = tx.insert_user(&new)?;
        tx.find_user(id)
    });
    made.unwrap().unwrap()
}

#[test]
fn whoever_may_decide_hears_of_a_proposal_in_the_page_and_by_letter() {
    let mut world = World::new();
    user(world.app(), "ana", crate::accounts::MEMBER);
    let max = user(world.app(), "max", crate::accounts::MEMBER);
    let (address, name) = ("lieux".parse().unwrap(), "max".parse().unwrap());
    let role = rustine_domain::review::Role::Write;
    give(world.app(), &world.person(), &address, &name, role, None).unwrap();
    let patch = world.propose(None, None);
    let unread: i64 = world
        .app()
        .db
        .read(|tx| tx.count_unread(world.lea.id))
        .unwrap();
    assert_eq!(unread, 1);
    assert_eq!((world.due(), world.due()), (2, 0), "once to each of two");
    let letters = world.letters();
    let [(mail, message), (second, _)] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(message, &Message::ToDecide { patch });
    assert_eq!(mail.address.as_deref(), Some("lea@hub.example"));
    assert_eq!(
        (mail.lang.as_str(), mail.user_id),
        ("en", Some(world.lea.id))
    );
    assert_eq!(second.user_id, Some(max.id));
}

#[test]
fn nobody_hears_of_what_she_sent_herself_but_of_its_answer() {
    let mut world = World::new();
    let max = user(world.app(), "max", OPERATOR);
    let own = world.propose(None, Some(world.person()));
    assert_eq!(world.due(), 1, "the other one who may decide");
    let max = Person::of(&max).unwrap();
    decide(world.app(), own, &max, &Decision::Accept).unwrap();
    assert_eq!(world.due(), 1);
    let (mail, message) = world.letters().pop().unwrap();
    assert_eq!(message, Message::Decided { patch: own });
    assert_eq!(mail.user_id, Some(world.lea.id));
}

#[test]
fn a_flood_of_proposals_is_a_few_letters_an_hour_and_loses_none() {
    let mut world = World::new();
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(world.propose(None, None));
        world.due();
    }
    for _ in 0..6 {
        sent.push(world.propose(None, None));
    }
    world.due();
    assert_eq!(i64::try_from(world.letters().len()), Ok(LETTERS_PER_HOUR));
    sent.push(world.propose(None, None));
    assert_eq!(world.due(), 0, "the hour has had its letters");
    world.node.clock.advance(3601);
    assert_eq!(world.due(), 1);
    let mut told = Vec::new();
    for (_, message) in world.letters() {
        match message {
            Message::ToDecide { patch } => told.push(patch),
            Message::Collected { to_decide, .. } => told.extend(to_decide),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, sent, "each once");
}

#[test]
fn a_summary_comes_once_a_day_or_week_whoever_asks() {
    for (rhythm, days) in [(Rhythm::Daily, 1), (Rhythm::Weekly, 7)] {
        let mut world = World::new();
        world.choose(Kind::ToDecide, rhythm);
        let first = world.propose(None, None);
        assert_eq!((world.due(), world.due()), (1, 0));
        let later: Vec<PatchId> = (0..2).map(|_| world.propose(None, None)).collect();
        world.node.clock.advance(days * 86_400 - 1);
        assert_eq!(world.due(), 0, "{rhythm:?}");
        world.node.clock.advance(1);
        assert_eq!((world.due(), world.due()), (1, 0));
        let told: Vec<Message> = world.letters().into_iter().map(|(_, told)| told).collect();
        let collected = |to_decide| Message::Collected {
            upkeep: Vec::new(),
            to_decide,
            decided: Vec::new(),
            commented: Vec::new(),
            origins: Vec::new(),
            news: None,
        };
        assert_eq!(told, [collected(vec![first]), collected(later)]);
    }
}

#[test]
fn what_was_decided_meanwhile_and_what_is_unwanted_is_in_no_letter() {
    let mut world = World::new();
    let quick = world.propose(None, None);
    let reason = Decision::Refuse(Reason::new("non").unwrap());
    decide(world.app(), quick, &world.person(), &reason).unwrap();
    assert_eq!(world.due(), 0);
    world.choose(Kind::ToDecide, Rhythm::Off);
    world.propose(None, None);
    assert_eq!(world.due(), 0);
    world.choose(Kind::ToDecide, Rhythm::Now);
    assert_eq!(world.due(), 0, "a choice is not for the past");
    let closed = UserRecord {
        disabled: true,
        ..world.lea.clone()
    };
    world.propose(None, None);
    let close: Result<(), StoreError> = world.app().db.write(|tx| tx.update_user(&closed));
    close.unwrap();
    assert_eq!(world.due(), 0, "a closed account gets no letter");
    assert_eq!(world.letters(), []);
}

#[test]
fn a_visitor_who_left_an_address_hears_of_the_answer_once() {
    let mut world = World::new();
    world.choose(Kind::ToDecide, Rhythm::Off);
    let refuse = Decision::Refuse(Reason::new("non").unwrap());
    for decision in [Decision::Accept, refuse] {
        let patch = world.propose(Some("ana@lac.example"), None);
        decide(world.app(), patch, &world.person(), &decision).unwrap();
        let (mail, message) = world.letters().pop().unwrap();
        assert_eq!(message, Message::Decided { patch });
        assert_eq!(mail.address.as_deref(), Some("ana@lac.example"));
        assert_eq!(mail.user_id, None);
    }
    let silent = world.propose(None, None);
    decide(world.app(), silent, &world.person(), &Decision::Accept).unwrap();
    assert_eq!((world.due(), world.letters().len()), (0, 2));
}

#[test]
fn a_visitor_hears_that_nobody_decided_in_time() {
    let mut world = World::new();
    world.choose(Kind::ToDecide, Rhythm::Off);
    let patch = world.propose(Some("ana@lac.example"), None);
    world.node.clock.advance(90 * 86_400);
    assert_eq!(crate::patches::expire::expire(world.app()), Ok(1));
    let (_, message) = world.letters().pop().unwrap();
    assert_eq!(message, Message::Decided { patch });
}

#[test]
fn where_letters_are_off_everything_stands_in_the_page_alone() {
    let mut world = World::new();
    world.node = world
        .node
        .restarted(|settings| settings.mail.transport = Some(Transport::None));
    let patch = world.propose(Some("ana@lac.example"), None);
    decide(world.app(), patch, &world.person(), &Decision::Accept).unwrap();
    assert_eq!((world.due(), world.letters()), (0, Vec::new()));
    let unread: i64 = world
        .app()
        .db
        .read(|tx| tx.count_unread(world.lea.id))
        .unwrap();
    assert_eq!(unread, 1);
}

#[test]
fn one_click_ends_letters_of_one_kind_and_a_forged_link_none() {
    let mut world = World::new();
    let app = world.app();
    let link: Result<_, StoreError> = app
        .db
        .read(|tx| unsubscribe::link(app, tx, world.lea.id, Kind::ToDecide));
    let link = link.unwrap();
    let token = link.rsplit('/').next().unwrap();
    let rhythm = |kind| -> Rhythm {
        let app = world.app();
        app.db.read(|tx| rhythm(tx, world.lea.id, kind)).unwrap()
    };
    let mut forged = vec![String::new(), "AAAA".to_owned(), "é".to_owned()];
    for at in 0..token.len() {
        let mut other = token.as_bytes().to_vec();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(other).unwrap());
    }
    for token in forged {
        let ended = unsubscribe::end(app, &token).unwrap();
        // The last character of base64 holds bits that say nothing.
        assert!(ended.is_none() || rhythm(Kind::ToDecide) == Rhythm::Off);
        if ended.is_some() {
            world.choose(Kind::ToDecide, Rhythm::Now);
        }
        assert_eq!(rhythm(Kind::ToDecide), Rhythm::Now, "{token}");
    }
    for _ in 0..2 {
        let ended = unsubscribe::end(app, token).unwrap().unwrap();
        assert_eq!((ended.user, ended.kind), (world.lea.id, Kind::ToDecide));
        assert_eq!(rhythm(Kind::ToDecide), Rhythm::Off);
        assert_eq!(rhythm(Kind::Decided), Rhythm::Now);
    }
    world.propose(None, None);
    assert_eq!(world.due(), 0);
}

#[test]
fn what_people_were_told_is_remembered_for_half_a_year() {
    let mut world = World::new();
    world.propose(None, None);
    let lines = || -> usize {
        let app = world.app();
        let found: Result<_, StoreError> = app
            .db
            .read(|tx| tx.list_notifications(world.lea.id, None, 9));
        found.unwrap().len()
    };
    let told = lines();
    assert!(told > 0);
    let kept = crate::housekeeping::NOTIFICATION_SECONDS.unsigned_abs();
    world.node.clock.advance(kept);
    crate::housekeeping::forget(world.app()).unwrap();
    assert_eq!(lines(), told);
    world.node.clock.advance(1);
    crate::housekeeping::forget(world.app()).unwrap();
    assert_eq!(lines(), 0);
}
