use rustine_protocol::Uri;
use rustine_store::FollowRecord;

use super::*;
use crate::accounts::account::{self, NewAccount};
use crate::testing::{TestApp, now};

const LIEUX: &str = "http://c.localhost:3/datasets/lieux";

struct World {
    node: TestApp,
    ana: Person,
    lieux: RemoteActorRecord,
}

fn world(state: &str) -> World {
    let node = TestApp::new("http://b.localhost:2");
    let ana = NewAccount {
        name: "ana".parse().unwrap(),
        email: "ana@b.example".to_owned(),
        password: "un vélo sans selle roule mal".to_owned(),
        operator: false,
    };
    let ana = account::create(&node.app, ana).unwrap();
    let lieux = RemoteActorRecord {
        id: LIEUX.into(),
        host: "c.localhost:3".into(),
        kind: "Group".into(),
        name: "lieux".into(),
        inbox: format!("{LIEUX}/inbox"),
        shared_inbox: None,
        key_id: format!("{LIEUX}#main-key"),
        key_pem: String::new(),
        pinned_key_pem: None,
        multikey: None,
        implements: true,
        suspended: false,
        doc: format!("{{\"followers\":\"{LIEUX}/followers\"}}"),
        fetched_at: now(),
    };
    let follow = FollowRecord {
        id: 0,
        actor: "/users/ana".into(),
        object: LIEUX.into(),
        activity_id: "http://b.localhost:2/activities/1".into(),
        state: state.into(),
        created: now(),
    };
    let put = |tx: &mut Tx<'_>| {
        tx.put_remote_actor(&lieux)?;
        tx.put_follow(&follow)
    };
    node.app.db.write(put).unwrap();
    World { node, ana, lieux }
}

fn note(number: u32, content: &str, to: &str) -> Note {
    let uri = |text: String| -> Uri { text.parse().unwrap() };
    Note {
        id: uri(format!("http://c.localhost:3/notes/{number}")),
        attributed_to: uri(LIEUX.to_owned()),
        to: vec![uri(to.to_owned())],
        cc: Vec::new(),
        content: content.to_owned(),
        url: None,
        published: Some(now().plus_seconds(3_600)),
        in_reply_to: None,
    }
}

impl World {
    fn receive(&self, note: &Note) -> bool {
        let app = &*self.node.app;
        let received = app.db.write(|tx| receive(app, tx, note, &self.lieux));
        received.unwrap()
    }

    fn feed(&self) -> Vec<String> {
        let news = list(&self.node.app, &self.ana, None, 500).unwrap();
        news.into_iter().map(|news| news.content).collect()
    }
}

const PUBLIC: &str = rustine_protocol::vocabulary::PUBLIC;

#[test]
fn a_post_of_somebody_followed_is_read_once_and_cleaned() {
    let world = world(ACCEPTED);
    let post = note(
        1,
        "<p onclick=\"x()\">Deux <script>x()</script>ajouts</p>",
        PUBLIC,
    );
    assert!(world.receive(&post));
    assert!(!world.receive(&post), "the same again");
    assert_eq!(world.feed(), ["<p>Deux ajouts</p>"]);
    let news = list(&world.node.app, &world.ana, None, 1).unwrap();
    assert_eq!(news[0].published, now(), "not from the future");
    let told = world
        .node
        .app
        .db
        .read(|tx| since(tx, world.ana.id, now(), 10));
    assert_eq!(told, Ok(news.clone()));
    let later = now().plus_seconds(1);
    let told = world
        .node
        .app
        .db
        .read(|tx| since(tx, world.ana.id, later, 10));
    assert_eq!(told, Ok::<_, StoreError>(Vec::new()));
    assert_eq!(
        list(&world.node.app, &world.ana, Some(news[0].id), 9),
        Ok(vec![])
    );
}

