//! The pages of accounts.

use askama::Template as _;
use rustine_app::follows::news;

use super::{at, fault, frame};
use crate::finding::Found;
use crate::i18n::Lang;
use crate::page::{Page, Viewer};
use crate::pages::{
    account, address, feed, follow, letter, login, people, reset, second_step, sign_up, team,
};

fn own(lang: Lang) -> Page {
    let viewer = Some(Viewer {
        name: "ana".to_owned(),
        moderator: false,
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
        ("team", team(lang).render().unwrap()),
        ("people", people(lang).render().unwrap()),
        ("account", account(lang, false).render().unwrap()),
        ("account_second_step", account(lang, true).render().unwrap()),
        ("code", code.render().unwrap()),
        ("second_step", enrolment.render().unwrap()),
        ("recovery_codes", codes.render().unwrap()),
    ]
}
