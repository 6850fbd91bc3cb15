//! Steps 1 to 3 of the gate: what is no activity, what two readers would read in two ways, who may not speak
//! (attacks F7, F9, F21, F26, and the lists).

use rustine_domain::checks::Check;
use serde_json::{Value, json};

use crate::forgery::Forgery;
use crate::letter::Draft;

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = announced();
    all.extend(read_in_two_ways());
    all.extend(names());
    all.extend(lists());
    all
}

/// The text of the draft's activity, changed.
fn rewrite(draft: &mut Draft, from: &str, to: &str) {
    let text = draft.activity.to_string();
    assert!(text.contains(from), "{from} is not in {text}");
    draft.body = Some(text.replacen(from, to, 1).into_bytes());
}

fn announced() -> Vec<Forgery> {
    vec![
        Forgery::gate("announced as text", "F4", Check::ContentType)
            .unsigned(|_, draft| draft.content_type = "text/plain".to_owned()),
        Forgery::gate("announced as plain JSON", "F4", Check::ContentType)
            .unsigned(|_, draft| draft.content_type = "application/json".to_owned()),
        Forgery::gate("JSON-LD of another profile", "F4", Check::ContentType).unsigned(
            |_, draft| {
                draft.content_type =
                    "application/ld+json; profile=\"https://www.w3.org/ns/json-ld#framed\""
                        .to_owned();
            },
        ),
        Forgery::gate("no content type", "F4", Check::ContentType)
            .signed(|_, letter| letter.remove("Content-Type")),
        Forgery::gate("two content types", "F4", Check::ContentType)
            .signed(|_, letter| letter.add("Content-Type", "text/html")),
        Forgery::gate("said to be packed", "F17", Check::ContentType)
            .signed(|_, letter| letter.add("Content-Encoding", "br")),
        Forgery::gate("a body above a mebibyte", "F17", Check::BodySize).unsigned(|_, draft| {
            draft.activity["summary"] = json!("x".repeat(1 << 20));
        }),
        Forgery::gate(
            "a body above a mebibyte, of unknown length",
            "F17",
            Check::BodySize,
        )
        .unsigned(|_, draft| draft.activity["summary"] = json!("x".repeat(1 << 20)))
        .signed(|_, letter| {
            letter.add("Transfer-Encoding", "chunked");
            let head = format!("{:x}\r\n", letter.body.len());
            let chunk = [head.as_bytes(), &letter.body[..], b"\r\n0\r\n\r\n"].concat();
            letter.body = chunk;
        }),
        Forgery::gate("forty levels deep", "F21", Check::Depth).unsigned(|_, draft| {
            let (open, close) = ("[".repeat(40), "]".repeat(40));
            rewrite(draft, "{", &format!("{{\"x\":{open}{close},"));
        }),
        Forgery::gate("forty objects deep in the context", "F21", Check::Depth).unsigned(
            |_, draft| {
                let (open, close) = ("{\"a\":".repeat(40), "}".repeat(40));
                rewrite(draft, "{", &format!("{{\"contexts\":{open}1{close},"));
            },
        ),
        Forgery::gate("U+0000 in a text", "F21", Check::NullCharacter)
            .unsigned(|_, draft| draft.activity["summary"] = json!("a\u{0}b")),
        Forgery::gate("U+0000 in a key", "F21", Check::NullCharacter)
            .unsigned(|_, draft| draft.activity["sum\u{0}mary"] = json!("x")),
    ]
}

fn read_in_two_ways() -> Vec<Forgery> {
    vec![
        Forgery::gate("two types, the last one counts", "F9", Check::DuplicateKey)
            .unsigned(|_, draft| rewrite(draft, "{", "{\"type\":\"Like\",")),
        Forgery::gate("two actors, the first one signs", "F9", Check::DuplicateKey).unsigned(
            |_, draft| {
                rewrite(
                    draft,
                    "{",
                    "{\"actor\":\"https://victim.test/users/alice\",",
                )
            },
        ),
        Forgery::gate("two ids", "F9", Check::DuplicateKey).unsigned(|_, draft| {
            rewrite(draft, "{", "{\"id\":\"https://evil.test/activities/1\",")
        }),
        Forgery::gate("two objects, deep inside", "F9", Check::DuplicateKey)
            .honest(|scene| {
                let object = json!({"id": scene.dataset(), "type": "Group"});
                scene.draft("https://evil.test/users/mallory", "Follow", &object)
            })
            .unsigned(|_, draft| {
                rewrite(
                    draft,
                    "\"type\":\"Group\"",
                    "\"type\":\"Group\",\"type\":\"Person\"",
                );
            }),
        Forgery::gate("a key twice by an escape", "F9", Check::DuplicateKey)
            .unsigned(|_, draft| rewrite(draft, "{", "{\"typ\\u0065\":\"Like\",")),
        Forgery::gate("@id beside id", "F9", Check::Keywords).unsigned(|_, draft| {
            draft.activity["@id"] = json!("https://victim.test/activities/1");
        }),
        Forgery::gate("@type beside type", "F9", Check::Keywords)
            .unsigned(|_, draft| draft.activity["@type"] = json!("Delete")),
        Forgery::gate("an activity in @graph", "F9", Check::Keywords)
            .unsigned(|_, draft| draft.activity["@graph"] = json!([{"type": "Delete"}])),
        Forgery::gate("an activity in @included", "F9", Check::Keywords)
            .unsigned(|_, draft| draft.activity["@included"] = json!([{"type": "Delete"}])),
        Forgery::gate("@reverse", "F9", Check::Keywords)
            .unsigned(|_, draft| draft.activity["@reverse"] = json!({"object": {}})),
        Forgery::gate("@id in the object", "F9", Check::Keywords)
            .honest(|scene| {
                let object = json!({"id": scene.dataset(), "type": "Group"});
                scene.draft("https://evil.test/users/mallory", "Follow", &object)
            })
            .unsigned(|_, draft| draft.activity["object"]["@id"] = json!("https://victim.test/")),
    ]
}

