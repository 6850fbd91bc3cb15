//! What people do with their accounts, over whole requests.

use actix_web::test::TestRequest;
use rustine_app::accounts::{second_step, session, token};
use rustine_domain::review::Role;

use super::node::{Browser, Node, PASSWORD};

async fn member<'n>(node: &'n Node, name: &str) -> Browser<'n> {
    let browser = node.browser();
    let reply = browser.log_in(name, PASSWORD).await;
    assert_eq!((reply.status, reply.header("location")), (303, "/account"));
    browser
}

/// What the device of a person shows now.
fn code(node: &Node, name: &str) -> String {
    let user = session::find(&node.app, name).unwrap().unwrap();
    let record = node
        .app
        .db
        .read(|tx| tx.find_totp(user.id))
        .unwrap()
        .unwrap();
    let totp = totp_rs::Builder::new().with_secret(record.secret).build();
    let now = node.app.clock.now().seconds().unsigned_abs();
    totp.unwrap().generate(now).to_string()
}

#[actix_web::test]
async fn people_see_where_they_are_logged_in_and_end_it() {
    let node = Node::empty().await;
    node.member("ana");
    let here = member(&node, "ana").await;
    let there = member(&node, "ana").await;
    let page = here.get("/account").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.body.matches("Ce navigateur").count(), 1);
    assert!(page.body.contains("203.0.113.0") && !page.body.contains("203.0.113.9"));
    let which = page.body.split("name=\"which\" value=\"").nth(1).unwrap();
    let which = which.split('"').next().unwrap();
    let reply = here
        .fill("/account", "/account/log-ins/end", &[("which", which)])
        .await;
    assert_eq!(reply.header("location"), "/account?done=log-in");
    assert_eq!(there.get("/account").await.status, 303, "at once");
    let there = member(&node, "ana").await;
    let reply = here
        .fill("/account", "/account/log-ins/end", &[("which", "others")])
        .await;
    assert_eq!(reply.header("location"), "/account?done=log-ins");
    assert_eq!(there.get("/account").await.status, 303);
    assert_eq!(here.get("/account").await.status, 200);
}

#[actix_web::test]
async fn nobody_ends_what_belongs_to_somebody_else() {
    let node = Node::empty().await;
    let ana = node.member("ana");
    let secret = token::create(&node.app, &ana, "script").unwrap();
    let hers = member(&node, "ana").await;
    let page = hers.get("/account").await.body;
    let other = node.moderator().await;
    let cookie = hers.cookies.borrow()["__Host-session"].clone();
    let id = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(rustine_app::accounts::secret_hash(&cookie))
    };
    let reply = other
        .fill("/account", "/account/log-ins/end", &[("which", &id)])
        .await;
    assert_eq!(reply.status, 404);
    assert_eq!(hers.get("/account").await.status, 200);
    assert!(token::whose(&node.app, &secret).unwrap().is_some());
    let reply = other
        .fill("/account", "/account/log-ins/end", &[("which", "!")])
        .await;
    assert_eq!(reply.status, 404);
    let which = page.split("/account/tokens/revoke").nth(1).unwrap();
    let which = which.split("name=\"which\" value=\"").nth(1).unwrap();
    let which = which.split('"').next().unwrap();
    let foreign = other
        .fill("/account", "/account/tokens/revoke", &[("which", which)])
        .await;
    assert_eq!(foreign.status, 404);
    assert!(token::whose(&node.app, &secret).unwrap().is_some());
    let own = hers
        .fill("/account", "/account/tokens/revoke", &[("which", which)])
        .await;
    assert_eq!(own.header("location"), "/account?done=token");
    assert!(token::whose(&node.app, &secret).unwrap().is_none());
}

