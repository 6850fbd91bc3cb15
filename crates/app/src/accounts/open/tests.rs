use rustine_domain::problem::Lang;

use super::*;
use crate::accounts::account::NewAccount;
use crate::accounts::links::Invited;
use crate::accounts::session::Entered;
use crate::mail::{Envelope, Transport};
use crate::settings::SignUp;
use crate::testing::TestApp;

const PASSWORD: &str = "un vélo sans selle roule mal";
const OTHER: &str = "un autre mot de passe";
const ANA: &str = "ana@lac.example";

fn node() -> TestApp {
    TestApp::new("http://a.localhost:1").restarted(|settings| {
        settings.accounts.sign_up = SignUp::Open;
    })
}

fn lea(app: &App) -> Person {
    let lea = NewAccount {
        name: "lea".parse().unwrap(),
        email: "lea@a.example".to_owned(),
        password: PASSWORD.to_owned(),
        operator: true,
    };
    account::create(app, lea).unwrap()
}

/// The letters that wait, the newest last.
fn letters(app: &App) -> Vec<(String, Message)> {
    let found = app.db.read(|tx| tx.list_mails("queued", 0, 200));
    let mut found: Vec<rustine_store::MailRecord> = found.unwrap();
    found.sort_by_key(|mail| mail.id);
    let letter = |mail: rustine_store::MailRecord| {
        let envelope: Envelope = serde_json::from_str(&mail.message.unwrap()).unwrap();
        (mail.address.unwrap_or_default(), envelope.message)
    };
    found.into_iter().map(letter).collect()
}

