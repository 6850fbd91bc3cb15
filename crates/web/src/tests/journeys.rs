//! What people come for, from the first page to the answer.

use actix_web::test::TestRequest;

use super::node::{Browser, Node, Reply};

/// Opens the form on a row and sends it with some fields changed.
pub async fn correct(browser: &Browser<'_>, row: &str, changes: &[(&str, &str)]) -> (Reply, Reply) {
    let path = format!("/datasets/lieux/rows/{row}/correct");
    let form = browser.get(&path).await;
    assert_eq!(form.status, 200, "{}", form.body);
    let reply = browser.post(&path, &fields(&form, changes)).await;
    (form, reply)
}

const CAFE: [(&str, &str); 6] = [
    ("f.nom", "Café Le Fil"),
    ("f.code", "25000"),
    ("f.places", "12"),
    ("f.ouvert", ""),
    ("f.services", "Aide"),
    ("f.note", ""),
];

/// The café's form as a browser would send it, with some fields changed.
fn fields<'a>(form: &Reply, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = vec![
        ("csrf", form.input("csrf").leak()),
        ("base", form.input("base").leak()),
        ("f.services", "Prêt"),
    ];
    fields.extend(CAFE);
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

/// The private page that an answer leads to.
pub fn status_page(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply
        .header("location")
        .strip_suffix("/envoyee")
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn an_empty_node_says_what_comes_next() {
    let node = Node::empty().await;
    let page = node.browser().get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Bienvenue sur Hub du Lac"));
    assert!(page.body.contains("rustine dataset import"));
}

#[actix_web::test]
async fn a_dataset_is_read_searched_filtered_and_sorted() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let home = browser.get("/").await;
    assert!(
        home.body
            .contains("<a href=\"/datasets/lieux\">Les lieux</a>")
    );
    let table = browser.get("/datasets/lieux").await;
    for part in [
        "Café Le Fil",
        "Médiathèque &#60;Prés&#62;",
        "@lieux@hub.example",
        "Licence Ouverte 2.0",
        "2 fiches",
        "/datasets/lieux.csv",
    ] {
        assert!(table.body.contains(part), "{part}");
    }
    let found = browser.get("/datasets/lieux?q=cafe").await;
    assert!(found.body.contains("1 fiche correspond") && !found.body.contains("Médiathèque"));
    let found = browser
        .get("/datasets/lieux?field.services.contains=Wifi")
        .await;
    assert!(found.body.contains("Rien ne correspond"));
    let sorted = browser.get("/datasets/lieux?sort=-nom").await.body;
    assert!(sorted.find("Médiathèque") < sorted.find("Café Le Fil"));
    assert!(sorted.contains("aria-sort=\"descending\""));
}

#[actix_web::test]
async fn a_citizen_corrects_one_cell_and_a_moderator_accepts_it() {
    let node = Node::with_places().await;
    let row = &node.rows()[0];
    let citizen = node.browser();
    let (form, sent) = correct(&citizen, row, &[("f.places", "15"), ("summary", "Vu hier")]).await;
    assert!(form.body.contains("value=\"12\""));
    let status = status_page(&sent);
    let thanks = citizen.get(sent.header("location")).await;
    assert!(
        thanks
            .body
            .contains(&format!("https://hub.example{status}"))
    );
    let waiting = citizen.get(&status).await;
    assert!(
        waiting.body.contains("data-status=\"pending\"")
            && waiting.body.contains("en attente chez hub.example")
    );

    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await;
    let review = queue
        .body
        .split("href=\"")
        .find_map(|part| part.strip_prefix("/moderation/"))
        .unwrap();
    let review = format!("/moderation/{}", review.split('"').next().unwrap());
    let page = moderator.get(&review).await;
    for part in ["Places", "<mark>12</mark>", "<mark>15</mark>", "Vu hier"] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("25000"), "only what changes is shown");
    let decision = [
        ("csrf", page.input("csrf")),
        ("digest", page.input("digest")),
    ];
    let decision: Vec<(&str, &str)> = decision
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let done = moderator.post(&format!("{review}/accept"), &decision).await;
    assert_eq!(done.header("location"), "/moderation?done=accepted");
    assert_eq!(
        moderator
            .post(&format!("{review}/accept"), &decision)
            .await
            .status,
        409
    );

    let told = citizen.get(&status).await;
    assert!(told.body.contains("data-status=\"accepted\"") && !told.body.contains("/withdraw"));
    let shown = citizen.get(&format!("/datasets/lieux/rows/{row}")).await;
    for part in [
        "<dd><span class=\"text\">15</span></dd>",
        "par un visiteur",
        "<mark>12</mark>",
        "Fiche ajoutée",
    ] {
        assert!(shown.body.contains(part), "{part}");
    }
}

#[actix_web::test]
async fn an_untouched_form_changes_nothing() {
    let node = Node::with_places().await;
    let (_, reply) = correct(&node.browser(), &node.rows()[0], &[]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("Rien n’a changé"));
}

