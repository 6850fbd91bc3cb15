//! `/admin/peers`: partners, requests, who may speak to this node; and the way to ask another instance.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::actors::confirm;
use rustine_app::peers::{self, mode, view};
use rustine_app::settings::Mode;
use rustine_domain::time::Timestamp;

use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::checked;
use crate::pages::{peer, watch};
use crate::view::Fault;
use crate::visit::Visit;

/// Partners and requests.
#[derive(Template)]
#[template(path = "peers.html")]
pub struct PeersPage {
    /// The frame.
    pub page: Page,
    /// What was just done; a key.
    pub done: Option<&'static str>,
    /// What is wrong.
    pub problems: Vec<Fault>,
    /// The word of the mode in force.
    pub mode: &'static str,
    /// Everybody between whom and us there is something.
    pub peers: Vec<PeerLine>,
    /// Actors that show another key.
    pub changed_keys: i64,
    /// Something goes on by itself.
    pub watching: bool,
}

/// One of them.
pub struct PeerLine {
    /// Its `host[:port]`.
    pub host: String,
    /// Its name, where it said one.
    pub name: String,
    /// Key of how it stands.
    pub state_key: &'static str,
    /// It waits for an answer of ours.
    pub asks: bool,
    /// Its key changed.
    pub suspended: bool,
    /// When it was last heard.
    pub heard: Option<Timestamp>,
    /// Copies on either side that are behind.
    pub behind: i64,
    /// Deliveries that did not arrive.
    pub failed: i64,
}

/// Key of a state of a peering.
pub fn state_key(state: &str) -> &'static str {
    match state {
        peers::ASKED => "peer-asked",
        peers::ASKING => "peer-asking",
        peers::ACCEPTED => "peer-accepted",
        peers::REFUSED => "peer-refused",
        _ => "peer-removed",
    }
}

/// `GET /admin/peers`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            let done = match visit.asked("done") {
                "mode" => Some("peers-mode-chosen"),
                "removed" => Some("peers-removed"),
                _ => None,
            };
            let page = PeersPage {
                done,
                ..read(visit)?
            };
            Ok(watch::with_script(Answer::private(&page)?, page.watching))
        })
        .await
}

/// The list, to be shown with what is wrong with an address.
pub fn read(visit: &Visit) -> Result<PeersPage, Failure> {
    let views = view::all(&visit.app)?;
    let changed = confirm::waiting(&visit.app)?;
    Ok(PeersPage {
        page: visit.page.clone(),
        done: None,
        problems: Vec::new(),
        mode: mode::read(&visit.app)?.as_str(),
        peers: views.iter().map(line).collect(),
        watching: views.iter().any(peer::goes_on),
        changed_keys: i64::try_from(changed.len()).unwrap_or(i64::MAX),
    })
}

fn line(view: &view::View) -> PeerLine {
    let copies = view.theirs.iter().filter_map(|theirs| theirs.copy.as_ref());
    let theirs = copies.filter(|copy| copy.percent.is_some_and(|percent| percent < 100));
    let ours = view
        .ours
        .iter()
        .filter(|ours| ours.lag.is_some_and(|lag| lag > 0));
    PeerLine {
        host: view.peer.host.clone(),
        name: view
            .about
            .as_ref()
            .map(|about| about.name.clone())
            .unwrap_or_default(),
        state_key: state_key(&view.peer.state),
        asks: view.peer.state == peers::ASKING,
        suspended: !view.changes.is_empty(),
        heard: view.facts.as_ref().and_then(|facts| facts.heard_at),
        behind: i64::try_from(theirs.count() + ours.count()).unwrap_or(i64::MAX),
        failed: i64::try_from(view.deliveries.len()).unwrap_or(i64::MAX),
    }
}

/// `POST /admin/peers/mode`
pub async fn choose_mode(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, _) = checked(visit, body)?;
            visit.operator()?;
            let chosen = Mode::parse(posted.text("mode"));
            let chosen = chosen.ok_or_else(|| Failure::new(422, "there is no such mode"))?;
            mode::set(&visit.app, chosen)?;
            Ok(Answer::see("/admin/peers?done=mode"))
        })
        .await
}
