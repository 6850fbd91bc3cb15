//! Peerings made, watched and ended over the pages of real nodes, as operators do it.

use rustine_testkit::node::{ADMIN, Node};
use rustine_testkit::{binary, wait};
use rustine_tests_federation::person::Person as Operator;
use rustine_tests_federation::{
    LIEUX, SOON_S, digest, has_digest, peering, propose, publish_places,
};

fn page_of(node: &Node) -> String {
    format!("/admin/peers/{}", node.host())
}

/// The settings and everything else in the data folder that a person could have edited.
fn files(node: &Node) -> String {
    std::fs::read_to_string(node.data().join("rustine.toml")).expect("there are settings")
}

/// The two become partners by their operators' pages; `asker` copies what `owner` publishes.
fn peer_by_page(asker: &mut Operator<'_>, owner: &mut Operator<'_>) {
    let (asking, asked) = (asker.node(), owner.node());
    let look = format!("/admin/peers/look?host={}", asked.host());
    let found = asker.get(&look).expect(200).text();
    for words in ["rustine ", LIEUX, asked.host()] {
        assert!(
            found.contains(words),
            "{words:?} stands before the request is made: {found}"
        );
    }
    let choice = [("act", "ask"), ("copy", LIEUX), ("groups", "voisins")];
    let _ = asker.press(&look, &page_of(asked), &choice);
    owner.reads("/admin/peers", asking.host());
    owner.reads(&page_of(asking), "value=\"accept\"");
    let _ = owner.press(&page_of(asking), &page_of(asking), &[("act", "accept")]);
    wait::until("the partnership on both sides", SOON_S, || {
        let sides = [(asking, asked), (asked, asking)];
        let agreed =
            |(side, far): &(&Node, &Node)| peering(side, far.host()).as_deref() == Some("accepted");
        sides.iter().all(agreed).then_some(())
    });
}

/// One of four known failures of a federated forum: there, a partner had to be written into a configuration file.
#[test]
fn peering_that_needs_editing_configuration_files() {
    let Some(binary) = binary() else { return };
    let origin = Node::start(&binary, "origine");
    let partner = Node::start(&binary, "partenaire");
    publish_places(&origin, 10);
    let before = (files(&origin), files(&partner), origin.pid(), partner.pid());
    let mut owner = Operator::log_in(&origin);
    let mut asker = Operator::log_in(&partner);

    peer_by_page(&mut asker, &mut owner);
    let address = origin.address_of(LIEUX);
    has_digest(&partner, &address, &digest(&origin, LIEUX));
    asker.reads(&page_of(&origin), "Identiques");
    owner.reads(&page_of(&partner), "Identiques");
    let listed = asker.get("/partners?q=lieux").expect(200).text();
    assert!(listed.contains(&format!("/datasets/{address}")), "{listed}");
    // The partnership carries what a visitor of the partner proposes.
    let _ = propose(
        &partner,
        &address,
        &["--where", "id=lieu-000003", "--set", "nom=Autre"],
    );
    let after = (files(&origin), files(&partner), origin.pid(), partner.pid());
    assert_eq!(before, after, "nothing was edited, nothing was restarted");
}

#[test]
fn a_partnership_ends_and_copies_stay_or_go_as_the_operator_says() {
    let Some(binary) = binary() else { return };
    let origin = Node::start(&binary, "origine");
    let partner = Node::start(&binary, "partenaire");
    publish_places(&origin, 5);
    let mut owner = Operator::log_in(&origin);
    let mut asker = Operator::log_in(&partner);
    let address = origin.address_of(LIEUX);
    let copy = format!("/datasets/{address}");

    peer_by_page(&mut asker, &mut owner);
    has_digest(&partner, &address, &digest(&origin, LIEUX));
    let _ = asker.press(&page_of(&origin), &page_of(&origin), &[("act", "keep")]);
    let _ = partner.get(&copy).expect(200);
    let refused = partner.call(&[
        "patch",
        "propose",
        &address,
        "--where",
        "id=lieu-000003",
        "--set",
        "nom=X",
    ]);
    assert_eq!(
        refused.code,
        Some(1),
        "a visitor cannot propose on it any more"
    );
    wait::until("the other side to hear of the end", SOON_S, || {
        (peering(&origin, partner.host()).as_deref() == Some("removed")).then_some(())
    });

    peer_by_page(&mut asker, &mut owner);
    let _ = asker.press(&page_of(&origin), &page_of(&origin), &[("act", "delete")]);
    assert_eq!(partner.get(&copy).status, 404);
    assert!(
        partner.json(&["replica", "list"])["replicas"]
            .as_array()
            .is_some_and(Vec::is_empty)
    );
}

#[test]
fn a_block_names_what_it_cuts_before_and_cuts_just_that() {
    let Some(binary) = binary() else { return };
    let origin = Node::start(&binary, "origine");
    let partner = Node::start(&binary, "partenaire");
    publish_places(&origin, 5);
    let mut owner = Operator::log_in(&origin);
    let mut asker = Operator::log_in(&partner);
    peer_by_page(&mut asker, &mut owner);
    has_digest(&partner, &origin.address_of(LIEUX), &digest(&origin, LIEUX));

    let person = format!("{ADMIN}@{}", partner.host());
    let given = origin.json(&["grant", "add", LIEUX, "--to", &person, "--role", "write"]);
    let roles = || origin.json(&["grant", "list"])["grants"].clone();
    assert_eq!(roles().as_array().map(Vec::len), Some(1), "{given}");

    let domain = "partenaire.localhost";
    let dry = origin.json(&["block", "add", domain, "--dry-run"]);
    assert_eq!(dry["peers"], serde_json::json!([partner.host()]), "{dry}");
    assert_eq!(
        dry["replicas"],
        serde_json::json!([format!("{} {LIEUX}", partner.host())])
    );
    assert_eq!(dry["grants"][0]["dataset"], LIEUX, "{dry}");
    let holder = dry["grants"][0]["to"].as_str().unwrap_or_default();
    assert!(holder.ends_with(&format!("{}/users/{ADMIN}", partner.host())));
    assert_eq!(
        peering(&origin, partner.host()).as_deref(),
        Some("accepted"),
        "nothing was cut"
    );
    assert_eq!(roles().as_array().map(Vec::len), Some(1));
    let preview = format!("/admin/blocks?domain={domain}");
    let shown = owner.get(&preview).expect(200).text();
    assert!(shown.contains(partner.host()), "{shown}");
    assert!(shown.contains(holder), "{shown}");
    let fields = [("act", "block"), ("domain", domain), ("reason", "essai")];
    let _ = owner.press(&preview, "/admin/blocks", &fields);
    assert_eq!(peering(&origin, partner.host()).as_deref(), Some("removed"));
    let blocks = origin.json(&["block", "list"]);
    assert_eq!(blocks["blocks"][0]["reason"], "essai", "{blocks}");
    assert_eq!(roles(), serde_json::json!([]), "the role went by an entry");
    let _ = origin.call(&["dataset", "verify", LIEUX]).done();
    // What the partner sends is refused, and its operator reads that and why.
    let _ = propose(
        &partner,
        &origin.address_of(LIEUX),
        &["--where", "id=lieu-000003", "--set", "nom=X"],
    );
    asker.reads(&page_of(&origin), "403");
    assert!(rustine_tests_federation::pending(&origin).is_empty());
}
