//! `/.well-known/webfinger`: from a name to one of our actors.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_domain::ids::ActorName;
use rustine_protocol::object::WebFinger;
use rustine_protocol::object::webfinger::Query;
use rustine_protocol::site::Local;
use rustine_protocol::{Site, vocabulary};
use rustine_store::Tx;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

#[derive(serde::Deserialize)]
pub struct Parameters {
    resource: Option<String>,
}

/// Answers for `acct:name@host`, for the address of an actor, and for that of the instance.
pub async fn answer(
    app: AppData,
    parameters: web::Query<Parameters>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    const FORM: &str =
        "the parameter resource must be acct:name@host or an address of this instance";
    let resource = parameters
        .into_inner()
        .resource
        .ok_or(DocumentProblem::Request(FORM))?;
    let query: Query = resource
        .parse()
        .map_err(|_| DocumentProblem::Request(FORM))?;
    let document = read(&app, move |app, tx| {
        let site = find::site(app)?;
        let name = name_asked_for(&site, &query).ok_or(DocumentProblem::NotFound)?;
        find_actor(app, tx, &site, &name)
    })
    .await?;
    let body = document.to_json().to_string();
    Ok(answer::text(
        &request,
        vocabulary::JRD_JSON,
        body,
        Keep::Never,
    ))
}

/// The username that a query of ours names, in lower case; `None` where it is about another server.
fn name_asked_for(site: &Site, query: &Query) -> Option<String> {
    match query {
        // Some servers ask for the instance under its host.
        Query::Account(account) if account.host != site.host() => None,
        Query::Account(account) if account.name == site.host() => Some(Site::INSTANCE.to_owned()),
        Query::Account(account) => Some(account.name.to_lowercase()),
        Query::Address(address) if site.owns(address) && address.path().is_empty() => {
            Some(Site::INSTANCE.to_owned())
        }
        Query::Address(address) => match site.local(address)? {
            Local::Instance => Some(Site::INSTANCE.to_owned()),
            Local::Dataset(name) | Local::Person(name) => Some(name.to_string()),
            _ => None,
        },
    }
}

/// The actor of that name: people and datasets share one namespace.
fn find_actor(
    app: &App,
    tx: &mut Tx<'_>,
    site: &Site,
    name: &str,
) -> Result<WebFinger, DocumentProblem> {
    let actor = match name {
        Site::INSTANCE => site.actor(),
        Site::SCRIBE => site.scribe(),
        name => {
            let name: ActorName = name.parse().map_err(|_| DocumentProblem::NotFound)?;
            match find::local_dataset(app, tx, name.as_str()) {
                Ok(_) => site.dataset(&name),
                Err(DocumentProblem::NotFound) => {
                    find::person(tx, &name)?;
                    site.person(&name)
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    Ok(WebFinger::local(site, name, actor))
}
