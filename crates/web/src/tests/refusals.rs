//! What must not work: forged forms, foreign eyes, decisions by reading.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::node::{Node, Reply};

#[actix_web::test]
async fn a_form_of_another_site_or_browser_is_refused() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let csrf = browser.get("/datasets/lieux/add").await.input("csrf");
    let fields = [("csrf", csrf.as_str()), ("f.nom", "Labo")];
    let own = [("origin", "https://hub.example")];
    for headers in [
        [("origin", "https://evil.example")],
        [("origin", "null")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],
    ] {
        let reply = browser
            .post_from("/datasets/lieux/add", &fields, &headers)
            .await;
        assert_eq!(reply.status, 403, "{headers:?}");
    }
    assert_eq!(
        node.browser()
            .post("/datasets/lieux/add", &fields)
            .await
            .status,
        403,
        "no cookie"
    );
    let other = node.browser();
    let _ = other.get("/datasets/lieux/add").await;
    assert_eq!(
        other.post("/datasets/lieux/add", &fields).await.status,
        403,
        "the cookie of another browser"
    );
    assert_eq!(
        browser
            .post("/datasets/lieux/add", &[("f.nom", "Labo")])
            .await
            .status,
        403,
        "no token"
    );
    assert_eq!(
        browser
            .post_from("/datasets/lieux/add", &fields, &own)
            .await
            .status,
        303
    );
}

#[actix_web::test]
async fn a_form_that_was_open_for_too_long_keeps_what_was_typed() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let csrf = browser.get("/datasets/lieux/add").await.input("csrf");
    node.clock.advance(86_401);
    let reply = browser
        .post("/datasets/lieux/add", &[("csrf", &csrf), ("f.nom", "Labo")])
        .await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("trop longtemps") && reply.body.contains("value=\"Labo\""));
}

#[actix_web::test]
async fn reading_never_decides() {
    let node = Node::with_places().await;
    let moderator = node.moderator().await;
    let id = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd";
    for path in ["accept", "refuse", "amend"] {
        let reply = moderator.get(&format!("/moderation/{id}/{path}")).await;
        assert_eq!(reply.status, 405, "{path}");
    }
    assert_eq!(moderator.get("/suivi/x/withdraw").await.status, 405);
    assert_eq!(moderator.get("/deconnexion").await.status, 405);
}

#[actix_web::test]
async fn the_queue_is_for_moderators() {
    let node = Node::with_places().await;
    let visitor = node.browser();
    let reply = visitor.get("/moderation?status=pending").await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/connexion?return_to=%2Fmoderation%3Fstatus%3Dpending")
    );
    let csrf = visitor.get("/datasets/lieux/add").await.input("csrf");
    let reply = visitor
        .post(
            "/moderation/226cc6c9-53e0-4b8a-ab80-d5637d592fcd/accept",
            &[("csrf", &csrf)],
        )
        .await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with("/connexion"));
}

#[actix_web::test]
async fn what_is_not_public_does_not_exist_for_visitors() {
    let node = Node::empty().await;
    node.create("brouillon", "public");
    node.create("interne", "private");
    node.publish("interne");
    let visitor = node.browser();
    for name in ["brouillon", "interne", "absent"] {
        for path in ["", "/add", ".csv", ".json"] {
            let reply = visitor.get(&format!("/datasets/{name}{path}")).await;
            assert_eq!(reply.status, 404, "{name}{path}");
        }
        for path in ["", "/rows", "/schema", "/log", "/digest"] {
            let reply = visitor.get(&format!("/api/v1/datasets/{name}{path}")).await;
            assert_eq!(reply.status, 404, "api {name}{path}");
        }
    }
    assert!(!visitor.get("/").await.body.contains("interne"));
    let moderator = node.moderator().await;
    assert_eq!(moderator.get("/datasets/interne").await.status, 200);
    assert_eq!(moderator.get("/datasets/brouillon").await.status, 200);
}

#[actix_web::test]
async fn a_wrong_name_and_a_wrong_password_read_the_same_and_are_limited() {
    let node = Node::empty().await;
    let browser = node.browser();
    let csrf = browser.get("/connexion").await.input("csrf");
    let strip = |reply: &Reply, user: &str| {
        let body = reply.body.replace(&reply.input("csrf"), "");
        body.replace(&format!("value=\"{user}\""), "")
    };
    let one = browser
        .post(
            "/connexion",
            &[("csrf", &csrf), ("user", "lea"), ("password", "x")],
        )
        .await;
    let other = browser
        .post(
            "/connexion",
            &[("csrf", &csrf), ("user", "personne"), ("password", "x")],
        )
        .await;
    assert_eq!((one.status, other.status), (422, 422));
    assert_eq!(strip(&one, "lea"), strip(&other, "personne"));
    let mut last = 0;
    for _ in 0..24 {
        last = browser
            .post(
                "/connexion",
                &[("csrf", &csrf), ("user", ""), ("password", "")],
            )
            .await
            .status;
    }
    assert_eq!(last, 429);
}

