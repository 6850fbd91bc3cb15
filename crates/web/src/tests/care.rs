//! What moderators do beside deciding: find, take, note, undo, decide floods together.

use std::net::IpAddr;

use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_store::StoreError;

use super::journeys::{correct, status_page};
use super::moderation::queue;
use super::node::{Browser, Node, Reply};

/// Posts a form of a page with its token, and more.
pub async fn press(who: &Browser<'_>, page: &str, path: &str, more: &[(&str, &str)]) -> Reply {
    let shown = who.get(page).await;
    let (csrf, digest) = (shown.input("csrf"), shown.body.clone());
    let digest = match digest.contains("name=\"digest\"") {
        true => shown.input("digest"),
        false => String::new(),
    };
    let mut fields = vec![("csrf", csrf.as_str()), ("digest", &digest)];
    fields.extend(more);
    who.post(path, &fields).await
}

/// `count` proposals for the first row, a minute apart.
async fn waiting(node: &Node, count: u8) {
    let citizen = node.browser();
    for number in 0..count {
        let note = format!("note {number}");
        let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.note", &note)]).await;
        assert_eq!(sent.status, 303);
        node.clock.advance(60);
    }
}

#[actix_web::test]
async fn the_queue_is_narrowed_and_ordered_by_its_address() {
    let node = Node::with_places().await;
    waiting(&node, 2).await;
    let citizen = node.browser();
    let remove = format!("/datasets/lieux/rows/{}/remove", node.rows()[1]);
    let form = citizen.get(&remove).await;
    let fields = [
        ("csrf", form.input("csrf")),
        ("base", form.input("base")),
        ("why", "reason-remove-closed".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(citizen.post(&remove, &fields).await.status, 303);
    let moderator = node.moderator().await;
    let all = queue(&moderator).await;
    assert_eq!(all.len(), 3);
    let listed = async |query: &str| -> Vec<String> {
        let page = moderator.get(&format!("/moderation?{query}")).await.body;
        let links = page.split("data-key-line").count() - 1;
        let ids = page.split("<th scope=\"row\"").skip(1);
        let ids: Vec<String> = ids
            .map(|part| {
                let href = part
                    .split("href=\"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap();
                href.split('?').next().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids.len(), links);
        ids
    };
    let newest = all[0].clone();
    let oldest_first: Vec<String> = all.iter().rev().cloned().collect();
    assert_eq!(listed("sort=oldest").await, oldest_first);
    assert_eq!(listed("kind=del").await, std::slice::from_ref(&newest));
    assert_eq!(listed("kind=gone").await, std::slice::from_ref(&newest));
    assert_eq!(listed("kind=charter").await, Vec::<String>::new());
    assert_eq!(listed("kind=set").await, all[1..]);
    assert_eq!(listed("age=week").await, Vec::<String>::new());
    assert_eq!(listed("origin=here").await.len(), 3);
    assert_eq!(listed("origin=elsewhere.example").await.len(), 0);
    assert_eq!(listed("assignee=me").await.len(), 0);
    let page = moderator.get("/moderation").await.body;
    assert!(
        page.contains("N’existe plus"),
        "what was reported stands in the queue"
    );
    let taken = press(
        &moderator,
        &newest,
        &format!("{newest}/assign"),
        &[("to", "me")],
    )
    .await;
    assert_eq!(taken.status, 303);
    assert_eq!(listed("assignee=me").await, std::slice::from_ref(&newest));
    assert_eq!(listed("assignee=none").await, all[1..]);
    node.clock.advance(8 * 86_400);
    let moderator = node.moderator().await;
    let week = moderator.get("/moderation?age=week&kind=set").await.body;
    assert_eq!(week.matches("data-key-line").count(), 2);
    let soon = moderator.get("/moderation?age=expiring").await.body;
    assert_eq!(soon.matches("data-key-line").count(), 0);
}

#[actix_web::test]
async fn after_a_decision_the_next_of_the_same_queue_is_shown() {
    let node = Node::with_places().await;
    waiting(&node, 3).await;
    let moderator = node.moderator().await;
    let all = queue(&moderator).await;
    let oldest = &all[2];
    let query = "?sort=oldest";
    let page = moderator.get(&format!("{oldest}{query}")).await.body;
    let next = format!("rel=\"next\" data-key=\"j\" href=\"{}{query}\"", all[1]);
    assert!(page.contains(&next), "{next}");
    assert!(!page.contains("rel=\"prev\""));
    let shown = format!("{oldest}{query}");
    let accepted = press(&moderator, &shown, &format!("{oldest}/accept{query}"), &[]).await;
    assert_eq!(
        accepted.header("location"),
        format!("{}{query}&done=accepted", all[1])
    );
    let page = moderator.get(accepted.header("location")).await.body;
    assert!(page.contains("Voici la suivante."));
    assert!(
        page.contains(&format!("action=\"{}/refuse{query}\"", all[1])),
        "its forms stay in this queue"
    );
    let last = &all[0];
    let refused = press(
        &moderator,
        last,
        &format!("{last}/refuse"),
        &[("preset", "reason-refuse-absent")],
    )
    .await;
    assert_eq!(
        refused.header("location"),
        format!("{}?done=refused", all[1])
    );
    let over = press(
        &moderator,
        &all[1],
        &format!("{}/refuse", all[1]),
        &[("reason", "Vu.")],
    )
    .await;
    assert_eq!(over.header("location"), "/moderation?done=refused");
}

#[actix_web::test]
async fn another_reason_has_to_be_written() {
    let node = Node::with_places().await;
    waiting(&node, 1).await;
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    let refuse = format!("{review}/refuse");
    let silent = press(
        &moderator,
        &review,
        &refuse,
        &[("preset", "reason-refuse-other")],
    )
    .await;
    assert_eq!(silent.status, 422);
    assert!(
        silent
            .body
            .contains("value=\"reason-refuse-other\" checked"),
        "kept as chosen"
    );
}

#[actix_web::test]
async fn an_accepted_proposal_is_undone_unless_its_cells_changed_since() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.places", "15")]).await;
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    press(&moderator, &review, &format!("{review}/accept"), &[]).await;
    let undo = format!("{review}/undo");
    let row = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    assert!(moderator.get(&row).await.body.contains(">15<"));
    let undone = press(&moderator, &review, &undo, &[("why", "Compté de nouveau.")]).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    let to = undone.header("location").trim_end_matches("#content");
    let page = moderator.get(to).await.body;
    assert!(
        page.contains("Cette proposition en annule une autre.")
            && page.contains("Compté de nouveau.")
    );
    assert!(moderator.get(&row).await.body.contains(">12<"));
    let again = press(&moderator, &review, &undo, &[]).await;
    assert!(again.status == 409 && again.body.contains("déjà été annulée"));
    let told = citizen.get(&status_page(&sent)).await.body;
    assert!(told.contains("a été annulée depuis"));
    // The undoing itself, overtaken by somebody else.
    let (_, _) = correct(&citizen, &node.rows()[0], &[("f.places", "20")]).await;
    let later = queue(&moderator).await.remove(0);
    press(&moderator, &later, &format!("{later}/accept"), &[]).await;
    let late = press(&moderator, to, &format!("{to}/undo"), &[("why", "Zut")]).await;
    assert_eq!(late.status, 409);
    assert!(
        late.body.contains("Ces valeurs ont encore changé depuis.") && late.body.contains("Zut")
    );
    assert!(moderator.get(&row).await.body.contains(">20<"));
    let stranger = press(&citizen, "/connexion", &undo, &[]).await;
    assert!(stranger.header("location").starts_with("/connexion"));
}

const CANARY: &str = "canari-interne-7f3a";

#[actix_web::test]
async fn an_internal_note_is_read_by_moderators_and_nobody_else() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.places", "15")]).await;
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    let notes = format!("{review}/notes");
    let empty = press(&moderator, &review, &notes, &[("note", " ")]).await;
    assert!(empty.status == 422 && empty.body.contains("La note est vide."));
    let text = format!("<b>{CANARY}</b>");
    let kept = press(&moderator, &review, &notes, &[("note", &text)]).await;
    assert_eq!(kept.status, 303);
    let page = moderator.get(&review).await.body;
    assert!(
        page.contains(&format!("&#60;b&#62;{CANARY}")),
        "as it was typed"
    );
    press(&moderator, &review, &format!("{review}/accept"), &[]).await;
    let id = review.rsplit('/').next().unwrap();
    let row = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    let public = [
        status_page(&sent),
        row.clone(),
        "/datasets/lieux".to_owned(),
        "/datasets/lieux.csv".to_owned(),
        "/api/v1/datasets/lieux".to_owned(),
        format!("/api/v1{row}"),
        format!("/api/v1{row}/history"),
        format!("/api/v1/patches/{id}"),
        review.clone(),
    ];
    for path in public {
        assert!(!citizen.get(&path).await.body.contains(CANARY), "{path}");
    }
    // Nothing that travels holds it: neither the log nor what waits to be sent.
    let leaves: Result<Vec<String>, StoreError> = node.app.db.read(|tx| {
        let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
        let mut texts = Vec::new();
        for seq in 0..=dataset.seq {
            texts.extend(tx.find_body(dataset.id, seq)?);
        }
        Ok(texts)
    });
    let leaves = leaves.unwrap();
    assert!(leaves.len() > 1 && leaves.iter().all(|text| !text.contains(CANARY)));
}

#[actix_web::test]
async fn everybody_who_sees_a_proposal_sees_when_it_expires() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.places", "15")]).await;
    // 90 days behind 2026-11-21.
    let told = citizen.get(&status_page(&sent)).await.body;
    assert!(told.contains("elle expire le 19 février 2027"), "{told}");
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    assert!(
        moderator
            .get(&review)
            .await
            .body
            .contains("Expire le 19 février 2027")
    );
    assert!(
        !moderator
            .get("/moderation")
            .await
            .body
            .contains("Expire le"),
        "not soon"
    );
    node.clock.advance(84 * 86_400);
    let moderator = node.moderator().await;
    assert!(
        moderator
            .get("/moderation")
            .await
            .body
            .contains("Expire le 19 février 2027")
    );
    let soon = moderator.get("/moderation?age=expiring").await.body;
    assert_eq!(soon.matches("data-key-line").count(), 1);
}

#[actix_web::test]
async fn a_flood_stands_apart_and_is_refused_with_one_button() {
    let node = Node::with_places().await;
    for number in 0..63_u8 {
        let cells = [("nom", "Publicité"), ("code", "25000")];
        let cells = cells.map(|(field, text)| (field.parse().unwrap(), text.to_owned()));
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops: vec![ProposedOp::Add {
                cells: cells.into(),
            }],
            summary: None,
            name: None,
            email: None,
            by: Proposer::Visitor(IpAddr::from([10, 0, number, 1])),
        };
        propose(&node.app, &proposal).unwrap();
        node.clock.advance(1);
    }
    let moderator = node.moderator().await;
    let page = moderator.get("/moderation").await.body;
    assert!(page.contains("60 propositions.") && page.contains("3 propositions. – Les lieux"));
    let href = page
        .split("href=\"")
        .find(|part| part.starts_with("/moderation/bursts/"));
    let href = href.unwrap().split('"').next().unwrap().to_owned();
    let burst = moderator.get(&href).await.body;
    assert_eq!(
        burst.matches("Ajouter une fiche").count() + burst.matches("1 modification").count(),
        3
    );
    let one = burst.split("plain lines").nth(1).unwrap();
    let one = one.split("href=\"").nth(1).unwrap();
    let one = one.split('"').next().unwrap().to_owned();
    let back = press(&moderator, &one, &format!("{one}/release"), &[]).await;
    assert_eq!(back.status, 303);
    assert!(
        moderator
            .get("/moderation")
            .await
            .body
            .contains("61 propositions.")
    );
    let refuse = format!("{href}/refuse");
    let silent = press(&moderator, &href, &refuse, &[]).await;
    assert_eq!(silent.status, 422);
    let preset = [("preset", "reason-refuse-charter")];
    let done = press(&moderator, &href, &refuse, &preset).await;
    assert_eq!(done.header("location"), "/moderation?refused=2");
    let after = moderator.get("/moderation?refused=2").await.body;
    assert!(after.contains("2 propositions refusées.") && !after.contains("Arrivées d’un coup"));
    assert_eq!(moderator.get(&href).await.status, 404);
}

