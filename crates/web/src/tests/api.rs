//! The JSON API and the exports.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::node::{Node, Reply};

const LIEUX: &str = "/api/v1/datasets/lieux";

async fn get(node: &Node, path: &str) -> Reply {
    node.send(TestRequest::get().uri(path)).await
}

async fn post(node: &Node, path: &str, document: &Value, token: Option<&str>) -> Reply {
    let mut request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .set_payload(document.to_string());
    if let Some(token) = token {
        request = request.insert_header(("authorization", format!("Bearer {token}")));
    }
    node.send(request).await
}

fn check_problem(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert!(problem["title"].is_string() && !problem["detail"].as_str().unwrap().is_empty());
}

#[actix_web::test]
async fn rows_are_typed_paged_and_open_to_every_site() {
    let node = Node::with_places().await;
    let first = get(&node, &format!("{LIEUX}/rows?limit=1")).await;
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert_eq!(first.header("content-type"), "application/json");
    let page = first.json();
    assert_eq!(page["total"], 2);
    assert_eq!(page["rows"][0]["id"], node.rows()[0]);
    assert_eq!(
        page["rows"][0]["cells"],
        json!({"nom": "Café Le Fil", "code": "25000", "places": 12, "ouvert": null, "services": "Aide|Prêt", "note": null})
    );
    let next = page["next"].as_str().unwrap();
    let second = get(&node, &format!("{LIEUX}/rows?limit=1&after={next}"))
        .await
        .json();
    assert_eq!(
        (&second["rows"][0]["cells"]["ouvert"], &second["next"]),
        (&json!(true), &Value::Null)
    );
    let previous = second["previous"].as_str().unwrap();
    let back = get(&node, &format!("{LIEUX}/rows?limit=1&before={previous}"))
        .await
        .json();
    assert_eq!(back, page);
    let found = get(&node, &format!("{LIEUX}/rows?field.places.gt=11&q=fil"))
        .await
        .json();
    assert_eq!(found["total"], 1);
}

#[actix_web::test]
async fn a_state_that_the_caller_has_is_not_sent_again() {
    let node = Node::with_places().await;
    for path in ["", "/rows", "/schema", "/log", "/digest"] {
        let path = format!("{LIEUX}{path}");
        let etag = get(&node, &path).await.header("etag").to_owned();
        assert!(!etag.is_empty(), "{path}");
        let again = TestRequest::get()
            .uri(&path)
            .insert_header(("if-none-match", format!("\"x\", W/{etag}")));
        let again = node.send(again).await;
        assert_eq!(
            (again.status, again.body.as_str(), again.header("etag")),
            (304, "", etag.as_str())
        );
        assert_eq!(again.header("access-control-allow-origin"), "*");
    }
    let etag = get(&node, LIEUX).await.header("etag").to_owned();
    let row = node.rows()[0].clone();
    let set = json!({"ops": [{"op": "set", "row": row, "field": "places", "value": "13"}]});
    let id = post(&node, &format!("{LIEUX}/patches"), &set, None)
        .await
        .json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        post(
            &node,
            &format!("/api/v1/patches/{id}/accept"),
            &json!({}),
            Some(&node.token())
        )
        .await
        .status,
        200
    );
    let changed = TestRequest::get()
        .uri(LIEUX)
        .insert_header(("if-none-match", etag));
    assert_eq!(node.send(changed).await.status, 200);
}

#[actix_web::test]
async fn a_program_proposes_and_a_person_decides() {
    let node = Node::with_places().await;
    let row = node.rows()[0].clone();
    let token = node.token();
    let document = json!({
        "ops": [{"op": "set", "row": row, "field": "places", "value": "14"}], "summary": "Deux de plus", "name": "Ana"
    });
    let made = post(&node, &format!("{LIEUX}/patches"), &document, None).await;
    assert_eq!(made.status, 202, "{}", made.body);
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    assert!(
        made["status_url"]
            .as_str()
            .unwrap()
            .starts_with("https://hub.example/suivi/")
    );
    let path = format!("/api/v1/patches/{id}");
    let open = get(&node, &path).await.json();
    assert_eq!(
        (&open["status"], &open["ops"], &open["summary"]),
        (&json!("pending"), &Value::Null, &Value::Null)
    );
    check_problem(
        &post(&node, &format!("{path}/accept"), &json!({}), None).await,
        401,
    );
    check_problem(
        &post(&node, &format!("{path}/accept"), &json!({}), Some("faux")).await,
        401,
    );
    check_problem(
        &post(
            &node,
            &format!("{path}/refuse"),
            &json!({"reason": " "}),
            Some(&token),
        )
        .await,
        422,
    );
    let amended = post(
        &node,
        &format!("{path}/amend"),
        &json!({"set": {"places": "16"}}),
        Some(&token),
    )
    .await;
    assert_eq!(
        (amended.status, &amended.json()["status"]),
        (200, &json!("amended")),
        "{}",
        amended.body
    );
    check_problem(
        &post(&node, &format!("{path}/accept"), &json!({}), Some(&token)).await,
        409,
    );
    assert_eq!(
        get(&node, &format!("{LIEUX}/rows/{row}")).await.json()["cells"]["places"],
        16
    );
    let history = get(&node, &format!("{LIEUX}/rows/{row}/history"))
        .await
        .json();
    let last = &history["changes"][0];
    assert_eq!(
        (&last["by"], &last["op"], &last["complete"]),
        (&json!("visitor"), &json!("set"), &json!(true))
    );
    assert_eq!(
        last["cells"],
        json!([{"field": "places", "before": "12", "after": "16"}])
    );
    assert!(!history.to_string().contains("Ana"));
}

