//! The pages of accounts.

use askama::Template as _;
use rustine_app::follows::news;

use super::{at, fault, frame};
use crate::finding::Found;
use crate::i18n::Lang;
use crate::page::{Page, Viewer};
use crate::pages::{
    account, address, closing, feed, follow, grants, letter, login, origin, people, reset,
    second_step, sign_up, team,
};

fn own(lang: Lang) -> Page {
    let viewer = Some(Viewer {
        name: "ana".to_owned(),
        moderator: false,
        operator: false,
        unread: 0,
    });
    Page {
        viewer,
        ..frame(lang)
    }
}

fn account(lang: Lang, second_step: bool) -> account::AccountPage {
    let log_in = |id: &str, agent: &str, this| account::LogInLine {
        id: id.to_owned(),
        agent: agent.to_owned(),
        network: "203.0.113.0".to_owned(),
        created: at("2026-11-20T16:12:00Z"),
        last_seen: at("2026-11-21T11:12:00Z"),
        this,
    };
    account::AccountPage {
        page: own(lang),
        name: "ana".to_owned(),
        email: "ana@brume.example".to_owned(),
        operator: second_step,
        second_step,
        codes_left: 9,
        has_others: second_step,
        log_ins: match second_step {
            true => vec![
                log_in("a", "Firefox, Android", true),
                log_in("b", "", false),
            ],
            false => vec![log_in("a", "Firefox, Android", true)],
        },
        roles: vec![account::RoleLine {
            address: "lieux".to_owned(),
            title: "Lieux".to_owned(),
            maintains: second_step,
        }],
        letters: second_step,
        tokens: vec![account::TokenLine {
            id: "t".to_owned(),
            label: "Ana <b>".to_owned(),
            created: at("2026-11-20T16:12:00Z"),
        }],
        done: second_step.then_some("account-done-log-in"),
        problems: match second_step {
            true => vec![],
            false => vec![fault("old", "Ce n’est pas votre mot de passe actuel.")],
        },
    }
}

fn people(lang: Lang) -> people::PeoplePage {
    let person = |name: &str, operator| people::PersonLine {
        name: name.to_owned(),
        operator,
        disabled: !operator,
        unconfirmed: !operator,
        created: at("2026-11-20T16:12:00Z"),
    };
    people::PeoplePage {
        page: own(lang),
        letters: true,
        link: Some("https://hub.example/sign-up/x".to_owned()),
        done: Some("people-invited"),
        problems: vec![fault("email", "Ce n’est pas une adresse e-mail.")],
        datasets: vec![("lieux".to_owned(), "Lieux".to_owned())],
        people: vec![person("lea", true), person("max", false)],
        invitations: vec![people::InvitationLine {
            id: "i".to_owned(),
            email: "ana@brume.example".to_owned(),
            by: "lea".to_owned(),
            operator: true,
            expires: at("2026-11-28T16:12:00Z"),
        }],
    }
}

fn follow(lang: Lang) -> follow::FollowPage {
    let line = |state_key| follow::FollowLine {
        id: "https://hub.example/users/max".to_owned(),
        account: "max@hub.example".to_owned(),
        state_key,
    };
    follow::FollowPage {
        page: own(lang),
        typed: "lieux@hub.example".to_owned(),
        found: Some(follow::FoundCard {
            found: Found {
                id: "https://hub.example/datasets/lieux".to_owned(),
                account: "lieux@hub.example".to_owned(),
                kind: "Group".to_owned(),
                name: "Lieux <script>alert(1)</script>".to_owned(),
                license: Some("etalab-2.0".to_owned()),
                followers: Some(1_204),
                is_dataset: true,
                ..Found::default()
            },
            summary: news::clean("<p>Les lieux <script>alert(1)</script></p>"),
            followed: false,
        }),
        problems: vec![fault("q", "Personne n’a été trouvé.")],
        follows: vec![line("follow-pending"), line("follow-accepted")],
    }
}

fn feed(lang: Lang) -> feed::FeedPage {
    feed::FeedPage {
        page: own(lang),
        posts: vec![feed::Post {
            account: "lieux@hub.example".to_owned(),
            url: "https://hub.example/notes/1".to_owned(),
            content: news::clean(
                "<p onclick=\"x()\">Lieux : 2 corrections</p><script>alert(1)</script>",
            ),
            published: at("2026-11-20T16:12:00Z"),
        }],
        next: Some("/feed?before=1".to_owned()),
    }
}

