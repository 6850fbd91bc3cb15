use super::*;
use crate::accounts::account::{self, NewAccount};
use crate::accounts::{own, password};
use crate::testing::TestApp;

const PASSWORD: &str = "un vélo sans selle roule mal";

fn node() -> (TestApp, Person) {
    let node = TestApp::new("http://a.localhost:1");
    let lea = NewAccount {
        name: "lea".parse().unwrap(),
        email: "lea@a.example".to_owned(),
        password: PASSWORD.to_owned(),
        operator: false,
    };
    let lea = account::create(&node.app, lea).unwrap();
    (node, lea)
}

fn enter(app: &App, name: &str, password: &str) -> Entered {
    let user = find(app, name).unwrap();
    log_in(app, user.as_ref(), password, &From::default()).unwrap()
}

fn inside(app: &App) -> Begun {
    match enter(app, "lea", PASSWORD) {
        Entered::In(begun) => begun,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_known_and_an_unknown_name_cost_the_same_work() {
    let (node, _) = node();
    let work = |name: &str| {
        let before = password::HASHED.get();
        assert!(matches!(enter(&node.app, name, "faux"), Entered::No));
        password::HASHED.get() - before
    };
    for name in ["lea", "lea@a.example", "personne", "personne@a.example", ""] {
        assert_eq!(work(name), 1, "{name:?}");
    }
}

#[test]
fn a_password_that_is_changed_ends_every_other_log_in() {
    let (node, lea) = node();
    let app = &*node.app;
    let (one, other) = (inside(app), inside(app));
    let wrong = own::change_password(app, &lea, &one.token, "faux", "un autre mot de passe");
    assert!(matches!(wrong, Err(own::OwnError::Wrong)));
    assert!(whose(app, &other.token).unwrap().is_some());
    own::change_password(app, &lea, &one.token, PASSWORD, "un autre mot de passe").unwrap();
    assert!(whose(app, &one.token).unwrap().is_some());
    assert_eq!(whose(app, &other.token).unwrap(), None);
    assert!(matches!(enter(app, "lea", PASSWORD), Entered::No));
}

#[test]
fn a_reset_and_a_closed_account_end_every_log_in() {
    let (node, _) = node();
    let app = &*node.app;
    let begun = inside(app);
    let name = "lea".parse().unwrap();
    account::reset_password(app, &name, "un autre mot de passe").unwrap();
    assert_eq!(whose(app, &begun.token).unwrap(), None);
    account::reset_password(app, &name, PASSWORD).unwrap();
    let begun = inside(app);
    account::disable(app, &name).unwrap();
    assert_eq!(whose(app, &begun.token).unwrap(), None);
    assert!(matches!(enter(app, "lea", PASSWORD), Entered::No));
}

#[test]
fn people_see_and_end_their_own_log_ins_only() {
    let (node, lea) = node();
    let app = &*node.app;
    let other = NewAccount {
        name: "max".parse().unwrap(),
        email: "max@a.example".to_owned(),
        password: PASSWORD.to_owned(),
        operator: true,
    };
    let max = account::create(app, other).unwrap();
    let (one, _) = (inside(app), inside(app));
    let hers = own::log_ins(app, &lea, &one.token).unwrap();
    assert_eq!(hers.len(), 2);
    assert_eq!(hers.iter().filter(|log_in| log_in.this).count(), 1);
    assert_eq!(own::log_ins(app, &max, &one.token).unwrap(), []);
    assert!(!own::end_log_in(app, &max, &hers[0].id).unwrap());
    assert_eq!(own::end_other_log_ins(app, &max, "").unwrap(), 0);
    assert_eq!(own::end_other_log_ins(app, &lea, &one.token).unwrap(), 1);
    assert!(whose(app, &one.token).unwrap().is_some());
    let id = secret_hash(&one.token);
    assert!(own::end_log_in(app, &lea, &id).unwrap());
    assert_eq!(whose(app, &one.token).unwrap(), None);
}

#[test]
fn a_disabled_operator_leaves_one_behind_or_stays() {
    let (node, _) = node();
    let name = "lea".parse().unwrap();
    account::promote(&node.app, &name).unwrap();
    let last = account::disable(&node.app, &name);
    assert!(matches!(last, Err(account::AccountError::LastOperator(_))));
}
