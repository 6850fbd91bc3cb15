//! Finding one's way through a dataset: the map, values with their counts, and how well it is kept.

use rustine_app::datasets;
use rustine_app::patches::decide::{Decision, decide};
use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_domain::ids::Hash;
use rustine_store::{NewRow, StoreError};
use serde_json::json;

use super::node::Node;

/// Places around a lake: name, town, services, north, east.
const PLACES: [(&str, &str, &str, &str, &str); 5] = [
    ("Quai <b>Nord</b>", "Anse", "Wifi|Aide", "46.500", "6.500"),
    ("Halle", "Anse", "Wifi", "46.501", "6.501"),
    ("Gare", "Anse", "", "46.502", "6.502"),
    ("Phare", "Cap", "Aide", "46.900", "6.900"),
    ("Péniche", "Cap", "Aide", "", ""),
];

/// A node with the dataset `rives` of these places.
async fn with_shores() -> Node {
    let node = Node::empty().await;
    let schema = json!({
        "title": "Rives", "audience": "public", "licenses": [{"name": "etalab-2.0"}],
        "fields": [
            {"name": "nom", "title": "Nom", "type": "string"},
            {"name": "commune", "title": "Commune", "type": "string"},
            {"name": "services", "title": "Services", "type": "string",
             "constraints": {"pattern": "(?:(?:^|\\|)(Aide|Wifi))+$"}},
            {"name": "latitude", "type": "number"},
            {"name": "longitude", "type": "number"}
        ]
    });
    let name = "rives".parse().unwrap();
    datasets::create::create(&node.app, &name, &schema).unwrap();
    node.publish("rives");
    let add = |(nom, commune, services, north, east): (&str, &str, &str, &str, &str)| {
        let cells = [
            ("nom", nom),
            ("commune", commune),
            ("services", services),
            ("latitude", north),
            ("longitude", east),
        ];
        let held = cells.into_iter().filter(|(_, text)| !text.is_empty());
        ProposedOp::Add {
            cells: held
                .map(|(field, text)| (field.parse().unwrap(), text.to_owned()))
                .collect(),
        }
    };
    change(&node, PLACES.into_iter().map(add).collect());
    node
}

fn change(node: &Node, ops: Vec<ProposedOp>) {
    let proposal = Proposal {
        dataset: "rives".parse().unwrap(),
        ops,
        summary: None,
        name: None,
        email: None,
        by: Proposer::Person(node.lea.clone()),
    };
    let proposed = propose(&node.app, &proposal).unwrap();
    decide(&node.app, proposed.id, &node.lea, &Decision::Accept).unwrap();
}

