//! The pages about partners, blocks and keys.

use askama::Template as _;
use rustine_app::actors::confirm::Change;
use rustine_app::blocks::cuts::Cuts;
use rustine_app::peers::about::About;
use rustine_store::BlockRecord;

use super::{at, fault, moderator};
use crate::i18n::Lang;
use crate::license::License;
use crate::pages::{admin, blocks, partners, peer, peer_keys, peers};
use crate::view::change::RowLink;

const HOST: &str = "partenaire.example";

fn peers(lang: Lang) -> peers::PeersPage {
    let line = |state_key, asks| peers::PeerLine {
        host: HOST.to_owned(),
        name: "Les Rives".to_owned(),
        state_key,
        asks,
        suspended: asks,
        heard: (!asks).then(|| at("2026-11-21T11:00:00Z")),
        behind: 2,
        failed: 1,
    };
    peers::PeersPage {
        page: moderator(lang),
        done: Some("peers-mode-chosen"),
        problems: vec![fault(
            "host",
            "Une adresse s’écrit hub.example, sans chemin.",
        )],
        mode: "open",
        peers: vec![line("peer-asking", true), line("peer-accepted", false)],
        changed_keys: 1,
        watching: true,
    }
}

fn theirs(copied: bool) -> peer::TheirLine {
    let copy = peer::CopyLine {
        href: "/datasets/lieux@partenaire.example".to_owned(),
        state_key: "copy-is-catching-up",
        rows: 120,
        entries: (3, Some(9)),
        percent: Some(33),
        digest: "Qd3fTy9sKe01".to_owned(),
        same_key: "peer-not-compared",
        confirmed: Some(at("2026-11-21T11:58:00Z")),
        error: Some("partenaire.example does not answer".to_owned()),
    };
    peer::TheirLine {
        name: if copied { "lieux" } else { "ateliers" }.to_owned(),
        title: if copied { "Lieux" } else { "Ateliers" }.to_owned(),
        description: "Où réparer un vélo.".to_owned(),
        license: Some(License::of("ODbL-1.0")),
        rows: Some(450),
        copy: copied.then_some(copy),
        wished: false,
        obstacle: (!copied).then(|| "not yet".to_owned()),
        can_copy: !copied,
    }
}

fn peer(lang: Lang, asks: bool) -> peer::PeerPage {
    peer::PeerPage {
        page: moderator(lang),
        done: (!asks).then_some("peer-done-accepted"),
        problems: if asks {
            vec![fault("groups", "Un nom de groupe n’a que des lettres.")]
        } else {
            vec![]
        },
        host: HOST.to_owned(),
        state_key: Some(if asks { "peer-asking" } else { "peer-accepted" }),
        watching: !asks,
        may: peer::May {
            ask: false,
            answer: asks,
            choose: !asks,
            end: !asks,
        },
        about: Some(About {
            name: "Les Rives".to_owned(),
            charter: "Nous relisons à deux.".to_owned(),
            software: "rustine".to_owned(),
            version: "0.1.0".to_owned(),
            key: String::from("ef").repeat(32),
            left_out: 2,
            ..About::default()
        }),
        silence: (!asks).then(|| "connection refused".to_owned()),
        suspended: asks,
        groups: "voisins".to_owned(),
        known_groups: vec!["lac".to_owned(), "voisins".to_owned()],
        rules: if asks {
            vec![]
        } else {
            vec![(
                "/datasets/lieux/rules".to_owned(),
                "Lieux".to_owned(),
                "Une proposition attend.".to_owned(),
            )]
        },
        heard: Some(at("2026-11-21T11:00:00Z")),
        reached: None,
        looked: Some(at("2026-11-21T11:00:00Z")),
        theirs: vec![theirs(false), theirs(true)],
        ours: vec![peer::OurLine {
            name: "sites".to_owned(),
            title: "Sites".to_owned(),
            entries: (9, Some(7)),
            lag: 2,
            digest: "Qd3fTy9sKe01".to_owned(),
            same_key: "peer-not-compared",
            looked: Some(at("2026-11-21T11:00:00Z")),
            error: Some("silent".to_owned()),
        }],
        deliveries: vec![peer::DeliveryLine {
            about_key: "delivery-log",
            state_key: "delivery-waits",
            since: at("2026-11-20T11:00:00Z"),
            attempts: 4,
            next: Some(at("2026-11-21T13:00:00Z")),
            status: Some(503),
            why: "busy".to_owned(),
        }],
        refused: vec![peer::RefusedLine {
            kind: "Announce".to_owned(),
            why: "this dataset is not its own".to_owned(),
            when: Some(at("2026-11-20T11:00:00Z")),
        }],
    }
}