#[actix_web::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_other_log_ins() {
    let node = Node::empty().await;
    node.member("ana");
    let here = member(&node, "ana").await;
    let there = member(&node, "ana").await;
    let path = "/account/password";
    for (old, new, sentence) in [
        (
            "faux",
            "un autre mot de passe",
            "votre mot de passe actuel.",
        ),
        (PASSWORD, "court", "au moins 10 caractères"),
        (PASSWORD, &"x".repeat(600), "trop long"),
    ] {
        let reply = here
            .fill("/account", path, &[("old", old), ("new", new)])
            .await;
        assert_eq!(reply.status, 422);
        assert!(reply.body.contains(sentence), "{sentence}");
    }
    let fields = [("old", PASSWORD), ("new", "un autre mot de passe")];
    let reply = here.fill("/account", path, &fields).await;
    assert_eq!(reply.header("location"), "/account?done=password");
    assert_eq!(there.get("/account").await.status, 303);
    assert_eq!(node.browser().log_in("ana", PASSWORD).await.status, 422);
    let new = node.browser();
    assert_eq!(new.log_in("ana", "un autre mot de passe").await.status, 303);
}

#[actix_web::test]
async fn a_log_in_ends_after_thirty_days() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = member(&node, "ana").await;
    let seconds = session::SESSION_SECONDS.unsigned_abs();
    node.clock.advance(seconds - 3);
    assert_eq!(browser.get("/account").await.status, 200);
    node.clock.advance(3);
    assert_eq!(browser.get("/account").await.status, 303);
}

#[actix_web::test]
async fn a_second_step_is_added_asked_for_and_removed() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = member(&node, "ana").await;
    let page = browser.get("/account/second-step").await;
    assert!(page.body.contains("otpauth://totp/"), "{}", page.body);
    let picture = browser.get("/account/second-step/qr.svg").await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert_eq!(picture.header("cache-control"), "no-store");
    let wrong = browser
        .fill(
            "/account/second-step",
            "/account/second-step",
            &[("code", "000000")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    let shown = code(&node, "ana");
    // The form takes three seconds, which may be the next period: a code is good a period longer.
    let on = browser
        .fill(
            "/account/second-step",
            "/account/second-step",
            &[("code", &shown)],
        )
        .await;
    assert_eq!(on.status, 200);
    let codes: Vec<&str> = on
        .body
        .split("<li><code class=\"address\">")
        .skip(1)
        .collect();
    assert_eq!(codes.len(), second_step::RECOVERY_CODES);
    let spare = codes[0].split('<').next().unwrap();
    assert!(
        !browser.get("/account").await.body.contains(spare),
        "shown once"
    );

    node.clock.advance(60);
    let fresh = node.browser();
    let half = fresh.log_in("ana", PASSWORD).await;
    assert!(half.header("location").starts_with("/connexion/code"));
    assert_eq!(fresh.get("/account").await.status, 303, "half is not in");
    let reply = fresh
        .fill("/connexion/code", "/connexion/code", &[("code", &shown)])
        .await;
    assert_eq!(reply.status, 422, "a code that is over");
    let now = code(&node, "ana");
    let reply = fresh
        .fill("/connexion/code", "/connexion/code", &[("code", &now)])
        .await;
    assert_eq!((reply.status, reply.header("location")), (303, "/account"));
    assert_eq!(fresh.get("/account").await.status, 200);

    let other = node.browser();
    let _ = other.log_in("ana", PASSWORD).await;
    let reply = other
        .fill("/connexion/code", "/connexion/code", &[("code", spare)])
        .await;
    assert_eq!(reply.status, 303, "a recovery code");

    let remove = "/account/second-step/remove";
    let wrong = browser
        .fill("/account", remove, &[("password", "faux")])
        .await;
    assert_eq!(wrong.status, 422);
    let done = browser
        .fill("/account", remove, &[("password", PASSWORD)])
        .await;
    assert_eq!(done.header("location"), "/account?done=second-step-off");
    member(&node, "ana").await;
}

#[actix_web::test]
async fn a_code_without_a_password_opens_nothing() {
    let node = Node::empty().await;
    let browser = node.browser();
    let reply = browser.get("/connexion/code").await;
    assert!(reply.header("location").starts_with("/connexion"));
    let reply = browser
        .fill("/connexion", "/connexion/code", &[("code", "000000")])
        .await;
    assert!(reply.header("location").starts_with("/connexion?"));
}

#[actix_web::test]
async fn a_name_may_be_tried_so_often_from_wherever() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = node.browser();
    let mut statuses = Vec::new();
    for place in 0..26_u8 {
        node.peer.set([198, 51, 100, place].into());
        // One account, whatever it is called by.
        let name = if place % 2 == 0 {
            "ana"
        } else {
            "ana@hub.example"
        };
        statuses.push(browser.log_in(name, "faux").await.status);
    }
    assert_eq!(statuses[..25], [422; 25]);
    assert_eq!(statuses[25], 429);
    assert_eq!(browser.log_in("ana", PASSWORD).await.status, 429);
    let other = node.browser().log_in("lea", PASSWORD).await;
    assert_eq!(other.status, 303);
    for place in 0..26_u8 {
        node.peer.set([198, 51, 101, place].into());
        statuses.push(browser.log_in("personne", "faux").await.status);
    }
    assert_eq!(
        statuses[51], 429,
        "and a name that nobody has reads the same"
    );
}

