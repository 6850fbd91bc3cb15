//! Invented pages that people read: catalogue, dataset, row.

use super::parts::{comments, copied, operations, own};
use super::{at, frame};
use crate::i18n::Lang;
use crate::pages::dataset::map::{MapView, Mark, Scripts, Source, Tile};
use crate::pages::dataset::refine::{Chip, Facet, FacetValue};
use crate::pages::{catalogue, dataset, row};
use crate::reading::facts::{Copy, Facts};
use crate::view::change::{CellDiff, Change, ChangeKind, Role, Side};
use crate::view::{Choice, DatasetHead, Shown};

pub fn catalogue_page(lang: Lang) -> catalogue::CataloguePage {
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
        has_partners: true,
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
        id: format!("row-{}", title.len()),
        stale: phone.is_none().then(|| at("2023-04-01T00:00:00Z")),
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

pub fn dataset_page(lang: Lang, dataset: DatasetHead, as_cards: bool) -> dataset::DatasetPage {
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
            kept: vec![("sort".to_owned(), "nom".to_owned())],
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
        chips: vec![Chip {
            title: "Itinérance <b>".to_owned(),
            value: "false".to_owned(),
            href: "/datasets/lieux".to_owned(),
        }],
        facets: facets(),
        facets_href: Some("/datasets/lieux?facets=yes".to_owned()),
        map: None,
        facts: facts(),
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

fn facets() -> Vec<Facet> {
    let value = |label: Choice, count| FacetValue {
        label,
        count,
        href: "/datasets/lieux?field.itinerance=true".to_owned(),
    };
    vec![Facet {
        title: "Itinérance".to_owned(),
        values: vec![
            value(Choice::keyed("true", "yes", true), 1_200),
            value(Choice::plain("<i>", false), 4),
        ],
    }]
}

fn facts() -> Facts {
    Facts {
        median_seconds: Some(7_200),
        oldest_waiting: Some(at("2026-11-18T12:00:00Z")),
        followers: Some(12),
        copies: vec![Copy {
            host: "rives.example".to_owned(),
            href: "https://rives.example/datasets/lieux@hub.example".to_owned(),
        }],
        more_copies: 3,
    }
}

/// A map with a place and a group on somebody's tiles.
pub fn map_page(lang: Lang) -> dataset::DatasetPage {
    let mark = |count, title: Option<&str>| Mark {
        x: 120.0,
        y: 80.25,
        radius: 9.0,
        count,
        title: title.map(str::to_owned),
        row: title.map(|_| "1".to_owned()),
        href: "/datasets/lieux/rows/1".to_owned(),
        at: "47.2,6.02".to_owned(),
        bounds: "6.02,47.2,6.02,47.2".to_owned(),
    };
    let map = MapView {
        width: 480.0,
        height: 320.0,
        bounds: "5.9,47,6.1,47.3".to_owned(),
        tiles: vec![Tile {
            href: "https://tiles.example/9/264/179.png".to_owned(),
            x: -12.5,
            y: 0.0,
            size: 256.0,
        }],
        marks: vec![mark(1, Some("Espace <script>")), mark(1_200, None)],
        moves: vec![(
            "map-out",
            "/datasets/lieux?view=map&bbox=1,2,3,4".to_owned(),
        )],
        source: Some(Source {
            template: "https://tiles.example/{z}/{x}/{y}.png".to_owned(),
            attribution: "© les personnes qui font la carte".to_owned(),
            host: "tiles.example".to_owned(),
        }),
        unplaced: 2,
        table_href: "/datasets/lieux".to_owned(),
        scripts: Some(Scripts {
            island: "/assets/A/map.js",
            leaflet: "/assets/A/leaflet.js",
            sheet: "/assets/A/leaflet.css",
        }),
    };
    dataset::DatasetPage {
        map: Some(map),
        ..dataset_page(lang, own(), false)
    }
}

/// A map of a dataset that has no places.
pub fn map_without_places(lang: Lang) -> dataset::DatasetPage {
    dataset::DatasetPage {
        map: Some(MapView::default()),
        facts: Facts::default(),
        ..dataset_page(lang, copied(), false)
    }
}

pub fn row_page(lang: Lang) -> row::RowPage {
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
        comments: comments(),
        comment_href: Some("/datasets/lieux/rows/1/comment".to_owned()),
        comment_held: true,
        stale: Some(at("2023-04-01T00:00:00Z")),
    }
}
