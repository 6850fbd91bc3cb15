//! Invented pages for tests: every page once, each with its difficult parts.

use rustine_domain::time::Timestamp;

use crate::i18n::Lang;
use crate::page::{Page, Viewer};
use crate::pages::{
    add, alike, burst, comments, components, correct, error, first_run, keys, legal, login,
    moderation, remove, review, sent, tracking,
};
use crate::view::{Choice, Contact, Standing};
use askama::Template;

mod accounts;
mod mail;
mod parts;
mod peers;
mod reading;

use parts::{
    beside, clash, comments, copied, fault, faults, inputs, operations, own, parts, place, typed,
};
use reading::{catalogue_page, dataset_page, map_page, map_without_places, row_page};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn frame(lang: Lang) -> Page {
    Page {
        lang,
        site: "Hub du Lac".to_owned(),
        host: "hub.example".to_owned(),
        viewer: None,
        csrf: "jeton".to_owned(),
        here: "/datasets/lieux?q=caf%C3%A9".to_owned(),
        now: at("2026-11-21T12:00:00Z"),
        zone: crate::page::zone("Europe/Paris"),
    }
}

fn moderator(lang: Lang) -> Page {
    let viewer = Some(Viewer {
        name: "lea".to_owned(),
        moderator: true,
        operator: true,
        unread: 3,
    });
    Page {
        viewer,
        ..frame(lang)
    }
}

fn said(verdict_key: &'static str, void: Option<&str>) -> crate::view::said::Said {
    crate::view::said::Said {
        who: "bo@beta.example".to_owned(),
        verdict_key,
        at: at("2026-11-20T16:12:00Z"),
        content: Some("Vu <b>hier</b>.".to_owned()),
        void: void.map(str::to_owned),
        corrections: match verdict_key {
            "verdict-amend" => vec![
                ("Nom <b>".to_owned(), Some("Gare <i>du Nord".to_owned())),
                ("Horaires".to_owned(), None),
            ],
            _ => Vec::new(),
        },
        like: (verdict_key == "verdict-amend")
            .then(|| "https://beta.example/reviews/1c0e".to_owned()),
    }
}

fn review_page(lang: Lang, decision: Option<review::Decision>) -> review::ReviewPage {
    let decided = decision.is_some();
    review::ReviewPage {
        page: moderator(lang),
        id: "0b1c".to_owned(),
        digest: "Qd".to_owned(),
        dataset_href: "/datasets/lieux".to_owned(),
        dataset_title: own().title,
        status: if decided {
            Standing::Refused
        } else {
            Standing::Pending
        },
        origin: Some("partenaire.example".to_owned()),
        sender_host: "partenaire.example".to_owned(),
        sender: None,
        summary: Some("Nouveaux horaires affichés sur la porte.".to_owned()),
        sent: at("2026-11-20T16:12:00Z"),
        operations: operations(),
        problems: if decided {
            vec![]
        } else {
            vec![fault(
                "amend",
                "Code postal : « 2500 » n’a pas cinq chiffres.",
            )]
        },
        conflicts: if decided { vec![] } else { clash() },
        decision,
        decidable: true,
        acceptable: true,
        voting_at: Some("hub.example".to_owned()),
        reviews: vec![
            said("verdict-approve", None),
            said("verdict-amend", None),
            said("verdict-reject", Some("it is about another version")),
        ],
        decided_by: String::new(),
        parts: parts(),
        bases: "{}".to_owned(),
        amending: false,
        refusing: true,
        reason: String::new(),
        presets: &review::PRESETS,
        preset: "reason-refuse-wrong".to_owned(),
        note: String::new(),
        comment: "Bonjour".to_owned(),
        comment_hint: "comment-hint-contributor",
        comments: Some(comments()),
        why: String::new(),
        undoing: decided,
        voted: true,
        done: Some(Standing::Accepted),
        beside: beside(decided),
        keys: keys::REVIEW,
    }
}

