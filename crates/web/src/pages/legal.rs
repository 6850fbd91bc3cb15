//! The pages that the law asks for, from the operator's settings: who publishes, what is kept of people, how far
//! everybody can use it, and by which rules contributions are read.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::mail;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::visit::Visit;

/// One of the pages.
#[derive(Template)]
#[template(path = "legal.html")]
pub struct LegalPage {
    /// The frame.
    pub page: Page,
    /// Key of the heading.
    pub title_key: &'static str,
    /// What it says.
    pub sections: Vec<Section>,
}

/// A part of such a page.
#[derive(Debug, Clone)]
pub struct Section {
    /// Key of the heading.
    pub title_key: &'static str,
    /// The text; none where the operator has not written it yet.
    pub text: Option<String>,
}

/// Key of the heading, then the parts: each the operator's setting or a text of ours.
type Parts = (&'static str, Vec<(&'static str, Text)>);

enum Text {
    Setting(fn(&rustine_app::settings::Legal) -> &str),
    Ours(&'static str),
    /// A text of ours with the host that it names.
    About(&'static str, String),
}

/// `GET /mentions-legales`
pub async fn notice(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let parts = vec![
                ("legal-publisher", Text::Setting(|legal| &legal.publisher)),
                ("legal-director", Text::Setting(|legal| &legal.director)),
                ("legal-hosting", Text::Setting(|legal| &legal.hosting)),
                ("legal-contact", Text::Setting(|legal| &legal.contact)),
                ("legal-software", Text::Ours("legal-software-text")),
            ];
            show(visit, ("legal-notice", parts))
        })
        .await
}

/// `GET /donnees-personnelles`
pub async fn privacy(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let settings = &visit.app.settings;
            let mut parts = vec![("privacy-reading", Text::Ours("privacy-reading-text"))];
            let tiles = settings.map.host();
            parts
                .extend(tiles.map(|host| ("privacy-maps", Text::About("privacy-maps-text", host))));
            let search = settings.geocoder.host();
            parts.extend(search.map(|host| {
                let text = Text::About("privacy-addresses-text", host);
                ("privacy-addresses", text)
            }));
            parts.push(("privacy-proposing", Text::Ours("privacy-proposing-text")));
            if mail::is_on(&visit.app) {
                parts.push(("privacy-letters", Text::Ours("privacy-letters-text")));
            }
            parts.extend([
                ("privacy-accounts", Text::Ours("privacy-accounts-text")),
                ("privacy-network", Text::Ours("privacy-network-text")),
                ("privacy-cookies", Text::Ours("privacy-cookies-text")),
                ("privacy-rights", Text::Ours("privacy-rights-text")),
                ("legal-contact", Text::Setting(|legal| &legal.contact)),
            ]);
            show(visit, ("legal-privacy", parts))
        })
        .await
}

/// `GET /accessibilite`
pub async fn accessibility(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let parts = vec![
                ("access-state", Text::Ours("access-state-text")),
                ("access-obstacle", Text::Ours("access-obstacle-text")),
                ("legal-contact", Text::Setting(|legal| &legal.contact)),
            ];
            show(visit, ("legal-accessibility", parts))
        })
        .await
}

/// `GET /charte`
pub async fn charter(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let parts = vec![
                ("charter-rules", Text::Setting(|legal| &legal.charter)),
                ("charter-review", Text::Ours("charter-review-text")),
            ];
            show(visit, ("legal-charter", parts))
        })
        .await
}

fn show(visit: &Visit, (title_key, parts): Parts) -> Result<Answer, Failure> {
    let section = |(title_key, text): (&'static str, Text)| {
        let text = match text {
            Text::Setting(setting) => setting(&visit.app.settings.legal).trim().to_owned(),
            Text::Ours(key) => visit.page.t(key),
            Text::About(key, host) => visit.page.t1(key, "host", host),
        };
        Section {
            title_key,
            text: Some(text).filter(|text| !text.is_empty()),
        }
    };
    Answer::page(&LegalPage {
        page: visit.page.clone(),
        title_key,
        sections: parts.into_iter().map(section).collect(),
    })
}
