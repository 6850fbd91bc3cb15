//! `/admin/peers/{host}`: one instance. What it says about itself before there is a peering; copies, digests and what
//! did not arrive once there is one.

mod act;
mod lines;

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::peers::about::About;
use rustine_app::peers::{self, policy, view};
use rustine_domain::ids::Host;
use rustine_domain::time::Timestamp;

pub use act::act;
pub use lines::{CopyLine, DeliveryLine, OurLine, RefusedLine, TheirLine};

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::failure::Failure;
use crate::finding::{NoAbout, PeerFinder};
use crate::page::Page;
use crate::pages::peers as list;
use crate::pages::rules::words;
use crate::pages::watch;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// An instance, as operators see it.
#[derive(Template)]
#[template(path = "peer.html")]
pub struct PeerPage {
    /// The frame.
    pub page: Page,
    /// What was just done; a key.
    pub done: Option<&'static str>,
    /// What is wrong.
    pub problems: Vec<Fault>,
    /// Its `host[:port]`.
    pub host: String,
    /// Key of how it stands; none where there is nothing between us.
    pub state_key: Option<&'static str>,
    /// What may be done.
    pub may: May,
    /// Something goes on by itself: an answer is awaited, or copies grow.
    pub watching: bool,
    /// What it says about itself.
    pub about: Option<About>,
    /// Why it said nothing at the last look.
    pub silence: Option<String>,
    /// Its key changed.
    pub suspended: bool,
    /// Its groups, as they are typed.
    pub groups: String,
    /// Names of groups that are in use.
    pub known_groups: Vec<String>,
    /// Rules of our datasets that name it: the page of the rules, the title of the dataset, the sentence.
    pub rules: Vec<(String, String, String)>,
    /// When it last spoke to us.
    pub heard: Option<Timestamp>,
    /// When it last took something from us.
    pub reached: Option<Timestamp>,
    /// When it was last asked about itself.
    pub looked: Option<Timestamp>,
    /// Its datasets.
    pub theirs: Vec<TheirLine>,
    /// Ours that it copies.
    pub ours: Vec<OurLine>,
    /// Deliveries that did not arrive at once.
    pub deliveries: Vec<DeliveryLine>,
    /// What came and was not taken.
    pub refused: Vec<RefusedLine>,
}

/// What an operator may do with an instance.
#[derive(Debug, Clone, Copy, Default)]
pub struct May {
    /// Ask it for a peering.
    pub ask: bool,
    /// Answer its request.
    pub answer: bool,
    /// Choose copies and groups.
    pub choose: bool,
    /// End the peering, or take the request back.
    pub end: bool,
}

impl May {
    fn of(state: Option<&str>) -> Self {
        let state = state.unwrap_or(peers::REMOVED);
        Self {
            ask: [peers::REMOVED, peers::REFUSED].contains(&state),
            answer: state == peers::ASKING,
            choose: state == peers::ACCEPTED,
            end: [peers::ACCEPTED, peers::ASKED].contains(&state),
        }
    }
}

impl PeerPage {
    /// True where some of its datasets can be chosen to be copied.
    pub fn can_copy(&self) -> bool {
        self.theirs.iter().any(|line| line.can_copy)
    }
}

/// `GET /admin/peers/look?host=…`: what an instance says about itself, now.
pub async fn look(
    visit: Visit,
    finder: web::Data<PeerFinder>,
    limits: web::Data<AccountLimits>,
) -> HttpResponse {
    let allowed = visit.operator().map(|person| person.name.clone());
    let allowed = allowed.and_then(|name| limits.search(&visit, &name));
    if let Err(failure) = allowed {
        return visit.answer(|_| Err(failure)).await;
    }
    let typed = visit.asked("host").trim().to_ascii_lowercase();
    let typed = typed
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let asked: Result<Host, _> = typed.trim_end_matches('/').parse();
    let found = match &asked {
        Ok(host) => finder.about(host.clone()).await,
        Err(_) => Err(NoAbout::NoHost),
    };
    visit
        .answer(move |visit| match (asked, found) {
            // What was said just now does not change by itself; the page of the partner follows.
            (Ok(host), Ok(about)) => Answer::private(&PeerPage {
                watching: false,
                ..read(visit, &host, Some(about))?
            }),
            (_, found) => {
                let why = found.err().unwrap_or(NoAbout::NoHost);
                let mut page = list::read(visit)?;
                page.watching = false;
                page.problems.push(Fault {
                    anchor: Some("host".to_owned()),
                    sentence: sentence(&visit.page, &why),
                });
                Answer::with(422, Keep::Never, &page)
            }
        })
        .await
}