#[actix_web::test]
async fn a_program_accepts_a_part_of_a_proposal() {
    let node = Node::with_places().await;
    let (row, token) = (node.rows()[0].clone(), node.token());
    let document = json!({"ops": [
        {"op": "set", "row": row, "field": "places", "value": "14"}, {"op": "add", "cells": {"nom": "Labo"}}
    ]});
    let made = post(&node, &format!("{LIEUX}/patches"), &document, None)
        .await
        .json();
    let path = format!("/api/v1/patches/{}/amend", made["id"].as_str().unwrap());
    for refused in [
        json!({}),
        json!({"leave_out": [0, 1]}),
        json!({"leave_out": [2]}),
        json!({"leave_out": [-1]}),
        json!({"leave_out": ["1"]}),
    ] {
        check_problem(&post(&node, &path, &refused, Some(&token)).await, 422);
    }
    let done = post(&node, &path, &json!({"leave_out": [1]}), Some(&token)).await;
    assert_eq!(done.json()["status"], "amended", "{}", done.body);
    assert_eq!(node.rows().len(), 2, "no row was added");
    let held = get(&node, &format!("{LIEUX}/rows/{row}")).await.json();
    assert_eq!(held["cells"]["places"], 14);
}

#[actix_web::test]
async fn a_program_withdraws_with_the_secret_of_the_status_page() {
    let node = Node::with_places().await;
    let document = json!({"ops": [{"op": "add", "cells": {"nom": "Labo"}}]});
    let made = post(&node, &format!("{LIEUX}/patches"), &document, None)
        .await
        .json();
    let path = format!("/api/v1/patches/{}/withdraw", made["id"].as_str().unwrap());
    check_problem(&post(&node, &path, &json!({}), None).await, 401);
    check_problem(
        &post(&node, &path, &json!({"token": "faux"}), None).await,
        404,
    );
    let token = made["status_url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    assert_eq!(
        post(&node, &path, &json!({"token": token}), None)
            .await
            .json()["status"],
        "withdrawn"
    );
    check_problem(
        &post(&node, &path, &json!({"token": token}), None).await,
        409,
    );
}

#[actix_web::test]
async fn bad_input_is_a_problem_document_by_field() {
    let node = Node::with_places().await;
    let row = node.rows()[0].clone();
    let patches = format!("{LIEUX}/patches");
    let set = |field: &str, value: &str| json!({"ops": [{"op": "set", "row": row, "field": field, "value": value}]});
    let wrong = post(&node, &patches, &set("code", "250"), None).await;
    check_problem(&wrong, 422);
    assert_eq!(wrong.json()["problems"][0]["field"], "code");
    check_problem(
        &post(&node, &patches, &set("humeur", "bonne"), None).await,
        422,
    );
    check_problem(&post(&node, &patches, &json!({"ops": []}), None).await, 422);
    check_problem(
        &post(&node, &patches, &json!({"ops": "toutes"}), None).await,
        422,
    );
    check_problem(&post(&node, &patches, &json!([1]), None).await, 422);
    check_problem(
        &post(
            &node,
            "/api/v1/datasets/absent/patches",
            &set("nom", "X"),
            None,
        )
        .await,
        404,
    );
    let absent = json!({"ops": [{"op": "del", "row": "00000000-0000-4000-8000-000000000000"}]});
    check_problem(&post(&node, &patches, &absent, None).await, 404);
    let broken = TestRequest::post().uri(&patches).set_payload("{\"ops\": [");
    check_problem(&node.send(broken).await, 400);
    let doubled = TestRequest::post()
        .uri(&patches)
        .set_payload("{\"ops\": [], \"ops\": []}");
    check_problem(&node.send(doubled).await, 400);
    let stale = json!({"ops": [{"op": "set", "row": row, "field": "nom", "value": "Y", "base": "A".repeat(43)}]});
    check_problem(&post(&node, &patches, &stale, None).await, 409);
    for query in [
        "limit=0",
        "limit=1001",
        "sort=humeur",
        "field.nom.near=x",
        "after=x",
        "before=x",
        "bbox=1,2",
    ] {
        check_problem(&get(&node, &format!("{LIEUX}/rows?{query}")).await, 400);
    }
    check_problem(&get(&node, "/api/v1/nothing").await, 404);
    let deleted = TestRequest::default().method(Method::DELETE).uri(LIEUX);
    check_problem(&node.send(deleted).await, 405);
}

