use rustine_domain::ids::Hash;
use rustine_protocol::object::Proposal;
use serde_json::Value;
use uuid::Uuid;

use super::World;
use super::world::now;

const ID: Uuid = Uuid::from_u128(0x9ab2_0000_0000_4000_8000_0000_0000_0003);

#[actix_web::test]
async fn a_patch_is_served_without_free_text_and_names() {
    let world = World::new();
    let patch = world.insert_patch(ID, "a.example");
    let answer = world.get(&format!("/patches/{ID}")).await;
    assert_eq!(answer.status, 200);
    let document = answer.json();
    assert_eq!(document["id"], format!("https://a.example/patches/{ID}"));
    assert_eq!(document["attributedTo"], "https://a.example/actor");
    assert_eq!(document["digest"], patch.digest.to_string());
    let text = document.to_string();
    for secret in [
        "Paule",
        "paule@example.org",
        "texte libre",
        "a-b_cdefghijklm0",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[actix_web::test]
async fn patches_of_others_and_erased_ones_are_not_there() {
    let world = World::new();
    world.insert_patch(ID, "b.example");
    assert_eq!(world.get(&format!("/patches/{ID}")).await.status, 404);
    let world = World::new();
    let mut patch = world.insert_patch(ID, "a.example");
    patch.nonce = None;
    world.write(|tx| tx.update_patch(&patch));
    assert_eq!(world.get(&format!("/patches/{ID}")).await.status, 404);
    assert_eq!(world.get("/patches/x").await.status, 404);
}

#[actix_web::test]
async fn a_proposal_answers_under_every_digest_it_had() {
    let world = World::new();
    let mut patch = world.insert_patch(ID, "b.example");
    let first = patch.digest;
    let path = |digest: Hash| format!("/datasets/lieux/proposals/{digest}");
    let open = Proposal::parse(&world.get(&path(first)).await.json()).unwrap();
    assert_eq!(
        (open.status.as_str(), open.digest, open.current, open.entry),
        ("pending", first, first, None)
    );
    patch.digest = Hash([6; 32]);
    patch.status = "accepted".into();
    patch.result_seq = Some(2);
    patch.result_entry = Some(Hash([7; 32]));
    patch.decided_at = Some(now());
    world.write(|tx| tx.update_patch(&patch));
    for digest in [first, patch.digest] {
        let document: Value = world.get(&path(digest)).await.json();
        assert!(
            !document.to_string().contains("Mairie"),
            "a proposal tells no value"
        );
        let decided = Proposal::parse(&document).unwrap();
        assert_eq!(
            (decided.status.as_str(), decided.digest, decided.current),
            ("accepted", digest, patch.digest)
        );
        let entry = decided.entry.unwrap();
        assert_eq!((entry.seq, entry.entry), (2, patch.result_entry));
        assert_eq!(entry.id.as_str(), "https://a.example/datasets/lieux/log/2");
    }
}

#[actix_web::test]
async fn a_proposal_is_forgotten_ninety_days_after_its_decision() {
    let world = World::new();
    let mut patch = world.insert_patch(ID, "b.example");
    let path = format!("/datasets/lieux/proposals/{}", patch.digest);
    patch.status = "refused".into();
    patch.decided_at = Some(now());
    world.write(|tx| tx.update_patch(&patch));
    world.clock.advance(90 * 86_400);
    assert_eq!(world.get(&path).await.status, 200);
    world.clock.advance(1);
    assert_eq!(world.get(&path).await.status, 404);
    assert_eq!(
        world
            .get(&format!("/datasets/lieux/proposals/{}", Hash([1; 32])))
            .await
            .status,
        404
    );
    assert_eq!(world.get("/datasets/lieux/proposals/x").await.status, 404);
}

#[actix_web::test]
async fn an_offer_is_there_as_long_as_its_answer_is_owed() {
    let world = World::new();
    let received = world.insert_patch(ID, "b.example");
    let copy = world.dataset("parcs", "b.example");
    let mut offered = rustine_store::PatchRecord {
        id: rustine_domain::ids::PatchId(Uuid::from_u128(ID.as_u128() + 1)),
        dataset: copy.id,
        uid: copy.uid,
        direction: "out".into(),
        proposer_host: "a.example".into(),
        offer_id: Some("https://a.example/activities/6f1c".into()),
        ..received
    };
    world.write(|tx| tx.insert_patch(&offered));
    let answer = world.get("/activities/6f1c").await;
    assert_eq!(answer.status, 200);
    let document = answer.json();
    assert_eq!(document["id"], "https://a.example/activities/6f1c");
    assert_eq!(document["type"], "Offer");
    assert_eq!(document["object"]["digest"], offered.digest.to_string());
    let text = document.to_string();
    for secret in [
        "Paule",
        "paule@example.org",
        "texte libre",
        "a-b_cdefghijklm0",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    for path in ["/activities/6f1d", "/activities/x", "/activities/"] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
    offered.status = "accepted".into();
    world.write(|tx| tx.update_patch(&offered));
    assert_eq!(world.get("/activities/6f1c").await.status, 410);
}
