//! What moderators do: refuse with a reason, correct, settle conflicts.

use super::journeys::{correct, status_page};
use super::node::{Browser, Node};

#[actix_web::test]
async fn a_refusal_needs_a_reason_and_tells_it() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.places", "99")]).await;
    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await.body;
    let id = queue
        .split("href=\"/moderation/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let page = moderator.get(&format!("/moderation/{id}")).await;
    let (csrf, digest) = (page.input("csrf"), page.input("digest"));
    let refuse = format!("/moderation/{id}/refuse");
    let silent = moderator
        .post(&refuse, &[("csrf", &csrf), ("digest", &digest)])
        .await;
    assert_eq!(silent.status, 422);
    assert!(
        silent
            .body
            .contains("<details id=\"refuse\" data-key=\"r\" open>")
    );
    let told = [
        ("csrf", csrf.as_str()),
        ("digest", &digest),
        ("preset", "reason-refuse-wrong"),
        ("reason", "Compté sur place."),
    ];
    assert_eq!(moderator.post(&refuse, &told).await.status, 303);
    let answer = citizen.get(&status_page(&sent)).await.body;
    assert!(answer.contains("La valeur actuelle est la bonne. Compté sur place."));
}

#[actix_web::test]
async fn a_moderator_corrects_the_proposal_before_accepting() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(
        &citizen,
        &node.rows()[0],
        &[("f.places", "15"), ("f.note", "près du lac")],
    )
    .await;
    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await.body;
    let id = queue
        .split("href=\"/moderation/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let page = moderator.get(&format!("/moderation/{id}")).await;
    let (csrf, digest, bases) = (
        page.input("csrf"),
        page.input("digest"),
        page.input("bases"),
    );
    let amend = format!("/moderation/{id}/amend");
    let with = |places| {
        vec![
            ("csrf", csrf.as_str()),
            ("digest", &digest),
            ("bases", &bases),
            ("f.0-places", places),
            ("f.1-note", "Près du lac"),
        ]
    };
    let wrong = moderator.post(&amend, &with("seize")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("value=\"seize\""));
    let done = moderator.post(&amend, &with("16")).await;
    assert_eq!(done.header("location"), "/moderation?done=amended");
    let status = citizen.get(&status_page(&sent)).await.body;
    assert!(status.contains("data-status=\"amended\"") && status.contains("<mark>16</mark>"));
}

/// Addresses of the review pages in the queue, newest first.
pub(crate) async fn queue(moderator: &Browser<'_>) -> Vec<String> {
    let queue = moderator.get("/moderation").await.body;
    let links = queue.split("href=\"/moderation/").skip(1);
    links
        .map(|part| format!("/moderation/{}", part.split('"').next().unwrap()))
        .filter(|link| !link.ends_with("/alike") && link != "/moderation/reports")
        .collect()
}

#[actix_web::test]
async fn a_moderator_settles_two_proposals_for_the_same_cell() {
    let node = Node::with_places().await;
    let row = node.rows()[0].clone();
    let (one, other) = (node.browser(), node.browser());
    let (_, _) = correct(&one, &row, &[("f.places", "20")]).await;
    node.clock.advance(60);
    let (_, sent) = correct(&other, &row, &[("f.places", "30")]).await;
    let moderator = node.moderator().await;
    let reviews = queue(&moderator).await;
    let mut pages = Vec::new();
    for review in &reviews {
        pages.push(moderator.get(review).await);
    }
    for (place, status) in [(1, 303), (0, 409)] {
        let (csrf, digest) = (pages[place].input("csrf"), pages[place].input("digest"));
        let accept = format!("{}/accept", reviews[place]);
        let reply = moderator
            .post(&accept, &[("csrf", &csrf), ("digest", &digest)])
            .await;
        assert_eq!(reply.status, status, "{}", reply.body);
    }
    let waiting = other.get(&status_page(&sent)).await.body;
    assert!(
        waiting.contains("data-status=\"conflict\"")
            && waiting.contains("Ce qui a changé entre-temps")
    );
    let page = moderator.get(&reviews[0]).await;
    assert!(page.body.contains("Ce qui a changé entre-temps") && !page.body.contains("/accept\""));
    let (csrf, digest, bases) = (
        page.input("csrf"),
        page.input("digest"),
        page.input("bases"),
    );
    let fields = [
        ("csrf", csrf.as_str()),
        ("digest", &digest),
        ("bases", &bases),
        ("f.0-places", "30"),
    ];
    let done = moderator
        .post(&format!("{}/amend", reviews[0]), &fields)
        .await;
    assert_eq!(
        done.header("location"),
        "/moderation?done=amended",
        "{}",
        done.body
    );
    assert!(
        other
            .get(&status_page(&sent))
            .await
            .body
            .contains("data-status=\"amended\"")
    );
}

