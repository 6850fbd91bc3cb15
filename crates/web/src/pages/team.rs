//! `/datasets/{dataset}/team`: who decides on one dataset, for operators and its maintainers.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::accounts::roles::{self, RoleError};
use rustine_app::grants::give::{self, GrantError};
use rustine_app::grants::policy::{self, PolicyError};
use rustine_app::grants::{self, hold};
use rustine_app::reviews::count::policy_of;
use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_domain::policy::Policy;
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, GrantRecord};

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::finding::{Found, NotFound, PeopleFinder};
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
    /// People of other instances, and what they asked for.
    pub grants: Vec<GrantLine>,
    /// How many approvals accept.
    pub quorum: u32,
    /// From how many instances.
    pub instances: u32,
    /// Whether one of them must come from here.
    pub owner_required: bool,
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

/// Somebody of another instance.
pub struct GrantLine {
    /// The UUID of the grant, or of the request.
    pub id: String,
    /// `name@host`.
    pub who: String,
    /// She also says who else decides.
    pub maintains: bool,
    /// Key of how it stands.
    pub state_key: &'static str,
    /// She asks for it.
    pub asked: bool,
    /// What she said with it.
    pub content: Option<String>,
    /// When it ends.
    pub until: Timestamp,
}

impl GrantLine {
    fn of(grant: GrantRecord) -> Self {
        let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            id: last(&grant.id),
            who: format!("{}@{}", last(&grant.target), grant.host),
            maintains: Role::from_word(&grant.role) == Role::Maintain,
            state_key: state_key(&grant.state),
            asked: grant.state == grants::ASKED,
            content: grant.content,
            until: grant.end_at,
        }
    }
}

/// The words for how a grant stands.
pub(in crate::pages) fn state_key(state: &str) -> &'static str {
    match state {
        grants::ASKED => "grant-asked",
        grants::OFFERED => "grant-offered",
        grants::SUSPENDED => "grant-suspended",
        grants::ACTIVE | grants::ACCEPTED => "grant-active",
        hold::DECLINED => "grant-declined",
        hold::REFUSED => "grant-refused",
        _ => "grant-revoked",
    }
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
    let policy = policy_of(&dataset);
    let grants = give::list(&visit.app)?;
    let grants = grants
        .into_iter()
        .filter(|(grant, _)| grant.dataset == dataset.id);
    Ok(TeamPage {
        grants: grants.map(|(grant, _)| GrantLine::of(grant)).collect(),
        quorum: policy.quorum,
        instances: policy.instances,
        owner_required: policy.owner_required,
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
pub async fn give(
    visit: Visit,
    address: web::Path<String>,
    finder: web::Data<PeopleFinder>,
    limits: web::Data<AccountLimits>,
    body: Body,
) -> HttpResponse {
    let found = match elsewhere(&visit, &body) {
        // Only people with an account make this node ask others, and each of them so often.
        Some((person, typed)) => match limits.search(&visit, &person) {
            Ok(()) => Some(finder.find(&typed).await),
            Err(failure) => return visit.answer(|_| Err(failure)).await,
        },
        None => None,
    };
    visit
        .answer(move |visit| {
            let (posted, _) = checked(visit, body)?;
            let (person, _) = maintained(visit, &address)?;
            let typed = posted.text("name").trim().trim_start_matches('@');
            let refused = match given(visit, person, &address, (typed, found), &posted) {
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

/// Who asks, and the name of somebody elsewhere that was typed.
fn elsewhere(visit: &Visit, body: &Body) -> Option<(String, String)> {
    let posted = Posted::parse(body.0.as_ref().ok()?);
    let typed = posted.text("name").trim().trim_start_matches('@');
    let (_, host) = typed.split_once('@')?;
    let person = visit.person.as_ref()?;
    let is_elsewhere = host != visit.app.host().as_str() && typed.len() <= 300;
    is_elsewhere.then(|| (person.name.clone(), typed.to_owned()))
}

enum Refused {
    Page(&'static str, &'static str),
    Failure(Failure),
}

fn given(
    visit: &Visit,
    by: &Person,
    address: &str,
    (typed, found): (&str, Option<Result<Found, NotFound>>),
    posted: &Posted,
) -> Result<(), Refused> {
    let role = match posted.text("role") {
        "maintain" => Role::Maintain,
        _ => Role::Write,
    };
    let until = match posted.text("until") {
        "" => None,
        day => Some(end_of(day).ok_or(Refused::Page("team-over", "until"))?),
    };
    let address = parsed(address).map_err(Refused::Failure)?;
    let name = match typed.split_once('@') {
        Some((name, host)) if host == visit.app.host().as_str() => name,
        Some(_) => {
            let Some(Ok(found)) = found else {
                return Err(Refused::Page("team-nobody-elsewhere", "name"));
            };
            let done = give::give(&visit.app, by, &address, &found.id, role, until);
            return done.map(|_| ()).map_err(|error| match error {
                GrantError::Over => Refused::Page("team-over", "until"),
                GrantError::NoReviewer(_) => Refused::Page("team-no-reviewer", "name"),
                error => Refused::Failure(error.into()),
            });
        }
        None => typed,
    };
    let name: ActorName = name
        .parse()
        .map_err(|_| Refused::Page("team-unknown", "name"))?;
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
            let which = posted.text("which");
            match which.parse() {
                Ok(id) => roles::revoke(&visit.app, person, Some(&parsed(&address)?), id)?,
                Err(_) => give::revoke(&visit.app, person, which).map(drop)?,
            }
            Ok(Answer::see(format!("/datasets/{address}/team")))
        })
        .await
}

/// `POST /datasets/{dataset}/team/quorum`
pub async fn quorum(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = checked(visit, body)?;
            let (person, _) = maintained(visit, &address)?;
            let number = |name: &str| posted.text(name).trim().parse::<u32>().unwrap_or(0);
            let owner = posted.text("owner") == "yes";
            let wanted = Policy::new(number("reviews"), number("instances"), owner);
            match policy::set(&visit.app, person, &parsed(&address)?, &wanted) {
                Ok(_) => Ok(Answer::see(format!("/datasets/{address}/team"))),
                Err(PolicyError::Numbers) => {
                    let page = TeamPage {
                        quorum: wanted.quorum,
                        instances: wanted.instances,
                        owner_required: wanted.owner_required,
                        problems: vec![Fault {
                            anchor: Some("reviews".to_owned()),
                            sentence: visit.page.t("quorum-numbers"),
                        }],
                        ..page(visit, &address)?
                    };
                    Answer::with(422, Keep::Never, &page)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}