#[actix_web::test]
async fn a_sender_s_record_stands_beside_the_proposal() {
    let node = Node::with_places().await;
    let token = node.token();
    let offer = async || {
        let ops = serde_json::json!({"ops": [{"op": "set", "row": node.rows()[0], "field": "places", "value": "14"}]});
        let request = actix_web::test::TestRequest::post()
            .uri("/api/v1/datasets/lieux/patches")
            .insert_header(("authorization", format!("Bearer {token}")))
            .set_json(ops);
        assert_eq!(node.send(request).await.status, 202);
        node.clock.advance(60);
    };
    offer().await;
    let moderator = node.moderator().await;
    let first = queue(&moderator).await.remove(0);
    let page = moderator.get(&first).await.body;
    // The rows of the register came from the same account.
    assert!(page.contains("2 acceptées, aucune refusée"), "{page}");
    press(
        &moderator,
        &first,
        &format!("{first}/refuse"),
        &[("reason", "Non.")],
    )
    .await;
    offer().await;
    let second = queue(&moderator).await.remove(0);
    assert!(
        moderator
            .get(&second)
            .await
            .body
            .contains("2 acceptées, 1 refusée")
    );
    // A visitor of ours is nobody.
    let (_, _) = correct(
        &node.browser(),
        &node.rows()[1],
        &[("f.nom", "Pré"), ("f.code", "25300")],
    )
    .await;
    let visitors = queue(&moderator).await.remove(0);
    assert!(!moderator.get(&visitors).await.body.contains("acceptées,"));
}
