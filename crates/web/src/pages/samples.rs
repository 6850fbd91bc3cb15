//! Invented pages for tests: every page once, each with its difficult parts.

use rustine_domain::time::Timestamp;

use crate::i18n::Lang;
use crate::page::{Page, Viewer};
use crate::pages::{
    add, alike, catalogue, correct, dataset, error, first_run, legal, login, moderation, remove,
    review, row, sent, tracking,
};
use crate::view::change::{CellDiff, Change, ChangeKind, Role, Side};
use crate::view::{Choice, Contact, DatasetHead, Shown, Standing};
use askama::Template;

mod accounts;
mod parts;

use parts::{clash, copied, fault, faults, inputs, operations, own, parts, typed};

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
    });
    Page {
        viewer,
        ..frame(lang)
    }
}

fn catalogue_page(lang: Lang) -> catalogue::CataloguePage {
    let card = |head: DatasetHead, rows| catalogue::Card {
        address: head.address,
        title: head.title,
        description: head.description,
        rows,
        license: head.license,
        updated: head.updated,
        origin: head.copy.map(|copy| copy.origin),
    };
    catalogue::CataloguePage {
        page: frame(lang),
        datasets: vec![card(own(), 18_204), card(copied(), 1)],
    }
}

fn lines() -> Vec<dataset::Line> {
    let cell = |title: &str, shown| dataset::Cell {
        title: title.to_owned(),
        shown,
    };
    let text = |text: &str| Shown::Text(text.to_owned());
    let line = |title: &str, town: &str, services: &[&str], phone: Option<&str>| dataset::Line {
        title: title.to_owned(),
        correct_href: Some("/datasets/lieux/rows/1/correct".to_owned()),
        href: "/datasets/lieux/rows/1".to_owned(),
        cells: vec![
            cell("Nom", text(title)),
            cell("Commune", text(town)),
            cell(
                "Services",
                Shown::List(services.iter().map(|s| (*s).to_owned()).collect()),
            ),
            cell("Itinérance", Shown::No),
            cell(
                "Téléphone",
                phone.map_or(Shown::Absent, |phone| Shown::Link {
                    href: "tel:+33300000000".to_owned(),
                    text: phone.to_owned(),
                }),
            ),
        ],
    };
    vec![
        line(
            "Café numérique Le Fil",
            "Besançon",
            &["Faire des démarches", "Utiliser un téléphone"],
            Some("+33 3 00 00 00 00"),
        ),
        line(
            "Médiathèque des Prés",
            "Pontarlier",
            &["Faire des démarches"],
            None,
        ),
        line(
            "Espace public <script>alert(1)</script> & compagnie",
            "Ornans",
            &[],
            None,
        ),
    ]
}

fn dataset_page(lang: Lang, dataset: DatasetHead, as_cards: bool) -> dataset::DatasetPage {
    let column = |title: &str, sorted| dataset::Column {
        title: title.to_owned(),
        sort_href: "/datasets/lieux?sort=nom".to_owned(),
        sorted,
    };
    let filter = |name: &str, title: &str, options: Vec<Choice>| dataset::Filter {
        name: name.to_owned(),
        title: title.to_owned(),
        value: String::new(),
        contains: options.len() > 2,
        options,
    };
    dataset::DatasetPage {
        page: frame(lang),
        dataset,
        query: dataset::TableQuery {
            q: "café".to_owned(),
            sort: Some("nom".to_owned()),
            filtered: true,
            narrowed: true,
            as_cards,
            all_columns: false,
            column_count: 32,
            columns_href: Some("/datasets/lieux?columns=all".to_owned()),
            first_href: Some("/datasets/lieux".to_owned()),
            previous_href: Some("/datasets/lieux?before=x".to_owned()),
            next_href: Some("/datasets/lieux?after=x".to_owned()),
        },
        filters: vec![
            filter("nom", "Nom", vec![]),
            filter("commune", "Commune", vec![]),
            filter(
                "itinerance",
                "Itinérance",
                vec![Choice::plain("true", false), Choice::plain("false", true)],
            ),
            filter(
                "services",
                "Services",
                vec![
                    Choice::plain("A", false),
                    Choice::plain("B", true),
                    Choice::plain("C", false),
                ],
            ),
        ],
        views: [
            ("view-table", "/datasets/lieux", !as_cards),
            ("view-cards", "/datasets/lieux?view=cards", as_cards),
        ]
        .into_iter()
        .map(|(key, href, chosen)| dataset::ViewLink {
            key,
            href: href.to_owned(),
            chosen,
        })
        .collect(),
        columns: vec![
            column("Nom", Some("ascending")),
            column("Commune", None),
            column("Services", None),
            column("Itinérance", None),
            column("Téléphone", None),
        ],
        rows: lines(),
        total: 1_204,
        formats: &dataset::FORMATS,
    }
}

