//! `/notifications`: what a person with an account was told, and `/account/notifications`: how she wants to be told.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::mail;
use rustine_app::notifications::upkeep::{self, Upkeep};
use rustine_app::notifications::{self, Kind, Rhythm, origins};
use rustine_domain::time::Timestamp;
use rustine_store::{NotificationRecord, StoreError, Tx};

use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::i18n::{LANGS, Lang};
use crate::page::Page;
use crate::reading;
use crate::view::Standing;
use crate::visit::Visit;

/// Lines on one page.
const PAGE: i64 = 50;

/// What she was told.
#[derive(Template)]
#[template(path = "notifications.html")]
pub struct NotificationsPage {
    /// The frame.
    pub page: Page,
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// The newest of them, up to which all is marked as seen.
    pub newest: i64,
    /// Some of them were not seen.
    pub unread: bool,
    /// Older ones.
    pub next_href: Option<String>,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Key of its sentence.
    pub key: &'static str,
    /// The dataset that it is about.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// Where the proposal stands, where it is about one.
    pub status: Option<Standing>,
    /// When it happened.
    pub at: Timestamp,
    /// Not seen yet.
    pub unread: bool,
}

/// How she wants to be told.
#[derive(Template)]
#[template(path = "notification_choices.html")]
pub struct ChoicesPage {
    /// The frame.
    pub page: Page,
    /// Letters leave this node.
    pub mail_is_on: bool,
    /// Each kind with its choices.
    pub kinds: Vec<KindChoice>,
    /// The language of letters.
    pub langs: Vec<(Lang, bool)>,
    /// It was just written down.
    pub done: bool,
}

/// A kind with the rhythms to choose from.
#[derive(Debug, Clone)]
pub struct KindChoice {
    /// Its word in the form.
    pub word: &'static str,
    /// Key of what it is called.
    pub key: &'static str,
    /// Words and keys of the rhythms, and whether it is the one.
    pub rhythms: Vec<(&'static str, &'static str, bool)>,
}

fn person(visit: &Visit) -> Result<i64, Failure> {
    let person = visit.person.as_ref();
    person.map(|person| person.id).ok_or_else(Failure::log_in)
}

/// `GET /notifications`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let user = person(visit)?;
            let before: Option<i64> = visit.asked("before").parse().ok();
            let (lines, records) = visit.app.db.read(|tx| {
                let records = tx.list_notifications(user, before, PAGE + 1)?;
                let shown = records.iter().take(usize::try_from(PAGE).unwrap_or(0));
                let lines: Result<Vec<_>, StoreError> =
                    shown.map(|record| line(visit, tx, record)).collect();
                Ok::<_, StoreError>((lines?, records))
            })?;
            let last = records.get(lines.len().saturating_sub(1));
            let more = records.len() > lines.len();
            Answer::private(&NotificationsPage {
                page: visit.page.clone(),
                newest: records.first().map_or(0, |record| record.id),
                unread: lines.iter().any(|line| line.unread),
                next_href: last
                    .filter(|_| more)
                    .map(|record| format!("/notifications?before={}", record.id)),
                lines,
            })
        })
        .await
}

fn line(visit: &Visit, tx: &mut Tx<'_>, record: &NotificationRecord) -> Result<Line, StoreError> {
    let patch = match record.patch {
        Some(id) => tx.find_patch(id)?,
        None => None,
    };
    let dataset = match record.dataset {
        Some(id) => Some(tx.load_dataset(id)?),
        None => None,
    };
    let kind = Kind::find(&record.kind).unwrap_or(Kind::Decided);
    let decides = visit
        .person
        .as_ref()
        .zip(record.dataset)
        .is_some_and(|(person, dataset)| person.may_decide(dataset));
    let event = origins::event(record);
    let (key, own) = match event {
        Some(origins::MOVED) => ("notified-moved", None),
        Some(origins::SILENT) => ("notified-silent", None),
        Some(_) => ("notified-successor", None),
        None => match kind {
            Kind::ToDecide => ("notified-to-decide", record.patch),
            Kind::Decided | Kind::Origins => ("notified-decided", None),
            Kind::News => ("notified-news", None),
            Kind::ExpiresSoon => ("notified-expires-soon", record.patch),
            Kind::Commented => (
                "notified-commented",
                decides.then_some(record.patch).flatten(),
            ),
            Kind::PeerAsked => ("notified-peer-asked", None),
            Kind::KeyChanged => ("notified-key-changed", None),
            Kind::Reported => ("notified-reported", None),
        },
    };
    let told = upkeep::read(&record.data);
    let host = match &told {
        Some(Upkeep::PeerAsked { host } | Upkeep::KeyChanged { host, .. }) => Some(host.clone()),
        _ => None,
    };
    let href = match (own, &dataset) {
        _ if told.is_some() => told.map(|told| told.page()).unwrap_or_default(),
        _ if kind == Kind::News => "/feed".to_owned(),
        (Some(id), _) => format!("/moderation/{id}"),
        (None, Some(dataset)) if event.is_some() => {
            format!("/datasets/{}/origin", reading::address(dataset))
        }
        (None, Some(dataset)) => format!("/datasets/{}", reading::address(dataset)),
        (None, None) => visit.page.here.clone(),
    };
    Ok(Line {
        key,
        title: host
            .or_else(|| dataset.as_ref().map(reading::title))
            .unwrap_or_default(),
        href,
        status: patch.and_then(|patch| Standing::find(&patch.status)),
        at: record.created,
        unread: record.read_at.is_none(),
    })
}

