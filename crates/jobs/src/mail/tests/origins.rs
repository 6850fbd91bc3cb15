//! Letters about datasets that move, fall silent or are gone on with.

use rustine_app::instance;
use rustine_app::testing::Origin;

use super::*;

#[test]
fn each_event_is_told_in_both_languages_and_leads_to_the_page_about_it() {
    let node = TestApp::new("http://b.localhost:2");
    instance::create(&node.app).unwrap();
    let origin = Origin::new("http://a.localhost:1/datasets/lieux");
    let dataset = node.copy(&origin, "lieux@a.localhost:1");
    let write = |lang, message: &Message| letters::write(&node.app, lang, None, message).unwrap();
    let words = [
        ("moved", "vit maintenant sur", "lives on"),
        (
            "silent",
            "ne répond plus depuis un jour",
            "has not answered for a day",
        ),
        ("successor", "prendre la suite", "go on with"),
    ];
    let mut events = Vec::new();
    for (event, french, english) in words {
        let message = Message::Origin {
            dataset,
            event: event.to_owned(),
        };
        for (lang, words) in [(Lang::Fr, french), (Lang::En, english)] {
            let text = write(lang, &message).unwrap().text();
            assert!(text.contains(words), "{text}");
            let page = "http://b.localhost:2/datasets/lieux@a.localhost:1/origin";
            assert!(text.contains(page), "{text}");
        }
        events.push((dataset, event.to_owned()));
    }
    let collected = Message::Collected {
        to_decide: Vec::new(),
        decided: Vec::new(),
        commented: Vec::new(),
        origins: events,
        news: None,
        upkeep: Vec::new(),
    };
    let sheet = write(Lang::Fr, &collected).unwrap();
    assert!(sheet.subject.contains('3'), "{}", sheet.subject);
    let text = sheet.text();
    for (_, french, _) in words {
        assert!(text.contains(french), "{text}");
    }
    // A copy that was removed meanwhile, and an event of a later version, are not told of.
    for (dataset, event) in [(dataset + 1, "moved"), (dataset, "later")] {
        let gone = Message::Origin {
            dataset,
            event: event.to_owned(),
        };
        assert!(write(Lang::Fr, &gone).is_none());
    }
}