/// The secret at the end of a link.
fn secret(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

fn link(letter: Option<&(String, Message)>) -> String {
    match letter {
        Some((
            _,
            Message::ResetPassword { link }
            | Message::ConfirmAddress { link }
            | Message::OpenAccount { link }
            | Message::Invitation { link, .. },
        )) => secret(link).to_owned(),
        other => panic!("no letter with a link: {other:?}"),
    }
}

fn asked_reset(app: &App, email: &str) -> String {
    links::ask_reset(app, email, Lang::Fr).unwrap();
    links::send_asked(app).unwrap();
    link(letters(app).last())
}

fn chosen(name: &str, email: &str) -> Chosen {
    Chosen {
        name: name.parse().unwrap(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        lang: "en".to_owned(),
    }
}

fn opened(app: &App, token: &str, name: &str) -> Result<Opened, OpenError> {
    account(app, token, &chosen(name, ANA), &From::default())
}

fn enter(app: &App, name: &str, password: &str) -> Entered {
    let user = session::find(app, name).unwrap();
    session::log_in(app, user.as_ref(), password, &From::default()).unwrap()
}

/// Rows of every table that a request could write to.
fn written(app: &App) -> [i64; 3] {
    app.db
        .read(|tx| {
            let now = app.clock.now();
            let wishes = ["asked-reset", "asked-sign-up"];
            let mut asked = 0;
            for kind in wishes {
                asked += tx.list_account_links(kind, now, 100)?.len();
            }
            Ok::<_, StoreError>([
                i64::try_from(asked).unwrap(),
                tx.count_mails("queued")?,
                tx.count_users()?,
            ])
        })
        .unwrap()
}

#[test]
fn a_request_does_the_same_whoever_has_the_address() {
    let node = node();
    let app = &*node.app;
    lea(app);
    let mut expected = written(app);
    for email in ["lea@a.example", "personne@a.example", "LEA@a.example"] {
        links::ask_reset(app, email, Lang::Fr).unwrap();
        expected[0] += 1;
        assert_eq!(
            written(app),
            expected,
            "{email}: one wish, and nothing else"
        );
        links::ask_sign_up(app, email, Lang::Fr).unwrap();
        expected[0] += 1;
        assert_eq!(
            written(app),
            expected,
            "{email}: one wish, and nothing else"
        );
    }
    // What differs happens behind the answer.
    assert_eq!(links::send_asked(app), Ok(6));
    let told: Vec<_> = letters(app)
        .into_iter()
        .map(|(to, message)| (to, message.kind()))
        .collect();
    let expected = [
        ("lea@a.example", "has_account"),
        ("lea@a.example", "has_account"),
        ("lea@a.example", "reset_password"),
        ("lea@a.example", "reset_password"),
        ("personne@a.example", "open_account"),
    ];
    let mut told: Vec<(&str, &str)> = told.iter().map(|(to, kind)| (to.as_str(), *kind)).collect();
    told.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn thirty_wishes_for_one_address_are_five_letters() {
    let node = node();
    let app = &*node.app;
    lea(app);
    for _ in 0..30 {
        for email in ["lea@a.example", ANA] {
            links::ask_reset(app, email, Lang::Fr).unwrap();
            links::ask_sign_up(app, email, Lang::Fr).unwrap();
        }
    }
    while links::send_asked(app).unwrap() > 0 {}
    let count = |address: &str, kind: &str| {
        let all = letters(app);
        let wanted = all
            .iter()
            .filter(|(to, message)| to == address && message.kind() == kind);
        wanted.count()
    };
    assert_eq!(count("lea@a.example", "reset_password"), 5);
    assert_eq!(count("lea@a.example", "has_account"), 5);
    assert_eq!(count(ANA, "open_account"), 5);
    assert_eq!(letters(app).len(), 15);
    node.clock.advance(1_801);
    links::ask_reset(app, "lea@a.example", Lang::Fr).unwrap();
    links::send_asked(app).unwrap();
    assert_eq!(count("lea@a.example", "reset_password"), 6);
}

#[test]
fn wishes_that_wait_are_not_without_end() {
    let node = node();
    let app = &*node.app;
    for number in 0..links::MOST_ASKED + 3 {
        links::ask_reset(app, &format!("p{number}@a.example"), Lang::Fr).unwrap();
    }
    let now = app.clock.now();
    let most = links::MOST_ASKED * 2;
    let waiting = app
        .db
        .read(|tx| tx.list_account_links("asked-reset", now, most));
    let waiting: Vec<AccountLinkRecord> = waiting.unwrap();
    assert_eq!(i64::try_from(waiting.len()), Ok(links::MOST_ASKED));
}

#[test]
fn a_link_to_a_new_password_works_once_and_for_an_hour() {
    let node = node();
    let app = &*node.app;
    lea(app);
    let Entered::In(begun) = enter(app, "lea", PASSWORD) else {
        panic!("the password is right");
    };
    let other = asked_reset(app, "lea@a.example");
    let token = asked_reset(app, "lea@a.example");
    let short = reset(app, &token, "court");
    assert!(matches!(short, Err(OpenError::Password(_))));
    reset(app, &token, OTHER).unwrap();
    assert_eq!(session::whose(app, &begun.token), Ok(None));
    assert!(matches!(enter(app, "lea", PASSWORD), Entered::No));
    assert!(matches!(enter(app, "lea", OTHER), Entered::In(_)));
    for used in [&token, &other] {
        let again = reset(app, used, PASSWORD);
        assert!(matches!(again, Err(OpenError::Link)), "used, or replaced");
    }
    let late = asked_reset(app, "lea@a.example");
    node.clock.advance(links::RESET_SECONDS.unsigned_abs());
    assert!(matches!(reset(app, &late, PASSWORD), Err(OpenError::Link)));
    assert!(matches!(reset(app, "faux", PASSWORD), Err(OpenError::Link)));
}

#[test]
fn a_letter_leads_to_an_account_once_and_within_a_day() {
    let node = node();
    let app = &*node.app;
    let asked = || {
        links::ask_sign_up(app, "Ana@Lac.example", Lang::En).unwrap();
        links::send_asked(app).unwrap();
        link(letters(app).last())
    };
    let (late, token) = (asked(), asked());
    assert!(matches!(reset(app, &token, PASSWORD), Err(OpenError::Link)));
    assert!(matches!(opened(app, &token, "ana"), Ok(Opened::In(_))));
    assert!(matches!(opened(app, &token, "ana2"), Err(OpenError::Link)));
    let user = session::find(app, ANA).unwrap().unwrap();
    assert_eq!((user.lang.as_str(), user.role.as_str()), ("en", "member"));
    let taken = opened(app, &late, "ana");
    assert!(matches!(
        taken,
        Err(OpenError::Account(AccountError::Taken(_)))
    ));
    node.clock.advance(links::ADDRESS_SECONDS.unsigned_abs());
    assert!(matches!(opened(app, &late, "ana2"), Err(OpenError::Link)));
}

#[test]
fn nobody_signs_up_where_accounts_are_by_invitation() {
    let node = node().restarted(|settings| settings.accounts.sign_up = SignUp::Invitation);
    links::ask_sign_up(&node.app, ANA, Lang::Fr).unwrap();
    links::send_asked(&node.app).unwrap();
    assert_eq!(letters(&node.app), []);
}

#[test]
fn an_invitation_opens_once_within_seven_days() {
    let node = node();
    let app = &*node.app;
    let lea = lea(app);
    assert_eq!(links::invite(app, &lea, ANA, true), Ok(Invited::Sent));
    let token = link(letters(app).last());
    assert!(matches!(opened(app, &token, "ana"), Ok(Opened::In(_))));
    let ana = session::find(app, "ana").unwrap().unwrap();
    assert_eq!((ana.email.as_str(), ana.role.as_str()), (ANA, OPERATOR));
    assert!(matches!(opened(app, &token, "ana2"), Err(OpenError::Link)));
    assert_eq!(links::invite(app, &lea, ANA, false), Ok(Invited::Sent));
    let withdrawn = link(letters(app).last());
    let listed = links::invitations(app).unwrap();
    assert_eq!(
        links::withdraw_invitation(app, &listed[0].token_hash),
        Ok(true)
    );
    assert!(matches!(
        opened(app, &withdrawn, "ana2"),
        Err(OpenError::Link)
    ));
    links::invite(app, &lea, ANA, false).unwrap();
    let late = link(letters(app).last());
    node.clock.advance(links::INVITATION_SECONDS.unsigned_abs());
    assert!(matches!(opened(app, &late, "ana2"), Err(OpenError::Link)));
    assert_eq!(links::invitations(app), Ok(vec![]));
}

#[test]
fn an_address_that_was_typed_is_confirmed_before_anything_else() {
    let node = node();
    let app = &*node.app;
    let lea = lea(app);
    let Ok(Invited::Link(handed)) = links::invite(app, &lea, "", false) else {
        panic!("nobody to write to");
    };
    let answer = opened(app, secret(&handed), "ana");
    assert!(matches!(answer, Ok(Opened::Unconfirmed)));
    assert!(matches!(
        enter(app, "ana", PASSWORD),
        Entered::Unconfirmed(_)
    ));
    let ana = session::find(app, "ana").unwrap().unwrap();
    assert_eq!(Person::of(&ana), None, "no token, no command acts for her");
    let token = link(letters(app).last());
    confirm_address(app, &token).unwrap();
    assert!(matches!(confirm_address(app, &token), Err(OpenError::Link)));
    assert!(matches!(enter(app, "ana", PASSWORD), Entered::In(_)));
}

#[test]
fn without_letters_the_operator_hands_links_over() {
    let node = node().restarted(|settings| settings.mail.transport = Some(Transport::None));
    let app = &*node.app;
    let lea = lea(app);
    let Ok(Invited::Link(handed)) = links::invite(app, &lea, ANA, false) else {
        panic!("there are no letters");
    };
    assert!(matches!(
        opened(app, secret(&handed), "ana"),
        Ok(Opened::In(_))
    ));
    let link = reset_link(app, "lea", &"ana".parse().unwrap()).unwrap();
    reset(app, secret(&link), OTHER).unwrap();
    assert!(matches!(enter(app, "ana", OTHER), Entered::In(_)));
    let absent = reset_link(app, "lea", &"personne".parse().unwrap());
    assert!(matches!(absent, Err(OpenError::Link)));
}

#[test]
fn the_old_address_is_told_and_the_new_one_asked() {
    let node = node();
    let app = &*node.app;
    let lea = lea(app);
    let wrong = ask_other_address(app, &lea, "faux", ANA);
    assert!(matches!(wrong, Err(OwnError::Wrong)));
    assert_eq!(letters(app), []);
    assert!(ask_other_address(app, &lea, PASSWORD, ANA).unwrap());
    let [(asked, _), (told, Message::AddressChanged { new })] = &letters(app)[..] else {
        panic!("two letters");
    };
    assert_eq!(
        (asked.as_str(), told.as_str(), new.as_str()),
        (ANA, "lea@a.example", "a…@lac.example")
    );
    let token = link(letters(app).first());
    let before = session::find(app, "lea").unwrap().unwrap();
    assert_eq!(before.email, "lea@a.example", "until it is confirmed");
    confirm_address(app, &token).unwrap();
    let after = session::find(app, "lea").unwrap().unwrap();
    assert_eq!(after.email, ANA);
}

#[test]
fn an_address_belongs_to_one_account() {
    let node = node();
    let app = &*node.app;
    let lea = lea(app);
    assert_eq!(links::invite(app, &lea, ANA, false), Ok(Invited::Sent));
    let token = link(letters(app).last());
    assert!(ask_other_address(app, &lea, PASSWORD, ANA).unwrap());
    opened(app, &token, "ana").unwrap();
    let asked = letters(app);
    let asked = asked
        .iter()
        .find(|(_, message)| message.kind() == "confirm_address");
    let taken = confirm_address(app, &link(asked));
    assert!(matches!(taken, Err(OpenError::Address)));
}
