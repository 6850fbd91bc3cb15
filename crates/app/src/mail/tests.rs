use super::*;
use crate::testing::TestApp;

fn to(address: &str) -> Recipient {
    Recipient {
        address: address.to_owned(),
        lang: Lang::Fr,
        user: None,
    }
}

fn message() -> Message {
    Message::ConfirmAddress {
        link: "http://a.localhost:1/x".to_owned(),
    }
}

fn queued(app: &App, address: &str) -> i64 {
    app.db
        .write(|tx| {
            enqueue(tx, app, &to(address), &message())?;
            tx.count_mails("queued")
        })
        .unwrap()
}

#[test]
fn a_letter_stands_in_the_queue_as_data() {
    let node = TestApp::new("http://a.localhost:1");
    assert_eq!(queued(&node.app, "ana@lac.example"), 1);
    let found = node.app.db.read(|tx| tx.list_mails("queued", 0, 9));
    let found: Vec<rustine_store::MailRecord> = found.unwrap();
    assert_eq!(found[0].kind, "confirm_address");
    let envelope: Envelope = serde_json::from_str(found[0].message.as_deref().unwrap()).unwrap();
    assert_eq!(envelope.message, message());
}

#[test]
fn nothing_is_written_where_letters_are_off() {
    let node = TestApp::new("http://a.localhost:1")
        .restarted(|settings| settings.mail.transport = Some(Transport::None));
    assert_eq!(queued(&node.app, "ana@lac.example"), 0);
}

#[test]
fn what_cannot_be_an_address_gets_no_letter() {
    let node = TestApp::new("http://a.localhost:1");
    for address in [
        "",
        "ana",
        "@lac.example",
        "ana@",
        "a@b@lac.example",
        "ana@lac.example\r\nBcc: eve@lac.example",
        "ana@lac.example, eve@lac.example",
        "Ana <ana@lac.example>",
    ] {
        assert_eq!(queued(&node.app, address), 0, "{address:?}");
    }
}