#[actix_web::test]
async fn what_was_typed_stays_and_problems_stand_at_their_field() {
    let node = Node::with_places().await;
    let changes = [("f.code", "250"), ("f.places", "beaucoup"), ("name", "Ana")];
    let (_, reply) = correct(&node.browser(), &node.rows()[0], &changes).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.body.contains("href=\"#consent\""),
        "consent comes first: a name was given"
    );
    let (_, reply) = correct(&node.browser(), &node.rows()[0], &changes[..2]).await;
    for part in [
        "href=\"#f-code\"",
        "href=\"#f-places\"",
        "id=\"e-code\"",
        "value=\"250\"",
        "value=\"beaucoup\"",
    ] {
        assert!(reply.body.contains(part), "{part}");
    }
}

#[actix_web::test]
async fn a_cell_that_changed_meanwhile_is_shown_instead_of_overwritten() {
    let node = Node::with_places().await;
    let row = node.rows()[0].clone();
    let slow = node.browser();
    let path = format!("/datasets/lieux/rows/{row}/correct");
    let form = slow.get(&path).await;
    let (_, sent) = correct(
        &node.browser(),
        &row,
        &[("f.places", "20"), ("f.nom", "Café du Fil")],
    )
    .await;
    accept_all(&node).await;
    assert_eq!(sent.status, 303);
    let reply = slow
        .post(&path, &fields(&form, &[("f.places", "30")]))
        .await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.body.contains("Elle est maintenant\u{a0}: 20") && reply.body.contains("value=\"30\"")
    );
    assert!(
        reply.body.contains("value=\"Café du Fil\""),
        "a cell that was not touched shows what it holds now"
    );
    let again = slow
        .post(
            &path,
            &fields(&reply, &[("f.places", "30"), ("f.nom", "Café du Fil")]),
        )
        .await;
    let _ = status_page(&again);
}

async fn accept_all(node: &Node) {
    let moderator = node.moderator().await;
    let queue = moderator.get("/moderation").await.body;
    let parts = queue.split("href=\"/moderation/").skip(1);
    for part in parts.filter(|part| !part.starts_with("reports")) {
        let review = format!("/moderation/{}", part.split('"').next().unwrap());
        let page = moderator.get(&review).await;
        let (csrf, digest) = (page.input("csrf"), page.input("digest"));
        let done = moderator
            .post(
                &format!("{review}/accept"),
                &[("csrf", &csrf), ("digest", &digest)],
            )
            .await;
        assert_eq!(done.status, 303);
    }
}

#[actix_web::test]
async fn a_citizen_adds_a_row_and_takes_it_back() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let form = citizen.get("/datasets/lieux/add").await;
    let csrf = form.input("csrf");
    let empty = citizen
        .post("/datasets/lieux/add", &[("csrf", &csrf)])
        .await;
    assert!(empty.status == 422 && empty.body.contains("La fiche est vide"));
    let unnamed = citizen
        .post(
            "/datasets/lieux/add",
            &[("csrf", &csrf), ("f.code", "25000")],
        )
        .await;
    assert!(
        unnamed.status == 422 && unnamed.body.contains("href=\"#f-nom\""),
        "{}",
        unnamed.body
    );
    let sent = citizen
        .post(
            "/datasets/lieux/add",
            &[("csrf", &csrf), ("f.nom", "Labo"), ("f.services", "Wifi")],
        )
        .await;
    let status = status_page(&sent);
    let page = citizen.get(&status).await;
    assert!(page.body.contains("Fiche à ajouter") && page.body.contains("Labo"));
    let taken = citizen
        .post(
            &format!("{status}/withdraw"),
            &[("csrf", &page.input("csrf"))],
        )
        .await;
    assert_eq!(taken.header("location"), status);
    assert!(
        citizen
            .get(&status)
            .await
            .body
            .contains("data-status=\"withdrawn\"")
    );
}

#[actix_web::test]
async fn a_citizen_reports_a_row_as_gone_with_a_reason() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let path = format!("/datasets/lieux/rows/{}/remove", node.rows()[1]);
    let form = citizen.get(&path).await;
    assert!(form.body.contains("/correct\">Corrigez-la ici</a>"));
    let (csrf, base) = (form.input("csrf"), form.input("base"));
    let silent = citizen
        .post(&path, &[("csrf", &csrf), ("base", &base)])
        .await;
    assert!(silent.status == 422 && silent.body.contains("href=\"#why\""));
    let sent = citizen
        .post(
            &path,
            &[
                ("csrf", &csrf),
                ("base", &base),
                ("why", "reason-remove-closed"),
            ],
        )
        .await;
    let status = citizen.get(&status_page(&sent)).await;
    assert!(status.body.contains("Supprimer") && status.body.contains("n’existe plus"));
    accept_all(&node).await;
    assert_eq!(node.rows().len(), 1);
    assert_eq!(citizen.get(&path).await.status, 404);
}

