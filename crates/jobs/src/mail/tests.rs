use rustine_app::mail::{Message, Recipient, enqueue};
use rustine_app::testing::TestApp;
use rustine_outbound::mail::{Route, Sender, Server, Tls};
use rustine_testkit::SmtpSink;

use super::*;

const ANA: &str = "ana@lac.example";

fn mailer(port: u16) -> Mailer {
    let sender = Sender {
        from: "hub@hub.example".to_owned(),
        reply_to: None,
        host: "hub.example".to_owned(),
    };
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        log_in: None,
        hello: "hub.example".to_owned(),
    };
    Mailer::new(&sender, Route::Smtp(server), None).unwrap()
}

fn write_to(app: &App, address: &str, lang: Lang, message: &Message) {
    let to = Recipient {
        address: address.to_owned(),
        lang,
        user: None,
    };
    let written: Result<(), StoreError> = app.db.write(|tx| enqueue(tx, app, &to, message));
    written.unwrap();
}

fn invitation() -> Message {
    Message::Invitation {
        link: "https://hub.example/invite/\"><script>".to_owned(),
        by: "Léa <img src=x onerror=alert(1)>\r\nBcc: eve@lac.example".to_owned(),
    }
}

fn record(app: &App) -> MailRecord {
    let found: Result<_, StoreError> = app.db.read(|tx| tx.find_mail(1));
    found.unwrap().unwrap()
}

/// Sends what is due, as the worker does in one round.
async fn round(app: &Arc<App>, mailer: &Arc<Mailer>) {
    for record in take(app, AT_ONCE).await {
        deliver(app.clone(), mailer.clone(), record).await;
    }
}

#[tokio::test]
async fn a_letter_is_forgotten_once_it_is_sent() {
    let (node, sink) = (TestApp::new("http://a.localhost:1"), SmtpSink::start());
    write_to(&node.app, ANA, Lang::Fr, &invitation());
    let mailer = Arc::new(mailer(sink.port()));
    round(&node.app, &mailer).await;
    round(&node.app, &mailer).await;
    assert_eq!(sink.letters().len(), 1);
    let sent = record(&node.app);
    assert_eq!((sent.state.as_str(), sent.attempts), ("sent", 1));
    assert_eq!((sent.address, sent.message), (None, None));
    assert!(sent.sent_at.is_some());
}

#[tokio::test]
async fn what_people_wrote_is_text_in_every_part_of_a_letter() {
    let (node, sink) = (TestApp::new("http://a.localhost:1"), SmtpSink::start());
    for lang in Lang::ALL {
        write_to(&node.app, ANA, lang, &invitation());
    }
    round(&node.app, &Arc::new(mailer(sink.port()))).await;
    let letters = sink.letters();
    assert_eq!(letters.len(), 2);
    for letter in letters {
        assert!(letter.html.contains("&#60;img"), "{}", letter.html);
        assert!(!letter.html.contains("<img"), "{}", letter.html);
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(letter.text.contains("<img src=x"), "{}", letter.text);
        assert_eq!(letter.header("Bcc"), "");
        assert_eq!(letter.links("/invite/").len(), 1, "{}", letter.text);
    }
}

#[test]
fn every_letter_has_words_in_every_language() {
    let node = TestApp::new("http://a.localhost:1");
    for message in letters::tests::one_of_each() {
        for lang in Lang::ALL {
            let sheet = letters::write(&node.app, lang, None, &message)
                .unwrap()
                .unwrap();
            let (text, html) = (sheet.text(), sheet.html());
            assert!(
                !sheet.subject.is_empty() && sheet.subject.contains(' '),
                "{message:?}"
            );
            for key in lang::tests::keys() {
                assert!(
                    !text.contains(&key) && sheet.subject != key,
                    "{key}: {text}"
                );
            }
            assert!(html.contains("</html>") && !text.contains("{$"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_loses_nothing() {
    let node = TestApp::new("http://a.localhost:1");
    let port = SmtpSink::start().port();
    let mailer = Arc::new(mailer(port));
    write_to(&node.app, ANA, Lang::Fr, &invitation());
    for _ in 1..MOST_ATTEMPTS {
        round(&node.app, &mailer).await;
        node.clock.advance(LONGEST_PAUSE_SECONDS.unsigned_abs());
    }
    let waiting = record(&node.app);
    assert_eq!(waiting.state, "queued");
    assert_eq!(waiting.attempts, MOST_ATTEMPTS - 1);
    assert!(waiting.last_error.is_some_and(|why| !why.contains("ana")));
    let sink = SmtpSink::start_at(port);
    round(&node.app, &mailer).await;
    assert_eq!(sink.letters().len(), 1);
    assert_eq!(record(&node.app).state, "sent");
}

#[tokio::test]
async fn a_letter_is_given_up_after_thirty_attempts_and_forgotten() {
    let (node, sink) = (TestApp::new("http://a.localhost:1"), SmtpSink::start());
    let mailer = Arc::new(mailer(sink.port()));
    sink.refuse(Some("451 ana@lac.example later"));
    write_to(&node.app, ANA, Lang::Fr, &invitation());
    for _ in 0..MOST_ATTEMPTS {
        assert_eq!(record(&node.app).state, "queued");
        round(&node.app, &mailer).await;
        node.clock.advance(LONGEST_PAUSE_SECONDS.unsigned_abs());
    }
    let over = record(&node.app);
    assert_eq!((over.state.as_str(), over.attempts), ("failed", 30));
    assert_eq!((over.address, over.message), (None, None));
}

#[tokio::test]
async fn a_receiver_that_is_refused_is_not_tried_again() {
    let (node, sink) = (TestApp::new("http://a.localhost:1"), SmtpSink::start());
    sink.refuse(Some("550 5.1.1 <ana@lac.example> unknown"));
    write_to(&node.app, ANA, Lang::Fr, &invitation());
    round(&node.app, &Arc::new(mailer(sink.port()))).await;
    let over = record(&node.app);
    assert_eq!((over.state.as_str(), over.address), ("failed", None));
    assert!(over.last_error.is_some_and(|why| !why.contains("ana")));
}

#[tokio::test]
async fn letters_that_wait_when_letters_are_switched_off_are_dropped() {
    let node = TestApp::new("http://a.localhost:1");
    write_to(&node.app, ANA, Lang::Fr, &invitation());
    let (_stop, stopping) = watch::channel(false);
    run(node.app.clone(), None, stopping).await;
    let dropped = record(&node.app);
    assert_eq!((dropped.state.as_str(), dropped.address), ("dropped", None));
    assert_eq!(dropped.message, None);
}

#[test]
fn pauses_double_up_to_six_hours() {
    let at = Timestamp::from_seconds(1_800_000_000).unwrap();
    let pause = |attempts, jitter| next_attempt(at, attempts, jitter).seconds() - at.seconds();
    assert!((45..=60).contains(&pause(1, 7)), "{}", pause(1, 7));
    for attempts in 1..MOST_ATTEMPTS.unsigned_abs() {
        for jitter in [0, 9_999, u64::MAX] {
            assert!((45..=LONGEST_PAUSE_SECONDS).contains(&pause(attempts, jitter)));
        }
    }
    let all: i64 = (1..MOST_ATTEMPTS.unsigned_abs()).map(|n| pause(n, 0)).sum();
    assert!(all > 4 * 86_400, "a server that is down for days: {all} s");
}

mod naughty;
mod origins;
mod proposals;
mod upkeep;
