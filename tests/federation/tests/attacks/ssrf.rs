//! Addresses that no node may open, in each field that takes an address from a stranger (attack F15): a canary
//! listens on every address of this machine, and nobody ever comes.

use rustine_testkit::hostile::Document;
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use serde_json::json;

use crate::alone::{Alone, CANARY, alone};

/// Hosts that stand for this machine or for its network, in as many spellings; PORT is the canary's.
const SPELLINGS: [&str; 34] = [
    "127.0.0.1:PORT",
    "127.0.0.1",
    "127.1:PORT",
    "127.0.1:PORT",
    "127.127.127.127:PORT",
    "2130706433:PORT",
    "0x7f000001:PORT",
    "0x7f.1:PORT",
    "0177.0.0.1:PORT",
    "017700000001:PORT",
    "0x7f.0x0.0x0.0x1:PORT",
    "127.0.0.1.:PORT",
    "%31%32%37.0.0.1:PORT",
    "127。0。0。1:PORT",
    "①②⑦.0.0.1:PORT",
    "0:PORT",
    "0.0.0.0:PORT",
    "localhost:PORT",
    "localhost.:PORT",
    "LOCALHOST:PORT",
    "a.localhost:PORT",
    "localhost",
    "[::1]:PORT",
    "[::]:PORT",
    "[0:0:0:0:0:0:0:1]:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "[::ffff:7f00:1]:PORT",
    "[::127.0.0.1]:PORT",
    "[64:ff9b::7f00:1]:PORT",
    "[2002:7f00:1::]:PORT",
    "user@127.0.0.1:PORT",
    "s0.test@127.0.0.1:PORT",
    "canary.test:PORT",
    "canary.test.",
];

/// A field, and how a stranger or a deceived operator fills it with a host.
type Field = (&'static str, fn(&Alone, usize, &str));

const FIELDS: [Field; 13] = [
    ("actor", |alone, at, host| {
        alone.send(at, &alone.follow(&format!("https://{host}/users/x")));
    }),
    ("actor over http", |alone, at, host| {
        alone.send(at, &alone.follow(&format!("http://{host}/users/x")));
    }),
    ("keyId", |alone, at, host| {
        let mut draft = alone.follow(&alone.person(at, "key", |_| {}));
        draft.key_id = format!("https://{host}/users/x#main-key");
        alone.send(at, &draft);
    }),
    ("inbox", |alone, at, host| {
        let inbox = format!("https://{host}/inbox");
        let who = alone.person(at, "inbox", |actor| actor["inbox"] = json!(inbox));
        alone.send(at, &alone.follow(&who));
    }),
    ("sharedInbox", |alone, at, host| {
        let inbox = format!("https://{host}/inbox");
        let who = alone.person(at, "shared", |actor| {
            actor["endpoints"]["sharedInbox"] = json!(inbox);
        });
        alone.send(at, &alone.follow(&who));
    }),
    ("icon, url and followers", |alone, at, host| {
        let url = format!("https://{host}/x.png");
        let who = alone.person(at, "icon", |actor| {
            actor["icon"] = json!({"type": "Image", "url": url});
            actor["url"] = json!(url);
            actor["followers"] = json!(url);
        });
        alone.send(at, &alone.follow(&who));
    }),
    ("publicKey.id", |alone, at, host| {
        let url = format!("https://{host}/users/x#main-key");
        let who = alone.person(at, "publickey", |actor| {
            actor["publicKey"]["id"] = json!(url);
        });
        alone.send(at, &alone.follow(&who));
    }),
    ("Location", |alone, at, host| {
        let who = format!("https://s{at}.test/users/moved");
        let to = format!("https://{host}/users/x");
        alone.hostile.put(&who, Document::redirect(&to));
        alone.send(at, &alone.follow(&who));
    }),
    ("object of an announcement", |alone, at, host| {
        let who = alone.person(at, "herald", |_| {});
        let object = json!(format!("https://{host}/datasets/x"));
        alone.send(at, &alone.draft(&who, "Announce", &object));
    }),
    ("self link of WebFinger", |alone, at, host| {
        alone.webfinger(at, "found", &format!("https://{host}/users/found"));
        alone.call(&["follow", "add", &format!("found@s{at}.test")]);
    }),
    ("host of a peer", |alone, _, host| {
        alone.call(&["peer", "add", host]);
    }),
    ("host of a dataset", |alone, _, host| {
        alone.call(&["replica", "add", &format!("lieux@{host}")]);
    }),
    ("host of another copy", |alone, _, host| {
        alone.call(&["replica", "add", "lieux@s0.test", "--from", host]);
    }),
];

/// Fields whose address is opened where nothing is wrong with it; the others must lie on their actor's own server,
/// or are never opened at all.
const OPENED: [&str; 6] = [
    "actor",
    "Location",
    "self link of WebFinger",
    "host of a peer",
    "host of a dataset",
    "host of another copy",
];

#[test]
fn no_spelling_of_a_forbidden_address_opens_a_socket_from_any_field() {
    let Some(binary) = rustine_testkit::binary() else {
        return;
    };
    // One domain for each spelling, and one for the proof that fields are opened.
    let alone = alone(&binary, SPELLINGS.len() + 1);
    let mut opened = Vec::new();
    for (at, spelling) in SPELLINGS.iter().enumerate() {
        let host = spelling.replace("PORT", &alone.canary.to_string());
        for (name, fill) in FIELDS {
            let before = alone.visits();
            fill(&alone, at, &host);
            if alone.visits() != before {
                opened.push(format!("{name}: {host}"));
            }
        }
    }
    // Answers to follows go out on their own.
    wait::until("the answers to be delivered", 60, || {
        let state = State::of(&alone.node);
        let waits = |row: &String| row.contains("state='queued'") && row.contains("attempts=0");
        (!state.table("outbox").iter().any(waits)).then_some(())
    });
    assert!(opened.is_empty(), "opened:\n{}", opened.join("\n"));
    assert_eq!(alone.visits(), 0, "something was opened later");
    // The canary sings where it may: each field that is ever opened is opened here.
    let at = SPELLINGS.len();
    for (name, fill) in FIELDS.iter().filter(|(name, _)| OPENED.contains(name)) {
        let before = alone.visits();
        fill(&alone, at, CANARY);
        assert!(alone.visits() > before, "{name} is never opened");
    }
}
