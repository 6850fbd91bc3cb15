//! Publishing, copying, proposing and deciding across nodes.

use std::path::Path;

use rustine_testkit::database::Database;
use rustine_testkit::node::{Node, Options};
use rustine_testkit::{binary, places};
use rustine_tests_federation::{
    LIEUX, befriend, cell, converge, digest, export, has_status, import_again, next_pending,
    propose, publish_places, replicate, row_ids, status, text, verify,
};

/// An origin that published ten places and a partner that holds a copy.
struct Partners {
    origin: Node,
    replica: Node,
    /// The dataset as the replica names it.
    copy: String,
}

fn partners(binary: &Path) -> Partners {
    let (origin, replica) = (
        Node::start(binary, "origine"),
        Node::start(binary, "partenaire"),
    );
    publish_places(&origin, 10);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    let copy = origin.address_of(LIEUX);
    Partners {
        origin,
        replica,
        copy,
    }
}

const WHERE: [&str; 2] = ["--where", "id=lieu-000003"];

#[test]
fn a_published_table_is_exported_as_it_came() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    let done = publish_places(&node, 10);
    assert_eq!(
        (&done["added"], &done["changed"], &done["removed"]),
        (&10.into(), &0.into(), &0.into())
    );
    assert_eq!(export(&node, LIEUX).difference(&places::table(10)), None);
    let page = node
        .get("/api/v1/datasets/lieux/rows?limit=3")
        .expect(200)
        .json();
    assert_eq!(
        (
            page["total"].as_u64(),
            page["rows"].as_array().map(Vec::len)
        ),
        (Some(10), Some(3))
    );
    assert_eq!(
        page["rows"][0]["cells"]["code_postal"], "01000",
        "a postcode keeps its zero"
    );
    assert_eq!(
        node.get("/datasets/lieux.csv")
            .expect(200)
            .header("access-control-allow-origin"),
        "*"
    );
    verify(&node, LIEUX);
}

#[test]
fn a_second_import_writes_only_what_differs() {
    let Some(binary) = binary() else { return };
    let node = Node::start(&binary, "seul");
    publish_places(&node, 10);
    let ids = row_ids(&node, LIEUX);
    let mut table = places::table(11);
    table.rows[4][1] = "Autre nom".to_owned();
    table.rows.remove(7);
    let done = import_again(&node, LIEUX, &table);
    assert_eq!(
        (&done["added"], &done["changed"], &done["removed"]),
        (&1.into(), &1.into(), &1.into()),
        "{done}"
    );
    assert_eq!(export(&node, LIEUX).difference(&table), None);
    let kept = row_ids(&node, LIEUX);
    assert_eq!(
        (&kept[..7], &kept[7..9]),
        (&ids[..7], &ids[8..]),
        "unchanged rows keep id and order"
    );
    let same = import_again(&node, LIEUX, &table);
    assert_eq!(
        same["seq"], done["seq"],
        "an import without a difference writes no entry"
    );
}

#[test]
fn a_copy_has_the_same_digest_and_the_same_table() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    assert_eq!(digest(&origin, LIEUX), digest(&replica, &copy));
    assert_eq!(
        export(&replica, &copy).difference(&export(&origin, LIEUX)),
        None
    );
    assert_eq!(row_ids(&replica, &copy), row_ids(&origin, LIEUX));
    verify(&replica, &copy);
    let state = replica.json(&["replica", "status", &copy]);
    assert_eq!(state["seq"], state["originSeq"], "{state}");
}

#[test]
fn a_proposal_on_a_copy_is_accepted_at_its_origin_and_comes_back() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let made = replica.json(&[
        "patch",
        "propose",
        &copy,
        WHERE[0],
        WHERE[1],
        "--set",
        "horaires=We 10:00-12:00",
    ]);
    let here = text(&made, "id");
    let there = next_pending(&origin);
    assert_eq!(
        cell(&export(&origin, LIEUX), "lieu-000003", "horaires"),
        "Mo-Sa 10:00-19:00; PH off"
    );
    let _ = origin.call(&["patch", "accept", &there]).done();
    has_status(&replica, &here, "accepted");
    converge(&origin, &[&replica]);
    for (node, dataset) in [(&origin, LIEUX), (&replica, copy.as_str())] {
        let changed = export(node, dataset);
        assert_eq!(cell(&changed, "lieu-000003", "horaires"), "We 10:00-12:00");
        assert_eq!(
            changed.cells_changed(&places::table(10)),
            1,
            "nothing else was touched"
        );
    }
    let followed = replica.browser().get(&text(&made, "status_url"));
    assert!(
        !followed
            .expect(200)
            .header("cache-control")
            .contains("public"),
        "a tracking page is private"
    );
}

#[test]
fn a_refusal_comes_back_with_its_reason() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let before = digest(&origin, LIEUX);
    let here = propose(
        &replica,
        &copy,
        &[WHERE[0], WHERE[1], "--set", "nom=Chez moi"],
    );
    let there = next_pending(&origin);
    let _ = origin
        .call(&[
            "patch",
            "refuse",
            &there,
            "--reason",
            "Ce lieu n'a pas changé de nom",
        ])
        .done();
    has_status(&replica, &here, "refused");
    let shown = replica.json(&["patch", "show", &here]);
    assert_eq!(shown["reason"], "Ce lieu n'a pas changé de nom");
    assert_eq!(
        digest(&origin, LIEUX),
        before,
        "a refusal writes nothing into the log"
    );
}

