//! Bad input: each is refused in words, with the right code, and changes nothing.

use std::fs;
use std::net::TcpListener;

use rustine_testkit::node::{ADMIN, Node, Options};
use rustine_testkit::{binary, places};
use rustine_tests_federation::{LIEUX, digest, propose, publish_places, row_ids, text};
use serde_json::{Value, json};

#[test]
fn the_command_line_refuses_in_words_and_changes_nothing() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 5);
    let before = digest(&node, LIEUX);
    let nobodys = uuid::Uuid::new_v4().to_string();
    let lieu = ["patch", "propose", LIEUX, "--where", "id=lieu-000001"];
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&lieu[..], more].concat() };
    let table: [(Vec<&str>, &str); 12] = [
        (vec!["dataset", "show", "absent"], "absent"),
        (
            vec!["dataset", "export", "absent", "--format", "csv"],
            "absent",
        ),
        (
            vec!["dataset", "export", LIEUX, "--format", "parchment"],
            "parchment",
        ),
        (
            vec![
                "dataset",
                "import",
                "/nowhere/at-all.csv",
                "--name",
                "autre",
            ],
            "at-all.csv",
        ),
        (
            vec![
                "patch", "propose", "absent", "--where", "id=1", "--set", "nom=X",
            ],
            "absent",
        ),
        (
            vec![
                "patch",
                "propose",
                LIEUX,
                "--where",
                "id=nobody",
                "--set",
                "nom=X",
            ],
            "nobody",
        ),
        (with(&["--set", "humeur=bonne"]), "humeur"),
        (with(&["--set", "ouvert_depuis=un jour"]), "ouvert_depuis"),
        (vec!["patch", "show", &nobodys], &nobodys),
        (vec!["patch", "accept", &nobodys], &nobodys),
        (
            vec!["replica", "status", "absent@nulle-part.localhost:1"],
            "absent",
        ),
        (vec!["user", "token", "personne"], "personne"),
    ];
    for (words, said) in table {
        // An unknown format may be wrong usage as well; either way it is said in words.
        let called = node.call(&words);
        if called.code == Some(2) {
            assert!(
                called.stderr.contains(said),
                "{words:?} does not name {said}\n{}",
                called.stderr
            );
        } else {
            called.refused(said);
        }
    }
    assert_eq!(digest(&node, LIEUX), before);
}

#[test]
fn wrong_usage_exits_with_two() {
    let Some(binary) = binary() else { return };
    let node = Node::init(&binary, "seul", Options::default());
    for words in [
        vec!["dataset", "paint"],
        vec!["patch", "accept"],
        vec!["--nonsense"],
        vec!["dataset", "import"],
    ] {
        let called = node.call(&words);
        assert_eq!(called.code, Some(2), "{words:?}\n{}", called.said());
    }
}

#[test]
fn publishing_needs_a_licence() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    let file = node.file("lieux.csv", places::csv(3));
    let words = [
        "dataset",
        "import",
        &file.to_string_lossy(),
        "--name",
        LIEUX,
        "--publish",
    ];
    node.call(&words).refused("licen");
}

#[test]
fn a_stale_cell_is_a_conflict_over_the_api() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 5);
    let row = &row_ids(&node, LIEUX)[1];
    let url = format!("{}/api/v1/datasets/{LIEUX}/patches", node.origin());
    let set = |base: Value| json!({"ops": [{"op": "set", "row": row, "field": "nom", "value": "Y", "base": base}]});
    let wrong = set(json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    let reply = node.browser().post_json(&url, &wrong, None);
    // A stale base is either told at once or kept as a proposal in conflict; it is never applied.
    match reply.status {
        202 => {
            let id = text(&reply.json(), "id");
            node.call(&["patch", "accept", &id]).refused("");
        }
        status => assert_eq!(status, 409, "{}", reply.text()),
    }
    assert_eq!(
        rustine_tests_federation::export(&node, LIEUX).difference(&places::table(5)),
        None
    );
}

#[test]
fn the_api_answers_bad_input_with_problems_by_field() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 5);
    let row = row_ids(&node, LIEUX)[1].clone();
    let url = |dataset: &str| format!("{}/api/v1/datasets/{dataset}/patches", node.origin());
    let set = |row: &str, field: &str, value: &str| json!({"ops": [{"op": "set", "row": row, "field": field, "value": value}]});
    let absent = uuid::Uuid::new_v4().to_string();
    let cases = [
        (url("absent"), set(&row, "nom", "X"), &[404][..]),
        (url(LIEUX), set(&absent, "nom", "X"), &[404, 409, 422]),
        (url(LIEUX), set(&row, "humeur", "bonne"), &[400, 422]),
        (
            url(LIEUX),
            set(&row, "ouvert_depuis", "un jour"),
            &[400, 422],
        ),
        (url(LIEUX), json!({"ops": []}), &[400, 422]),
        (url(LIEUX), json!({"ops": "all of them"}), &[400, 422]),
        (url(LIEUX), json!([1, 2, 3]), &[400, 422]),
    ];
    for (url, document, statuses) in cases {
        let reply = node.browser().post_json(&url, &document, None);
        assert!(
            statuses.contains(&reply.status),
            "{document}: {} {}",
            reply.status,
            reply.text()
        );
        assert!(
            reply
                .header("content-type")
                .starts_with("application/problem+json"),
            "{document}: {:?}",
            reply.headers
        );
        let problem = reply.json();
        assert!(
            problem["title"].is_string() && problem["status"] == reply.status,
            "{document}: {problem}"
        );
    }
    let broken = node
        .browser()
        .request("POST", &url(LIEUX))
        .body("application/json", "{\"ops\": [")
        .send();
    assert_eq!(broken.status, 400, "{}", broken.text());
}

