use super::*;
use crate::accounts::account::{self, NewAccount};
use crate::accounts::session::{self, Completed, Entered, From};
use crate::testing::TestApp;

const PASSWORD: &str = "un vélo sans selle roule mal";

struct Kept {
    node: TestApp,
    lea: Person,
    device: Vec<u8>,
    codes: Vec<String>,
}

impl Kept {
    fn new() -> Self {
        let node = TestApp::new("http://a.localhost:1");
        let lea = NewAccount {
            name: "lea".parse().unwrap(),
            email: "lea@a.example".to_owned(),
            password: PASSWORD.to_owned(),
            operator: false,
        };
        let lea = account::create(&node.app, lea).unwrap();
        let shown = enrol(&node.app, &lea).unwrap();
        assert_eq!(
            enrol(&node.app, &lea).unwrap(),
            shown,
            "the same until it is on"
        );
        let device = totp_rs::Secret::try_from_base32(&shown.secret).unwrap();
        let mut kept = Self {
            device: device.as_bytes().to_vec(),
            node,
            lea,
            codes: Vec::new(),
        };
        let code = kept.code();
        kept.codes = confirm(&kept.node.app, &kept.lea, &code).unwrap();
        kept
    }

    /// What the device shows now.
    fn code(&self) -> String {
        let now = self.node.app.clock.now().seconds().unsigned_abs();
        totp(&self.node.app, "lea", &self.device)
            .generate(now)
            .to_string()
    }

    fn half(&self) -> String {
        let user = session::find(&self.node.app, "lea").unwrap();
        let entered = session::log_in(&self.node.app, user.as_ref(), PASSWORD, &From::default());
        match entered.unwrap() {
            Entered::Half(half) => half,
            other => panic!("a password alone leads to {other:?}"),
        }
    }

    fn complete(&self, half: &str, code: &str) -> Completed {
        session::complete(&self.node.app, half, code, &From::default()).unwrap()
    }
}

#[test]
fn a_password_alone_opens_half_and_a_code_the_rest_once() {
    let kept = Kept::new();
    let half = kept.half();
    assert_eq!(session::whose(&kept.node.app, &half).unwrap(), None);
    assert!(
        matches!(kept.complete(&half, &kept.code()), Completed::Wrong),
        "the code that switched it on was taken"
    );
    kept.node.clock.advance(30);
    let code = kept.code();
    let Completed::In(begun) = kept.complete(&half, &code) else {
        panic!("the code is right");
    };
    assert_eq!(
        session::whose(&kept.node.app, &begun.token)
            .unwrap()
            .as_ref(),
        Some(&kept.lea)
    );
    assert!(
        matches!(kept.complete(&half, &code), Completed::Over),
        "half a log-in is completed once"
    );
    assert!(
        matches!(kept.complete(&kept.half(), &code), Completed::Wrong),
        "a code that was seen over a shoulder"
    );
}

#[test]
fn wrong_codes_and_late_ones_lead_back_to_the_password() {
    let kept = Kept::new();
    kept.node.clock.advance(30);
    let half = kept.half();
    for _ in 1..session::HALF_TRIES {
        assert!(matches!(kept.complete(&half, "000000"), Completed::Wrong));
    }
    assert!(matches!(kept.complete(&half, "000000"), Completed::Over));
    assert!(matches!(
        kept.complete(&half, &kept.code()),
        Completed::Over
    ));
    let late = kept.half();
    kept.node
        .clock
        .advance(session::HALF_SECONDS.unsigned_abs());
    assert!(matches!(
        kept.complete(&late, &kept.code()),
        Completed::Over
    ));
    assert!(matches!(
        kept.complete("faux", &kept.code()),
        Completed::Over
    ));
}

#[test]
fn each_recovery_code_opens_once_however_it_is_written() {
    let kept = Kept::new();
    assert_eq!(kept.codes.len(), RECOVERY_CODES);
    let written = kept.codes[0].to_uppercase().replace('-', " ");
    assert!(matches!(
        kept.complete(&kept.half(), &written),
        Completed::In(_)
    ));
    assert!(matches!(
        kept.complete(&kept.half(), &written),
        Completed::Wrong
    ));
    let renewed = renew_codes(&kept.node.app, &kept.lea, PASSWORD).unwrap();
    assert!(matches!(
        kept.complete(&kept.half(), &kept.codes[1]),
        Completed::Wrong
    ));
    assert!(matches!(
        kept.complete(&kept.half(), &renewed[1]),
        Completed::In(_)
    ));
}

#[test]
fn only_the_password_takes_the_second_step_away() {
    let kept = Kept::new();
    let app = &*kept.node.app;
    assert!(matches!(enrol(app, &kept.lea), Err(SecondStepError::On)));
    let wrong = remove(app, &kept.lea, "faux");
    assert!(matches!(wrong, Err(SecondStepError::Password)));
    let wrong = renew_codes(app, &kept.lea, "faux");
    assert!(matches!(wrong, Err(SecondStepError::Password)));
    remove(app, &kept.lea, PASSWORD).unwrap();
    let again = remove(app, &kept.lea, PASSWORD);
    assert!(matches!(again, Err(SecondStepError::Off)));
    let user = session::find(app, "lea").unwrap();
    let entered = session::log_in(app, user.as_ref(), PASSWORD, &From::default());
    assert!(matches!(entered.unwrap(), Entered::In(_)));
}

#[test]
fn an_operator_takes_the_second_step_away_from_who_lost_it() {
    let kept = Kept::new();
    let app = &*kept.node.app;
    account::remove_second_step(app, &"lea".parse().unwrap()).unwrap();
    let user = session::find(app, "lea").unwrap();
    let entered = session::log_in(app, user.as_ref(), PASSWORD, &From::default());
    assert!(matches!(entered.unwrap(), Entered::In(_)));
    assert_eq!(
        app.db.read(|tx| tx.count_recovery_codes(kept.lea.id)),
        Ok::<_, StoreError>(0)
    );
}

#[test]
fn a_secret_that_was_never_confirmed_asks_for_nothing() {
    let kept = Kept::new();
    let app = &*kept.node.app;
    remove(app, &kept.lea, PASSWORD).unwrap();
    enrol(app, &kept.lea).unwrap();
    let wrong = confirm(app, &kept.lea, "000000");
    assert!(matches!(wrong, Err(SecondStepError::Code)));
    let user = session::find(app, "lea").unwrap();
    let entered = session::log_in(app, user.as_ref(), PASSWORD, &From::default());
    assert!(matches!(entered.unwrap(), Entered::In(_)));
}