#[actix_web::test]
async fn a_cookie_counts_for_nothing_in_the_api() {
    let node = Node::with_places().await;
    let moderator = node.moderator().await;
    let made = post(
        &node,
        &format!("{LIEUX}/patches"),
        &json!({"ops": [{"op": "add", "cells": {"nom": "Labo"}}]}),
        None,
    )
    .await;
    let path = format!(
        "/api/v1/patches/{}/accept",
        made.json()["id"].as_str().unwrap()
    );
    assert_eq!(moderator.post(&path, &[]).await.status, 401);
}

#[actix_web::test]
async fn an_operator_lists_all_proposals_and_a_visitor_none() {
    let node = Node::with_places().await;
    let patches = format!("{LIEUX}/patches");
    post(
        &node,
        &patches,
        &json!({"ops": [{"op": "add", "cells": {"nom": "Labo"}}]}),
        None,
    )
    .await;
    check_problem(&get(&node, &patches).await, 401);
    let token = node.token();
    let asked = TestRequest::get()
        .uri(&format!("{patches}?status=pending"))
        .insert_header(("authorization", format!("bearer {token}")));
    let list = node.send(asked).await.json();
    assert_eq!(
        list["patches"][0]["ops"],
        json!([{"op": "add", "row": "_:1", "cells": {"nom": "Labo"}}])
    );
}

#[actix_web::test]
async fn files_hold_every_row_and_are_never_pages() {
    let node = Node::with_places().await;
    let csv = get(&node, "/datasets/lieux.csv").await;
    assert_eq!(
        csv.body,
        "Nom,Code postal,Places,Ouvert,Services,Note\nCafé Le Fil,25000,12,,Aide|Prêt,\n\
         Médiathèque <Prés>,25300,,true,,\"deux\nlignes\"\n"
    );
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"lieux.csv\""
    );
    assert_eq!(csv.header("x-content-type-options"), "nosniff");
    assert_eq!(csv.header("access-control-allow-origin"), "*");
    let json = get(&node, "/datasets/lieux.json").await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(json.json()["rows"][0]["places"], 12);
    let lines = get(&node, "/datasets/lieux.jsonl").await;
    assert_eq!(lines.body.lines().count(), 2);
    for format in ["csv", "json", "jsonl"] {
        let path = format!("/datasets/lieux.{format}");
        let head = node
            .send(TestRequest::default().method(Method::HEAD).uri(&path))
            .await;
        let whole = get(&node, &path).await;
        assert_eq!(
            (head.status, head.header("content-type")),
            (200, whole.header("content-type"))
        );
        assert_eq!(head.header("etag"), whole.header("etag"));
    }
}

#[actix_web::test]
async fn the_description_names_every_address_and_nothing_else() {
    let node = Node::with_places().await;
    let document = get(&node, "/api/v1/openapi.json").await.json();
    let row = node.rows()[0].clone();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 14);
    for (path, methods) in paths {
        let concrete = path.replace("{dataset}", "lieux").replace("{id}", &row);
        let at = format!("/api/v1{concrete}");
        // An address that exists knows which methods it has; another one is not found.
        let wrong = TestRequest::default().method(Method::DELETE).uri(&at);
        check_problem(&node.send(wrong).await, 405);
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let reply = node
                .send(TestRequest::default().method(method).uri(&at))
                .await;
            assert_ne!(reply.status, 405, "{path}");
        }
    }
    let text = document.to_string();
    for name in text.split("\"$ref\":\"#/").skip(1) {
        let pointer = format!("/{}", name.split('"').next().unwrap());
        assert!(document.pointer(&pointer).is_some(), "{pointer}");
    }
}
