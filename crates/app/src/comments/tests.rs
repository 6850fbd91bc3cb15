use rustine_protocol::object::Note;
use rustine_store::{CommentPlace, StoreError};
use serde_json::json;

use super::{
    CHARACTERS, CommentError, HELD_PER_AUTHOR, UNANSWERED, by_contributor, by_moderator, decide,
    on_patch, on_row, receive,
};
use crate::patches::desk::{Desk, add, set};
use crate::patches::propose::Proposer;

fn desk() -> Desk {
    let desk = Desk::new(|settings| settings.limits.held_comments_per_dataset = 12);
    desk.done(vec![add("Gare", "2")]);
    desk
}

fn note(id: u32, author: &str, about: &str, content: &str) -> Note {
    Note::parse(&json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("https://b.example/notes/{id}"), "type": "Note",
        "attributedTo": format!("https://b.example/users/{author}"),
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [],
        "content": content, "inReplyTo": about,
    }))
    .unwrap()
}

/// Texts on the first row, in a state.
fn texts(desk: &Desk, state: &str) -> Vec<String> {
    let dataset = desk.node.record("lieux").id;
    let place = CommentPlace::Row(dataset, desk.rows()[0].0);
    let found: Result<_, StoreError> = desk
        .node
        .app
        .db
        .read(|tx| tx.list_comments(place, &[state], 99));
    found
        .unwrap()
        .into_iter()
        .map(|comment| comment.content)
        .collect()
}

fn row_url(desk: &Desk) -> String {
    desk.node
        .app
        .url(&format!("/datasets/lieux/rows/{}", desk.rows()[0].0))
}

fn come(desk: &Desk, note: &Note) -> bool {
    let app = &desk.node.app;
    app.db.write(|tx| receive::created(app, tx, note)).unwrap()
}

#[test]
fn a_reply_from_elsewhere_waits_until_its_author_was_shown_once() {
    let desk = desk();
    let app = &desk.node.app;
    let row = row_url(&desk);
    assert!(come(
        &desk,
        &note(1, "max", &row, "<p>Fermé <script>x</script>le lundi</p>")
    ));
    assert!(
        !come(&desk, &note(1, "max", &row, "<p>Encore</p>")),
        "the same Note"
    );
    assert_eq!(texts(&desk, "held"), ["<p>Fermé le lundi</p>"]);
    let waiting = decide::waiting(app, 9).unwrap();
    let max = Desk::person(&desk.node, "max", "member");
    let refused = decide::decide(app, &waiting[0].id, &max, true);
    assert!(matches!(refused, Err(CommentError::NotAllowed(_))));
    decide::decide(app, &waiting[0].id, &desk.lea, true).unwrap();
    assert!(come(
        &desk,
        &note(2, "max", "https://b.example/notes/1", "Et le mardi")
    ));
    assert_eq!(
        texts(&desk, "shown"),
        ["<p>Fermé le lundi</p>", "Et le mardi"]
    );
    assert!(come(&desk, &note(3, "eve", &row, "Achetez")));
    assert_eq!(texts(&desk, "held"), ["Achetez"], "another author");
    for nothing in [
        note(4, "max", "https://b.example/notes/99", "Ailleurs"),
        note(5, "max", &desk.node.app.url("/datasets/absent"), "Rien"),
        note(6, "max", &row, "<img src=x>"),
        note(7, "max", &row, &"x".repeat(CHARACTERS + 1)),
    ] {
        assert!(!come(&desk, &nothing));
    }
}

#[test]
fn its_author_changes_and_deletes_a_reply_and_nobody_else_does() {
    let desk = desk();
    let app = &desk.node.app;
    let row = row_url(&desk);
    come(&desk, &note(1, "max", &row, "Fermé"));
    let id = decide::waiting(app, 1).unwrap().remove(0).id;
    decide::decide(app, &id, &desk.lea, true).unwrap();
    let change = |note: &Note| app.db.write(|tx| receive::updated(app, tx, note)).unwrap();
    assert!(!change(&note(1, "eve", &row, "Volé")));
    assert_eq!(texts(&desk, "shown"), ["Fermé"]);
    assert!(change(&note(1, "max", &row, "Ouvert")));
    assert_eq!(
        texts(&desk, "held"),
        ["Ouvert"],
        "what was shown is read again"
    );
    decide::decide(app, &id, &desk.lea, false).unwrap();
    assert!(change(&note(1, "max", &row, "Ouvert !")));
    assert_eq!(
        texts(&desk, "hidden"),
        ["Ouvert !"],
        "what was put away stays away"
    );
    let end = |author: &str| {
        let note = note(1, author, &row, "");
        let gone = app
            .db
            .write(|tx| receive::deleted(tx, &note.attributed_to, &note.id));
        gone.unwrap_or_else(|error: StoreError| panic!("{error}"))
    };
    assert!(!end("eve"));
    assert!(end("max") && !end("max"));
    assert_eq!(texts(&desk, "hidden"), Vec::<String>::new());
}

