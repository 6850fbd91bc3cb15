//! `/datasets/{dataset}/origin`: where a copied dataset lives, since when that place has been silent, where it moved
//! to, who goes on with it; and what a reader, a person with a say and the operator can do about it.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::datasets::heir;
use rustine_app::follows::ask;
use rustine_app::patches::{held, offer};
use rustine_app::replicas::add::{self, Learned};
use rustine_app::succession::{self, maintainers, make, vote};
use rustine_domain::ids::{ActorName, DatasetAddress, DatasetUid};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, SuccessorRecord};
use url::Url;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::checked;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// How the origin stands, and who goes on.
#[derive(Template)]
#[template(path = "origin.html")]
pub struct OriginPage {
    /// The frame.
    pub page: Page,
    /// The dataset's address here.
    pub address: String,
    /// Its title.
    pub title: String,
    /// `host[:port]` of its origin; ours where it lives here.
    pub origin: String,
    /// It lives here.
    pub local: bool,
    /// Since when the origin has not answered.
    pub silent_since: Option<Timestamp>,
    /// When it last confirmed our state.
    pub confirmed: Option<Timestamp>,
    /// Addresses that it had before.
    pub former: Vec<String>,
    /// Proposals of people here that wait for an answer.
    pub held: i64,
    /// How many people have a say by the log.
    pub entitled: i64,
    /// Who goes on with it.
    pub successors: Vec<SuccessorLine>,
    /// The reader is logged in, and may follow.
    pub member: bool,
    /// The reader has a say.
    pub voter: bool,
    /// What the operator may do; none for others.
    pub operator: Option<OperatorPart>,
    /// What was wrong.
    pub problems: Vec<Fault>,
}

/// What the operator may do.
pub struct OperatorPart {
    /// The name typed, for a successor made here.
    pub name: String,
    /// Where the dataset will live here, if its owner hands it over.
    pub agreed: Option<String>,
    /// What brings the dataset here, on the command line.
    pub command: String,
}

/// A dataset that goes on with this one.
pub struct SuccessorLine {
    /// Its uid, for the forms.
    pub uid: String,
    /// Its title, text of a stranger.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Where it lives.
    pub host: String,
    /// The last entry that it took over.
    pub seq: i64,
    /// How many of those with a say are for it.
    pub votes: i64,
    /// More than half are.
    pub chosen: bool,
    /// A copy of it is kept here, or it lives here: its address.
    pub here: Option<String>,
    /// The reader follows it.
    pub followed: bool,
}

/// `GET /datasets/{dataset}/origin`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| Answer::private(&page(visit, &address, Vec::new(), "")?))
        .await
}

fn host_of(url: &str) -> String {
    url.parse::<Url>()
        .map(|url| rustine_app::context::host_of(&url))
        .unwrap_or_default()
}

fn page(
    visit: &Visit,
    address: &str,
    problems: Vec<Fault>,
    name: &str,
) -> Result<OriginPage, Failure> {
    let app = &visit.app;
    app.db.read(|tx| {
        let dataset = reading::load(app, tx, visit.person.as_ref(), address)?;
        let state = tx.find_replica_state(dataset.id)?;
        let known = succession::count(app, tx, &dataset)?;
        let me = visit.person.as_ref();
        let my_path = me.map(|person| format!("/users/{}", person.name));
        let mut successors = Vec::new();
        for candidate in known.candidates {
            let record = candidate.successor;
            let here = tx.find_dataset_by_uid(record.uid)?;
            let followed = match &my_path {
                Some(path) => tx.find_follow(path, &record.url)?.is_some(),
                None => false,
            };
            successors.push(SuccessorLine {
                uid: record.uid.to_string(),
                host: host_of(&record.url),
                title: record.title,
                url: record.url,
                seq: record.from_seq,
                votes: count(candidate.votes),
                chosen: candidate.chosen,
                here: here.map(|here| reading::address(&here)),
                followed,
            });
        }
        let voter = match &my_path {
            Some(path) => {
                let actor = app.url(path);
                let entitled = maintainers::list(tx, &dataset, app.clock.now())?;
                entitled.iter().any(|person| person.actor == actor)
            }
            None => false,
        };
        let operator = match me.is_some_and(|person| person.operator) {
            true => Some(OperatorPart {
                name: name.to_owned(),
                agreed: heir::shown(app, tx, &dataset)
                    .map_err(|_| Failure::new(500, "an agreement is damaged"))?
                    .map(|heir| heir.url),
                command: format!(
                    "rustine dataset move {} --to {} --recovery-key recovery-key.txt",
                    reading::address(&dataset),
                    app.host()
                ),
            }),
            false => None,
        };
        let former = tx.list_aliases(dataset.id)?.into_iter();
        Ok(OriginPage {
            page: visit.page.clone(),
            address: reading::address(&dataset),
            title: reading::title(&dataset),
            local: dataset.is_local(),
            origin: match dataset.is_local() {
                true => app.host().to_string(),
                false => dataset.host.clone(),
            },
            silent_since: state.as_ref().and_then(|state| state.silent_since),
            confirmed: state.and_then(|state| state.confirmed_at),
            former: former
                .map(|(host, name)| match host.is_empty() {
                    true => format!("{name}@{}", app.host()),
                    false => format!("{name}@{host}"),
                })
                .collect(),
            held: count(held::list(tx, dataset.id)?.len()),
            entitled: count(known.entitled),
            successors,
            member: me.is_some(),
            voter,
            operator,
            problems,
        })
    })
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

fn parsed(address: &str) -> Result<DatasetAddress, Failure> {
    address.parse().map_err(|_| Failure::not_found())
}

/// A dataset that the reader may see, and the successor that a form names.
fn chosen(
    visit: &Visit,
    address: &str,
    which: &str,
) -> Result<(DatasetRecord, SuccessorRecord), Failure> {
    let uid: DatasetUid = which.parse().map_err(|_| Failure::not_found())?;
    let app = &visit.app;
    app.db.read(|tx| {
        let dataset = reading::load(app, tx, visit.person.as_ref(), address)?;
        let known = tx.list_successors(dataset.uid)?;
        let found = known.into_iter().find(|known| known.uid == uid);
        Ok((dataset, found.ok_or_else(Failure::not_found)?))
    })
}

/// `POST /datasets/{dataset}/origin/follow`: the reader follows a successor.
pub async fn follow(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            let (_, successor) = chosen(visit, &address, posted.text("which"))?;
            let app = &visit.app;
            let inbox = offer::shared_inbox(app, &host_of(&successor.url));
            let object = rustine_app::context::uri(&successor.url);
            let path = format!("/users/{}", person.name);
            app.db
                .write(|tx| ask::follow(app, tx, &path, &object, &inbox).map(drop))?;
            Ok(Answer::see(format!("/datasets/{address}/origin")))
        })
        .await
}