#[test]
fn nobody_reads_what_was_not_asked_for() {
    for state in [super::super::PENDING, super::super::REJECTED] {
        let world = world(state);
        assert!(
            !world.receive(&note(1, "<p>Bonjour</p>", PUBLIC)),
            "{state}"
        );
    }
    let world = world(ACCEPTED);
    let other = RemoteActorRecord {
        id: "http://d.localhost:4/users/eve".into(),
        ..world.lieux.clone()
    };
    let app = &*world.node.app;
    let received = app
        .db
        .write(|tx| receive(app, tx, &note(1, "<p>Bonjour</p>", PUBLIC), &other));
    assert_eq!(received, Ok::<_, StoreError>(false));
}

#[test]
fn a_letter_to_one_person_is_nobodys_news() {
    let world = world(ACCEPTED);
    let ana = "http://b.localhost:2/users/ana";
    assert!(!world.receive(&note(1, "<p>Pour vous</p>", ana)));
    assert!(world.receive(&note(
        2,
        "<p>Pour qui suit</p>",
        &format!("{LIEUX}/followers")
    )));
    assert_eq!(world.feed(), ["<p>Pour qui suit</p>"]);
}

#[test]
fn strangers_html_neither_runs_nor_loads_nor_disguises() {
    for (bad, good) in [
        ("<img src=x onerror=alert(1)>a", "a"),
        (
            "<a href=\"javascript:alert(1)\">a</a>",
            "<a rel=\"nofollow noopener noreferrer ugc\">a</a>",
        ),
        (
            "<a href=\"/deconnexion\">a</a>",
            "<a rel=\"nofollow noopener noreferrer ugc\">a</a>",
        ),
        (
            "<p style=\"position:fixed\" class=\"notice\" id=\"content\">a</p>",
            "<p>a</p>",
        ),
        ("<iframe src=\"https://e.example\"></iframe>a", "a"),
        (
            "<form action=\"https://e.example\"><input name=password></form>a",
            "a",
        ),
        ("<svg onload=alert(1)><p>a</p></svg>", "<p>a</p>"),
        ("<p lang=\"en\">a</p>", "<p lang=\"en\">a</p>"),
    ] {
        assert_eq!(clean(bad), good, "{bad}");
    }
}

#[test]
fn posts_have_a_length_a_number_and_an_end() {
    let world = world(ACCEPTED);
    let long = format!("<p>{}</p>", "a".repeat(LONGEST));
    assert!(!world.receive(&note(0, &long, PUBLIC)));
    let most = usize::try_from(MOST_OF_ONE).unwrap();
    for number in 0..u32::try_from(MOST_OF_ONE).unwrap() + 3 {
        world.receive(&note(number + 1, &format!("<p>{number}</p>"), PUBLIC));
    }
    let feed = world.feed();
    assert_eq!((feed.len(), feed[0].as_str()), (most, "<p>202</p>"));
    world.node.clock.advance(KEPT_SECONDS.unsigned_abs());
    crate::housekeeping::forget(&world.node.app).unwrap();
    assert_eq!(world.feed().len(), most, "on the ninetieth day");
    world.node.clock.advance(1);
    assert_eq!(world.feed(), [""; 0]);
    crate::housekeeping::forget(&world.node.app).unwrap();
    let gone = world
        .node
        .app
        .db
        .write(|tx| tx.delete_news_before(now().plus_seconds(1)));
    assert_eq!(gone, Ok::<_, StoreError>(0));
}

#[test]
fn a_post_goes_with_its_writer_s_word_and_with_nobody_elses() {
    let world = world(ACCEPTED);
    world.receive(&note(1, "<p>Bonjour</p>", PUBLIC));
    let delete = |actor: &str| {
        let id = "http://c.localhost:3/notes/1";
        world.node.app.db.write(|tx| tx.delete_news(id, actor))
    };
    assert_eq!(
        delete("http://d.localhost:4/users/eve"),
        Ok::<_, StoreError>(false)
    );
    assert_eq!(delete(LIEUX), Ok::<_, StoreError>(true));
    assert_eq!(world.feed(), [""; 0]);
}

