//! `/follow`: somebody on another server is found, seen, followed; and whom one follows already.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::follows::{self, news, own};
use rustine_store::StoreError;

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::finding::{Found, NotFound, PeopleFinder};
use crate::page::Page;
use crate::pages::account::checked;
use crate::view::Fault;
use crate::visit::Visit;

/// The search, what it found, and whom one follows.
#[derive(Template)]
#[template(path = "follow.html")]
pub struct FollowPage {
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub typed: String,
    /// Who was found.
    pub found: Option<FoundCard>,
    /// Why nobody was.
    pub problems: Vec<Fault>,
    /// Whom one follows.
    pub follows: Vec<FollowLine>,
}

/// Somebody who was found.
pub struct FoundCard {
    /// As the search tells it.
    pub found: Found,
    /// What it says about itself, cleaned.
    pub summary: String,
    /// One follows it already.
    pub followed: bool,
}

/// Somebody whom one follows.
pub struct FollowLine {
    /// Its id, a URL; also its page.
    pub id: String,
    /// `name@host`, or the id where the actor is not known any more.
    pub account: String,
    /// Key of how it stands.
    pub state_key: &'static str,
}

/// `GET /follow?q=name@host`
pub async fn show(
    visit: Visit,
    finder: web::Data<PeopleFinder>,
    limits: web::Data<AccountLimits>,
) -> HttpResponse {
    let typed = visit
        .asked("q")
        .trim()
        .chars()
        .take(300)
        .collect::<String>();
    // Only people with an account make this node ask others, and each of them so often.
    let counted = match (&visit.person, typed.as_str()) {
        (None, _) | (_, "") => Ok(None),
        (Some(person), _) => limits.search(&visit, &person.name).map(Some),
    };
    let found = match counted {
        Ok(Some(())) => Some(finder.find(&typed).await),
        Ok(None) => None,
        Err(failure) => return visit.answer(|_| Err(failure)).await,
    };
    visit.answer(move |visit| read(visit, typed, found)).await
}

fn read(
    visit: &Visit,
    typed: String,
    found: Option<Result<Found, NotFound>>,
) -> Result<Answer, Failure> {
    let mut page = page(visit)?;
    page.typed = typed;
    let status = match found {
        None => 200,
        Some(Ok(found)) => {
            page.found = Some(FoundCard {
                summary: news::clean(&found.summary),
                followed: page.follows.iter().any(|line| line.id == found.id),
                found,
            });
            200
        }
        Some(Err(why)) => {
            let key = match why {
                NotFound::NoAddress => "follow-no-address",
                NotFound::Here => "follow-here",
                NotFound::Nobody => "follow-nobody",
            };
            page.problems.push(Fault {
                anchor: Some("q".to_owned()),
                sentence: visit.page.t(key),
            });
            422
        }
    };
    Answer::with(status, Keep::Never, &page)
}

fn page(visit: &Visit) -> Result<FollowPage, Failure> {
    let (person, _) = visit.member()?;
    let followed = own::list(&visit.app, person)?;
    let lines = followed.into_iter().map(|(follow, actor)| FollowLine {
        account: actor.map_or_else(
            || follow.object.clone(),
            |actor| format!("{}@{}", actor.name, actor.host),
        ),
        state_key: match follow.state.as_str() {
            follows::ACCEPTED => "follow-accepted",
            follows::REJECTED => "follow-rejected",
            _ => "follow-pending",
        },
        id: follow.object,
    });
    Ok(FollowPage {
        page: visit.page.clone(),
        typed: String::new(),
        found: None,
        problems: Vec::new(),
        follows: lines.collect(),
    })
}

/// `POST /follow`
pub async fn follow(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            match own::follow(&visit.app, person, posted.text("actor")) {
                Ok(()) => Ok(Answer::see("/follow")),
                Err(error) => Err(refused(error)),
            }
        })
        .await
}

/// `POST /follow/end`
pub async fn end(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            match own::unfollow(&visit.app, person, posted.text("actor"))? {
                true => Ok(Answer::see("/follow")),
                false => Err(Failure::not_found()),
            }
        })
        .await
}

fn refused(error: own::FollowRefused) -> Failure {
    match error {
        own::FollowRefused::Unknown => Failure::not_found(),
        own::FollowRefused::Many => Failure::new(429, error.to_string()),
        own::FollowRefused::Store(error) => StoreError::into(error),
    }
}