#[actix_web::test]
async fn pages_go_forward_and_back_and_keep_what_was_asked() {
    let node = Node::with_places().await;
    node.add_many(120);
    let browser = node.browser();
    let asked = "/datasets/lieux?q=atelier&field.code=25000&sort=-nom&columns=all";
    let link = |reply: &Reply, rel: &str| {
        let (before, _) = reply.body.split_once(&format!("rel=\"{rel}\" href=\""))?;
        let after = &reply.body[before.len()..];
        let href = after.split("href=\"").nth(1)?.split('"').next()?;
        Some(href.replace("&#38;", "&"))
    };
    let rows = |reply: &Reply| -> Vec<String> {
        let links = reply.body.split("<th scope=\"row\"").skip(1);
        links
            .map(|part| part.split("</th>").next().unwrap().to_owned())
            .collect()
    };
    let first = browser.get(asked).await;
    let second = browser.get(&link(&first, "next").unwrap()).await;
    let third = browser.get(&link(&second, "next").unwrap()).await;
    assert_eq!(
        [&first, &second, &third].map(|page| rows(page).len()),
        [50, 50, 20]
    );
    assert_eq!((link(&first, "prev"), link(&third, "next")), (None, None));
    let href = link(&third, "prev").unwrap();
    for kept in ["q=atelier", "field.code=25000", "sort=-nom", "columns=all"] {
        assert!(href.contains(kept), "{href}");
    }
    assert!(!href.contains("after="));
    let back = browser.get(&href).await;
    assert_eq!(rows(&back), rows(&second));
    let start = browser.get(&link(&back, "prev").unwrap()).await;
    assert_eq!(rows(&start), rows(&first));
    assert_eq!(link(&start, "prev"), None);
}

#[actix_web::test]
async fn the_language_chosen_is_remembered() {
    let node = Node::with_places().await;
    let browser = node.browser();
    assert!(browser.get("/").await.body.contains("<html lang=\"fr\">"));
    let english = browser.get("/datasets/lieux?q=cafe&lang=en").await;
    assert!(
        english.body.contains("<html lang=\"en\">")
            && english
                .body
                .contains("href=\"/datasets/lieux?q=cafe&#38;lang=fr\"")
    );
    assert!(browser.get("/").await.body.contains("<html lang=\"en\">"));
}

#[actix_web::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let node = Node::with_places().await;
    let style = crate::assets::address("rustine.css");
    for path in [
        "/datasets/lieux",
        "/datasets/lieux.csv",
        "/api/v1/datasets",
        style,
        "/rien",
    ] {
        let ask = |coding: &'static str| {
            let asked = TestRequest::get().uri(path);
            node.raw(asked.insert_header(("accept-encoding", coding)))
        };
        let (plain, small) = (ask("identity").await, ask("gzip").await);
        assert_eq!(plain.1.get("content-encoding"), None, "{path}");
        assert_eq!(small.1["content-encoding"], "gzip", "{path}");
        assert!(small.1["vary"].contains("accept-encoding"), "{path}");
        assert_eq!(
            (small.0, &small.2[..2]),
            (plain.0, &[0x1f, 0x8b][..]),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn legal_pages_say_what_the_operator_wrote_and_what_is_missing() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let missing = "L’équipe n’a pas encore rempli cette rubrique.";
    let pages = [
        ("/mentions-legales", "Association &#60;du Lac&#62;", 2),
        ("/donnees-personnelles", "bonjour@lac.example", 0),
        ("/accessibilite", "bonjour@lac.example", 0),
        ("/charte", "Une personne lit chaque proposition", 1),
    ];
    let home = browser.get("/").await.body;
    for (path, words, absent) in pages {
        assert!(home.contains(&format!("href=\"{path}\"")), "{path}");
        let page = browser.get(path).await;
        assert!(page.status == 200 && page.body.contains(words), "{path}");
        assert_eq!(page.body.matches(missing).count(), absent, "{path}");
    }
}

#[actix_web::test]
async fn cards_show_the_same_rows_and_each_leads_to_its_correction() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let table = browser.get("/datasets/lieux?q=fil").await;
    let cards = browser.get("/datasets/lieux?q=fil&view=cards").await;
    let correct = format!("/datasets/lieux/rows/{}/correct", node.rows()[0]);
    for page in [&table, &cards] {
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&correct), "{}", page.body);
    }
    assert!(table.body.contains("<table") && !cards.body.contains("<table"));
    assert!(
        table.body.contains("view=cards"),
        "the table leads to cards"
    );
    assert!(
        cards.body.contains("name=\"view\" value=\"cards\""),
        "another search stays with the cards"
    );
}

#[actix_web::test]
async fn a_row_can_be_handed_on_as_a_code_and_read_by_search_engines() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let href = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    let page = browser.get(&href).await;
    assert!(page.body.contains("itemprop=\"name\""), "{}", page.body);
    assert!(page.body.contains(&format!("src=\"{href}/qr.svg\"")));
    let address = format!(">https://hub.example{href}<");
    assert!(page.body.contains(&address), "{}", page.body);
    let code = browser.get(&format!("{href}/qr.svg")).await;
    assert_eq!(
        (code.status, code.header("content-type")),
        (200, "image/svg+xml")
    );
    assert!(code.body.contains("<svg"), "{}", code.body);
    let nobody = href.rsplit_once('/').unwrap().0.to_owned() + "/0000000000000000/qr.svg";
    assert_eq!(browser.get(&nobody).await.status, 404);
}