fn moderation_page(lang: Lang, empty: bool) -> moderation::ModerationPage {
    let entry = |origin: Option<&str>, summary: Option<&str>, status| moderation::QueueEntry {
        id: "0b1c".to_owned(),
        dataset: "lieux".to_owned(),
        dataset_title: own().title,
        origin: origin.map(str::to_owned),
        summary: summary.map(str::to_owned),
        row_title: Some("Café numérique Le Fil".to_owned()),
        changes: 2,
        sent: at("2026-11-20T16:12:00Z"),
        status,
        href: "/moderation/0b1c?dataset=lieux".to_owned(),
        waits_at: Some("montagne.example".to_owned()),
        problem_key: Some("problem-kind-gone"),
        assignee: Some("lea".to_owned()),
        expires: Some(at("2026-11-28T16:12:00Z")),
    };
    moderation::ModerationPage {
        page: moderator(lang),
        done: empty.then_some(Standing::Accepted),
        voted: empty,
        together: empty.then_some((38, 2)),
        refused: empty.then_some(12),
        total: if empty { 0 } else { 2 },
        oldest: (!empty).then(|| at("2026-11-10T16:12:00Z")),
        filters: vec![
            moderation::QueueFilter {
                name: "dataset",
                title_key: "filter-dataset",
                any_key: "any-value",
                options: vec![Choice::plain("lieux", true)],
            },
            moderation::QueueFilter {
                name: "status",
                title_key: "filter-status",
                any_key: "open-statuses",
                options: vec![Choice::keyed("pending", "status-pending", false)],
            },
        ],
        narrowed: false,
        groups: vec![alike::Group {
            id: "0b1c".to_owned(),
            count: 40,
            what: "Lieux : Horaires".to_owned(),
        }],
        comments: 3,
        reports: 1,
        votes: vec![("lieux".to_owned(), own().title)],
        bursts: vec![moderation::Burst {
            id: "0b1e".to_owned(),
            title: own().title,
            count: 340,
        }],
        elsewhere: vec![entry(None, Some("Fermé"), Standing::Pending)],
        keys: keys::QUEUE,
        entries: match empty {
            true => vec![],
            false => vec![
                entry(
                    Some("partenaire.example"),
                    Some("Nouveaux horaires"),
                    Standing::Pending,
                ),
                entry(None, None, Standing::Conflict),
            ],
        },
        next_href: Some("/moderation?after=x".to_owned()),
    }
}

fn alike_page(lang: Lang) -> alike::AlikePage {
    let entry = |id: &str| alike::AlikeEntry {
        id: id.to_owned(),
        value: format!("{id}.Qd"),
        headline: "Café numérique Le Fil : 1 modification".to_owned(),
        sent: at("2026-11-20T16:12:00Z"),
        operations: operations(),
    };
    alike::AlikePage {
        page: moderator(lang),
        id: "0b1c".to_owned(),
        what: "Lieux : Horaires".to_owned(),
        entries: vec![entry("0b1c"), entry("0b1d")],
        count: 2,
        more: 1,
        problems: vec![fault("proposals", "Aucune proposition n’est cochée.")],
    }
}

fn burst_page(lang: Lang) -> burst::BurstPage {
    burst::BurstPage {
        page: moderator(lang),
        id: "0b1e".to_owned(),
        dataset_title: own().title,
        total: 340,
        most: 200,
        entries: moderation_page(lang, false).entries,
        presets: &review::PRESETS,
        preset: String::new(),
        reason: String::new(),
        problems: vec![fault("preset", "Donnez une raison.")],
    }
}

fn comments_page(lang: Lang) -> comments::CommentsPage {
    comments::CommentsPage {
        page: moderator(lang),
        waiting: vec![comments::Waiting {
            comments: comments(),
            id: "0b3a".to_owned(),
            about: crate::view::change::RowLink {
                title: "Café numérique Le Fil".to_owned(),
                href: "/datasets/lieux/rows/1".to_owned(),
            },
        }],
    }
}

fn comment_page(lang: Lang) -> comments::CommentPage {
    comments::CommentPage {
        page: moderator(lang),
        dataset: own(),
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
        comment: String::new(),
        comment_hint: "comment-hint-held",
        problems: vec![fault("comment", "Le message est vide.")],
    }
}

fn tracking_page(lang: Lang, status: Standing) -> tracking::TrackingPage {
    let over = !status.is_open();
    tracking::TrackingPage {
        page: frame(lang),
        dataset_href: "/datasets/ateliers@montagne.example".to_owned(),
        dataset_title: copied().title,
        status,
        waiting_at: "montagne.example".to_owned(),
        silent_since: (!over).then(|| at("2026-11-21T12:00:00Z")),
        sent: at("2026-11-20T16:12:00Z"),
        decided: over.then(|| at("2026-11-21T08:00:00Z")),
        expires: (!over).then(|| at("2027-02-18T16:12:00Z")),
        undone: over,
        reason: over.then(|| "La valeur actuelle est la bonne.".to_owned()),
        summary: Some("J'y étais hier.".to_owned()),
        operations: operations(),
        conflicts: if status == Standing::Conflict {
            clash()
        } else {
            vec![]
        },
        withdraw: (!over).then(|| "/suivi/jeton/withdraw".to_owned()),
        comments: Some(comments()),
        talk: "/suivi/jeton/comments".to_owned(),
        comment: "Bonjour".to_owned(),
        comment_hint: "comment-hint-team",
        problems: vec![fault("comment", "Le message est vide.")],
    }
}

