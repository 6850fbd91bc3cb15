//! `/admin`: the operator's way around. Every page that only operators open is linked from here, with what waits behind
//! it, and how the node is set up.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::mail;
use rustine_app::peers::{self, mode};
use rustine_app::reports;
use rustine_app::settings::SignUp;
use rustine_store::{PatchFilter, StoreError, Tx};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::reading;
use crate::visit::Visit;

/// Things of one kind that wait are counted so far.
const COUNTED: i64 = 100;

/// Where everything is.
#[derive(Template)]
#[template(path = "admin.html")]
pub struct AdminPage {
    /// The frame.
    pub page: Page,
    /// The operator's pages, by what they are about.
    pub sections: Vec<Section>,
    /// The datasets of this node: address and title.
    pub datasets: Vec<(String, String)>,
    /// How the node is set up: key of the name, and the value.
    pub setup: Vec<(&'static str, String)>,
}

/// Pages that are about the same.
pub struct Section {
    /// Key of its heading, and its anchor.
    pub key: &'static str,
    /// Its pages.
    pub links: Vec<Link>,
}

/// A page.
pub struct Link {
    /// Where it is.
    pub href: &'static str,
    /// Key of its name.
    pub key: &'static str,
    /// Key of what one does there.
    pub about: &'static str,
    /// How many things wait there for somebody.
    pub waits: i64,
}

/// What waits for somebody.
#[derive(Debug, Clone, Copy, Default)]
struct Waiting {
    requests: i64,
    keys: i64,
    drafts: i64,
    proposals: i64,
    comments: i64,
    reports: i64,
}

/// `GET /admin`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            let waiting = visit.app.db.read(|tx| waiting(visit, tx))?;
            let datasets = visit
                .app
                .db
                .read(|tx| reading::list(tx, visit.person.as_ref()))?;
            let ours = datasets.iter().filter(|dataset| dataset.is_local());
            Answer::private(&AdminPage {
                sections: sections(waiting, visit.app.settings.dev),
                datasets: ours
                    .map(|dataset| (reading::address(dataset), reading::title(dataset)))
                    .collect(),
                setup: setup(visit)?,
                page: visit.page.clone(),
            })
        })
        .await
}

fn waiting(visit: &Visit, tx: &mut Tx<'_>) -> Result<Waiting, Failure> {
    let person = visit.operator()?;
    let number = |count: usize| i64::try_from(count).unwrap_or(COUNTED);
    let asking = tx.list_peers()?.into_iter();
    let open = PatchFilter {
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        direction: Some("in".to_owned()),
        ..PatchFilter::default()
    };
    Ok(Waiting {
        requests: number(asking.filter(|peer| peer.state == peers::ASKING).count()),
        keys: number(tx.list_suspended_actors()?.len()),
        drafts: tx.count_waiting_block_drafts()?,
        proposals: tx.count_patches(&open)?,
        comments: number(tx.list_held_comments(COUNTED)?.len()),
        reports: number(reports::list(&visit.app, tx, person, COUNTED)?.len()),
    })
}

fn sections(waiting: Waiting, dev: bool) -> Vec<Section> {
    let link = |href, key, about, waits| Link {
        href,
        key,
        about,
        waits,
    };
    let mut here = vec![
        link("/admin/people", "people", "admin-people-about", 0),
        link("/admin/closing", "closing-title", "admin-closing-about", 0),
    ];
    if dev {
        here.push(link("/dev/mails", "dev-mails", "admin-mails-about", 0));
    }
    vec![
        Section {
            key: "admin-others",
            links: vec![
                link(
                    "/admin/peers",
                    "peers",
                    "admin-peers-about",
                    waiting.requests,
                ),
                link(
                    "/admin/peers/keys",
                    "peer-keys",
                    "admin-keys-about",
                    waiting.keys,
                ),
                link(
                    "/admin/blocks",
                    "blocks",
                    "admin-blocks-about",
                    waiting.drafts,
                ),
                link("/partners", "partners", "admin-partners-about", 0),
                link("/grants", "held-grants", "admin-grants-about", 0),
            ],
        },
        Section {
            key: "admin-deciding",
            links: vec![
                link(
                    "/moderation",
                    "moderation",
                    "admin-queue-about",
                    waiting.proposals,
                ),
                link(
                    "/moderation/comments",
                    "comments-title",
                    "admin-comments-about",
                    waiting.comments,
                ),
                link(
                    "/moderation/reports",
                    "reports-title",
                    "admin-reports-about",
                    waiting.reports,
                ),
            ],
        },
        Section {
            key: "admin-here",
            links: here,
        },
    ]
}

/// What the settings say, without anything secret.
fn setup(visit: &Visit) -> Result<Vec<(&'static str, String)>, StoreError> {
    let page = &visit.page;
    let settings = &visit.app.settings;
    let or_none = |text: &str| match text {
        "" => page.t("admin-none"),
        text => text.to_owned(),
    };
    let letters = match mail::is_on(&visit.app) {
        true => "admin-letters-on",
        false => "admin-letters-off",
    };
    let sign_up = match settings.accounts.sign_up {
        SignUp::Closed => "admin-sign-up-closed",
        SignUp::Invitation => "admin-sign-up-invitation",
        SignUp::Open => "admin-sign-up-open",
    };
    let engine = match settings.database_url.as_deref() {
        Some(url) if url.starts_with("postgres") => "PostgreSQL",
        _ => "SQLite",
    };
    Ok(vec![
        ("admin-address", visit.app.origin().to_string()),
        (
            "peers-mode",
            page.t(mode_key(mode::read(&visit.app)?.as_str())),
        ),
        ("admin-letters", page.t(letters)),
        ("admin-sign-up", page.t(sign_up)),
        ("admin-database", engine.to_owned()),
        ("admin-tiles", or_none(&settings.map.tiles)),
        ("admin-geocoder", or_none(&settings.geocoder.url)),
    ])
}

fn mode_key(mode: &str) -> &'static str {
    match mode {
        "allow-list" => "peers-mode-allow-list",
        "silent" => "peers-mode-silent",
        _ => "peers-mode-open",
    }
}
