//! The pages that letters lead to, and those beside letters.

use super::{at, clash, fault, frame, moderator, operations};
use crate::i18n::{LANGS, Lang};
use crate::pages::{decide_by_mail, dev_mails, notifications, review, unsubscribe};
use crate::view::Standing;

fn decide(lang: Lang, spent: Option<&'static str>) -> decide_by_mail::DecideByMailPage {
    decide_by_mail::DecideByMailPage {
        page: frame(lang),
        action: "/decision/abc".to_owned(),
        review_href: "/moderation/1".to_owned(),
        person: "lea".to_owned(),
        dataset_title: "Lieux <du lac>".to_owned(),
        dataset_href: "/datasets/lieux".to_owned(),
        status: match spent {
            Some(_) => Standing::Refused,
            None => Standing::Pending,
        },
        origin: Some("rives.example".to_owned()),
        summary: Some("J’y étais <b>hier</b>.".to_owned()),
        sent: at("2026-11-20T08:00:00Z"),
        operations: operations(),
        conflicts: clash(),
        spent,
        acceptable: true,
        problems: match spent {
            Some(_) => vec![],
            None => vec![fault("preset", "Donnez une raison.")],
        },
        refusing: true,
        reason: "Compté sur place.".to_owned(),
        presets: &review::PRESETS,
    }
}

fn told(lang: Lang, unread: bool) -> notifications::NotificationsPage {
    let line = |key, unread| notifications::Line {
        key,
        title: "Lieux <du lac>".to_owned(),
        href: "/moderation/1".to_owned(),
        status: Some(Standing::Pending),
        at: at("2026-11-21T08:00:00Z"),
        unread,
    };
    notifications::NotificationsPage {
        page: moderator(lang),
        lines: match unread {
            true => vec![
                line("notified-to-decide", true),
                line("notified-decided", false),
            ],
            false => vec![],
        },
        newest: 7,
        unread,
        next_href: unread.then(|| "/notifications?before=3".to_owned()),
    }
}

fn choices(lang: Lang) -> notifications::ChoicesPage {
    let kind = |word, key| notifications::KindChoice {
        word,
        key,
        rhythms: vec![("now", "rhythm-now", false), ("off", "rhythm-off", true)],
    };
    notifications::ChoicesPage {
        page: moderator(lang),
        mail_is_on: false,
        kinds: vec![
            kind("to_decide", "kind-to-decide"),
            kind("decided", "kind-decided"),
        ],
        langs: LANGS.map(|known| (known, known == lang)).to_vec(),
        done: true,
    }
}

fn unsubscribe(lang: Lang, done: bool) -> unsubscribe::UnsubscribePage {
    unsubscribe::UnsubscribePage {
        page: frame(lang),
        action: "/desabonnement/abc".to_owned(),
        done,
    }
}

pub fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let say = |page: &dyn askama::DynTemplate| page.dyn_render().unwrap();
    let letters = dev_mails::DevMailsPage {
        page: frame(lang),
        letters: vec![dev_mails::Letter {
            text: "ana@lac.example\nMerci <b>\n\nhttp://hub.example/x".to_owned(),
            links: vec!["http://hub.example/x".to_owned()],
        }],
    };
    vec![
        ("decide_by_mail", say(&decide(lang, None))),
        (
            "decide_by_mail_spent",
            say(&decide(lang, Some("link-used"))),
        ),
        ("notifications", say(&told(lang, true))),
        ("notifications_none", say(&told(lang, false))),
        ("notification_choices", say(&choices(lang))),
        ("unsubscribe", say(&unsubscribe(lang, false))),
        ("unsubscribe_done", say(&unsubscribe(lang, true))),
        ("dev_mails", say(&letters)),
    ]
}
