//! Links of letters: deciding, ending letters; and what stands in the page instead of letters.

use actix_web::test::TestRequest;
use rustine_app::notifications::{Kind, Rhythm, rhythm, unsubscribe};
use rustine_app::patches::by_link;
use rustine_store::{PatchFilter, PatchRecord, StoreError};

use super::journeys::correct;
use super::node::{Browser, Node};

/// A proposal of a visitor, and the path of Léa's link to decide on it.
async fn proposed(node: &Node) -> (PatchRecord, String) {
    correct(&node.browser(), &node.rows()[0], &[("f.places", "99")]).await;
    let app = &node.app;
    let made: Result<_, StoreError> = app.db.write(|tx| {
        let filter = PatchFilter {
            statuses: vec!["pending".to_owned()],
            ..PatchFilter::default()
        };
        let patch = tx.list_patches(&filter, None, 1)?.remove(0);
        let link = by_link::make(app, tx, node.lea.id, &patch)?;
        Ok((patch, link))
    });
    let (patch, link) = made.unwrap();
    let path = link.strip_prefix("https://hub.example").unwrap();
    (patch, path.to_owned())
}

fn status(node: &Node, patch: &PatchRecord) -> String {
    let found: Result<_, StoreError> = node.app.db.read(|tx| tx.load_patch(patch.id));
    found.unwrap().status
}

fn change_lea(node: &Node, change: impl Fn(&mut rustine_store::UserRecord)) {
    let changed: Result<(), StoreError> = node.app.db.write(|tx| {
        let mut lea = tx.find_user(node.lea.id)?.unwrap();
        change(&mut lea);
        tx.update_user(&lea)
    });
    changed.unwrap();
}

/// The page without any way to decide, with its reason.
fn check_no_button(body: &str, reason: &str) {
    assert!(!body.contains("name=\"verdict\""), "{body}");
    assert!(body.contains(&format!("data-link=\"{reason}\"")), "{body}");
}

async fn accept(browser: &Browser<'_>, path: &str) -> super::node::Reply {
    let csrf = browser.get(path).await.input("csrf");
    let fields = [("csrf", csrf.as_str()), ("verdict", "accept")];
    browser.post(path, &fields).await
}

#[actix_web::test]
async fn a_letter_decides_once_after_a_click_and_begins_no_log_in() {
    let node = Node::with_places().await;
    let (patch, path) = proposed(&node).await;
    let browser = node.browser();
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<mark>99</mark>"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    let done = accept(&browser, &path).await;
    assert_eq!((done.status, done.header("location")), (303, path.as_str()));
    assert_eq!(status(&node, &patch), "accepted");
    let after = browser.get(&path).await.body;
    check_no_button(&after, "link-used");
    assert!(after.contains("data-status=\"accepted\""));
    let own = browser.get("/moderation").await;
    assert_eq!(own.status, 303, "nobody was logged in by it");
    assert!(
        !browser
            .cookies
            .borrow()
            .keys()
            .any(|name| name.contains("session"))
    );
}

#[actix_web::test]
async fn whatever_looks_at_a_link_without_a_click_decides_nothing() {
    let node = Node::with_places().await;
    let (patch, path) = proposed(&node).await;
    for request in [
        TestRequest::get().uri(&path),
        TestRequest::default()
            .method(actix_web::http::Method::HEAD)
            .uri(&path),
        TestRequest::get().uri(&format!("{path}?verdict=accept")),
        TestRequest::get()
            .uri(&path)
            .insert_header(("purpose", "prefetch")),
        TestRequest::default()
            .method(actix_web::http::Method::OPTIONS)
            .uri(&path),
    ] {
        node.send(request).await;
        assert_eq!(status(&node, &patch), "pending");
    }
}