#[actix_web::test]
async fn behind_a_proxy_the_client_is_counted_and_a_forged_header_is_not() {
    let node = Node::empty().await;
    let csrf = node.browser();
    let token = csrf.get("/connexion").await.input("csrf");
    let attempt = async |from: &str, number: usize| {
        let name = format!("personne{number}");
        let fields = [("csrf", token.as_str()), ("user", &name), ("password", "x")];
        let headers = [("origin", "https://hub.example"), ("x-forwarded-for", from)];
        csrf.post_at_once("/connexion", &fields, &headers)
            .await
            .status
    };
    let mut last = 0;
    for number in 0..26 {
        last = attempt(&format!("198.51.100.{number}"), number).await;
    }
    assert_eq!(last, 429, "a stranger's header chooses no address");
    node.peer.set([127, 0, 0, 1].into());
    for number in 26..60 {
        let status = attempt(&format!("198.51.100.{number}"), number).await;
        assert_eq!(status, 422, "visitors behind a proxy are apart");
    }
    for number in 60..86 {
        last = attempt(&format!("192.0.2.{number}, 198.51.100.7"), number).await;
    }
    assert_eq!(
        last, 429,
        "what a visitor writes in front of the proxy's line"
    );
}

#[actix_web::test]
async fn every_form_of_an_account_needs_its_token_and_its_origin() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = member(&node, "ana").await;
    let csrf = browser.get("/account").await.input("csrf");
    let foreign = [("origin", "https://evil.example")];
    for path in [
        "/account/password",
        "/account/log-ins/end",
        "/account/tokens/revoke",
        "/account/second-step",
        "/account/second-step/codes",
        "/account/second-step/remove",
    ] {
        let reply = browser.post(path, &[("which", "others")]).await;
        assert_eq!(reply.status, 403, "{path}");
        let fields = [("csrf", csrf.as_str()), ("which", "others")];
        let reply = browser.post_from(path, &fields, &foreign).await;
        assert_eq!(reply.status, 403, "{path}");
        let reply = node.browser().post(path, &fields).await;
        assert!(reply.header("location").starts_with("/connexion"), "{path}");
        let get = node.send(TestRequest::get().uri(path)).await;
        assert!(matches!(get.status, 303 | 405), "{path}");
    }
}

#[actix_web::test]
async fn forms_about_passwords_and_accounts_are_counted_by_address() {
    let node = Node::with_mail().await;
    let browser = node.browser();
    let mut statuses = Vec::new();
    for number in 0..26 {
        let email = format!("p{number}@lac.example");
        let reply = browser
            .fill("/password", "/password", &[("email", &email)])
            .await;
        statuses.push(reply.status);
    }
    assert_eq!(statuses[..25], [200; 25]);
    assert_eq!(statuses[25], 429);
    let mut statuses = Vec::new();
    for number in 0..6 {
        let email = format!("p{number}@lac.example");
        let reply = browser
            .fill("/sign-up", "/sign-up", &[("email", &email)])
            .await;
        statuses.push(reply.status);
    }
    assert_eq!(statuses[..5], [200; 5]);
    assert_eq!(statuses[5], 429);
}