/// The addresses that links of a page with these words lead to.
fn links(body: &str, words: &str) -> Vec<String> {
    body.split("<a ")
        .skip(1)
        .filter(|tag| {
            tag.split("</a>")
                .next()
                .is_some_and(|link| link.contains(words))
        })
        .map(|tag| {
            let address = tag
                .split("href=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            address.replace("&#38;", "&")
        })
        .collect()
}

#[actix_web::test]
async fn a_map_without_scripts_leads_from_groups_to_places() {
    let node = with_shores().await;
    let browser = node.browser();
    let map = browser.get("/datasets/rives?view=map").await;
    assert_eq!(map.status, 200, "{}", map.body);
    assert!(map.body.contains("<svg") && map.body.contains("1 fiche n’a pas de position"));
    assert!(
        map.body.contains("aria-label=\"Phare\""),
        "one alone is itself"
    );
    let group = links(&map.body, "3 fiches : agrandir");
    assert_eq!(group.len(), 1, "{}", map.body);
    assert!(
        group[0].contains("view=map") && group[0].contains("bbox="),
        "{group:?}"
    );
    let near = browser.get(&group[0]).await;
    for name in [
        "aria-label=\"Halle\"",
        "aria-label=\"Gare\"",
        "Quai &#60;b&#62;Nord",
    ] {
        assert!(near.body.contains(name), "{name}");
    }
    assert!(
        !near.body.contains("Phare"),
        "the list shows what the map shows"
    );
    let out = links(&near.body, "Toute la carte");
    assert!(!out[0].contains("bbox"), "{out:?}");
}

#[actix_web::test]
async fn search_and_filters_are_kept_on_the_map_and_what_has_no_place_is_told() {
    let node = with_shores().await;
    let browser = node.browser();
    let map = browser
        .get("/datasets/rives?view=map&field.commune=Cap")
        .await;
    assert!(map.body.contains("Phare") && !map.body.contains("Halle"));
    assert!(
        map.body.contains("name=\"view\" value=\"map\""),
        "the form stays on the map"
    );
    let table = links(&map.body, "Tableau");
    assert!(
        table[0].contains("field.commune=Cap") && !table[0].contains("view="),
        "{table:?}"
    );
    let none = browser.get("/datasets/rives?view=map&q=introuvable").await;
    assert!(
        none.status == 200
            && none.body.contains("Rien ne correspond")
            && !none.body.contains("<svg")
    );
    for odd in [
        "1,2,3",
        "x",
        "9,9,1,1",
        "NaN,1,2,3",
        "-1e300,-1e300,1e300,1e300",
        "6.5,46.5,6.5,46.5",
    ] {
        let page = browser
            .get(&format!("/datasets/rives?view=map&bbox={odd}"))
            .await;
        assert_eq!(page.status, 200, "{odd}");
    }
}

#[actix_web::test]
async fn a_dataset_without_places_offers_no_map() {
    let node = Node::with_places().await;
    let browser = node.browser();
    assert!(links(&browser.get("/datasets/lieux").await.body, "Carte").is_empty());
    let asked = browser.get("/datasets/lieux?view=map").await;
    assert!(asked.status == 200 && asked.body.contains("Aucune fiche n’a de position"));
}

#[actix_web::test]
async fn only_the_map_runs_scripts_and_without_tiles_nobody_else_is_asked() {
    let node = with_shores().await;
    let browser = node.browser();
    let policy = |page: &super::node::Reply| page.header("content-security-policy").to_owned();
    let table = browser.get("/datasets/rives").await;
    assert!(!policy(&table).contains("script-src") && !table.body.contains("<script"));
    let map = browser.get("/datasets/rives?view=map").await;
    let scripts = map.body.contains("<script");
    assert_eq!(
        policy(&map).contains("script-src 'self'"),
        scripts,
        "{}",
        policy(&map)
    );
    assert!(policy(&map).contains("img-src 'self';"), "{}", policy(&map));
    assert!(!map.body.contains("data-tiles") && !map.body.contains("<image"));
}

#[actix_web::test]
async fn values_are_shown_with_counts_and_several_can_be_asked_and_taken_back() {
    let node = with_shores().await;
    let browser = node.browser();
    let page = browser.get("/datasets/rives").await;
    let anse = links(&page.body, ">Anse");
    assert_eq!(anse, ["/datasets/rives?field.commune=Anse"]);
    assert!(
        page.body
            .contains("Anse</a> <span class=\"count\">3</span>"),
        "{}",
        page.body
    );
    let one = browser.get(&anse[0]).await;
    assert!(one.body.contains("3 fiches correspondent"));
    assert!(
        one.body.contains("Wifi</a> <span class=\"count\">2</span>"),
        "counts of another field follow"
    );
    assert!(
        one.body.contains("Cap</a> <span class=\"count\">2</span>"),
        "what would come on top is still offered"
    );
    let cap = links(&one.body, ">Cap").remove(0);
    let both = browser.get(&cap).await;
    assert!(both.body.contains("5 fiches correspondent"), "{cap}");
    let back = links(&both.body, "Retirer le filtre");
    assert_eq!(
        back,
        [
            "/datasets/rives?field.commune=Cap",
            "/datasets/rives?field.commune=Anse"
        ]
    );
    let wifi = links(&both.body, ">Aide").remove(0);
    assert!(wifi.contains("field.services.contains=Aide"), "{wifi}");
    let narrowed = browser.get(&wifi).await;
    assert!(narrowed.body.contains("3 fiches correspondent"), "{wifi}");
    assert!(
        narrowed
            .body
            .contains("name=\"field.commune\" value=\"Cap\""),
        "the form hands on what it has no box for"
    );
}

#[actix_web::test]
async fn a_dataset_says_how_long_answers_take_and_who_follows() {
    let node = Node::with_places().await;
    let browser = node.browser();
    let page = browser.get("/datasets/lieux").await;
    for part in [
        "Réponse aux propositions : 1 minute en général",
        "Personne ne suit encore",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("Plus ancienne proposition"));
    let proposal = Proposal {
        dataset: "lieux".parse().unwrap(),
        ops: vec![ProposedOp::Del {
            row: node.rows()[0].parse().unwrap(),
            base: None,
        }],
        summary: None,
        name: None,
        email: None,
        by: Proposer::Person(node.lea.clone()),
    };
    propose(&node.app, &proposal).unwrap();
    node.clock.advance(3 * 86_400);
    let page = browser.get("/datasets/lieux").await;
    assert!(
        page.body
            .contains("Plus ancienne proposition en attente : il y a 3 jours"),
        "{}",
        page.body
    );
}

#[actix_web::test]
async fn a_row_that_nobody_changed_for_long_is_marked_wherever_it_is_read() {
    let node = with_shores().await;
    let browser = node.browser();
    let marked = "Peut-être plus à jour";
    let addresses = [
        "/datasets/rives",
        "/datasets/rives?view=cards",
        "/datasets/rives?view=map",
    ];
    for address in addresses {
        assert!(
            !browser.get(address).await.body.contains(marked),
            "{address}"
        );
    }
    node.clock.advance(600 * 86_400);
    let first = browser.get("/datasets/rives").await;
    let row = links(&first.body, "Halle").remove(0);
    let set = ProposedOp::Set {
        row: row.rsplit('/').next().unwrap().parse().unwrap(),
        field: "nom".parse().unwrap(),
        value: Some("Halle rénovée".to_owned()),
        base: None,
    };
    change(&node, vec![set]);
    for (address, count) in addresses.into_iter().zip([4, 4, 3]) {
        let body = browser.get(address).await.body;
        assert_eq!(body.matches(marked).count(), count, "{address}");
    }
    assert!(!browser.get(&row).await.body.contains(marked));
    let other = links(&first.body, "Phare").remove(0);
    assert!(browser.get(&other).await.body.contains(marked));
}

/// Rows as the store holds them, without a log: reading needs none.
fn fill(node: &Node, count: u32, cells: impl Fn(u32) -> Vec<(String, String)>) {
    let row = |n: u32| NewRow {
        row_id: format!("00000000-0000-4000-8000-{n:012x}").parse().unwrap(),
        row_hash: Hash([1; 32]),
        cells: cells(n).into_iter().collect(),
        op_salt: None,
        salts: Default::default(),
        gone: Default::default(),
        place: Some((
            45.0 + f64::from(n % 100) / 50.0,
            3.0 + f64::from(n / 100) / 50.0,
        )),
    };
    let rows: Vec<NewRow> = (0..count).map(row).collect();
    let done = node.app.db.write_bulk(|tx| {
        let dataset = tx.find_dataset_by_name("rives", "")?.unwrap();
        tx.insert_rows(dataset.id, dataset.seq, &rows)
    });
    done.unwrap_or_else(|error: StoreError| panic!("{error}"));
}

#[actix_web::test]
async fn a_map_of_many_places_sends_groups() {
    let node = with_shores().await;
    fill(&node, 10_000, |n| {
        vec![("nom".to_owned(), format!("Lieu {n}"))]
    });
    let map = node.browser().get("/datasets/rives?view=map").await;
    let marks = map.body.matches("data-at=").count();
    assert!((20..=13 * 14).contains(&marks), "{marks}");
    assert_eq!(
        map.body.matches("<li data-row=").count(),
        50,
        "the list has pages"
    );
    let counted: u32 = map
        .body
        .split("data-count=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse::<u32>().unwrap())
        .sum();
    assert_eq!(counted, 10_004, "every place stands in a group");
}

#[actix_web::test]
async fn counts_are_bounded_in_fields_and_values_and_wait_in_a_large_dataset() {
    let node = Node::empty().await;
    let mut fields = vec![json!({"name": "nom", "type": "string"})];
    let many: Vec<String> = (0..40).map(|n| format!("Choix {n}")).collect();
    fields.push(json!({"name": "choix", "type": "string", "constraints": {"enum": many}}));
    fields.push(json!({"name": "divers", "type": "string"}));
    fields.extend((0..12).map(|n| json!({"name": format!("genre{n}"), "type": "string"})));
    let schema = json!({"title": "Rives", "audience": "public", "licenses": [{"name": "etalab-2.0"}], "fields": fields});
    let name = "rives".parse().unwrap();
    datasets::create::create(&node.app, &name, &schema).unwrap();
    node.publish("rives");
    let cells = |n: u32| {
        let mut cells = vec![
            ("nom".to_owned(), format!("Lieu {n}")),
            ("choix".to_owned(), format!("Choix {}", n % 40)),
            ("divers".to_owned(), format!("Divers {}", n % 300)),
        ];
        cells.extend((0..12).map(|genre| (format!("genre{genre}"), format!("G{}", n % 3))));
        cells
    };
    fill(&node, 10_000, cells);
    let browser = node.browser();
    let page = browser.get("/datasets/rives").await;
    let facets = |body: &str| {
        body.split("id=\"facets\"")
            .nth(1)
            .unwrap()
            .split("</div>")
            .next()
            .unwrap()
            .to_owned()
    };
    let shown = facets(&page.body);
    assert!(
        (2..=8).contains(&shown.matches("<section>").count()),
        "{shown}"
    );
    assert_eq!(shown.matches("Choix ").count(), 24);
    assert!(
        !shown.contains("Divers "),
        "three hundred values are no list"
    );

    let one_more = ProposedOp::Add {
        cells: [("nom".parse().unwrap(), "Lieu de plus".to_owned())].into(),
    };
    change(&node, vec![one_more]);
    let page = browser.get("/datasets/rives").await;
    assert!(
        !page.body.contains("id=\"facets\""),
        "a large dataset is not counted unasked"
    );
    let asked = links(&page.body, "Affiner par valeurs").remove(0);
    assert_eq!(asked, "/datasets/rives?facets=yes");
    let counted = facets(&browser.get(&asked).await.body);
    assert!(
        (1..=3).contains(&counted.matches("<section>").count()),
        "{counted}"
    );
}