#[test]
fn a_second_decision_is_answered_with_409() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 5);
    let patch = propose(
        &node,
        LIEUX,
        &["--where", "id=lieu-000001", "--set", "nom=Une fois"],
    );
    let token = text(&node.json(&["user", "token", ADMIN]), "token");
    let url = format!("{}/api/v1/patches/{patch}/accept", node.origin());
    let nothing = json!({});
    assert_eq!(
        node.browser().post_json(&url, &nothing, None).status,
        401,
        "a decision needs a person"
    );
    assert_eq!(
        node.browser()
            .post_json(&url, &nothing, Some("rst_false"))
            .status,
        401
    );
    assert_eq!(
        node.browser()
            .post_json(&url, &nothing, Some(&token))
            .status,
        200
    );
    let before = digest(&node, LIEUX);
    assert_eq!(
        node.browser()
            .post_json(&url, &nothing, Some(&token))
            .status,
        409
    );
    let refuse = format!("{}/api/v1/patches/{patch}/refuse", node.origin());
    assert_eq!(
        node.browser()
            .post_json(&refuse, &json!({"reason": "trop tard"}), Some(&token))
            .status,
        409
    );
    node.call(&["patch", "accept", &patch]).refused("");
    assert_eq!(digest(&node, LIEUX), before);
}

#[test]
fn a_get_never_decides() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 5);
    let patch = propose(
        &node,
        LIEUX,
        &["--where", "id=lieu-000001", "--set", "nom=Jamais par GET"],
    );
    let token = text(&node.json(&["user", "token", ADMIN]), "token");
    for verb in ["accept", "refuse", "withdraw"] {
        let url = format!("{}/api/v1/patches/{patch}/{verb}", node.origin());
        let reply = node
            .browser()
            .request("GET", &url)
            .header("Authorization", &format!("Bearer {token}"))
            .send();
        assert!(
            (400..500).contains(&reply.status),
            "{verb}: {}",
            reply.status
        );
    }
    assert_eq!(rustine_tests_federation::status(&node, &patch), "pending");
}

#[test]
fn a_port_in_use_is_said_in_words() {
    let Some(binary) = binary() else { return };
    let occupied = TcpListener::bind("127.0.0.1:0").expect("the system gives a port");
    let port = occupied
        .local_addr()
        .expect("a listener has an address")
        .port();
    let node = Node::init(
        &binary,
        "seul",
        Options {
            port: Some(port),
            ..Options::default()
        },
    );
    node.call(&["serve"]).refused(&port.to_string());
}

#[test]
fn a_newer_data_folder_is_refused() {
    let Some(binary) = binary() else { return };
    let mut node = Node::start_on_files(&binary, "seul");
    publish_places(&node, 3);
    node.stop();
    let mut files = fs::read_dir(node.data())
        .expect("the data folder can be read")
        .flatten()
        .map(|entry| entry.path());
    let database = files
        .find(|path| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0")))
        .expect("the data folder holds an SQLite database");
    // A migration that this binary does not know, as a later version leaves it behind.
    let known = std::process::Command::new("sqlite3")
        .arg(&database)
        .arg("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000');")
        .status();
    let Ok(status) = known else {
        rustine_testkit::skipped("the program sqlite3 is not installed");
        return;
    };
    assert!(
        status.success(),
        "the marker of a later version can be written"
    );
    node.call(&["serve"]).refused("");
    node.call(&["dataset", "list"]).refused("");
}

#[test]
fn a_second_init_does_not_overwrite_a_node() {
    let Some(binary) = binary() else { return };
    let node = Node::init(&binary, "seul", Options::default());
    let words = [
        "init",
        "--origin",
        "http://autre.localhost:1234",
        "--listen",
        "127.0.0.1:1234",
        "--name",
        "Autre",
    ];
    node.call(
        &[
            &words[..],
            &[
                "--admin",
                "x_x",
                "--admin-email",
                "x@autre.example",
                "--dev",
            ],
        ]
        .concat(),
    )
    .refused("");
}
