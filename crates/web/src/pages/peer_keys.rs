//! `/admin/peers/keys`: actors elsewhere that show another key than the one we know them by, and the button of the
//! person who compared both.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::actors::confirm::{self, Change, ConfirmError, Whose};
use rustine_app::actors::fingerprint;
use rustine_app::log::keys::RSA;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::checked;
use crate::view::Fault;
use crate::visit::Visit;

/// Changed keys, and our own.
#[derive(Template)]
#[template(path = "peer_keys.html")]
pub struct PeerKeysPage {
    /// The frame.
    pub page: Page,
    /// A key was just confirmed.
    pub confirmed: bool,
    /// What is wrong.
    pub problems: Vec<Fault>,
    /// Fingerprint of our own key, for the partner who asks.
    pub own: String,
    /// Changes that nobody confirmed.
    pub changes: Vec<Change>,
}

/// `GET /admin/peers/keys`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            let mut page = read(visit)?;
            page.confirmed = visit.asked("done") == "confirmed";
            Answer::private(&page)
        })
        .await
}

fn read(visit: &Visit) -> Result<PeerKeysPage, Failure> {
    let own = visit.app.db.read(|tx| tx.find_key("/actor", RSA))?;
    Ok(PeerKeysPage {
        page: visit.page.clone(),
        confirmed: false,
        problems: Vec::new(),
        own: own.map(|own| fingerprint(&own.public)).unwrap_or_default(),
        changes: confirm::waiting(&visit.app)?,
    })
}

/// `POST /admin/peers/keys`: only the key whose fingerprint the form showed, or the person typed, is believed.
pub async fn confirm(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, _) = checked(visit, body)?;
            visit.operator()?;
            let whose = Whose::Actor(posted.text("actor").to_owned());
            let typed = posted.text("fingerprint").split_whitespace();
            let typed: String = typed.collect::<String>().to_ascii_lowercase();
            if typed.is_empty() {
                return refused(visit, "peer-keys-type");
            }
            match confirm::confirm(&visit.app, &whose, Some(&typed)) {
                Ok(_) => Ok(Answer::see("/admin/peers/keys?done=confirmed")),
                Err(ConfirmError::OtherKey { .. }) => refused(visit, "peer-keys-other"),
                Err(ConfirmError::Nothing(_)) => Err(Failure::not_found()),
                Err(ConfirmError::Store(error)) => Err(error.into()),
            }
        })
        .await
}

fn refused(visit: &Visit, key: &str) -> Result<Answer, Failure> {
    let mut page = read(visit)?;
    page.problems.push(Fault {
        anchor: None,
        sentence: visit.page.t(key),
    });
    Answer::with(422, Keep::Never, &page)
}