#[test]
fn a_moderator_corrects_and_accepts() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let here = propose(
        &replica,
        &copy,
        &[WHERE[0], WHERE[1], "--set", "horaires=mercredi matin"],
    );
    let there = next_pending(&origin);
    let _ = origin
        .call(&["patch", "amend", &there, "--set", "horaires=We 09:00-12:00"])
        .done();
    has_status(&replica, &here, "amended");
    converge(&origin, &[&replica]);
    assert_eq!(
        cell(&export(&replica, &copy), "lieu-000003", "horaires"),
        "We 09:00-12:00"
    );
}

#[test]
fn a_withdrawn_proposal_can_no_longer_be_accepted() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let here = propose(
        &replica,
        &copy,
        &[WHERE[0], WHERE[1], "--set", "nom=Ailleurs"],
    );
    let there = next_pending(&origin);
    let _ = replica.call(&["patch", "withdraw", &here]).done();
    has_status(&replica, &here, "withdrawn");
    has_status(&origin, &there, "withdrawn");
    origin.call(&["patch", "accept", &there]).refused("");
    assert_eq!(export(&origin, LIEUX).difference(&places::table(10)), None);
}

#[test]
fn of_two_proposals_for_one_cell_the_second_is_a_conflict() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let first = propose(
        &replica,
        &copy,
        &[WHERE[0], WHERE[1], "--set", "nom=Premier"],
    );
    let first_there = next_pending(&origin);
    let second = propose(&origin, LIEUX, &[WHERE[0], WHERE[1], "--set", "nom=Second"]);
    let _ = origin.call(&["patch", "accept", &first_there]).done();
    origin.call(&["patch", "accept", &second]).refused("");
    assert_eq!(status(&origin, &second), "conflict");
    has_status(&replica, &first, "accepted");
    assert_eq!(
        cell(&export(&origin, LIEUX), "lieu-000003", "nom"),
        "Premier",
        "nothing is overwritten unseen"
    );
}

#[test]
fn rows_are_added_and_removed_by_proposals() {
    let Some(binary) = binary() else { return };
    let Partners {
        origin,
        replica,
        copy,
    } = partners(&binary);
    let added = propose(
        &replica,
        &copy,
        &[
            "--add",
            "id=lieu-nouveau",
            "--add",
            "nom=Tout neuf",
            "--add",
            "code_postal=01000",
        ],
    );
    let there = next_pending(&origin);
    let _ = origin.call(&["patch", "accept", &there]).done();
    has_status(&replica, &added, "accepted");
    let removed = propose(&origin, LIEUX, &["--where", "id=lieu-000000", "--delete"]);
    let _ = origin.call(&["patch", "accept", &removed]).done();
    converge(&origin, &[&replica]);
    let table = export(&replica, &copy);
    assert_eq!(cell(&table, "lieu-nouveau", "nom"), "Tout neuf");
    assert_eq!(
        (
            table.rows.len(),
            table.values("id").contains(&"lieu-000000")
        ),
        (10, false)
    );
    assert_eq!(
        table.values("id").last(),
        Some(&"lieu-nouveau"),
        "a new place stands at the end"
    );
}

#[test]
fn a_visitor_of_a_node_that_is_no_partner_is_told_why_a_copy_takes_no_proposal() {
    let Some(binary) = binary() else { return };
    let (origin, replica) = (
        Node::start(&binary, "origine"),
        Node::start(&binary, "inconnu"),
    );
    publish_places(&origin, 3);
    replicate(&origin, &replica);
    let copy = origin.address_of(LIEUX);
    let said = replica
        .call(&[
            "patch",
            "propose",
            &copy,
            WHERE[0],
            "id=lieu-000001",
            "--set",
            "nom=X",
        ])
        .refused("");
    assert!(!said.said().trim().is_empty(), "the refusal says why");
}

#[test]
fn a_node_on_postgresql_and_a_node_on_sqlite_hold_equal_copies() {
    let Some(binary) = binary() else { return };
    let Some(database) = Database::fresh() else {
        rustine_testkit::skipped("RUSTINE_TEST_POSTGRES names no server");
        return;
    };
    let options = Options {
        database_url: Some(database.url().to_owned()),
        ..Options::default()
    };
    let mut origin = Node::init(&binary, "grand", options);
    origin.serve();
    let replica = Node::start(&binary, "petit");
    publish_places(&origin, 30);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    let copy = origin.address_of(LIEUX);
    let here = propose(
        &replica,
        &copy,
        &[WHERE[0], WHERE[1], "--set", "nom=D'un moteur à l'autre"],
    );
    let _ = origin
        .call(&["patch", "accept", &next_pending(&origin)])
        .done();
    has_status(&replica, &here, "accepted");
    converge(&origin, &[&replica]);
    assert_eq!(
        export(&replica, &copy).difference(&export(&origin, LIEUX)),
        None
    );
    origin.kill_and_restart();
    assert_eq!(digest(&origin, LIEUX), digest(&replica, &copy));
}