#[actix_web::test]
async fn another_site_or_browser_cannot_click() {
    let node = Node::with_places().await;
    let (patch, path) = proposed(&node).await;
    let browser = node.browser();
    let csrf = browser.get(&path).await.input("csrf");
    let fields = [("csrf", csrf.as_str()), ("verdict", "accept")];
    for headers in [
        [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        [("origin", "null"), ("sec-fetch-site", "cross-site")],
        [
            ("origin", "https://evil.hub.example"),
            ("sec-fetch-site", "same-site"),
        ],
    ] {
        let refused = browser.post_from(&path, &fields, &headers).await;
        assert_eq!(refused.status, 403, "{headers:?}");
    }
    let other = node.browser();
    other.get("/connexion").await;
    assert_eq!(other.post(&path, &fields).await.status, 403);
    assert_eq!(node.browser().post(&path, &fields[1..]).await.status, 403);
    assert_eq!(status(&node, &patch), "pending");
}

#[actix_web::test]
async fn a_link_that_decides_nothing_any_more_says_why() {
    let node = Node::with_places().await;
    let (patch, path) = proposed(&node).await;
    let browser = node.browser();
    let csrf = browser.get(&path).await.input("csrf");
    change_lea(&node, |lea| lea.disabled = true);
    let page = browser.get(&path).await.body;
    check_no_button(&page, "link-not-allowed");
    assert!(
        !page.contains(">99<"),
        "nothing is shown to whoever is suspended"
    );
    let fields = [("csrf", csrf.as_str()), ("verdict", "accept")];
    let late = browser.post(&path, &fields).await;
    assert_eq!(late.status, 409);
    check_no_button(&late.body, "link-not-allowed");
    change_lea(&node, |lea| lea.disabled = false);
    node.clock.advance(7 * 86_400);
    let late = browser.get(&path).await.body;
    check_no_button(&late, "link-expired");
    assert_eq!(status(&node, &patch), "pending");
    for forged in ["/decision/x", "/decision/%00", "/decision/..%2f"] {
        assert_eq!(browser.get(forged).await.status, 404, "{forged}");
    }
}

#[actix_web::test]
async fn a_refusal_from_a_letter_needs_a_reason() {
    let node = Node::with_places().await;
    let (patch, path) = proposed(&node).await;
    let browser = node.browser();
    let csrf = browser.get(&path).await.input("csrf");
    let mut fields = vec![("csrf", csrf.as_str()), ("verdict", "refuse")];
    let silent = browser.post(&path, &fields).await;
    assert_eq!(silent.status, 422);
    assert!(silent.body.contains("<details id=\"refuse\" open>"));
    assert_eq!(status(&node, &patch), "pending");
    fields.push(("preset", "reason-refuse-wrong"));
    assert_eq!(browser.post(&path, &fields).await.status, 303);
    assert_eq!(status(&node, &patch), "refused");
}

#[actix_web::test]
async fn one_click_ends_letters_and_looking_does_not() {
    let node = Node::with_places().await;
    let app = &node.app;
    let link: Result<_, StoreError> = app
        .db
        .read(|tx| unsubscribe::link(app, tx, node.lea.id, Kind::ToDecide));
    let link = link.unwrap();
    let path = link.strip_prefix("https://hub.example").unwrap();
    let chosen = || -> Rhythm {
        let found: Result<_, StoreError> =
            app.db.read(|tx| rhythm(tx, node.lea.id, Kind::ToDecide));
        found.unwrap()
    };
    let page = node.browser().get(path).await;
    assert!(page.body.contains("One-Click"), "{}", page.body);
    assert_eq!(chosen(), Rhythm::Now);
    // A mail program: no cookie, no origin.
    let click = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("List-Unsubscribe=One-Click");
    assert_eq!(node.send(click).await.status, 200);
    assert_eq!(chosen(), Rhythm::Off);
    let unknown = node.browser().get("/desabonnement/AAAA").await;
    assert_eq!(unknown.status, 404);
}

#[actix_web::test]
async fn what_waits_stands_in_the_page_until_it_is_marked_as_read() {
    let node = Node::with_places().await;
    assert_eq!(node.browser().get("/notifications").await.status, 303);
    let moderator = node.moderator().await;
    let read = async || {
        let newest = moderator.get("/notifications").await.input("newest");
        let fields = [("newest", newest.as_str())];
        let path = "/notifications/read";
        let read = moderator.fill("/notifications", path, &fields).await;
        assert_eq!(read.status, 303);
    };
    // She was told of the rows that she made herself.
    read().await;
    let (patch, _) = proposed(&node).await;
    let page = moderator.get("/notifications").await.body;
    assert!(page.contains("(1 nouvelle)"), "{page}");
    let href = format!("href=\"/moderation/{}\"", patch.id);
    assert!(page.contains(&href), "{page}");
    read().await;
    let page = moderator.get("/notifications").await.body;
    assert!(!page.contains("class=\"unread\""), "{page}");
}

#[actix_web::test]
async fn a_person_chooses_rhythm_and_language_of_letters() {
    let node = Node::with_places().await;
    let moderator = node.moderator().await;
    let path = "/account/notifications";
    let page = moderator.get(path).await.body;
    assert!(page.contains("n’envoie pas de courriels"), "{page}");
    let chosen = [
        ("to_decide", "weekly"),
        ("decided", "off"),
        ("letters-lang", "en"),
    ];
    assert_eq!(moderator.fill(path, path, &chosen).await.status, 303);
    let page = moderator.get(path).await.body;
    for value in ["weekly", "off"] {
        assert!(
            page.contains(&format!("value=\"{value}\" selected")),
            "{page}"
        );
    }
    let wrong = [("to_decide", "hourly"), ("letters-lang", "xx")];
    assert_eq!(moderator.fill(path, path, &wrong).await.status, 303);
    let page = moderator.get(path).await.body;
    assert!(page.contains("value=\"weekly\" selected"), "{page}");
}

#[actix_web::test]
async fn letters_are_shown_in_trials_only() {
    let node = Node::with_places().await;
    for browser in [node.browser(), node.moderator().await] {
        assert_eq!(browser.get("/dev/mails").await.status, 404);
    }
}
