//! Addresses that are looked up: a geocoder of the tests' own, well-meaning and not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use rustine_app::datasets;
use rustine_outbound::{Client, Settings as Outbound};
use serde_json::json;

use super::node::{Browser, Node, Reply};

/// Answers every request alike, and keeps what it was asked.
struct Fake {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = stream;
                let mut head = Vec::new();
                let mut piece = [0; 1024];
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(0) | Err(_) => break,
                        Ok(length) => head.extend_from_slice(&piece[..length]),
                    }
                }
                kept.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&head).into_owned());
                // A reader that had enough closes before the end.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { port, asked }
    }

    fn json(body: &str) -> Self {
        let length = body.len();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/geo+json\r\nConnection: close";
        Self::answering(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}"))
    }

    fn url(&self) -> String {
        format!("http://geo.localhost:{}/search", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

const TWO: &str = r#"{"type":"FeatureCollection","features":[
    {"geometry":{"type":"Point","coordinates":[6.02,47.24]},"properties":{"label":"1 Quai <script>alert(1)</script>"}},
    {"geometry":{"type":"Point","coordinates":[6.5,47.5]},"properties":{"label":"Quai du Lac"}}]}"#;

/// A node whose operator chose this geocoder, with the dataset `rives`.
async fn node_with(url: &str) -> Node {
    let client = Client::new(Outbound {
        dev: true,
        ..Outbound::default()
    });
    let node = Node::looking_up(url, client.unwrap()).await;
    let schema = json!({
        "title": "Rives", "audience": "public", "licenses": [{"name": "etalab-2.0"}],
        "fields": [
            {"name": "nom", "title": "Nom", "type": "string", "constraints": {"required": true}},
            {"name": "latitude", "type": "number"}, {"name": "longitude", "type": "number"}
        ]
    });
    datasets::create::create(&node.app, &"rives".parse().unwrap(), &schema).unwrap();
    node.publish("rives");
    node
}

const ADD: &str = "/datasets/rives/add";

/// Presses "find" in the form for a new row.
async fn find(browser: &Browser<'_>, address: &str) -> Reply {
    let form = browser.get(ADD).await;
    let csrf = form.input("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("f.nom", "Halle"),
        ("address", address),
        ("find-address", "yes"),
    ];
    browser.post(ADD, &fields).await
}

#[actix_web::test]
async fn an_address_comes_back_as_places_to_choose_from_and_nothing_is_sent_yet() {
    let geocoder = Fake::json(TWO);
    let node = node_with(&geocoder.url()).await;
    let browser = node.browser();
    let found = find(&browser, "1 quai & co?limit=99").await;
    assert_eq!(found.status, 200, "{}", found.body);
    assert!(
        found.body.contains("1 Quai &#60;script&#62;") && !found.body.contains("<script>alert")
    );
    assert!(found.body.contains("value=\"47.500000,6.500000\""));
    assert!(
        found.body.contains("value=\"Halle\""),
        "what was typed is kept"
    );
    let asked = geocoder.asked();
    assert!(
        asked[0].starts_with("GET /search?q=1+quai+%26+co%3Flimit%3D99&limit=5 "),
        "{}",
        asked[0]
    );
    assert!(
        !asked[0].contains("203.0.113.9"),
        "the visitor's address stays here"
    );

    let csrf = found.input("csrf");
    let sent = [
        ("csrf", csrf.as_str()),
        ("f.nom", "Halle"),
        ("f.latitude", ""),
        ("f.longitude", ""),
        ("address", "1 quai"),
        ("place", "47.240000,6.020000"),
    ];
    let reply = browser.post(ADD, &sent).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = browser
        .get(reply.header("location").strip_suffix("/envoyee").unwrap())
        .await;
    assert!(
        page.body.contains("47.24") && page.body.contains("6.02"),
        "{}",
        page.body
    );
}

#[actix_web::test]
async fn the_same_address_is_asked_once_and_a_form_of_another_site_asks_nothing() {
    let geocoder = Fake::json(TWO);
    let node = node_with(&geocoder.url()).await;
    let browser = node.browser();
    for _ in 0..3 {
        assert!(
            find(&browser, "quai du lac")
                .await
                .body
                .contains("Quai du Lac")
        );
    }
    assert_eq!(geocoder.asked().len(), 1);
    let csrf = browser.get(ADD).await.input("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("f.nom", "x"),
        ("address", "ailleurs"),
        ("find-address", "yes"),
    ];
    let foreign = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let reply = browser.post_from(ADD, &fields, &foreign).await;
    assert!(reply.status >= 400, "{}", reply.status);
    assert_eq!(geocoder.asked().len(), 1);
}

#[actix_web::test]
async fn a_geocoder_that_means_harm_costs_a_sentence() {
    let canary = Fake::json(TWO);
    let redirect = |to: &str| {
        format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
    };
    let huge = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"features\":[],\"x\":\"{}\"}}",
        "a".repeat(300 << 10)
    );
    for answer in [
        redirect(&format!("http://127.0.0.1:{}/", canary.port)),
        redirect("http://169.254.169.254/latest/meta-data/"),
        redirect("https://intranet/"),
        huge,
        "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<script></script>"
            .to_owned(),
    ] {
        let geocoder = Fake::answering(answer.clone());
        let node = node_with(&geocoder.url()).await;
        let reply = find(&node.browser(), "quai du lac").await;
        assert_eq!(reply.status, 200, "{answer:.80}");
        assert!(
            reply.body.contains("ne répond pas") && reply.body.contains("value=\"Halle\""),
            "{answer:.80}"
        );
        assert_eq!(geocoder.asked().len(), 1, "{answer:.80}");
    }
    assert!(canary.asked().is_empty(), "no redirect leads inside");
}

#[actix_web::test]
async fn an_address_is_looked_up_so_often_and_not_for_a_letter() {
    let geocoder = Fake::json("{\"features\":[]}");
    let node = node_with(&geocoder.url()).await;
    let browser = node.browser();
    assert!(
        find(&browser, "qu")
            .await
            .body
            .contains("au moins trois lettres")
    );
    let csrf = browser.get(ADD).await.input("csrf");
    let own = [
        ("origin", "https://hub.example"),
        ("sec-fetch-site", "same-origin"),
    ];
    let mut refused = 0;
    for number in 0..=crate::place::MOST_SEARCHES {
        let address = format!("quai {number}");
        let fields = [
            ("csrf", csrf.as_str()),
            ("f.nom", "x"),
            ("address", &address),
            ("find-address", "yes"),
        ];
        let reply = browser.post_at_once(ADD, &fields, &own).await;
        refused += u32::from(reply.body.contains("Trop de recherches"));
    }
    assert_eq!(refused, 1);
    assert_eq!(geocoder.asked().len(), crate::place::MOST_SEARCHES as usize);
}

#[actix_web::test]
async fn without_a_geocoder_no_form_asks_for_an_address_and_a_search_sends_nothing() {
    let node = node_with("").await;
    let browser = node.browser();
    assert!(!browser.get(ADD).await.body.contains("find-address"));
    let reply = find(&browser, "quai du lac").await;
    assert_eq!(reply.status, 200, "the button looks up, it never sends");
}