fn keys(lang: Lang) -> peer_keys::PeerKeysPage {
    let change = |name: &str| Change {
        actor: format!("https://{HOST}/{name}"),
        host: HOST.to_owned(),
        old: "ab".repeat(32),
        new: "cd".repeat(32),
    };
    peer_keys::PeerKeysPage {
        page: moderator(lang),
        confirmed: true,
        problems: vec![],
        own: "ef".repeat(32),
        changes: vec![change("actor"), change("users/lea")],
    }
}

fn partners(lang: Lang) -> partners::PartnersPage {
    let card = |is_copied| partners::PartnerCard {
        href: "/datasets/lieux@partenaire.example".to_owned(),
        is_copied,
        title: "Lieux".to_owned(),
        description: "Où réparer un vélo.".to_owned(),
        host: HOST.to_owned(),
        license: Some(License::of("ODbL-1.0")),
        rows: 450,
    };
    partners::PartnersPage {
        page: moderator(lang),
        q: "vélo".to_owned(),
        found: 2,
        datasets: vec![card(true), card(false)],
        copies: vec![partners::CopyHits {
            title: "Lieux".to_owned(),
            host: HOST.to_owned(),
            href: "/datasets/lieux@partenaire.example?q=v%C3%A9lo".to_owned(),
            found: 12,
            rows: vec![RowLink {
                title: "Atelier vélo".to_owned(),
                href: "/datasets/lieux@partenaire.example/rows/1".to_owned(),
            }],
        }],
    }
}

fn blocks(lang: Lang, draft: Option<i64>) -> blocks::BlocksPage {
    let line = |id, unblocks| blocks::DraftLine {
        id,
        domain: "spam.example".to_owned(),
        unblocks,
        reason: "Spam".to_owned(),
        list: (!unblocks).then(|| "Liste".to_owned()),
    };
    let cuts = Cuts {
        peers: vec![HOST.to_owned()],
        followers: vec![("/datasets/lieux".to_owned(), 3)],
        follows: vec![("/users/lea".to_owned(), format!("https://{HOST}/users/max"))],
        replicas: vec![(HOST.to_owned(), "lieux".to_owned())],
        grants: vec![(format!("https://{HOST}/users/max"), "lieux".to_owned())],
        roles: vec![("lea".to_owned(), format!("https://{HOST}/datasets/sites"))],
        copies: vec![format!("sites@{HOST}")],
        proposals: 2,
        deliveries: 4,
        hosts: [HOST.to_owned()].into(),
    };
    blocks::BlocksPage {
        page: moderator(lang),
        done: None,
        problems: vec![],
        preview: Some(blocks::Preview {
            domain: "partenaire.example".to_owned(),
            reason: "Essai".to_owned(),
            draft,
            cuts,
        }),
        blocks: vec![BlockRecord {
            domain: "spam.example".to_owned(),
            reason: "Spam".to_owned(),
            created: at("2026-11-20T11:00:00Z"),
        }],
        waiting: 2,
        drafts: vec![line(1, false), line(2, true)],
        lists: vec![blocks::ListLine {
            id: 1,
            name: "Liste".to_owned(),
            url: "https://list.example/b.csv".to_owned(),
            fetched: None,
            error: Some("it answers with the status 404".to_owned()),
        }],
    }
}

fn admin(lang: Lang) -> admin::AdminPage {
    admin::AdminPage {
        page: moderator(lang),
        sections: vec![admin::Section {
            key: "admin-others",
            links: vec![admin::Link {
                href: "/admin/peers",
                key: "peers",
                about: "admin-peers-about",
                waits: 2,
            }],
        }],
        datasets: vec![("lieux".to_owned(), "Lieux".to_owned())],
        setup: vec![("admin-address", "https://hub.example".to_owned())],
    }
}

pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        ("admin", admin(lang).render().unwrap()),
        ("peers", peers(lang).render().unwrap()),
        ("peer_asking", peer(lang, true).render().unwrap()),
        ("peer", peer(lang, false).render().unwrap()),
        ("peer_keys", keys(lang).render().unwrap()),
        ("partners", partners(lang).render().unwrap()),
        ("blocks", blocks(lang, None).render().unwrap()),
        ("blocks_draft", blocks(lang, Some(1)).render().unwrap()),
    ]
}
