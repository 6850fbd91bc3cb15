//! What people elsewhere say about our data, from the request to the store.

use rustine_app::datasets::{create, publish};
use rustine_app::testing::schema;
use rustine_store::{BlockRecord, CommentRecord, StoreError};
use serde_json::{Value, json};

use super::Door;

const LIEUX: &str = "http://b.localhost:2/datasets/lieux";

fn note(door: &Door, by: &str, content: &str) -> Value {
    json!({
        "type": "Note", "id": door.server.url("/notes/1"), "attributedTo": by,
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [],
        "content": content, "inReplyTo": LIEUX,
    })
}

fn held(door: &Door) -> Vec<CommentRecord> {
    let found: Result<_, StoreError> = door.node.app.db.read(|tx| tx.list_held_comments(9));
    found.unwrap()
}

#[actix_web::test]
async fn a_reply_is_held_changed_and_deleted_by_its_author_alone() {
    let door = Door::new().await;
    let app = &door.node.app;
    create::create(app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
    publish::publish(app, &"lieux".parse().unwrap()).unwrap();
    let lea = door.actor();
    let said = note(&door, &lea, "<p>Fermé<script>x</script></p>");
    assert_eq!(door.post(0, "Create", &said).await, 202);
    door.settled().await;
    let [comment] = held(&door).try_into().unwrap();
    assert_eq!(comment.content, "<p>Fermé</p>");
    assert_eq!(comment.author.as_deref(), Some(lea.as_str()));
    // Somebody else of her server, whom it vouches for, is not her.
    let eve = door.server.url("/users/eve");
    let mut document = door.document(0);
    document["id"] = json!(eve);
    document["preferredUsername"] = json!("eve");
    document["inbox"] = json!(format!("{eve}/inbox"));
    document["publicKey"]["id"] = json!(format!("{eve}#main-key"));
    document["publicKey"]["owner"] = json!(eve);
    door.server
        .put("/users/eve", "application/activity+json", &document);
    for (kind, object) in [
        ("Update", note(&door, &eve, "Volé")),
        ("Update", note(&door, &lea, "Volé")),
        ("Delete", json!(door.server.url("/notes/1"))),
    ] {
        door.post_from(&eve, 0, kind, &object).await;
        door.settled().await;
        assert_eq!(held(&door)[0].content, "<p>Fermé</p>", "{kind}");
    }
    let update = note(&door, &lea, "Ouvert");
    assert_eq!(door.post(0, "Update", &update).await, 202);
    door.settled().await;
    assert_eq!(held(&door)[0].content, "Ouvert");
    let gone = json!({"type": "Tombstone", "id": door.server.url("/notes/1")});
    assert_eq!(door.post(0, "Delete", &gone).await, 202);
    door.settled().await;
    assert_eq!(held(&door), []);
}

#[actix_web::test]
async fn a_blocked_server_says_nothing_here() {
    let door = Door::new().await;
    let app = &door.node.app;
    create::create(app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
    publish::publish(app, &"lieux".parse().unwrap()).unwrap();
    let domain = door.actor().parse::<rustine_outbound::Url>().unwrap();
    let block = BlockRecord {
        domain: domain.host_str().unwrap().to_owned(),
        reason: String::new(),
        created: app.clock.now(),
    };
    let blocked: Result<_, StoreError> = app.db.write(|tx| tx.put_block(&block));
    blocked.unwrap();
    let said = note(&door, &door.actor(), "Achetez");
    door.post(0, "Create", &said).await;
    door.settled().await;
    assert_eq!(held(&door), []);
    let unblocked: Result<_, StoreError> = app.db.write(|tx| tx.delete_block(&block.domain));
    unblocked.unwrap();
    assert_eq!(door.post(0, "Create", &said).await, 202);
    door.settled().await;
    assert_eq!(held(&door).len(), 1, "the block was what stood in the way");
}