#[actix_web::test]
async fn a_log_in_ends_on_the_server() {
    let node = Node::empty().await;
    let moderator = node.moderator().await;
    let cookies = moderator.cookies.borrow().clone();
    let csrf = moderator.get("/moderation").await.input("csrf");
    assert_eq!(
        moderator
            .post("/deconnexion", &[("csrf", &csrf)])
            .await
            .header("location"),
        "/"
    );
    let thief = node.browser();
    *thief.cookies.borrow_mut() = cookies;
    assert_eq!(thief.get("/moderation").await.status, 303);
}

#[actix_web::test]
async fn every_page_has_the_same_guards() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let row = node.rows()[0].clone();
    let paths = [
        "/".to_owned(),
        "/datasets/lieux".to_owned(),
        format!("/datasets/lieux/rows/{row}"),
        format!("/datasets/lieux/rows/{row}/correct"),
        "/connexion".to_owned(),
        "/login".to_owned(),
        "/nulle-part".to_owned(),
        "/suivi/faux".to_owned(),
        "/datasets/lieux/rows/faux".to_owned(),
    ];
    for path in paths {
        let reply = browser.get(&path).await;
        assert!(reply.body.contains("<h1>"), "{path}: {}", reply.status);
        assert!(
            reply
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
        assert!(
            !reply.header("content-security-policy").contains("unsafe"),
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        for cookie in reply.header("set-cookie").lines() {
            let guarded = ["__Host-", "HttpOnly", "Secure", "SameSite=Lax"]
                .iter()
                .all(|word| cookie.contains(word));
            assert!(guarded, "{path}: {cookie}");
        }
    }
}

#[actix_web::test]
async fn only_a_page_with_a_form_sets_a_cookie() {
    let node = Node::with_places().await;
    let browser = node.browser();
    for path in ["/", "/datasets/lieux", "/datasets/lieux?q=x", "/nulle-part"] {
        assert_eq!(browser.get(path).await.header("set-cookie"), "", "{path}");
    }
    assert!(
        browser
            .get("/datasets/lieux/add")
            .await
            .header("set-cookie")
            .starts_with("__Host-form=")
    );
    assert_eq!(
        browser
            .get("/datasets/lieux/add")
            .await
            .header("set-cookie"),
        "",
        "it has it already"
    );
}

#[actix_web::test]
async fn a_form_that_is_too_large_is_an_error_in_words() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let long = "a".repeat(600 * 1024);
    let reply = browser
        .post("/datasets/lieux/add", &[("f.note", &long)])
        .await;
    assert_eq!(reply.status, 413);
    assert!(reply.body.contains("trop volumineux"));
}

#[actix_web::test]
async fn too_many_waiting_proposals_are_an_error_in_words() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let csrf = browser.get("/datasets/lieux/add").await.input("csrf");
    let mut statuses = Vec::new();
    for place in 0..11 {
        let name = format!("Lieu {place}");
        statuses.push(
            browser
                .post("/datasets/lieux/add", &[("csrf", &csrf), ("f.nom", &name)])
                .await
                .status,
        );
    }
    assert_eq!(statuses[..10], [303; 10]);
    assert_eq!(statuses[10], 429);
}

#[actix_web::test]
async fn other_methods_are_not_answered_with_a_page_of_data() {
    let node = Node::with_places().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = node
            .send(TestRequest::default().method(method).uri("/datasets/lieux"))
            .await;
        assert_eq!(reply.status, 405);
    }
}

#[actix_web::test]
async fn a_form_that_a_program_filled_in_comes_back_and_is_not_recorded() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let add = "/datasets/lieux/add";
    let csrf = browser.get(add).await.input("csrf");
    let typed = [("csrf", csrf.as_str()), ("f.nom", "Labo"), ("website", "")];
    let hasty = browser.post_at_once(add, &typed, &[]).await;
    assert_eq!(hasty.status, 422);
    assert!(hasty.body.contains("C’est allé très vite.") && hasty.body.contains("value=\"Labo\""));
    let filled = [typed[0], typed[1], ("website", "https://spam.example")];
    let trapped = browser.post(add, &filled).await;
    assert_eq!(trapped.status, 422);
    assert!(
        trapped.body.contains("Ne rien écrire ici »") && trapped.body.contains("value=\"Labo\"")
    );
    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await;
    assert!(queue.body.contains("Aucune proposition."));
    assert_eq!(browser.post(add, &typed).await.status, 303);
    // Who is logged in answers for what she sends, and her quota is her own.
    let csrf = moderator.get(add).await.input("csrf");
    let own = [("csrf", csrf.as_str()), ("f.nom", "Atelier")];
    assert_eq!(moderator.post_at_once(add, &own, &[]).await.status, 303);
}
