use rustine_testkit::SmtpSink;

use super::*;

fn sender() -> Sender {
    Sender {
        from: "Hub é <hub@hub.example>".to_owned(),
        reply_to: Some("people@hub.example".to_owned()),
        host: "hub.example".to_owned(),
    }
}

fn server(port: u16) -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        log_in: None,
        hello: "hub.example".to_owned(),
    }
}

fn mailer(server: Server) -> Mailer {
    Mailer::new(&sender(), Route::Smtp(server), None).unwrap()
}

fn letter() -> Letter {
    Letter {
        to: "ana@lac.example".to_owned(),
        subject: "Décidé : « été »".to_owned(),
        text: "Bonjour,\n.\nune ligne d'un point, puis la suite\n".to_owned(),
        html: "<p>Bonjour&nbsp;!</p>".to_owned(),
        id: "7c1e".to_owned(),
        language: "fr".to_owned(),
        unsubscribe: Some("https://hub.example/desabonnement/abc".to_owned()),
    }
}

#[tokio::test]
async fn a_letter_arrives_with_text_html_and_one_click_unsubscribe() {
    let sink = SmtpSink::start();
    mailer(server(sink.port())).send(&letter()).await.unwrap();
    let letters = sink.letters();
    let [came] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(came.to, "ana@lac.example");
    assert_eq!(came.subject, letter().subject);
    assert_eq!(came.text.trim_end(), letter().text.trim_end());
    assert!(came.html.contains(&letter().html), "{}", came.html);
    for (name, text) in [
        ("From", "Hub é <hub@hub.example>"),
        ("Reply-To", "people@hub.example"),
        ("Message-ID", "<7c1e@hub.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "fr"),
        (
            "List-Unsubscribe",
            "<https://hub.example/desabonnement/abc>",
        ),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ] {
        assert_eq!(came.header(name).replace('"', ""), text, "{name}");
    }
    assert!(!came.header("Date").is_empty());
    assert_eq!(sink.log_ins(), Vec::<String>::new());
}

#[tokio::test]
async fn no_text_begins_a_header_line() {
    let sink = SmtpSink::start();
    let mailer = mailer(server(sink.port()));
    let evil = "Bonjour\r\nBcc: eve@lac.example\r\n\r\nun autre corps";
    let injected = Letter {
        subject: evil.to_owned(),
        language: evil.to_owned(),
        unsubscribe: Some(format!("https://hub.example/{evil}")),
        ..letter()
    };
    mailer.send(&injected).await.unwrap();
    let came = &sink.letters()[0];
    assert_eq!(came.header("Bcc"), "", "{}", came.raw);
    let text = came.text.trim_end();
    assert_eq!(text, letter().text.trim_end(), "{}", came.raw);
    for address in [
        "ana@lac.example\r\nRCPT TO:<eve@lac.example>",
        "ana@lac.example>\r\nDATA",
        "",
        "ana",
    ] {
        let to = Letter {
            to: address.to_owned(),
            ..letter()
        };
        let refused = mailer.send(&to).await;
        assert!(matches!(refused, Err(SendError::Unfit(_))), "{address:?}");
    }
    assert_eq!(sink.letters().len(), 1);
}

#[tokio::test]
async fn only_what_speaks_of_the_receiver_is_final_and_no_answer_is_repeated() {
    let sink = SmtpSink::start();
    let mailer = mailer(server(sink.port()));
    for (line, expected) in [
        ("550 5.1.1 <ana@lac.example> nobody", true),
        ("551 elsewhere: ana@lac.example", true),
        ("554 5.7.1 ana@lac.example looks odd", false),
        ("530 log in first, ana@lac.example", false),
        ("451 later, ana@lac.example", false),
    ] {
        sink.refuse(Some(line));
        let error = mailer.send(&letter()).await.unwrap_err();
        assert_eq!(matches!(error, SendError::Refused(_)), expected, "{line}");
        let said = error.to_string();
        assert!(said.contains(&line[..3]), "{said}");
        assert!(!said.contains("ana"), "{said}");
    }
    sink.refuse(None);
    mailer.send(&letter()).await.unwrap();
}

#[tokio::test]
async fn a_mail_server_that_is_down_or_without_tls_is_tried_later() {
    let port = {
        let sink = SmtpSink::start();
        let secure = Server {
            tls: Tls::Starttls,
            ..server(sink.port())
        };
        // It offers no STARTTLS: nothing may be said in the clear then.
        let refused = mailer(secure).send(&letter()).await;
        assert!(matches!(refused, Err(SendError::Later(_))), "{refused:?}");
        assert_eq!(sink.letters(), Vec::new());
        sink.port()
    };
    let refused = mailer(server(port)).send(&letter()).await;
    let Err(SendError::Later(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("127.0.0.1"), "{why}");
}

#[tokio::test]
async fn a_password_is_given_where_there_is_one_and_never_shown() {
    let sink = SmtpSink::start();
    let known = Server {
        log_in: Some(("hub".to_owned(), "secret-word".to_owned())),
        ..server(sink.port())
    };
    let mailer = mailer(known);
    mailer.send(&letter()).await.unwrap();
    assert_eq!(sink.log_ins().len(), 1);
    assert!(!format!("{mailer:?}").contains("secret-word"));
}

#[tokio::test]
async fn a_trial_keeps_its_letters_as_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    let mailer = Mailer::new(&sender(), Route::Folder(mails.clone()), None).unwrap();
    mailer.send(&letter()).await.unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&mails)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["7c1e.eml", "7c1e.txt"]);
    let raw = std::fs::read_to_string(mails.join("7c1e.eml")).unwrap();
    let read = rustine_testkit::smtp::Letter::read("ana@lac.example", &raw);
    assert_eq!(read.subject, letter().subject);
}

#[test]
fn a_wrong_sender_or_certificate_is_named() {
    let wrong = Sender {
        from: "nobody".to_owned(),
        ..sender()
    };
    let refused = Mailer::new(&wrong, Route::Smtp(server(1)), None);
    assert!(refused.unwrap_err().to_string().contains("mail.from"));
    let secure = Server {
        tls: Tls::Tls,
        ..server(1)
    };
    let missing = Path::new("/no/such/file.pem");
    let refused = Mailer::new(&sender(), Route::Smtp(secure), Some(missing));
    assert!(refused.unwrap_err().to_string().contains("file.pem"));
}