/// Why an instance says nothing, in the reader's language.
fn sentence(page: &Page, why: &NoAbout) -> String {
    match why {
        NoAbout::NoHost => page.t("peers-no-host"),
        NoAbout::Ourselves => page.t("peers-ourselves"),
        NoAbout::Blocked => page.t("peers-blocked"),
        NoAbout::NotRustine => page.t("peers-not-rustine"),
        NoAbout::KeyChanged => page.t("peers-key-changed"),
        NoAbout::Silent(why) => page.t1("peers-silent", "why", why),
    }
}

/// `GET /admin/peers/{host}`
pub async fn show(visit: Visit, host: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            visit.operator()?;
            let host: Host = host.parse().map_err(|_| Failure::not_found())?;
            let mut page = read(visit, &host, None)?;
            // An instance between which and us there is nothing is asked first: it has no page yet.
            if page.state_key.is_none() {
                return Err(Failure::not_found());
            }
            page.done = match visit.asked("done") {
                "asked" => Some("peer-done-asked"),
                "accepted" => Some("peer-done-accepted"),
                "refused" => Some("peer-done-refused"),
                "chosen" => Some("peer-done-chosen"),
                "again" => Some("peer-done-again"),
                _ => None,
            };
            Ok(watch::with_script(Answer::private(&page)?, page.watching))
        })
        .await
}

/// The page; with what was just said, or with what was said at the last look.
fn read(visit: &Visit, host: &Host, fresh: Option<About>) -> Result<PeerPage, Failure> {
    let known = view::one(&visit.app, host.as_str())?;
    let page = visit.page.clone();
    let state = known.as_ref().map(|view| view.peer.state.clone());
    let may = May::of(state.as_deref());
    let mut shown = PeerPage {
        may,
        watching: false,
        state_key: state.as_deref().map(list::state_key),
        host: host.to_string(),
        done: None,
        problems: Vec::new(),
        theirs: fresh.iter().flat_map(lines::listed).collect(),
        about: fresh,
        silence: None,
        suspended: false,
        groups: String::new(),
        known_groups: known_groups(visit)?,
        rules: rules(visit, host)?,
        heard: None,
        reached: None,
        looked: None,
        ours: Vec::new(),
        deliveries: Vec::new(),
        refused: Vec::new(),
        page,
    };
    let Some(view) = known else {
        return Ok(shown);
    };
    let copyable = may.ask || may.answer || may.choose;
    let known_lines: Vec<_> = view
        .theirs
        .iter()
        .map(|theirs| lines::theirs(theirs, host, copyable))
        .collect();
    if shown.about.is_none() || view.theirs.iter().any(|theirs| theirs.copy.is_some()) {
        shown.theirs = known_lines;
    }
    shown.watching = goes_on(&view);
    shown.about = shown.about.or(view.about);
    shown.suspended = !view.changes.is_empty();
    shown.groups = view.groups.join(", ");
    if let Some(facts) = view.facts {
        (shown.heard, shown.reached) = (facts.heard_at, facts.reached_at);
        (shown.looked, shown.silence) = (facts.looked_at, facts.error);
    }
    shown.ours = view.ours.iter().map(lines::ours).collect();
    shown.deliveries = view.deliveries.iter().map(lines::delivery).collect();
    shown.refused = view.refused.into_iter().map(lines::refused).collect();
    Ok(shown)
}

/// Whether the page will say something else soon, by itself: an answer is awaited, or a copy on either side grows.
pub(super) fn goes_on(view: &view::View) -> bool {
    let copying = |theirs: &view::Theirs| match &theirs.copy {
        Some(copy) => copy.percent.is_none_or(|percent| percent < 100),
        None => theirs.wish.is_some(),
    };
    match view.peer.state.as_str() {
        peers::ASKED => true,
        peers::ACCEPTED => {
            let lags = view
                .ours
                .iter()
                .any(|ours| ours.lag.is_none_or(|lag| lag > 0));
            view.theirs.iter().any(copying) || lags
        }
        _ => false,
    }
}

fn known_groups(visit: &Visit) -> Result<Vec<String>, Failure> {
    let listed = visit.app.db.read(|tx| tx.list_peer_groups())?;
    let names: BTreeSet<String> = listed.into_iter().map(|(name, _)| name).collect();
    Ok(names.into_iter().collect())
}

/// What holds for its proposals by its name.
fn rules(visit: &Visit, host: &Host) -> Result<Vec<(String, String, String)>, Failure> {
    let mut lines = Vec::new();
    for held in policy::about(&visit.app, host)? {
        let schema = reading::schema_of(&held.dataset)?;
        lines.push((
            format!("/datasets/{}/rules", reading::address(&held.dataset)),
            reading::title(&held.dataset),
            words::sentence(&visit.page, &schema, &held.rule),
        ));
    }
    Ok(lines)
}
