//! Parts that several invented pages share.

use super::at;
use crate::license::License;
use crate::pages::dataset::map::Scripts;
use crate::pages::review::{Beside, Heading, Known, Note, Part};
use crate::place::PlaceBox;
use crate::view::change::{CellDiff, ChangeKind, Operation, RowLink};
use crate::view::comment::{Comment, Content};
use crate::view::input::{Control, Input};
use crate::view::shift::Shift;
use crate::view::{Choice, Clash, Contact, CopyOf, DatasetHead, Fault};

pub fn own() -> DatasetHead {
    DatasetHead {
        address: "lieux".to_owned(),
        title: "Lieux de médiation numérique".to_owned(),
        description: Some(
            "Les endroits où l'on vous aide avec un ordinateur, une tablette ou un téléphone."
                .to_owned(),
        ),
        license: Some(License::of("etalab-2.0")),
        follow: "@lieux@hub.example".to_owned(),
        copy: None,
        updated: at("2026-11-21T09:00:00Z"),
        open: true,
        closed: false,
    }
}

pub fn copied() -> DatasetHead {
    DatasetHead {
        address: "ateliers@montagne.example".to_owned(),
        title: "Ateliers de réparation".to_owned(),
        description: None,
        license: Some(License::of("ODbL-1.0")),
        follow: "@ateliers@montagne.example".to_owned(),
        copy: Some(CopyOf {
            origin: "montagne.example".to_owned(),
            confirmed: Some(at("2026-11-21T11:58:00Z")),
            silent_since: Some(at("2026-11-21T12:00:00Z")),
        }),
        ..own()
    }
}

pub fn input(name: &str, title: &str, control: Control, value: &str) -> Input {
    Input {
        name: name.to_owned(),
        title: title.to_owned(),
        help: None,
        control,
        value: value.to_owned(),
        required: false,
        error: None,
        meanwhile: None,
    }
}

pub fn inputs() -> Vec<Input> {
    let services = [
        "Faire des démarches",
        "Utiliser un téléphone",
        "Apprendre à protéger ses données personnelles",
    ];
    let mut name = input("nom", "Nom", Control::Text, "Café numérique \"Le <Fil>\"");
    name.required = true;
    let mut code = input(
        "code_postal",
        "Code postal",
        Control::Number { whole: true },
        "2500",
    );
    code.help = Some("Cinq chiffres".to_owned());
    code.error = Some("« 2500 » n’a pas cinq chiffres. Écrivez par exemple 25000.".to_owned());
    let mut hours = input("horaires", "Horaires", Control::Text, "Mo-Fr 09:00-12:00");
    hours.meanwhile = Some("Mo-Sa 09:00-12:00".to_owned());
    vec![
        name,
        code,
        input(
            "itinerance",
            "Itinérance",
            Control::Select(vec![
                Choice::keyed("true", "yes", false),
                Choice::keyed("false", "no", true),
            ]),
            "false",
        ),
        input(
            "services",
            "Services",
            Control::Checkboxes(
                services
                    .iter()
                    .enumerate()
                    .map(|(place, text)| Choice::plain(text, place == 1))
                    .collect(),
            ),
            services[1],
        ),
        hours,
        input("courriel", "Courriel", Control::Email, ""),
        input(
            "site_web",
            "Site web",
            Control::Url,
            "https://lefil.example",
        ),
        input(
            "telephone",
            "Téléphone",
            Control::Phone,
            "+33 3 00 00 00 00",
        ),
        input(
            "presentation",
            "Présentation",
            Control::LongText,
            "\nPremière ligne\nDeuxième ligne",
        ),
        input(
            "date_maj",
            "Date de mise à jour",
            Control::Date,
            "2026-10-01",
        ),
        input(
            "latitude",
            "Latitude",
            Control::Number { whole: false },
            "47.2378",
        ),
    ]
}

pub fn operations() -> Vec<Operation> {
    let row = Some(RowLink {
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
    });
    vec![
        Operation {
            kind: ChangeKind::Set,
            row: row.clone(),
            cells: vec![
                CellDiff::new(
                    "Horaires",
                    Some("lundi 9h-12h, mardi 9h-12h"),
                    Some("lundi 9h-12h, mardi 14h-18h"),
                ),
                CellDiff::new("Téléphone", None, Some("+33 3 00 00 00 00")),
                CellDiff::new(
                    "Site web",
                    Some("https://ancien-site-au-nom-vraiment-tres-long.example/page/accueil"),
                    None,
                ),
            ],
        },
        Operation {
            kind: ChangeKind::Add,
            row: None,
            cells: vec![CellDiff::new("Nom", None, Some("Médiathèque des Prés"))],
        },
        Operation {
            kind: ChangeKind::Del,
            row,
            cells: vec![],
        },
    ]
}