fn sent_page(lang: Lang) -> sent::SentPage {
    sent::SentPage {
        page: frame(lang),
        waiting_at: "montagne.example".to_owned(),
        link: "https://hub.example/suivi/3q2-aGVsbG8td29ybGQtdGhpcy1pcy1hLXRva2Vu".to_owned(),
        dataset_href: "/datasets/ateliers@montagne.example".to_owned(),
        dataset_title: copied().title,
    }
}

fn remove_page(lang: Lang) -> remove::RemovePage {
    remove::RemovePage {
        page: frame(lang),
        dataset: own(),
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
        row: "0b1c".to_owned(),
        base: "x".to_owned(),
        reasons: &remove::REASONS,
        why: "reason-remove-duplicate".to_owned(),
        contact: Contact::default(),
        problems: vec![fault("why", "Choisissez une raison.")],
    }
}

/// Every page in one language, by name.
pub fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let say = |page: &dyn askama::DynTemplate| page.dyn_render().unwrap();
    let correct = correct::CorrectPage {
        place: Some(place()),
        page: frame(lang),
        dataset: copied(),
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
        inputs: inputs(),
        base: "{\"nom\":[\"c\",\"v\"]}".to_owned(),
        contact: typed(),
        problems: faults(),
    };
    let add = add::AddPage {
        place: Some(place()),
        page: frame(lang),
        dataset: own(),
        inputs: inputs(),
        contact: Contact::default(),
        problems: vec![],
    };
    let login = login::LoginPage {
        page: frame(lang),
        return_to: "/moderation".to_owned(),
        user: "lea".to_owned(),
        problems: vec![fault("user", "Nom de compte ou mot de passe incorrect.")],
    };
    let refused = review::Decision {
        at: at("2026-11-21T08:00:00Z"),
        reason: Some("La valeur actuelle est la bonne.".to_owned()),
    };
    let section = |title_key, text: Option<&str>| legal::Section {
        title_key,
        text: text.map(str::to_owned),
    };
    let notice = legal::LegalPage {
        page: frame(lang),
        title_key: "legal-notice",
        sections: vec![
            section("legal-publisher", Some("Association du Lac\n1 rue du Port")),
            section("legal-hosting", None),
        ],
    };
    let mut pages = accounts::all(lang);
    pages.extend(mail::all(lang));
    pages.extend(peers::all(lang));
    pages.splice(
        0..0,
        vec![
            ("first_run", say(&first_run::FirstRunPage::new(frame(lang)))),
            ("catalogue", say(&catalogue_page(lang))),
            ("dataset", say(&dataset_page(lang, own(), false))),
            ("dataset_copy", say(&dataset_page(lang, copied(), false))),
            ("dataset_cards", say(&dataset_page(lang, own(), true))),
            ("dataset_map", say(&map_page(lang))),
            ("dataset_map_empty", say(&map_without_places(lang))),
            ("row", say(&row_page(lang))),
            ("correct", say(&correct)),
            ("add", say(&add)),
            ("remove", say(&remove_page(lang))),
            ("sent", say(&sent_page(lang))),
            (
                "tracking_pending",
                say(&tracking_page(lang, Standing::Pending)),
            ),
            (
                "tracking_conflict",
                say(&tracking_page(lang, Standing::Conflict)),
            ),
            (
                "tracking_refused",
                say(&tracking_page(lang, Standing::Refused)),
            ),
            ("legal", say(&notice)),
            ("login", say(&login)),
            ("moderation", say(&moderation_page(lang, false))),
            ("moderation_empty", say(&moderation_page(lang, true))),
            ("alike", say(&alike_page(lang))),
            ("burst", say(&burst_page(lang))),
            (
                "components",
                say(&components::ComponentsPage::new(frame(lang))),
            ),
            ("comments", say(&comments_page(lang))),
            ("comment", say(&comment_page(lang))),
            ("review", say(&review_page(lang, None))),
            ("review_decided", say(&review_page(lang, Some(refused)))),
        ],
    );
    for status in [400, 403, 404, 409, 410, 413, 429, 500, 503, 507] {
        let page = error::ErrorPage::new(frame(lang), status);
        pages.push(("error", page.render().unwrap()));
    }
    pages
}
