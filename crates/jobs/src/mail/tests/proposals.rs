//! Letters about proposals, as a mail program shows them.

use std::collections::BTreeMap;

use rustine_app::accounts::{OPERATOR, Person};
use rustine_app::comments::{by_contributor, by_moderator};
use rustine_app::datasets::{create, publish};
use rustine_app::instance;
use rustine_app::notifications::letters::write_due;
use rustine_app::patches::decide::{Decision, amended_ops, decide};
use rustine_app::patches::expire;
use rustine_app::patches::ops_of;
use rustine_app::patches::propose::{
    Beside, Proposal, ProposedOp, Proposer, propose, propose_beside,
};
use rustine_app::testing::{now, schema};
use rustine_domain::ids::{PatchId, RowId};
use rustine_domain::patch::Reason;
use rustine_store::NewUser;
use rustine_testkit::smtp::Letter as Came;

use super::*;

const EVIL: &str = "<b>12</b>\r\nBcc: eve@lac.example";

/// An instance with a dataset of one row, Léa who decides, and a mail server.
pub(super) struct World {
    pub(super) node: TestApp,
    pub(super) lea: Person,
    pub(super) row: RowId,
    pub(super) sink: SmtpSink,
    mailer: Arc<Mailer>,
}

impl World {
    pub(super) async fn new() -> Self {
        let node = TestApp::new("http://a.localhost:1");
        let app = &node.app;
        instance::create(app).unwrap();
        create::create(app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
        publish::publish(app, &"lieux".parse().unwrap()).unwrap();
        let lea = NewUser {
            name: "lea".to_owned(),
            email: "lea@hub.example".to_owned(),
            password_hash: String::new(),
            role: OPERATOR.to_owned(),
            lang: "fr".to_owned(),
            created: now(),
            confirmed: true,
        };
        let lea: Result<_, StoreError> = app.db.write(|tx| {
            let id = tx.insert_user(&lea)?;
            tx.find_user(id)
        });
        let lea = Person::of(&lea.unwrap().unwrap()).unwrap();
        let sink = SmtpSink::start();
        let mailer = Arc::new(mailer(sink.port()));
        let mut world = Self {
            row: RowId(PatchId(app.entropy.uuid()).0),
            node,
            lea,
            sink,
            mailer,
        };
        let cells: BTreeMap<_, _> = [
            ("nom".parse().unwrap(), "Café <Le Fil>".to_owned()),
            ("places".parse().unwrap(), "11".to_owned()),
        ]
        .into();
        let first = world.send(ProposedOp::Add { cells }, None);
        world.decide(first, &Decision::Accept);
        let id = world.node.record("lieux").id;
        let rows: Result<Vec<RowId>, StoreError> = world.node.app.db.read(|tx| {
            let mut found = Vec::new();
            tx.each_row_by_bucket(id, None, |row| {
                found.push(row.row_id);
                Ok::<_, StoreError>(())
            })?;
            Ok(found)
        });
        world.row = rows.unwrap()[0];
        world.deliver().await;
        world
    }

    fn send(&self, op: ProposedOp, email: Option<&str>) -> PatchId {
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops: vec![op],
            summary: Some("J'ai compté <i>moi-même</i>".to_owned()),
            name: None,
            email: email.map(str::to_owned),
            by: Proposer::Visitor(std::net::Ipv4Addr::LOCALHOST.into()),
        };
        propose(&self.node.app, &proposal).unwrap().id
    }

    /// A proposal of somebody who reads English; with the secret of its page.
    fn in_english(&self, value: &str) -> (PatchId, String) {
        let op = ProposedOp::Set {
            row: self.row,
            field: "places".parse().unwrap(),
            value: Some(value.to_owned()),
            base: None,
        };
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops: vec![op],
            summary: None,
            name: None,
            email: Some(ANA.to_owned()),
            by: Proposer::Visitor(std::net::Ipv4Addr::LOCALHOST.into()),
        };
        let beside = Beside {
            lang: Some(Lang::En),
            ..Beside::default()
        };
        let proposed = propose_beside(&self.node.app, &proposal, beside).unwrap();
        (proposed.id, proposed.token)
    }

    fn places(&self, value: &str, email: Option<&str>) -> PatchId {
        let op = ProposedOp::Set {
            row: self.row,
            field: "places".parse().unwrap(),
            value: Some(value.to_owned()),
            base: None,
        };
        self.send(op, email)
    }

    pub(super) fn decide(&self, patch: PatchId, decision: &Decision) {
        decide(&self.node.app, patch, &self.lea, decision).unwrap();
    }

    pub(super) async fn deliver(&self) {
        write_due(&self.node.app).unwrap();
        round(&self.node.app, &self.mailer).await;
        round(&self.node.app, &self.mailer).await;
    }

    fn last_to(&self, address: &str) -> Came {
        let mut letters = self.sink.letters().into_iter();
        letters.rfind(|letter| letter.to == address).unwrap()
    }
}