#[actix_web::test]
async fn a_known_and_an_unknown_address_read_the_same() {
    let node = Node::with_mail().await;
    let browser = node.browser();
    for path in ["/password", "/sign-up"] {
        let mut read = Vec::new();
        for email in ["lea@hub.example", "personne@lac.example"] {
            let reply = browser.fill(path, path, &[("email", email)]).await;
            assert_eq!(reply.status, 200);
            read.push(reply.body);
        }
        assert_eq!(read[0], read[1], "{path}");
        let wrong = browser.fill(path, path, &[("email", "ana @lac")]).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.body.contains("value=\"ana @lac\""),
            "what was typed stays"
        );
    }
}

#[actix_web::test]
async fn an_invitation_that_is_handed_over_opens_an_account() {
    let node = Node::empty().await;
    let operator = node.moderator().await;
    let fields = [("email", ""), ("role", "member")];
    let page = operator
        .fill("/admin/people", "/admin/people/invite", &fields)
        .await;
    let link = page.body.split("<code class=\"address\">").nth(1).unwrap();
    let path = link.split('<').next().unwrap();
    let path = path.strip_prefix("https://hub.example").unwrap();
    let browser = node.browser();
    // Scanners of letters open links; that uses nothing up.
    for _ in 0..2 {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains("lea vous invite"));
    }
    for (name, email, password, sentence) in [
        ("lea", "ana@lac.example", PASSWORD, "Ce nom est pris"),
        ("A B", "ana@lac.example", PASSWORD, "Un nom a 3 à 60"),
        ("ana", "ana", PASSWORD, "pas une adresse"),
        ("ana", "ana@lac.example", "court", "au moins 10"),
    ] {
        let fields = [("name", name), ("email", email), ("new", password)];
        let reply = browser.fill(path, path, &fields).await;
        assert_eq!(reply.status, 422, "{sentence}");
        assert!(reply.body.contains(sentence), "{sentence}");
        node.clock.advance(1_800);
    }
    let fields = [
        ("name", "ana"),
        ("email", "ana@lac.example"),
        ("new", PASSWORD),
    ];
    let reply = browser.fill(path, path, &fields).await;
    assert_eq!((reply.status, reply.header("location")), (303, "/account"));
    assert_eq!(browser.get("/account").await.status, 200);
    let other = node.browser();
    assert_eq!(other.get(path).await.status, 410);
    assert!(other.get(path).await.body.contains("n’ouvre plus rien"));
}

#[actix_web::test]
async fn only_operators_see_who_has_an_account() {
    let node = Node::empty().await;
    node.member("ana");
    let member = member(&node, "ana").await;
    assert_eq!(member.get("/admin/people").await.status, 403);
    for path in ["invite", "withdraw", "reset"] {
        let path = format!("/admin/people/{path}");
        let reply = member.fill("/account", &path, &[("which", "lea")]).await;
        assert_eq!(reply.status, 403, "{path}");
    }
    let page = node.moderator().await.get("/admin/people").await;
    assert!(page.body.contains("ana") && !page.body.contains("ana@hub.example"));
}