fn closing(lang: Lang, open: bool) -> closing::ClosingPage {
    let line = |name: &str, rows, copies: Vec<(String, bool)>| closing::OpenLine {
        name: name.to_owned(),
        title: "Lieux <u>".to_owned(),
        rows,
        archive: copies.is_empty(),
        copies,
    };
    closing::ClosingPage {
        page: own(lang),
        datasets: match open {
            true => vec![
                line("lieux", 1, vec![("rive.example".to_owned(), true)]),
                line("parcs", 0, vec![]),
            ],
            false => vec![],
        },
        outcomes: vec![
            closing::Outcome {
                title: "Ateliers".to_owned(),
                key: "closing-handed-over",
                detail: "https://rive.example/datasets/ateliers".to_owned(),
                done: true,
            },
            closing::Outcome {
                title: "Lieux".to_owned(),
                key: "closing-left",
                detail: "rive.example has not agreed".to_owned(),
                done: false,
            },
        ],
        problems: match open {
            true => vec![
                fault("fates", "Choisissez."),
                fault("sure", "Cochez la case."),
                fault("key", "Tapez la ligne."),
            ],
            false => vec![],
        },
    }
}

fn origin(lang: Lang, silent: bool) -> origin::OriginPage {
    let line = |host: &str, votes, followed: bool| origin::SuccessorLine {
        uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371".to_owned(),
        title: "Ateliers <i>".to_owned(),
        url: format!("https://{host}/datasets/ateliers"),
        host: host.to_owned(),
        seq: 12,
        votes,
        chosen: votes > 1,
        here: followed.then(|| format!("ateliers@{host}")),
        followed,
    };
    origin::OriginPage {
        page: own(lang),
        address: "ateliers@montagne.example".to_owned(),
        title: "Ateliers <b>".to_owned(),
        origin: "montagne.example".to_owned(),
        local: false,
        silent_since: silent.then(|| at("2026-11-21T10:00:00Z")),
        confirmed: Some(at("2026-11-21T09:00:00Z")),
        former: match silent {
            true => vec![],
            false => vec!["ateliers@vallee.example".to_owned()],
        },
        followed: Some(silent),
        held: 2,
        entitled: i64::from(silent) * 3,
        successors: match silent {
            true => vec![
                line("foret.example", 2, false),
                line("rive.example", 0, true),
            ],
            false => vec![],
        },
        member: true,
        voter: silent,
        operator: Some(origin::OperatorPart {
            typed: origin::Typed {
                name: "Mauvais nom".to_owned(),
                new_name: "ateliers".to_owned(),
                wrong: if silent { "name" } else { "" },
            },
            agreed: silent.then(|| "https://hub.example/datasets/ateliers".to_owned()),
            command: "rustine dataset move ateliers@montagne.example --to hub.example".to_owned(),
        }),
        problems: match silent {
            true => vec![fault("name", "Ce nom est déjà pris.")],
            false => vec![],
        },
    }
}

fn grant(who: &str, state_key: &'static str) -> team::GrantLine {
    let asked = state_key == "grant-asked";
    team::GrantLine {
        id: "5b2a7c1e".to_owned(),
        who: who.to_owned(),
        maintains: !asked,
        state_key,
        asked,
        content: asked.then(|| "Je relis <b>le samedi</b>.".to_owned()),
        until: at("2027-05-20T16:12:00Z"),
    }
}

fn held_grants(lang: Lang) -> grants::GrantsPage {
    let line = |title: &str, state_key| grants::HeldLine {
        id: "5b2a7c1e".to_owned(),
        title: title.to_owned(),
        href: (state_key == "grant-active").then(|| "/datasets/lieux@hub.example".to_owned()),
        maintains: state_key == "grant-active",
        state_key,
        copy_key: (state_key == "grant-offered").then_some("grant-copy-offer"),
        acceptable: state_key == "grant-offered",
        held: state_key != "grant-refused",
        until: at("2027-05-20T16:12:00Z"),
    };
    grants::GrantsPage {
        page: own(lang),
        held: vec![
            line("https://hub.example/datasets/aides", "grant-offered"),
            line("Lieux <b>", "grant-active"),
            line("Fêtes", "grant-refused"),
        ],
        datasets: vec![("fetes@hub.example".to_owned(), "Fêtes".to_owned())],
    }
}

