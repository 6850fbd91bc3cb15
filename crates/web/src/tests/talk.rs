//! Comments on rows, and the conversation about a proposal.

use rustine_app::comments;
use rustine_store::CommentRecord;

use super::care::press;
use super::journeys::{correct, status_page};
use super::moderation::queue;
use super::node::Node;

#[actix_web::test]
async fn a_contributor_and_the_team_talk_and_nobody_else_reads_it() {
    let node = Node::with_places().await;
    let citizen = node.browser();
    let (_, sent) = correct(&citizen, &node.rows()[0], &[("f.places", "15")]).await;
    let private = status_page(&sent);
    let talk = format!("{private}/comments");
    let empty = press(&citizen, &private, &talk, &[("comment", " ")]).await;
    assert!(empty.status == 422 && empty.body.contains("Le message est vide."));
    let long = "é".repeat(2001);
    let long = press(&citizen, &private, &talk, &[("comment", &long)]).await;
    assert!(
        long.status == 422 && long.body.contains("éééé"),
        "what was typed is kept"
    );
    let said = press(
        &citizen,
        &private,
        &talk,
        &[("comment", "<i>J’y étais</i> hier.")],
    )
    .await;
    assert_eq!(said.header("location"), format!("{private}#talk"));
    let moderator = node.moderator().await;
    let review = queue(&moderator).await.remove(0);
    let page = moderator.get(&review).await.body;
    assert!(
        page.contains("&#60;i&#62;J’y étais&#60;/i&#62; hier."),
        "as it was typed"
    );
    let answer = format!("{review}/comments");
    press(
        &moderator,
        &review,
        &answer,
        &[("comment", "À quelle heure ?")],
    )
    .await;
    let read = citizen.get(&private).await.body;
    assert!(read.contains("À quelle heure ?") && read.contains("L’équipe"));
    let row = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    for path in [&row, &format!("/api/v1{row}")] {
        assert!(
            !citizen.get(path).await.body.contains("À quelle heure"),
            "{path}"
        );
    }
    let stranger = press(&citizen, &private, &answer, &[("comment", "Non")]).await;
    assert!(stranger.header("location").starts_with("/connexion"));
}

#[actix_web::test]
async fn what_strangers_write_about_a_row_is_shown_once_a_moderator_read_it() {
    let node = Node::with_places().await;
    let row = format!("/datasets/lieux/rows/{}", node.rows()[0]);
    let html = "<p>Fermé <b onclick=\"x\">lundi</b><script>alert(1)</script></p>";
    let came = node.app.db.write(|tx| {
        let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
        tx.insert_comment(&CommentRecord {
            id: "00000000-0000-4000-8000-000000000001".to_owned(),
            dataset: dataset.id,
            row_id: Some(node.rows()[0].parse().unwrap()),
            patch: None,
            side: comments::side::ELSEWHERE.to_owned(),
            author: Some("https://b.example/users/max".to_owned()),
            content: comments::clean::clean(html),
            state: comments::HELD.to_owned(),
            object_id: Some("https://b.example/notes/1".to_owned()),
            created: node.app.clock.now(),
            updated: node.app.clock.now(),
        })
    });
    came.unwrap();
    let visitor = node.browser();
    assert!(!visitor.get(&row).await.body.contains("Fermé"));
    let moderator = node.moderator().await;
    assert!(
        moderator
            .get("/moderation")
            .await
            .body
            .contains("1 commentaire à relire")
    );
    let page = moderator.get("/moderation/comments").await.body;
    assert!(page.contains("Une personne sur b.example"));
    let action = page
        .split("action=\"")
        .find(|part| part.starts_with("/moderation/comments/"));
    let action = action.unwrap().split('"').next().unwrap().to_owned();
    let shown = press(
        &moderator,
        "/moderation/comments",
        &action,
        &[("show", "yes")],
    )
    .await;
    assert_eq!(shown.status, 303);
    let read = visitor.get(&row).await.body;
    assert!(read.contains("<p>Fermé lundi</p>") && !read.contains("alert(1)"));
    press(&moderator, &row, &action, &[("show", "no")]).await;
    assert!(!visitor.get(&row).await.body.contains("Fermé"));
    let form = format!("{row}/comment");
    assert!(
        visitor
            .get(&form)
            .await
            .header("location")
            .starts_with("/connexion")
    );
    let written = press(&moderator, &form, &form, &[("comment", "Merci <à tous>.")]).await;
    assert_eq!(written.header("location"), format!("{row}#comments"));
    assert!(
        visitor
            .get(&row)
            .await
            .body
            .contains("Merci &#60;à tous&#62;.")
    );
    let empty = press(&moderator, &form, &form, &[("comment", "")]).await;
    assert!(empty.status == 422 && empty.body.contains("Le message est vide."));
}