/// Puts a list in the place of one of the three names.
fn listed(draft: &mut Draft, member: &str) {
    let own = draft.activity[member].take();
    draft.activity[member] = Value::Array(vec![own, json!("https://victim.test/users/alice")]);
}

fn names() -> Vec<Forgery> {
    const ORIGIN: &[Check] = &[Check::Origin, Check::Library];
    vec![
        Forgery::gate("a list of types", "F5", Check::Strings)
            .unsigned(|_, draft| listed(draft, "type")),
        Forgery::gate("a list of actors", "F5", Check::Strings)
            .behind(&[Check::Attribution, Check::Library])
            .unsigned(|_, draft| listed(draft, "actor")),
        Forgery::gate("a list of ids", "F5", Check::Strings)
            .behind(&[Check::Library])
            .unsigned(|_, draft| listed(draft, "id")),
        Forgery::gate("an id in capitals", "F7", Check::Url)
            .unsigned(|_, draft| respell(draft, "evil.test", "EVIL.test")),
        Forgery::gate("an id with the default port", "F7", Check::Url)
            .unsigned(|_, draft| respell(draft, "evil.test", "evil.test:443")),
        Forgery::gate("an id with dot segments", "F7", Check::Url)
            .unsigned(|_, draft| respell(draft, "/activities/", "/users/../activities/")),
        Forgery::gate("an id with a backslash", "F7", Check::Url)
            .unsigned(|_, draft| respell(draft, "/activities/", "\\activities/")),
        Forgery::gate("an id with a user name", "F7", Check::Url)
            .unsigned(|_, draft| respell(draft, "evil.test", "victim.test@evil.test")),
        Forgery::gate("an id over plain http", "F7", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "https:", "http:")),
        Forgery::gate("an id on a port", "F7", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "evil.test", "evil.test:8443")),
        Forgery::gate("an id at an address", "F15", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "evil.test", "127.0.0.1")),
        Forgery::gate("an id at an address in one number", "F15", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "evil.test", "2130706433")),
        Forgery::gate("an id at a name with a dot at its end", "F7", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "evil.test", "evil.test.")),
        Forgery::gate("an id of one label", "F15", Check::Url)
            .behind(ORIGIN)
            .unsigned(|_, draft| respell(draft, "evil.test", "intranet")),
        Forgery::gate("an id above two kilobytes", "F26", Check::Url).unsigned(|_, draft| {
            respell(draft, "/activities/", &format!("/{}/", "x".repeat(2100)))
        }),
        Forgery::gate("an id of our own", "F7", Check::OwnOrigin)
            .behind(ORIGIN)
            .unsigned(|scene, draft| respell(draft, "evil.test", scene.side.host)),
        Forgery::gate("an actor of our own", "F7", Check::OwnOrigin)
            .behind(&[Check::KeyOrigin, Check::Verification, Check::Library])
            .unsigned(|scene, draft| {
                respell(draft, "evil.test", scene.side.host);
                draft.activity["actor"] = json!(format!("{}/actor", scene.origin()));
            }),
    ]
}

fn respell(draft: &mut Draft, from: &str, to: &str) {
    let id = draft.activity["id"].as_str().unwrap_or_default();
    draft.activity["id"] = json!(id.replacen(from, to, 1));
}

fn lists() -> Vec<Forgery> {
    /// Somebody on a blocked server writes what somebody else could have written.
    fn from(scene: &crate::world::Scene<'_>, draft: &mut Draft, host: &str) {
        let actor = scene.world.person(host, "mallory", &scene.world.evil);
        draft.activity["actor"] = json!(actor);
        draft.activity["id"] = json!(scene.id(&actor));
        draft.key = scene.world.evil.clone();
        draft.key_id = format!("{actor}#main-key");
    }
    vec![
        Forgery::gate("from a blocked domain", "F12", Check::Blocked)
            .unsigned(|scene, draft| from(scene, draft, "blocked.test")),
        Forgery::gate("from below a blocked domain", "F19", Check::Blocked)
            .unsigned(|scene, draft| from(scene, draft, "sub.blocked.test")),
        Forgery::gate("with a key on a blocked domain", "F12", Check::Blocked)
            .behind(&[Check::KeyOrigin])
            .unsigned(|_, draft| {
                draft.key_id = "https://blocked.test/users/mallory#main-key".to_owned();
            }),
    ]
}