#[actix_web::test]
async fn a_moderator_accepts_a_part_and_never_nothing() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(
        &citizen,
        &node.rows()[0],
        &[("f.places", "15"), ("f.note", "près du lac")],
    )
    .await;
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    let page = moderator.get(&review).await;
    for words in ["Laisser de côté : Places", "Laisser de côté : Note"] {
        assert!(page.body.contains(words), "{words}");
    }
    let (csrf, digest, bases) = (
        page.input("csrf"),
        page.input("digest"),
        page.input("bases"),
    );
    let amend = format!("{review}/amend");
    let without = |places: &'static [&'static str]| {
        let form = [
            ("csrf", csrf.as_str()),
            ("digest", &digest),
            ("bases", &bases),
            ("f.0-places", "15"),
            ("f.1-note", "près du lac"),
        ];
        let places = places.iter().map(|place| ("leave-out", *place));
        form.into_iter().chain(places).collect::<Vec<_>>()
    };
    let nothing = moderator.post(&amend, &without(&["0", "1"])).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("Tout est laissé de côté."));
    assert_eq!(nothing.body.matches(" checked").count(), 2, "kept as typed");
    for strange in [&["2"][..], &["-1"], &["x"]] {
        assert_eq!(moderator.post(&amend, &without(strange)).await.status, 400);
    }
    let part = moderator.post(&amend, &without(&["1"])).await;
    assert_eq!(part.header("location"), "/moderation?done=amended");
    let status = citizen.get(&status_page(&sent)).await.body;
    assert!(status.contains("data-status=\"amended\"") && !status.contains("près du lac"));
    let row = node
        .browser()
        .get(&format!("/datasets/lieux/rows/{}", node.rows()[0]))
        .await
        .body;
    assert!(row.contains(">15<") && !row.contains("près du lac"));
}

#[actix_web::test]
async fn a_single_change_cannot_be_left_out() {
    let node = Node::with_places().await;
    let (_, _) = correct(&node.browser(), &node.rows()[0], &[("f.places", "15")]).await;
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    let page = moderator.get(&review).await;
    assert!(page.body.contains("f.0-places") && !page.body.contains("leave-out"));
}

#[actix_web::test]
async fn a_moderator_accepts_many_alike_with_one_button() {
    let node = Node::with_places().await;
    node.add_many(4);
    let citizen = node.browser();
    let rows = node.rows();
    for row in &rows[2..5] {
        let path = format!("/datasets/lieux/rows/{row}/correct");
        let form = citizen.get(&path).await;
        let (csrf, base) = (form.input("csrf"), form.input("base"));
        let name = form.input("f.nom");
        let fields = [
            ("csrf", csrf.as_str()),
            ("base", &base),
            ("f.nom", &name),
            ("f.code", "25000"),
            ("f.note", "même chose"),
        ];
        assert_eq!(citizen.post(&path, &fields).await.status, 303);
    }
    let (_, _) = correct(&citizen, &rows[0], &[("f.places", "13")]).await;
    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await.body;
    assert!(queue.contains("3 propositions semblables – Les lieux : Note"));
    assert_eq!(
        queue.matches("/alike\"").count(),
        1,
        "one of its kind is no group"
    );
    let href = queue
        .split("href=\"")
        .find(|part| part.contains("/alike\""))
        .unwrap();
    let href = href.split('"').next().unwrap();
    let page = moderator.get(href).await;
    let boxes: Vec<&str> = page
        .body
        .split("name=\"accept\" value=\"")
        .skip(1)
        .collect();
    let values: Vec<&str> = boxes
        .iter()
        .map(|part| part.split('"').next().unwrap())
        .collect();
    assert_eq!(values.len(), 3);
    assert_eq!(page.body.matches(" checked>").count(), 3);
    let csrf = page.input("csrf");
    let none = moderator.post(href, &[("csrf", &csrf)]).await;
    assert!(none.status == 422 && none.body.contains("Aucune proposition n’est cochée."));
    for foreign in ["x", "x.y"] {
        let reply = moderator
            .post(href, &[("csrf", &csrf), ("accept", foreign)])
            .await;
        assert_eq!(reply.status, 400);
    }
    assert_eq!(
        citizen
            .post(href, &[("csrf", &csrf), ("accept", values[0])])
            .await
            .header("location"),
        format!("/connexion?return_to={}", href.replace('/', "%2F"))
    );
    let other_version = format!("{}A", values[2]);
    let chosen = [
        ("csrf", csrf.as_str()),
        ("accept", values[0]),
        ("accept", values[1]),
        ("accept", &other_version),
    ];
    let done = moderator.post(href, &chosen).await;
    assert_eq!(done.header("location"), "/moderation?accepted=2&left=1");
    let queue = moderator.get(done.header("location")).await.body;
    assert!(queue.contains("2 propositions acceptées. 1 demande une relecture à part"));
    assert!(
        queue.contains("2 propositions."),
        "the other and the one left"
    );
}

#[actix_web::test]
async fn name_and_address_are_forgotten_once_the_proposal_is_answered() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    for (row, places) in node.rows().iter().zip(["13", "14"]) {
        let path = format!("/datasets/lieux/rows/{row}/correct");
        let form = citizen.get(&path).await;
        let (csrf, base, name) = (form.input("csrf"), form.input("base"), form.input("f.nom"));
        let email = format!("ana{places}@lac.example");
        let fields = [
            ("csrf", csrf.as_str()),
            ("base", &base),
            ("f.nom", &name),
            ("f.code", &form.input("f.code")),
            ("f.places", places),
            ("name", "Ana"),
            ("email", &email),
            ("consent", "yes"),
        ];
        assert_eq!(citizen.post(&path, &fields).await.status, 303);
    }
    let moderator = node.moderator().await;
    let [waiting, answered] = queue(&moderator).await.try_into().unwrap();
    let (csrf, digest) = {
        let page = moderator.get(&answered).await;
        assert!(page.body.contains("Ana, ana1"));
        (page.input("csrf"), page.input("digest"))
    };
    let refusal = [
        ("csrf", csrf.as_str()),
        ("digest", &digest),
        ("reason", "Compté sur place."),
    ];
    let refused = moderator
        .post(&format!("{answered}/refuse"), &refusal)
        .await;
    assert_eq!(refused.status, 303);
    rustine_app::housekeeping::forget(&node.app).unwrap();
    assert!(moderator.get(&waiting).await.body.contains("Ana, ana1"));
    assert!(!moderator.get(&answered).await.body.contains("Ana"));
}