/// `POST /datasets/{dataset}/origin/vote`: a person with a say is for a successor.
pub async fn vote(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            let (_, successor) = chosen(visit, &address, posted.text("which"))?;
            vote::vote(&visit.app, person, &parsed(&address)?, successor.uid)
                .map_err(refused_vote)?;
            Ok(Answer::see(format!("/datasets/{address}/origin")))
        })
        .await
}

fn refused_vote(error: vote::VoteError) -> Failure {
    match error {
        vote::VoteError::Dataset(_) | vote::VoteError::UnknownSuccessor(_) => Failure::not_found(),
        vote::VoteError::NotEntitled(_) | vote::VoteError::Form => {
            Failure::new(403, error.to_string())
        }
        vote::VoteError::Store(error) => error.into(),
    }
}

/// `POST /datasets/{dataset}/origin/copy`: the operator keeps a copy of a successor.
pub async fn copy(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = operating(visit, body)?;
            let (_, successor) = chosen(visit, &address, posted.text("which"))?;
            let name = successor.url.rsplit('/').next().unwrap_or_default();
            let learned = Learned {
                address: parsed(&format!("{name}@{}", host_of(&successor.url)))?,
                url: successor.url.clone(),
                uid: successor.uid,
                genesis: successor.genesis,
                inbox: None,
                from: None,
            };
            match add::add(&visit.app, &learned) {
                Ok(_) => Ok(Answer::see(format!("/datasets/{address}/origin"))),
                Err(add::AddError::Store(error)) => Err(error.into()),
                Err(error) => Err(Failure::new(409, error.to_string())),
            }
        })
        .await
}

/// `POST /datasets/{dataset}/origin/fork`: the operator makes a successor here, having seen the others.
pub async fn fork(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = operating(visit, body)?;
            let typed: String = posted.text("name").trim().chars().take(100).collect();
            let fault = |key: &str| Fault {
                anchor: Some("name".to_owned()),
                sentence: visit.page.t(key),
            };
            let made = match typed.parse::<ActorName>() {
                Ok(name) => make::make(&visit.app, &parsed(&address)?, &name),
                Err(_) => return again(visit, &address, fault("origin-name-form"), &typed),
            };
            match made {
                Ok(made) => Ok(Answer::see(format!("/datasets/{}", made.name))),
                Err(make::MakeError::Taken(_) | make::MakeError::Reserved(_)) => {
                    again(visit, &address, fault("origin-name-taken"), &typed)
                }
                Err(make::MakeError::Dataset(_)) => Err(Failure::not_found()),
                Err(make::MakeError::Store(error)) => Err(error.into()),
                Err(error) => Err(Failure::new(409, error.to_string())),
            }
        })
        .await
}

fn again(visit: &Visit, address: &str, fault: Fault, typed: &str) -> Result<Answer, Failure> {
    Answer::with(422, Keep::Never, &page(visit, address, vec![fault], typed)?)
}

/// `POST /datasets/{dataset}/origin/agree`: the operator agrees to go on with it, once its owner hands it over; or
/// takes that back.
pub async fn agree(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, _) = operating(visit, body)?;
            let dataset = parsed(&address)?;
            let done = match posted.text("withdraw") {
                "1" => heir::withdraw(&visit.app, &dataset).map(drop),
                _ => heir::agree(&visit.app, &dataset, None).map(drop),
            };
            match done {
                Ok(()) => Ok(Answer::see(format!("/datasets/{address}/origin"))),
                Err(heir::HeirError::Dataset(_)) => Err(Failure::not_found()),
                Err(heir::HeirError::Store(error)) => Err(error.into()),
                Err(error) => Err(Failure::new(409, error.to_string())),
            }
        })
        .await
}

/// A form that only operators send.
fn operating(visit: &Visit, body: Body) -> Result<(crate::forms::Posted, &Person), Failure> {
    let (posted, _) = checked(visit, body)?;
    Ok((posted, visit.operator()?))
}