#[actix_web::test]
async fn a_role_opens_the_proposals_of_its_dataset_and_no_others() {
    let node = Node::with_places().await;
    node.create("autres", "public");
    node.publish("autres");
    for (name, dataset, role) in [
        ("moderatrice", "lieux", Role::Write),
        ("maintient", "lieux", Role::Maintain),
        ("ailleurs", "autres", Role::Write),
    ] {
        node.member(name);
        node.grant(name, dataset, role);
    }
    node.member("ana");
    let visitor = node.browser();
    let add = "/datasets/lieux/add";
    let sent = visitor.fill(add, add, &[("f.nom", "Labo")]).await;
    assert_eq!(sent.status, 303);
    let queue = node.moderator().await.get("/moderation").await.body;
    let path = queue.split("href=\"/moderation/").nth(1).unwrap();
    let path = format!("/moderation/{}", path.split('"').next().unwrap());

    let elsewhere = node.browser();
    elsewhere.log_in("ailleurs", PASSWORD).await;
    let queue = elsewhere.get("/moderation").await;
    assert_eq!(queue.status, 200);
    assert!(!queue.body.contains(&path), "other people's proposals");
    assert_eq!(elsewhere.get(&path).await.status, 403);
    assert_eq!(elsewhere.get(&format!("{path}/alike")).await.status, 403);
    let member = member(&node, "ana").await;
    assert_eq!(member.get(&path).await.status, 403);
    for browser in [&elsewhere, &member] {
        for verb in ["accept", "refuse", "amend"] {
            let fields = [("reason", "non")];
            let reply = browser
                .fill("/account", &format!("{path}/{verb}"), &fields)
                .await;
            assert_eq!(reply.status, 403, "{verb}");
        }
        assert_eq!(browser.get("/datasets/lieux/team").await.status, 403);
    }
    let hers = node.browser();
    hers.log_in("moderatrice", PASSWORD).await;
    assert_eq!(hers.get("/datasets/lieux/team").await.status, 403);
    let page = hers.get(&path).await;
    assert_eq!(page.status, 200);
    let fields = [("digest", page.input("digest"))];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let done = hers.fill(&path, &format!("{path}/accept"), &fields).await;
    assert_eq!(done.header("location"), "/moderation?done=accepted");
    let owner = node.browser();
    owner.log_in("maintient", PASSWORD).await;
    let team = "/datasets/lieux/team";
    assert!(owner.get(team).await.body.contains("moderatrice"));
    let elsewhere = owner
        .fill(team, team, &[("name", "ana@loin.example")])
        .await;
    assert_eq!(elsewhere.status, 422);
    assert!(elsewhere.body.contains("Personne n’a été trouvé"));
    let given = owner.fill(team, team, &[("name", "ana")]).await;
    assert_eq!(given.status, 303);
    assert_eq!(member.get("/moderation").await.status, 200, "at once");
    let page = owner.get(team).await.body;
    let id = page.rsplit("name=\"which\" value=\"").next().unwrap();
    let id = id.split('"').next().unwrap();
    let revoked = owner
        .fill(team, &format!("{team}/revoke"), &[("which", id)])
        .await;
    assert_eq!(revoked.status, 303);
    assert_eq!(member.get("/moderation").await.status, 403, "at once");
}

#[actix_web::test]
async fn searches_are_counted_by_account() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = member(&node, "ana").await;
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(browser.get("/follow?q=lieux@loin.example").await.status);
    }
    assert_eq!(statuses[..30], [422; 30], "nobody is found in this world");
    assert_eq!(statuses[30], 429);
    assert_eq!(browser.get("/follow").await.status, 200);
    let visitor = node.browser().get("/follow?q=lieux@loin.example").await;
    assert_eq!(visitor.status, 303, "visitors make this node ask nobody");
}

#[actix_web::test]
async fn people_follow_only_whom_they_found_and_read_only_their_own_news() {
    let node = Node::empty().await;
    node.member("ana");
    let browser = member(&node, "ana").await;
    for path in ["/follow", "/follow/end"] {
        let fields = [("actor", "https://loin.example/users/eve")];
        assert_eq!(browser.fill("/follow", path, &fields).await.status, 404);
    }
    let feed = browser.get("/feed").await;
    assert!(feed.body.contains("Rien de nouveau."));
    assert_eq!(browser.get("/feed?before=x").await.status, 400);
    assert_eq!(node.browser().get("/feed").await.status, 303);
}
