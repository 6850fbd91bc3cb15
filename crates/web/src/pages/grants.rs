//! `/grants`: what somebody of this instance may do on the datasets of others: offered, asked for, accepted, given back.

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::grants::{self, hold};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, HeldGrantRecord};

use super::team::state_key;
use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::checked;
use crate::reading;
use crate::visit::Visit;

/// What she holds, and the form to ask for more.
#[derive(Template)]
#[template(path = "grants.html")]
pub struct GrantsPage {
    /// The frame.
    pub page: Page,
    /// Her grants, the last first.
    pub held: Vec<HeldLine>,
    /// Copies on which she could ask for a role: address and title.
    pub datasets: Vec<(String, String)>,
}

/// A grant on a dataset elsewhere.
pub struct HeldLine {
    /// Its UUID.
    pub id: String,
    /// Title of the dataset, or its address where no copy is kept here.
    pub title: String,
    /// Page of the copy.
    pub href: Option<String>,
    /// She also says who else decides.
    pub maintains: bool,
    /// Key of how it stands.
    pub state_key: &'static str,
    /// She may accept it.
    pub acceptable: bool,
    /// She may give it back.
    pub held: bool,
    /// Key of what is said about the copy that it needs, where there is none yet.
    pub copy_key: Option<&'static str>,
    /// When it ends.
    pub until: Timestamp,
}

impl HeldLine {
    fn of((held, copy): (HeldGrantRecord, Option<DatasetRecord>)) -> Self {
        let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        let has_copy = copy.is_some();
        let open = matches!(held.state.as_str(), grants::OFFERED | grants::ACCEPTED);
        Self {
            id: last(&held.id),
            title: copy
                .as_ref()
                .map_or_else(|| held.dataset_url.clone(), reading::title),
            href: copy.map(|copy| format!("/datasets/{}", reading::address(&copy))),
            maintains: Role::from_word(&held.role) == Role::Maintain,
            state_key: state_key(&held.state),
            copy_key: copy_key(&held, has_copy),
            acceptable: held.state == grants::OFFERED,
            held: open,
            until: held.end_at,
        }
    }
}

/// What comes of accepting is said before it is done, and how far it is afterwards.
fn copy_key(held: &HeldGrantRecord, has_copy: bool) -> Option<&'static str> {
    match held.state.as_str() {
        _ if has_copy => None,
        grants::OFFERED => Some("grant-copy-offer"),
        grants::ACCEPTED if held.copy_error.is_some() => Some("grant-copy-later"),
        grants::ACCEPTED if held.copy_due.is_some() => Some("grant-copy-begins"),
        grants::ACCEPTED => Some("grant-copy-none"),
        _ => None,
    }
}

/// `GET /grants`
pub async fn show(visit: Visit) -> HttpResponse {
    visit.answer(|visit| Answer::private(&page(visit)?)).await
}

fn page(visit: &Visit) -> Result<GrantsPage, Failure> {
    let (person, _) = visit.member()?;
    let held = hold::list(&visit.app, Some(person.id))?;
    let copies = visit.app.db.read(|tx| reading::list(tx, Some(person)))?;
    let asked = |copy: &DatasetRecord| held.iter().any(|(held, _)| held.dataset_url == copy.url);
    let datasets = copies
        .iter()
        .filter(|copy| !copy.is_local() && !asked(copy));
    let datasets = datasets
        .map(|copy| (reading::address(copy), reading::title(copy)))
        .collect();
    Ok(GrantsPage {
        page: visit.page.clone(),
        datasets,
        held: held.into_iter().rev().map(HeldLine::of).collect(),
    })
}

/// `POST /grants`: accepts one, or gives one back.
pub async fn answer(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            let (accept, id) = match posted.text("accept") {
                "" => (false, posted.text("decline")),
                id => (true, id),
            };
            hold::answer(&visit.app, person, id, accept)?;
            Ok(Answer::see("/grants"))
        })
        .await
}

/// `POST /grants/ask`
pub async fn ask(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            let address = posted.text("dataset").parse();
            let address = address.map_err(|_| Failure::not_found())?;
            let content = Some(posted.text("content"));
            hold::ask(&visit.app, person, &address, Role::Write, content)?;
            Ok(Answer::see("/grants"))
        })
        .await
}