fn row_page(lang: Lang) -> row::RowPage {
    let value = |title: &str, shown| row::FieldValue {
        title: title.to_owned(),
        shown,
        property: (title == "Nom").then_some("name"),
    };
    let change = |at_text: &str, kind, role, host: Option<&str>, cells| Change {
        at: at(at_text),
        kind,
        role,
        host: host.map(str::to_owned),
        cells,
        erased: false,
    };
    let mut erased = change(
        "2026-02-01T08:00:00Z",
        ChangeKind::Set,
        Role::Keeper,
        None,
        vec![],
    );
    erased.erased = true;
    erased.cells = vec![CellDiff {
        field: "Courriel".to_owned(),
        before: Side::Erased,
        after: Side::Nothing,
    }];
    row::RowPage {
        page: frame(lang),
        dataset: copied(),
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
        share: "https://hub.example/datasets/lieux/rows/1".to_owned(),
        kind: "Place",
        values: vec![
            value("Nom", Shown::Text("Café numérique Le Fil".to_owned())),
            value("Commune", Shown::Text("Besançon".to_owned())),
            value("Itinérance", Shown::Yes),
            value(
                "Services",
                Shown::List(vec![
                    "Faire des démarches".to_owned(),
                    "Utiliser un téléphone".to_owned(),
                ]),
            ),
            value(
                "Présentation",
                Shown::Text("Un lieu ouvert à tous.\nVenez comme vous êtes.".to_owned()),
            ),
            value(
                "Site web",
                Shown::Link {
                    href: "https://lefil.example".to_owned(),
                    text:
                        "https://lefil.example/une-adresse-assez-longue-pour-deborder-du-telephone"
                            .to_owned(),
                },
            ),
            value("Mise à jour", Shown::Day(jiff::civil::date(2026, 9, 1))),
            value("Courriel", Shown::Erased),
            value("Horaires", Shown::Absent),
        ],
        waiting: 1,
        history: vec![
            change(
                "2026-11-20T16:12:00Z",
                ChangeKind::Set,
                Role::Visitor,
                Some("partenaire.example"),
                operations()[0].cells.clone(),
            ),
            erased,
            change(
                "2026-01-05T10:00:00Z",
                ChangeKind::Add,
                Role::Import,
                None,
                operations()[1].cells.clone(),
            ),
        ],
        older_href: Some("/datasets/lieux/rows/1?before=3#history".to_owned()),
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
        decided_by: String::new(),
        parts: parts(),
        bases: "{}".to_owned(),
        amending: false,
        refusing: true,
        reason: String::new(),
        presets: &review::PRESETS,
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
    };
    moderation::ModerationPage {
        page: moderator(lang),
        done: empty.then_some(Standing::Accepted),
        together: empty.then_some((38, 2)),
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

fn tracking_page(lang: Lang, status: Standing) -> tracking::TrackingPage {
    let over = !status.is_open();
    tracking::TrackingPage {
        page: frame(lang),
        dataset_href: "/datasets/ateliers@montagne.example".to_owned(),
        dataset_title: copied().title,
        status,
        waiting_at: "montagne.example".to_owned(),
        sent: at("2026-11-20T16:12:00Z"),
        decided: over.then(|| at("2026-11-21T08:00:00Z")),
        reason: over.then(|| "La valeur actuelle est la bonne.".to_owned()),
        summary: Some("J'y étais hier.".to_owned()),
        operations: operations(),
        conflicts: if status == Standing::Conflict {
            clash()
        } else {
            vec![]
        },
        withdraw: (!over).then(|| "/suivi/jeton/withdraw".to_owned()),
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
    pages.splice(
        0..0,
        vec![
            ("first_run", say(&first_run::FirstRunPage::new(frame(lang)))),
            ("catalogue", say(&catalogue_page(lang))),
            ("dataset", say(&dataset_page(lang, own(), false))),
            ("dataset_copy", say(&dataset_page(lang, copied(), false))),
            ("dataset_cards", say(&dataset_page(lang, own(), true))),
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
