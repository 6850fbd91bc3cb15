//! `/datasets/{dataset}/origin`: where a copied dataset lives, since when that place has been silent, where it moved
//! to, who goes on with it; and what a reader, a person with a say and the operator can do about it.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::actors::inboxes::shared_inbox;
use rustine_app::datasets::{heir, moved};
use rustine_app::follows::ask;
use rustine_app::patches::held;
use rustine_app::replicas::add::{self, Learned};
use rustine_app::succession::{self, maintainers, vote};
use rustine_domain::ids::{DatasetAddress, DatasetUid};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, SuccessorRecord, Tx};
use url::Url;

use crate::answer::Answer;
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::checked;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

pub mod taking;

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
    /// Whether the reader follows it where it lives now; `None` where she cannot.
    pub followed: Option<bool>,
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

/// What an operator typed, shown again where something was wrong with it. Never the recovery key.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The name of a successor that is made here.
    pub name: String,
    /// The name of the dataset where it is brought here.
    pub new_name: String,
    /// The field that is wrong.
    pub wrong: &'static str,
}

/// What the operator may do.
pub struct OperatorPart {
    /// What was typed.
    pub typed: Typed,
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
        .answer(move |visit| {
            Answer::private(&page(visit, &address, Vec::new(), &Typed::default())?)
        })
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
    typed: &Typed,
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
                typed: typed.clone(),
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
        let followed = match &my_path {
            Some(path) if !dataset.is_local() => {
                Some(tx.find_follow(path, &dataset.url)?.is_some())
            }
            _ => None,
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
            followed,
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

/// `POST /datasets/{dataset}/origin/follow`: the reader follows a successor, or a dataset that moved where it lives now.
pub async fn follow(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            let app = &visit.app;
            let path = format!("/users/{}", person.name);
            if posted.text("which").is_empty() {
                let load = |tx: &mut Tx<'_>| reading::load(app, tx, Some(person), &address);
                let dataset = app.db.read(load)?;
                if dataset.is_local() {
                    return Err(Failure::not_found());
                }
                app.db
                    .write(|tx| moved::follow_there(app, tx, &path, &dataset))?;
            } else {
                let (_, successor) = chosen(visit, &address, posted.text("which"))?;
                let inbox = shared_inbox(app, &host_of(&successor.url));
                let object = rustine_app::context::uri(&successor.url);
                app.db
                    .write(|tx| ask::follow(app, tx, &path, &object, &inbox).map(drop))?;
            }
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