#[test]
fn nobody_follows_without_end() {
    let world = world(ACCEPTED);
    let (app, ana) = (&*world.node.app, &world.ana);
    let put = |tx: &mut Tx<'_>| {
        for number in 1..super::super::own::MOST {
            tx.put_follow(&FollowRecord {
                id: 0,
                actor: "/users/ana".into(),
                object: format!("http://d.localhost:4/users/u{number}"),
                activity_id: format!("http://b.localhost:2/activities/f{number}"),
                state: super::super::PENDING.into(),
                created: now(),
            })?;
        }
        tx.put_remote_actor(&RemoteActorRecord {
            id: "http://d.localhost:4/users/eve".into(),
            ..world.lieux.clone()
        })
    };
    app.db.write(put).unwrap();
    let many = super::super::own::follow(app, ana, "http://d.localhost:4/users/eve");
    assert!(matches!(many, Err(super::super::own::FollowRefused::Many)));
}

#[test]
fn people_follow_whom_they_found_and_end_it() {
    let world = world(super::super::PENDING);
    let (app, ana) = (&*world.node.app, &world.ana);
    let unknown = super::super::own::follow(app, ana, "http://d.localhost:4/users/eve");
    assert!(matches!(
        unknown,
        Err(super::super::own::FollowRefused::Unknown)
    ));
    super::super::own::follow(app, ana, LIEUX).unwrap();
    assert_eq!(super::super::own::list(app, ana).unwrap().len(), 1, "once");
    assert_eq!(super::super::own::unfollow(app, ana, LIEUX), Ok(true));
    assert_eq!(super::super::own::unfollow(app, ana, LIEUX), Ok(false));
    super::super::own::follow(app, ana, LIEUX).unwrap();
    let queued = app.db.read(|tx| tx.count_outbox("queued"));
    assert_eq!(queued, Ok::<_, StoreError>(2), "an Undo and a Follow");
}

#[test]
fn news_make_one_line_and_one_letter_a_week() {
    let world = world(ACCEPTED);
    let app = &*world.node.app;
    let confirm = |tx: &mut Tx<'_>| {
        let mut ana = tx.find_user(world.ana.id)?.expect("she has an account");
        ana.confirmed = true;
        tx.update_user(&ana)
    };
    app.db.write(confirm).unwrap();
    let lines = || -> usize {
        let told = app
            .db
            .read(|tx| tx.list_notifications(world.ana.id, None, 9));
        told.unwrap().len()
    };
    let due = || crate::notifications::letters::write_due(app).unwrap();
    assert!(world.receive(&note(1, "<p>Un</p>", PUBLIC)));
    assert!(world.receive(&note(2, "<p>Deux</p>", PUBLIC)));
    assert_eq!((lines(), due(), due()), (1, 1, 0));
    world.node.clock.advance(86_400);
    assert!(world.receive(&note(3, "<p>Trois</p>", PUBLIC)));
    assert_eq!((lines(), due()), (1, 0), "she has not seen the first");
    let seen = |tx: &mut Tx<'_>| tx.read_notifications(world.ana.id, i64::MAX, app.clock.now());
    assert_eq!(app.db.write(seen), Ok(1));
    assert!(world.receive(&note(4, "<p>Quatre</p>", PUBLIC)));
    assert_eq!((lines(), due()), (2, 0), "a week has not passed");
    world.node.clock.advance(6 * 86_400);
    assert_eq!((lines(), due()), (2, 1));
}

#[test]
fn a_letter_gets_the_text_of_a_post() {
    for (html, expected) in [
        (
            "<p>Deux <b>ajouts</b></p><p>Un retrait</p>",
            "Deux ajouts\nUn retrait",
        ),
        ("Oui<br>non", "Oui\nnon"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("&lt;b&gt; &amp;amp; &quot;c&quot;", "<b> &amp; \"c\""),
        ("<a href=\"https://b.example\">là</a>", "là"),
    ] {
        assert_eq!(text(&clean(html)), expected, "{html}");
    }
}
