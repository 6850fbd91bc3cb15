use serde_json::json;

use super::{LEA, Letter, follow, passed, refused, refused_by, site, with};
use crate::gate::{MAX_BODY_BYTES, Outcome, Site, Step, UrlFault, remote_url};
use crate::signature::sign_post;
use crate::signature::tests::{NOW, at, signing_key};

fn with_body(body: &[u8]) -> Letter {
    Letter::signed_by("https://b.example/users/lea#main-key", body.to_vec())
}

#[test]
fn only_activities_are_taken() {
    for content_type in [
        "application/activity+json",
        "Application/Activity+JSON; charset=utf-8",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        "application/ld+json;charset=utf-8;Profile=\"https://x.example https://www.w3.org/ns/activitystreams\"",
    ] {
        let mut letter = Letter::of(&follow());
        letter.set("Content-Type", content_type);
        passed(letter.judged());
    }
    for content_type in [
        "",
        "application/json",
        "text/html",
        "application/ld+json",
        "multipart/form-data; boundary=x",
        "application/ld+json; profile=\"https://evil.example/\"",
        "application/activity+jsonp",
        "text/plain, application/activity+json",
    ] {
        let mut letter = Letter::of(&follow());
        letter.set("Content-Type", content_type);
        refused_by(&letter, Step::ContentType);
    }
    for (name, value) in [
        ("Content-Type", "application/activity+json"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "many"),
        ("Content-Length", "-1"),
    ] {
        let mut letter = Letter::of(&follow());
        letter.add(name, value);
        refused_by(&letter, Step::ContentType);
    }
    let mut without = Letter::of(&follow());
    without.headers.retain(|(name, _)| name != "Content-Type");
    refused_by(&without, Step::ContentType);
}

#[test]
fn a_mebibyte_is_the_most() {
    let fill = |bytes: usize| {
        let mut body = follow().to_string().into_bytes();
        body.resize(bytes, b' ');
        with_body(&body)
    };
    let mut full = fill(MAX_BODY_BYTES);
    full.add("Content-Length", &MAX_BODY_BYTES.to_string());
    passed(full.judged());
    refused_by(&fill(MAX_BODY_BYTES + 1), Step::BodySize);
    let mut announced = Letter::of(&follow());
    announced.add("Content-Length", "1048577");
    refused_by(&announced, Step::BodySize);
    let mut announced = Letter::of(&follow());
    announced.add("Content-Length", &announced.body.len().to_string());
    passed(announced.judged());
}

#[test]
fn json_that_readers_could_take_differently_is_refused() {
    let nested = |depth: usize| {
        let inside = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        follow()
            .to_string()
            .replacen('{', &format!("{{\"x\":{inside},"), 1)
    };
    passed(with_body(nested(32).as_bytes()).judged());
    refused_by(&with_body(nested(33).as_bytes()), Step::Depth);
    refused_by(&with_body(nested(100_000).as_bytes()), Step::Depth);
    let text = follow().to_string();
    for (body, step) in [
        (
            text.replacen('{', "{\"actor\":\"https://evil.example/x\",", 1),
            Step::DuplicateKey,
        ),
        (
            text.replacen('{', "{\"x\":{\"y\":1,\"y\":1},", 1),
            Step::DuplicateKey,
        ),
        (
            text.replacen('{', "{\"act\\u006fr\":\"https://evil.example/x\",", 1),
            Step::DuplicateKey,
        ),
        (text.replacen('{', "{\"x\":\"\\u0000\",", 1), Step::Json),
        (text.replacen('{', "{\"x\":\"\\ud800\",", 1), Step::Json),
        (text.replacen('{', "{\"x\":NaN,", 1), Step::Json),
        (format!("{text}{text}"), Step::Json),
        (format!("[{text}]"), Step::Json),
        (format!("\u{feff}{text}"), Step::Json),
        ("\"Follow\"".to_owned(), Step::Json),
        (String::new(), Step::Json),
    ] {
        refused_by(&with_body(body.as_bytes()), step);
    }
    refused_by(&with_body(b"{\"type\":\"\xff\"}"), Step::Json);
    let fraction = text.replacen('{', "{\"longitude\":6.02,", 1);
    passed(with_body(fraction.as_bytes()).judged());
}

#[test]
fn names_are_single_strings() {
    for member in ["type", "id", "actor"] {
        for value in [
            json!(null),
            json!(1),
            json!([LEA]),
            json!({"id": LEA}),
            json!(["Follow"]),
            json!(true),
        ] {
            refused_by(&Letter::of(&with(member, value)), Step::Strings);
        }
        let mut without = follow();
        without.as_object_mut().unwrap().remove(member);
        refused_by(&Letter::of(&without), Step::Strings);
    }
}

#[test]
fn keywords_that_show_json_ld_readers_something_else_are_refused() {
    for keyword in ["@id", "@type", "@graph", "@included", "@reverse"] {
        refused_by(
            &Letter::of(&with(keyword, json!("https://b.example/x"))),
            Step::Keywords,
        );
        let object = json!({"id": "https://b.example/x", "@context": [], keyword: []});
        refused_by(&Letter::of(&with("object", object)), Step::Keywords);
    }
}