fn team(lang: Lang) -> team::TeamPage {
    let line = |id, name: &str, until: Option<&str>| team::RoleLine {
        id,
        name: name.to_owned(),
        maintains: until.is_none(),
        given_by: "lea".to_owned(),
        created: at("2026-11-20T16:12:00Z"),
        until: until.map(at),
    };
    team::TeamPage {
        page: own(lang),
        address: "lieux".to_owned(),
        title: "Lieux".to_owned(),
        roles: vec![
            line(1, "ana", None),
            line(2, "max", Some("2026-12-20T16:12:00Z")),
        ],
        grants: vec![
            grant("bo@beta.example", "grant-asked"),
            grant("cy@gamma.example", "grant-active"),
        ],
        quorum: 2,
        instances: 2,
        owner_required: true,
        name: "personne".to_owned(),
        problems: vec![fault("name", "Aucun compte ouvert.")],
    }
}

pub fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let code = login::CodePage {
        page: frame(lang),
        return_to: "/moderation".to_owned(),
        problems: vec![fault("code", "Ce code n’est pas le bon.")],
    };
    let enrolment = second_step::SecondStepPage {
        page: own(lang),
        secret: "ABCD EFGH".to_owned(),
        address: "otpauth://totp/hub.example:ana?secret=ABCDEFGH".to_owned(),
        problems: vec![],
    };
    let codes = second_step::RecoveryCodesPage {
        page: own(lang),
        codes: vec![
            "abcd-efgh-jkmn-pqrs".to_owned(),
            "tuvw-xyz1-2345-6789".to_owned(),
        ],
    };
    let asked = reset::AskLetterPage {
        page: frame(lang),
        title_key: "reset-ask",
        text_key: "reset-ask-how",
        action: Some("/password"),
        email: "ana".to_owned(),
        problems: vec![fault("email", "Ce n’est pas une adresse e-mail.")],
    };
    let reset = reset::ResetPage {
        page: frame(lang),
        action: "/password/x".to_owned(),
        problems: vec![],
    };
    let sign_up = |known: Option<&str>| sign_up::SignUpPage {
        page: frame(lang),
        action: "/sign-up/x".to_owned(),
        by: known.map_or("lea", |_| "").to_owned(),
        known_email: known.map(str::to_owned),
        email: String::new(),
        name: "ana".to_owned(),
        problems: vec![fault("name", "Ce nom est pris.")],
    };
    let address = address::AddressPage {
        page: frame(lang),
        action: "/address/x".to_owned(),
        email: "ana@brume.example".to_owned(),
    };
    let letter = letter::LetterPage {
        page: frame(lang),
        title_key: "link-gone",
        text_key: "link-gone-how",
        onward: Some(("/connexion", "log-in")),
    };
    vec![
        ("ask_letter", asked.render().unwrap()),
        ("reset", reset.render().unwrap()),
        ("sign_up", sign_up(None).render().unwrap()),
        (
            "sign_up_known",
            sign_up(Some("a@b.example")).render().unwrap(),
        ),
        ("address", address.render().unwrap()),
        ("letter", letter.render().unwrap()),
        ("follow", follow(lang).render().unwrap()),
        ("feed", feed(lang).render().unwrap()),
        ("closing", closing(lang, true).render().unwrap()),
        ("closing-done", closing(lang, false).render().unwrap()),
        ("origin", origin(lang, false).render().unwrap()),
        ("origin-silent", origin(lang, true).render().unwrap()),
        ("team", team(lang).render().unwrap()),
        ("grants", held_grants(lang).render().unwrap()),
        ("people", people(lang).render().unwrap()),
        ("account", account(lang, false).render().unwrap()),
        ("account_second_step", account(lang, true).render().unwrap()),
        ("code", code.render().unwrap()),
        ("second_step", enrolment.render().unwrap()),
        ("recovery_codes", codes.render().unwrap()),
    ]
}
