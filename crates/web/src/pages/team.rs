//! `/datasets/{dataset}/team`: who decides on one dataset, for operators and its maintainers.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::accounts::roles::{self, RoleError};
use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::DatasetRecord;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::checked;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// Roles in force, and the form for another.
#[derive(Template)]
#[template(path = "team.html")]
pub struct TeamPage {
    /// The frame.
    pub page: Page,
    /// The dataset's address.
    pub address: String,
    /// Its title.
    pub title: String,
    /// Who has which role.
    pub roles: Vec<RoleLine>,
    /// The name typed.
    pub name: String,
    /// What is wrong with it.
    pub problems: Vec<Fault>,
}

/// A role in force.
pub struct RoleLine {
    /// Its number.
    pub id: i64,
    /// Who has it.
    pub name: String,
    /// She also says who else decides.
    pub maintains: bool,
    /// Who gave it.
    pub given_by: String,
    /// When.
    pub created: Timestamp,
    /// When it ends.
    pub until: Option<Timestamp>,
}

/// `GET /datasets/{dataset}/team`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| Answer::private(&page(visit, &address)?))
        .await
}

/// The dataset, where the person says who decides on it.
fn maintained<'v>(visit: &'v Visit, address: &str) -> Result<(&'v Person, DatasetRecord), Failure> {
    let (person, _) = visit.member()?;
    let dataset = visit
        .app
        .db
        .read(|tx| reading::load(&visit.app, tx, Some(person), address))?;
    if !dataset.is_local() {
        return Err(Failure::not_found());
    }
    match person.role_on(dataset.id) {
        Role::Maintain => Ok((person, dataset)),
        _ => Err(Failure::new(
            403,
            "only its maintainers say who decides on a dataset",
        )),
    }
}

fn page(visit: &Visit, address: &str) -> Result<TeamPage, Failure> {
    let (_, dataset) = maintained(visit, address)?;
    let roles = roles::list(&visit.app, Some(&parsed(address)?))?;
    let line = |given: roles::Given| RoleLine {
        id: given.id,
        name: given.name,
        maintains: given.role == Role::Maintain,
        given_by: given.given_by,
        created: given.created,
        until: given.until,
    };
    Ok(TeamPage {
        page: visit.page.clone(),
        address: reading::address(&dataset),
        title: reading::title(&dataset),
        roles: roles.into_iter().map(line).collect(),
        name: String::new(),
        problems: Vec::new(),
    })
}

fn parsed(address: &str) -> Result<DatasetAddress, Failure> {
    address.parse().map_err(|_| Failure::not_found())
}

/// `POST /datasets/{dataset}/team`
pub async fn give(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = checked(visit, body)?;
            let (person, _) = maintained(visit, &address)?;
            let typed = posted.text("name").trim().trim_start_matches('@');
            let refused = match given(visit, person, &address, typed, &posted) {
                Ok(()) => return Ok(Answer::see(format!("/datasets/{address}/team"))),
                Err(Refused::Page(key, anchor)) => Fault {
                    anchor: Some(anchor.to_owned()),
                    sentence: visit.page.t(key),
                },
                Err(Refused::Failure(failure)) => return Err(failure),
            };
            let page = TeamPage {
                name: typed.chars().take(200).collect(),
                problems: vec![refused],
                ..page(visit, &address)?
            };
            Answer::with(422, Keep::Never, &page)
        })
        .await
}

enum Refused {
    Page(&'static str, &'static str),
    Failure(Failure),
}

fn given(
    visit: &Visit,
    by: &Person,
    address: &str,
    typed: &str,
    posted: &Posted,
) -> Result<(), Refused> {
    let name = match typed.split_once('@') {
        Some((name, host)) if host == visit.app.host().as_str() => name,
        Some(_) => return Err(Refused::Page("team-elsewhere", "name")),
        None => typed,
    };
    let name: ActorName = name
        .parse()
        .map_err(|_| Refused::Page("team-unknown", "name"))?;
    let role = match posted.text("role") {
        "maintain" => Role::Maintain,
        _ => Role::Write,
    };
    let until = match posted.text("until") {
        "" => None,
        day => Some(end_of(day).ok_or(Refused::Page("team-over", "until"))?),
    };
    let address = parsed(address).map_err(Refused::Failure)?;
    let done = roles::give(&visit.app, by, &address, &name, role, until);
    done.map(|_| ()).map_err(|error| match error {
        RoleError::Unknown(_) => Refused::Page("team-unknown", "name"),
        RoleError::Over => Refused::Page("team-over", "until"),
        error => Refused::Failure(error.into()),
    })
}

/// The end of a day, in UTC.
fn end_of(day: &str) -> Option<Timestamp> {
    let begin: Timestamp = format!("{day}T00:00:00Z").parse().ok()?;
    Some(begin.plus_seconds(86_400))
}

/// `POST /datasets/{dataset}/team/revoke`
pub async fn revoke(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = checked(visit, body)?;
            let (person, _) = maintained(visit, &address)?;
            let id = posted.text("which").parse();
            let id = id.map_err(|_| Failure::not_found())?;
            roles::revoke(&visit.app, person, Some(&parsed(&address)?), id)?;
            Ok(Answer::see(format!("/datasets/{address}/team")))
        })
        .await
}