#[test]
fn a_url_of_another_server_has_one_spelling() {
    for url in [
        "https://b.example/users/lea",
        "https://b.example",
        "https://b.example/?id=1&x=%20#main-key",
        "https://xn--bcher-kva.example/actor",
        "https://b.example/users/l\u{e9}a",
        "https://b.example/@lea|x~",
    ] {
        assert!(remote_url(url, false).is_ok(), "{url}");
    }
    for (url, fault) in [
        ("", UrlFault::NoUrl),
        ("lea", UrlFault::NoUrl),
        ("/users/lea", UrlFault::NoUrl),
        ("https://", UrlFault::NoUrl),
        ("https://b.example:99999/", UrlFault::NoUrl),
        ("acct:lea@b.example", UrlFault::Scheme),
        ("http://b.example/", UrlFault::Scheme),
        ("ftp://b.example/", UrlFault::Scheme),
        ("javascript:alert(1)", UrlFault::Scheme),
        ("https://lea@b.example/", UrlFault::Userinfo),
        ("https://:x@b.example/", UrlFault::Userinfo),
        ("https://127.0.0.1/", UrlFault::Address),
        ("https://127.1/", UrlFault::Address),
        ("https://2130706433/", UrlFault::Address),
        ("https://0x7f.1/", UrlFault::Address),
        ("https://[::1]/", UrlFault::Address),
        ("https://8.8.8.8/", UrlFault::Address),
        ("https://b.example./", UrlFault::Name),
        ("https://localhost/", UrlFault::Name),
        ("https://b/", UrlFault::Name),
        ("https://b.localhost/", UrlFault::Name),
        ("https://b.example:8443/", UrlFault::Port),
        ("https://b.example:80/", UrlFault::Port),
        ("https://b.example:443/", UrlFault::Spelling),
        ("https://B.example/", UrlFault::Spelling),
        ("HTTPS://b.example/", UrlFault::Spelling),
        ("https://b\u{fc}cher.example/", UrlFault::Spelling),
        ("https:b.example/", UrlFault::Spelling),
        ("https:\\\\b.example/", UrlFault::Spelling),
        ("https:///b.example/", UrlFault::Spelling),
        (" https://b.example/", UrlFault::Spelling),
        ("https://b.example/a/../users/lea", UrlFault::Spelling),
        ("https://b.example/./lea", UrlFault::Spelling),
        ("https://b.example/\tlea", UrlFault::Spelling),
        ("https://b.example/le a", UrlFault::Spelling),
        ("https://b.example\\lea", UrlFault::Spelling),
        ("https://b.example/l\u{e9}a\u{a0}x", UrlFault::Spelling),
        // A letter beyond ASCII excuses nothing but itself.
        ("https://b.example:/l\u{e9}a", UrlFault::Spelling),
        ("https://b.example/a/../l\u{e9}a", UrlFault::Spelling),
        ("https://b.example/%2e%2e/l\u{e9}a", UrlFault::Spelling),
        (
            "https://b.example//evil.example/../l\u{e9}a",
            UrlFault::Spelling,
        ),
        ("https://b.example/\"l\u{e9}a\"", UrlFault::Spelling),
    ] {
        assert_eq!(remote_url(url, false), Err(fault), "{url}");
        let refusal = refused(Letter::of(&with("actor", json!(url))).judged());
        assert_eq!(refusal.step, Step::Url, "{url}");
        assert_eq!(refusal.sentence, format!("actor: {fault}"));
    }
    let of_length = |bytes: usize| format!("https://b.example/{}", "x".repeat(bytes - 18));
    assert!(remote_url(&of_length(2048), false).is_ok());
    assert_eq!(remote_url(&of_length(2049), false), Err(UrlFault::NoUrl));
}

#[test]
fn dev_takes_http_and_ports_under_localhost_only() {
    for url in [
        "http://b.localhost:8001/actor",
        "https://b.localhost/actor",
        "https://b.example/actor",
    ] {
        assert!(remote_url(url, true).is_ok(), "{url}");
    }
    for (url, fault) in [
        ("http://b.example/", UrlFault::Scheme),
        ("https://b.example:8443/", UrlFault::Port),
        ("http://localhost:8001/", UrlFault::Name),
        ("http://127.0.0.1:8001/", UrlFault::Address),
        ("http://b.localhost.evil.example:8001/", UrlFault::Scheme),
        ("http://b.localhost:80/", UrlFault::Spelling),
    ] {
        assert_eq!(remote_url(url, true), Err(fault), "{url}");
    }
    let origin = url::Url::parse("http://a.localhost:8000").unwrap();
    let inbox = url::Url::parse("http://a.localhost:8000/inbox").unwrap();
    let actor = "http://b.localhost:8001/actor";
    let activity = json!({"id": "http://b.localhost:8001/1", "type": "Follow", "actor": actor});
    let mut letter = Letter::of(&activity);
    letter.set("Host", "a.localhost:8000");
    let signed = sign_post(
        &signing_key(),
        "http://b.localhost:8001/actor#main-key",
        &inbox,
        &letter.body,
        at(NOW),
    );
    for (name, value) in signed {
        letter.set(name, &value);
    }
    let outcome = letter.judged_at(&Site {
        dev: true,
        origin: &origin,
        hosts: &["a.localhost:8000"],
        ..site()
    });
    assert!(matches!(outcome, Outcome::Accept(_)), "{outcome:?}");
}
