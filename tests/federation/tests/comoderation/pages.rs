//! An operator does in the page what the command line does when an origin is gone.

use rustine_testkit::binary;
use rustine_tests_federation::person::{Person, csrf};
use rustine_tests_federation::{LIEUX, digest, has_digest, text, verify};

use crate::survival::{cooperative, page_of};

#[test]
fn a_dataset_is_taken_over_in_the_page_of_a_copy() {
    let Some(binary) = binary() else { return };
    let (mut origin, heir, third) = cooperative(&binary);
    let old = origin.address_of(LIEUX);
    let last = digest(&origin, LIEUX);
    let key = |node| std::fs::read_to_string(page_of(node)).expect("the page was written");
    let line = |text: String| {
        let mut lines = text
            .lines()
            .filter(|line| line.starts_with("rustine-recovery-1"));
        lines.next().expect("it holds the key").to_owned()
    };
    let (right, wrong) = (line(key(&origin)), line(key(&heir)));
    origin.kill();

    let page = format!("/datasets/{old}/origin");
    let action = format!("{page}/take-over");
    let mut operator = Person::log_in(&heir);
    let form = csrf(&operator.get(&page).expect(200));
    let refusals = [
        (
            vec![("key", "rien"), ("sure", "1")],
            "tapez la ligne entière",
        ),
        (vec![("key", right.as_str())], "Cochez la case"),
        (
            vec![("key", wrong.as_str()), ("sure", "1")],
            "pas la clef de secours",
        ),
        (
            vec![("key", right.as_str()), ("sure", "1"), ("new-name", "Non")],
            "ne convient pas",
        ),
    ];
    for (fields, words) in refusals {
        let refused = operator.post(&action, &form, &fields);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(
            refused.text().contains(words),
            "{words}: {}",
            refused.text()
        );
        assert!(
            !refused.text().contains(&right),
            "a key is never shown again"
        );
        assert_eq!(digest(&heir, &old), last, "nothing was changed");
    }
    // A visitor cannot, whatever she holds.
    let fields = [("key", right.as_str()), ("sure", "1")];
    let refused = Person::visitor(&heir).post(&action, &form, &fields);
    assert!((300..500).contains(&refused.status), "{}", refused.status);
    assert_eq!(digest(&heir, &old), last);

    let _ = operator.press(&page, &action, &fields);
    let home = digest(&heir, LIEUX);
    assert_eq!(
        (&home["uid"], &home["state"]),
        (&last["uid"], &last["state"])
    );
    has_digest(&third, &old, &home);
    verify(&third, &heir.address_of(LIEUX));
}

#[test]
fn the_page_asks_who_goes_on_before_it_makes_another_successor() {
    let Some(binary) = binary() else { return };
    let (mut origin, heir, third) = cooperative(&binary);
    let old = origin.address_of(LIEUX);
    origin.kill();
    let mut operator = Person::log_in(&heir);
    let page = format!("/datasets/{old}/origin");
    let before = operator.get(&page).expect(200);
    assert!(!before.text().contains("relais"));
    // Between the reading of the page and the button somebody else has made one.
    let made = third.json(&["dataset", "fork", &old, "--name", "relais"]);
    let action = format!("{page}/fork");
    let name = ("name", "suite");
    let refused = operator.post(&action, &csrf(&before), &[name]);
    assert_eq!(refused.status, 422);
    for words in [
        text(&made, "url").as_str(),
        "déjà pris la suite",
        "name=\"beside\"",
    ] {
        assert!(
            refused.text().contains(words),
            "{words}: {}",
            refused.text()
        );
    }
    assert_eq!(heir.call(&["dataset", "show", "suite"]).code, Some(1));
    let _ = operator.press(&page, &action, &[name, ("beside", "1")]);
    verify(&heir, "suite");
}
