//! `/admin/closing`: the operator ends the instance: each dataset is handed over to somebody who keeps a copy and has
//! agreed, or archived, or left for now.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::datasets::closing::{self, Fate, Open};
use rustine_app::datasets::heir::Heir;
use rustine_app::datasets::rotate::RecoveryKey;
use rustine_domain::ids::{DatasetAddress, Host};

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::finding::HeirFinder;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::checked;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// The word of a form for "archive".
const ARCHIVE: &str = "archive";

/// What is open, and what becomes of it.
#[derive(Template)]
#[template(path = "closing.html")]
pub struct ClosingPage {
    /// The frame.
    pub page: Page,
    /// The datasets that are open.
    pub datasets: Vec<OpenLine>,
    /// What was just done, or not.
    pub outcomes: Vec<Outcome>,
    /// What is wrong with the form.
    pub problems: Vec<Fault>,
}

/// A dataset that is open.
pub struct OpenLine {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How many rows it has.
    pub rows: i64,
    /// Who keeps a copy, and whether that was chosen.
    pub copies: Vec<(String, bool)>,
    /// Archiving was chosen.
    pub archive: bool,
}

/// What became of one dataset.
pub struct Outcome {
    /// Its title.
    pub title: String,
    /// Key of the sentence.
    pub key: &'static str,
    /// Where it lives now, or why nothing was done.
    pub detail: String,
    /// Something was done.
    pub done: bool,
}

/// `GET /admin/closing`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            Answer::private(&page(visit, &Posted::default(), Vec::new(), Vec::new())?)
        })
        .await
}

fn page(
    visit: &Visit,
    posted: &Posted,
    outcomes: Vec<Outcome>,
    problems: Vec<Fault>,
) -> Result<ClosingPage, Failure> {
    let line = |open: Open| {
        let chosen = posted.text(&input(&open)).to_owned();
        OpenLine {
            title: reading::title(&open.dataset),
            rows: open.dataset.row_count,
            archive: chosen == ARCHIVE,
            copies: open
                .copies
                .iter()
                .map(|host| (host.to_string(), host.as_str() == chosen))
                .collect(),
            name: open.dataset.name,
        }
    };
    let open = closing::open(&visit.app)?.into_iter();
    Ok(ClosingPage {
        page: visit.page.clone(),
        datasets: open.map(line).collect(),
        outcomes,
        problems,
    })
}

/// The form's name for what becomes of a dataset.
fn input(open: &Open) -> String {
    format!("fate.{}", open.dataset.name)
}

/// What the form wants of one dataset.
struct Wish {
    open: Open,
    address: DatasetAddress,
    /// `None`: archived.
    to: Option<Host>,
}

/// `POST /admin/closing`
pub async fn close(visit: Visit, heirs: web::Data<HeirFinder>, body: Body) -> HttpResponse {
    // Other instances are asked only once it is certain who asks, and for what.
    let read = match web::block(move || {
        let read = wishes(&visit, body);
        (visit, read)
    })
    .await
    {
        Ok(read) => read,
        Err(_) => return HttpResponse::ServiceUnavailable().finish(),
    };
    let (visit, asked) = read;
    let (posted, wishes) = match asked {
        Ok(asked) => asked,
        Err(failure) => return visit.answer(|_| Err(failure)).await,
    };
    let mut agreed = Vec::new();
    for wish in wishes {
        let heir = match &wish.to {
            Some(host) => Some(heirs.ask(&wish.address, host).await),
            None => None,
        };
        agreed.push((wish, heir));
    }
    visit
        .answer(move |visit| done(visit, &posted, agreed))
        .await
}

fn wishes(visit: &Visit, body: Body) -> Result<(Posted, Vec<Wish>), Failure> {
    let (posted, _) = checked(visit, body)?;
    visit.operator()?;
    let mut wishes = Vec::new();
    for open in closing::open(&visit.app)? {
        let chosen = posted.text(&input(&open)).to_owned();
        let to = match chosen.as_str() {
            "" => continue,
            ARCHIVE => None,
            host => {
                let known = open.copies.iter().find(|copy| copy.as_str() == host);
                Some(known.cloned().ok_or_else(Failure::not_found)?)
            }
        };
        let name = open.dataset.name.parse();
        let address = DatasetAddress {
            name: name.map_err(|_| Failure::not_found())?,
            host: None,
        };
        wishes.push(Wish { open, address, to });
    }
    Ok((posted, wishes))
}

fn done(
    visit: &Visit,
    posted: &Posted,
    agreed: Vec<(Wish, Option<Result<Heir, String>>)>,
) -> Result<Answer, Failure> {
    let refuse = |anchor: &str, key: &str| {
        let fault = Fault {
            anchor: Some(anchor.to_owned()),
            sentence: visit.page.t(key),
        };
        let again = page(visit, posted, Vec::new(), vec![fault])?;
        Answer::with(422, Keep::Never, &again)
    };
    if agreed.is_empty() {
        return refuse("fates", "closing-nothing");
    }
    if posted.text("sure") != "1" {
        return refuse("sure", "closing-unsure");
    }
    let recovery = RecoveryKey::read(posted.text("key")).ok();
    if recovery.is_none() && agreed.iter().any(|(wish, _)| wish.to.is_some()) {
        return refuse("key", "closing-no-key");
    }
    let mut outcomes = Vec::new();
    for (wish, heir) in agreed {
        outcomes.push(settle(visit, &wish, heir, recovery.as_ref()));
    }
    let all = outcomes.iter().all(|outcome| outcome.done);
    let shown = page(visit, &Posted::default(), outcomes, Vec::new())?;
    Answer::with(if all { 200 } else { 409 }, Keep::Never, &shown)
}

fn settle(
    visit: &Visit,
    wish: &Wish,
    heir: Option<Result<Heir, String>>,
    recovery: Option<&RecoveryKey>,
) -> Outcome {
    let title = reading::title(&wish.open.dataset);
    let left = |detail: String| Outcome {
        title: title.clone(),
        key: "closing-left",
        detail,
        done: false,
    };
    let (fate, key, detail) = match (&heir, recovery) {
        (None, _) => (Fate::Archive, "closing-archived", String::new()),
        (Some(Ok(heir)), Some(recovery)) => {
            let fate = Fate::HandOver(recovery, heir);
            (fate, "closing-handed-over", heir.url.clone())
        }
        (Some(Err(why)), _) => return left(why.clone()),
        (Some(Ok(_)), None) => return left(String::new()),
    };
    match closing::settle(&visit.app, &wish.address, &fate) {
        Ok(()) => Outcome {
            title,
            key,
            detail,
            done: true,
        },
        Err(error) => left(error.to_string()),
    }
}