pub fn clash() -> Vec<Clash> {
    vec![Clash {
        field: "Horaires".to_owned(),
        current: Some("lundi 10h-12h".to_owned()),
        proposed: None,
    }]
}

pub fn fault(anchor: &str, sentence: &str) -> Fault {
    Fault {
        anchor: Some(anchor.to_owned()),
        sentence: sentence.to_owned(),
    }
}

pub fn faults() -> Vec<Fault> {
    vec![
        Fault {
            anchor: Some("f-code_postal".to_owned()),
            sentence: "Code postal : « 2500 » n’a pas cinq chiffres. Écrivez par exemple 25000."
                .to_owned(),
        },
        Fault {
            anchor: None,
            sentence: "Rien n’a changé.".to_owned(),
        },
    ]
}

pub fn typed() -> Contact {
    Contact {
        summary: "J'y étais hier.".to_owned(),
        name: "Ana <b>".to_owned(),
        email: String::new(),
        consent: false,
    }
}

/// One value to correct, one row to add, one to delete: the last is left out.
pub fn parts() -> Vec<Part> {
    let row = operations()[0].row.clone();
    let part = |place, kind: ChangeKind, row, inputs: Vec<Input>, leave_key| Part {
        place,
        heading: Some(Heading {
            key: kind.proposed_key(),
            row,
        }),
        inputs,
        optional: true,
        left_out: place == 2,
        leave_key,
        about: "Horaires".to_owned(),
    };
    let renamed = |place: usize| -> Vec<Input> {
        let named = |input: Input| Input {
            name: format!("{place}-{}", input.name),
            ..input
        };
        inputs().into_iter().map(named).collect()
    };
    vec![
        part(0, ChangeKind::Set, row.clone(), renamed(0), "leave-out-set"),
        part(1, ChangeKind::Add, None, renamed(1), "leave-out-add"),
        part(2, ChangeKind::Del, row, vec![], "leave-out-del"),
    ]
}

/// A search that found something, with a map beside it.
pub fn place() -> PlaceBox {
    PlaceBox {
        search: true,
        text: "quai <b>du Lac</b>".to_owned(),
        candidates: vec![Choice::plain("47.240000,6.020000", false)],
        note: Some("place-not-found"),
        north: Some("f-latitude".to_owned()),
        east: Some("f-longitude".to_owned()),
        bounds: "5.9,47,6.1,47.3".to_owned(),
        scripts: Some(Scripts {
            island: "/assets/A/pick.js",
            leaflet: "/assets/A/leaflet.js",
            sheet: "/assets/A/leaflet.css",
        }),
        ..PlaceBox::default()
    }
}

pub fn beside(decided: bool) -> Beside {
    let row = RowLink {
        title: "Café numérique Le Fil".to_owned(),
        href: "/datasets/lieux/rows/1".to_owned(),
    };
    Beside {
        shifts: Shift::between(row, (47.24, 6.02), (47.25, 6.03))
            .into_iter()
            .collect(),
        person: Some(Known {
            accepted: 0,
            refused: 0,
            first: None,
        }),
        instance: Some(Known {
            accepted: 1_204,
            refused: 1,
            first: Some(at("2026-01-05T10:00:00Z")),
        }),
        reported_key: Some("problem-kind-duplicate"),
        expires: (!decided).then(|| at("2027-02-18T16:12:00Z")),
        assignee: Some("max".to_owned()),
        mine: decided,
        hands: vec![Choice::plain("ana", false)],
        notes: vec![Note {
            author: None,
            at: at("2026-11-20T16:12:00Z"),
            text: "Appelé <la mairie>.".to_owned(),
        }],
        undoes: Some("0b1f".to_owned()),
        undone_by: Some("0b2f".to_owned()),
        undoable: decided,
        burst: Some("0b1e".to_owned()),
        previous: Some("/moderation/0b1a".to_owned()),
        next: Some("/moderation/0b1d".to_owned()),
        queue: "/moderation".to_owned(),
        query: "?dataset=lieux".to_owned(),
    }
}

pub fn comments() -> Vec<Comment> {
    let comment = |by_key, content| Comment {
        id: "0b3a".to_owned(),
        by_key,
        host: "b.example".to_owned(),
        at: at("2026-11-20T16:12:00Z"),
        content,
    };
    let marks = "<p>Fermé <strong>le lundi</strong>.</p>".to_owned();
    vec![
        comment("comment-elsewhere", Content::Marks(marks)),
        comment(
            "comment-moderator",
            Content::Text("À <quelle> heure ?\nMerci".to_owned()),
        ),
    ]
}