/// `POST /notifications/read`
pub async fn read(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let form = Posted::parse(&body.0?);
            visit.check_form(&form)?;
            let user = person(visit)?;
            let up_to = form.text("newest").parse().unwrap_or(0);
            let now = visit.page.now;
            visit
                .app
                .db
                .write(|tx| tx.read_notifications(user, up_to, now))?;
            Ok(Answer::see("/notifications"))
        })
        .await
}

/// `GET /account/notifications`
pub async fn choices(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let user = person(visit)?;
            let (kinds, lang) = visit.app.db.read(|tx| {
                let kinds: Result<Vec<_>, StoreError> = Kind::ALL
                    .into_iter()
                    .filter(|kind| concerns(*kind, visit))
                    .map(|kind| Ok(choice(kind, notifications::rhythm(tx, user, kind)?)))
                    .collect();
                let lang = tx.find_user(user)?.map(|user| user.lang);
                Ok::<_, StoreError>((kinds?, lang.unwrap_or_default()))
            })?;
            Answer::private(&ChoicesPage {
                page: visit.page.clone(),
                mail_is_on: mail::is_on(&visit.app),
                kinds,
                langs: LANGS.map(|known| (known, known.tag() == lang)).to_vec(),
                done: visit.asked("done") == "1",
            })
        })
        .await
}

/// Whether this person is ever told of a kind.
fn concerns(kind: Kind, visit: &Visit) -> bool {
    let person = visit.person.as_ref();
    match kind {
        Kind::PeerAsked | Kind::KeyChanged => person.is_some_and(|person| person.operator),
        Kind::Reported => person.is_some_and(Person::decides_somewhere),
        _ => true,
    }
}

fn choice(kind: Kind, chosen: Rhythm) -> KindChoice {
    let key = |rhythm| match rhythm {
        Rhythm::Now => "rhythm-now",
        Rhythm::Daily => "rhythm-daily",
        Rhythm::Weekly => "rhythm-weekly",
        Rhythm::Off => "rhythm-off",
    };
    KindChoice {
        word: kind.word(),
        key: match kind {
            Kind::ToDecide => "kind-to-decide",
            Kind::Decided => "kind-decided",
            Kind::News => "kind-news",
            Kind::PeerAsked => "kind-peer-asked",
            Kind::KeyChanged => "kind-key-changed",
            Kind::Reported => "kind-reported",
            Kind::Origins => "kind-origins",
            Kind::ExpiresSoon => "kind-expires-soon",
            Kind::Commented => "kind-commented",
        },
        rhythms: Rhythm::ALL
            .map(|rhythm| (rhythm.word(), key(rhythm), rhythm == chosen))
            .to_vec(),
    }
}

/// `POST /account/notifications`
pub async fn choose(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let form = Posted::parse(&body.0?);
            visit.check_form(&form)?;
            let user = person(visit)?;
            let chosen = Kind::ALL.into_iter().filter_map(|kind| {
                let rhythm = Rhythm::find(form.text(kind.word()))?;
                Some((kind, rhythm))
            });
            let lang = Lang::find(form.text("letters-lang")).map(Into::into);
            notifications::choose(&visit.app, user, &chosen.collect::<Vec<_>>(), lang)?;
            Ok(Answer::see("/account/notifications?done=1"))
        })
        .await
}