#[test]
fn what_was_written_to_us_alone_is_never_published() {
    let desk = desk();
    let app = &desk.node.app;
    let mut private = note(1, "max", &row_url(&desk), "Mon numéro");
    private.to.clear();
    assert!(come(&desk, &private));
    assert_eq!(texts(&desk, "private"), ["Mon numéro"]);
    let id: Result<_, StoreError> = app
        .db
        .read(|tx| tx.find_comment_by_object("https://b.example/notes/1"));
    let refused = decide::decide(app, &id.unwrap().unwrap().id, &desk.lea, true);
    assert!(matches!(refused, Err(CommentError::Unknown)));
}

#[test]
fn so_many_comments_may_wait() {
    let desk = desk();
    let row = row_url(&desk);
    for id in 0..u32::try_from(HELD_PER_AUTHOR).unwrap() {
        assert!(come(&desk, &note(id, "max", &row, "Encore")));
    }
    assert!(!come(&desk, &note(50, "max", &row, "Trop")));
    assert!(come(&desk, &note(51, "eve", &row, "Onze")));
    assert!(come(&desk, &note(52, "ana", &row, "Douze")));
    assert!(
        !come(&desk, &note(53, "zoe", &row, "Treize")),
        "the dataset is full"
    );
    let member = Desk::person(&desk.node, "tom", "member");
    let on_row = |by, text| {
        let dataset = "lieux".parse().unwrap();
        on_row(&desk.node.app, &dataset, desk.rows()[0].0, by, text)
    };
    assert!(matches!(on_row(&member, "Trop"), Err(CommentError::Full)));
    on_row(&desk.lea, "Merci à tous.").unwrap();
    assert_eq!(
        texts(&desk, "shown"),
        ["Merci à tous."],
        "a moderator is shown at once"
    );
    assert!(matches!(on_row(&desk.lea, " "), Err(CommentError::Empty)));
    let long = "é".repeat(CHARACTERS + 1);
    assert!(matches!(
        on_row(&desk.lea, &long),
        Err(CommentError::TooLong)
    ));
}

#[test]
fn the_author_of_a_proposal_and_its_moderators_talk() {
    let desk = desk();
    let app = &desk.node.app;
    let gare = desk.rows()[0].0;
    let visitor = Proposer::Visitor([192, 0, 2, 1].into());
    let proposed = desk
        .try_by(vec![set(gare, "places", "3")], visitor)
        .unwrap();
    let token = &proposed.token;
    by_contributor(app, token, "J’y étais hier.").unwrap();
    desk.node.clock.advance(1);
    by_moderator(app, proposed.id, &desk.lea, "À quelle heure ?").unwrap();
    for _ in 0..UNANSWERED {
        desk.node.clock.advance(1);
        by_contributor(app, token, "Midi.").unwrap();
    }
    let more = by_contributor(app, token, "Midi !");
    assert!(matches!(more, Err(CommentError::Full)));
    let said: Result<_, StoreError> = app.db.read(|tx| on_patch(tx, proposed.id));
    let said = said.unwrap();
    assert_eq!(said.len(), 2 + UNANSWERED);
    assert_eq!(
        texts(&desk, "shown"),
        Vec::<String>::new(),
        "none of it is on the row"
    );
    let stranger = by_contributor(app, "not-a-token", "Moi aussi");
    assert!(matches!(stranger, Err(CommentError::Unknown)));
    let max = Desk::person(&desk.node, "max", "member");
    let refused = by_moderator(app, proposed.id, &max, "Non");
    assert!(matches!(refused, Err(CommentError::NotAllowed(_))));
}