#[tokio::test]
async fn a_letter_to_decide_shows_the_change_the_sender_and_one_link() {
    let world = World::new().await;
    world.places(EVIL, None);
    world.deliver().await;
    let letter = world.last_to("lea@hub.example");
    assert!(
        letter.subject.contains("Café <Le Fil>"),
        "{}",
        letter.subject
    );
    assert_eq!(letter.header("Bcc"), "");
    let text = letter.text.replace("\r\n", "\n");
    assert!(text.contains("- 11\n    + <b>12</b>"), "{text}");
    assert!(text.contains("sans compte"), "{text}");
    assert!(text.contains("1 acceptée"), "the sender's record: {text}");
    for markup in ["<b>", "<i>", "<Le Fil>"] {
        assert!(!letter.html.contains(markup), "{}", letter.html);
    }
    assert_eq!(letter.links("/decision/").len(), 1, "{text}");
    assert_eq!(letter.links("/desabonnement/").len(), 1, "{text}");
    assert!(
        letter
            .header("List-Unsubscribe")
            .contains("/desabonnement/")
    );
    assert_eq!(
        letter.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
}

#[tokio::test]
async fn a_letter_about_what_was_decided_meanwhile_is_not_sent() {
    let world = World::new().await;
    let before = world.sink.letters().len();
    let patch = world.places("12", None);
    write_due(&world.node.app).unwrap();
    world.decide(patch, &Decision::Accept);
    round(&world.node.app, &world.mailer).await;
    assert_eq!(world.sink.letters().len(), before);
    let dropped: Result<_, StoreError> = world.node.app.db.read(|tx| tx.count_mails("dropped"));
    assert!(dropped.unwrap() >= 1);
}

#[tokio::test]
async fn thanks_quote_what_changed_and_the_address_is_forgotten() {
    let world = World::new().await;
    let accepted = world.places("12", Some(ANA));
    world.decide(accepted, &Decision::Accept);
    world.deliver().await;
    let letter = world.last_to(ANA);
    assert!(letter.subject.starts_with("Merci"), "{}", letter.subject);
    assert!(letter.text.contains("+ 12"), "{}", letter.text);
    assert_eq!(letter.header("List-Unsubscribe"), "", "it is the only one");

    let amended = world.places("13", Some(ANA));
    let ops: Result<_, StoreError> = world
        .node
        .app
        .db
        .read(|tx| ops_of(&tx.load_patch(amended)?));
    let corrected = [("places".parse().unwrap(), "14".to_owned())];
    let ops = amended_ops(&ops.unwrap(), &corrected).unwrap();
    world.decide(amended, &Decision::Amend(ops));
    world.deliver().await;
    let letter = world.last_to(ANA).text;
    assert!(
        letter.contains("+ 13") && letter.contains("Retenu : 14"),
        "{letter}"
    );

    let refused = world.places("15", Some(ANA));
    let reason = Reason::new("Compté sur place.").unwrap();
    world.decide(refused, &Decision::Refuse(reason));
    world.deliver().await;
    let letter = world.last_to(ANA).text;
    assert!(letter.contains("> Compté sur place."), "{letter}");

    rustine_app::housekeeping::forget(&world.node.app).unwrap();
    let kept: Result<(), StoreError> = world.node.app.db.read(|tx| {
        for patch in [accepted, amended, refused] {
            assert_eq!(tx.load_patch(patch)?.email, None);
        }
        for mail in tx.list_mails("sent", 0, 100)? {
            assert_eq!((mail.address, mail.message), (None, None));
        }
        Ok(())
    });
    kept.unwrap();
}

#[tokio::test]
async fn who_wrote_in_english_is_answered_in_english() {
    let world = World::new().await;
    let (patch, _) = world.in_english("12");
    world.decide(patch, &Decision::Accept);
    world.deliver().await;
    let letter = world.last_to(ANA);
    assert!(
        letter.subject.starts_with("Thank you"),
        "{}",
        letter.subject
    );
    assert!(letter.html.contains("lang=\"en\""), "{}", letter.html);
}

#[tokio::test]
async fn both_sides_of_a_conversation_hear_of_what_the_other_wrote() {
    let world = World::new().await;
    let (patch, token) = world.in_english("12");
    world.deliver().await;
    let app = &world.node.app;
    let question = "Which <b>door</b>?\r\nBcc: eve@lac.example";
    by_moderator(app, patch, &world.lea, question).unwrap();
    world.deliver().await;
    let letter = world.last_to(ANA);
    assert!(
        letter.subject.contains("writes to you"),
        "{}",
        letter.subject
    );
    assert!(
        letter.text.contains("> Which <b>door</b>?"),
        "{}",
        letter.text
    );
    assert!(!letter.html.contains("<b>"), "{}", letter.html);
    assert_eq!(letter.header("Bcc"), "");
    by_contributor(app, &token, "The red one").unwrap();
    world.deliver().await;
    let letter = world.last_to("lea@hub.example");
    assert!(letter.subject.starts_with("Message"), "{}", letter.subject);
    assert!(letter.text.contains("> The red one"), "{}", letter.text);
    assert_eq!(letter.links(&format!("/moderation/{patch}")).len(), 1);
    assert_eq!(letter.links("/desabonnement/").len(), 1);
}

#[tokio::test]
async fn a_letter_tells_of_a_proposal_that_expires_soon() {
    let world = World::new().await;
    world.places("12", None);
    world.deliver().await;
    world.node.clock.advance(84 * 86_400);
    expire::warn(&world.node.app).unwrap();
    world.deliver().await;
    let letter = world.last_to("lea@hub.example");
    assert!(
        letter.subject.starts_with("Expire bientôt"),
        "{}",
        letter.subject
    );
    assert_eq!(letter.links("/decision/").len(), 1, "{}", letter.text);
}

#[tokio::test]
async fn news_are_told_in_plain_words() {
    let world = World::new().await;
    let app = &world.node.app;
    let actor = "http://c.localhost:3/datasets/lieux";
    let told: Result<(), StoreError> = app.db.write(|tx| {
        tx.put_follow(&rustine_store::FollowRecord {
            id: 0,
            actor: "/users/lea".to_owned(),
            object: actor.to_owned(),
            activity_id: "http://a.localhost:1/activities/1".to_owned(),
            state: "accepted".to_owned(),
            created: now(),
        })?;
        for (number, content) in [(1, "<p>Deux ajouts</p>"), (2, "<p>1 &lt; 2</p>")] {
            tx.insert_news(&rustine_store::NewsRecord {
                id: 0,
                note: format!("http://c.localhost:3/notes/{number}"),
                actor: actor.to_owned(),
                url: format!("http://c.localhost:3/notes/{number}"),
                content: content.to_owned(),
                published: now(),
                received: now(),
            })?;
        }
        Ok(())
    });
    told.unwrap();
    let since = now().seconds();
    let news = Message::News { since };
    let write = |message| letters::write(app, Lang::Fr, Some(world.lea.id), message).unwrap();
    let text = write(&news).unwrap().text();
    assert!(
        text.contains("> Deux ajouts") && text.contains("> 1 < 2"),
        "{text}"
    );
    assert!(text.contains("/feed"), "{text}");
    let collected = Message::Collected {
        to_decide: Vec::new(),
        decided: Vec::new(),
        commented: Vec::new(),
        origins: Vec::new(),
        news: Some(since),
        upkeep: Vec::new(),
    };
    assert!(write(&collected).unwrap().text().contains("> Deux ajouts"));
    let later = Message::News { since: since + 1 };
    assert!(write(&later).is_none(), "nothing is left to say");
}

#[tokio::test]
async fn a_summary_has_a_link_for_each_proposal() {
    let world = World::new().await;
    for places in 20..30 {
        world.places(&places.to_string(), None);
    }
    world.deliver().await;
    let letters = world.sink.letters();
    let summary = letters.last().unwrap();
    assert!(summary.subject.contains("nouvelles"), "{}", summary.subject);
    let links: Vec<String> = letters
        .iter()
        .flat_map(|letter| letter.links("/decision/"))
        .collect();
    let apart: std::collections::BTreeSet<_> = links.iter().collect();
    assert_eq!((links.len(), apart.len()), (10, 10));
}

#[tokio::test]
async fn a_collected_letter_lists_fifty_and_says_how_many_more() {
    let world = World::new().await;
    let patch = world.places("12", None);
    let app = &world.node.app;
    let user = Some(world.lea.id);
    for (count, links) in [(50, 50), (57, 50)] {
        let message = Message::Collected {
            to_decide: vec![patch; count],
            decided: Vec::new(),
            commented: Vec::new(),
            origins: Vec::new(),
            news: None,
            upkeep: Vec::new(),
        };
        let sheet = letters::write(app, Lang::Fr, user, &message)
            .unwrap()
            .unwrap();
        let text = sheet.text();
        assert_eq!(text.matches("/decision/").count(), links);
        assert_eq!(text.contains("Et 7 autres"), count == 57, "{text}");
    }
}
