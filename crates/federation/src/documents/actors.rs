//! Actor documents, and the context that explains their members.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_app::log::keys::{ED25519, RSA};
use rustine_app::presence;
use rustine_domain::ids::ActorName;
use rustine_domain::key::Multikey;
use rustine_domain::log::{Chain, Header};
use rustine_protocol::object::{
    ActorKeys, DatasetActor, InstanceActor, PersonActor, ScribeActor, Tombstone,
};
use rustine_protocol::site::Local;
use rustine_protocol::{Site, Uri, context as vocabulary_context, vocabulary};
use rustine_store::{DatasetRecord, Tx};
use serde_json::Value;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// `/ns/v1`
pub async fn context(request: HttpRequest) -> Result<HttpResponse, DocumentProblem> {
    let body = vocabulary_context::document().to_string();
    Ok(answer::text(
        &request,
        vocabulary::LD_CONTEXT,
        body,
        Keep::Never,
    ))
}

/// `/actor`, and `/` for an ActivityPub `Accept`.
pub async fn instance(app: AppData, request: HttpRequest) -> Result<HttpResponse, DocumentProblem> {
    let asks_who_runs = request.query_string().starts_with("run=");
    let document = read(&app, move |app, tx| {
        let mut document = actor_document(app, tx, &Local::Instance)?;
        if asks_who_runs {
            // For ourselves alone: whether this address leads to our database.
            document["run"] = presence::nonce(tx)?.into();
        }
        Ok(document)
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `/users/{name}`
pub async fn person(
    app: AppData,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let name: ActorName = name.parse().map_err(|_| DocumentProblem::NotFound)?;
    let document = read(&app, move |app, tx| {
        actor_document(app, tx, &Local::Person(name))
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `/datasets/{dataset}` for an ActivityPub `Accept`. A copy is not the actor: its origin is. A closed dataset acts no
/// more; its log stays readable, since copies need it.
pub async fn dataset(
    app: AppData,
    address: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let found = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &address)?;
        if !dataset.is_local() {
            // What lived here goes on saying where it went, under the name that its followers know.
            return match address.parse::<ActorName>() {
                Ok(name) => document_as(app, tx, &dataset, &name).map(Shown::Here),
                Err(_) => Ok(Shown::Elsewhere(dataset.url)),
            };
        }
        match tombstone(tx, &dataset)? {
            Some(tombstone) => Ok(Shown::Gone(tombstone.to_json())),
            None => dataset_document(app, tx, &dataset).map(Shown::Here),
        }
    })
    .await?;
    Ok(match found {
        Shown::Here(document) => answer::activity(&request, &document),
        Shown::Gone(tombstone) => answer::gone(&tombstone),
        Shown::Elsewhere(origin) => answer::elsewhere(&origin),
    })
}

enum Shown {
    Here(Value),
    Gone(Value),
    Elsewhere(String),
}

/// What remains of a closed dataset's actor; `None` for one that is open.
fn tombstone(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Option<Tombstone>, DocumentProblem> {
    if dataset.status != "closed" {
        return Ok(None);
    }
    let closed = tx.list_entries_of_kinds(dataset.id, &["close"])?;
    Ok(Some(Tombstone {
        id: dataset.url.parse().map_err(|_| DocumentProblem::Damaged)?,
        former_type: "Group".to_owned(),
        deleted: closed.first().map_or(dataset.updated, |entry| entry.time),
    }))
}

/// The document of one of our actors, as it is served and as it stands in an `Update`.
///
/// # Errors
/// [`DocumentProblem::NotFound`] for what is no actor, or none that is public.
pub fn actor_document(app: &App, tx: &mut Tx<'_>, actor: &Local) -> Result<Value, DocumentProblem> {
    let site = find::site(app)?;
    let name = app.settings.name.as_str();
    match actor {
        Local::Instance => {
            let (keys, created) = keys(tx, "/actor")?;
            let published = Some(created);
            Ok(InstanceActor {
                site: &site,
                name,
                summary: None,
                keys: &keys,
                published,
            }
            .to_json())
        }
        Local::Person(username) if username.as_str() == Site::SCRIBE => {
            let (keys, created) = keys(tx, "/users/scribe")?;
            let published = Some(created);
            Ok(ScribeActor {
                site: &site,
                name,
                summary: None,
                keys: &keys,
                published,
            }
            .to_json())
        }
        Local::Person(username) => {
            let user = find::person(tx, username)?;
            let (keys, _) = keys(tx, &format!("/users/{username}"))?;
            let published = Some(user.created);
            let name = user.name.as_str();
            Ok(PersonActor {
                site: &site,
                username,
                name,
                summary: None,
                keys: &keys,
                published,
            }
            .to_json())
        }
        Local::Dataset(name) => {
            let dataset = find::local_dataset(app, tx, name.as_str())?;
            dataset_document(app, tx, &dataset)
        }
        _ => Err(DocumentProblem::NotFound),
    }
}

/// The document of a dataset of ours; it repeats the log.
///
/// # Errors
/// Where the store fails, or holds what cannot be read.
pub fn dataset_document(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Value, DocumentProblem> {
    let name = find::name_of(dataset)?;
    document_as(app, tx, dataset, &name)
}

fn document_as(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    name: &ActorName,
) -> Result<Value, DocumentProblem> {
    let site = find::site(app)?;
    let chain: Chain =
        serde_json::from_str(&dataset.chain).map_err(|_| DocumentProblem::Damaged)?;
    let (mut keys, _) = keys(tx, &format!("/datasets/{name}"))?;
    // The log says which key signs; a key that is only kept here is nobody's business.
    keys.multikeys = vec![chain.key];
    let description = description(dataset);
    let mut former = former_addresses(tx, dataset)?;
    former.retain(|url| *url != site.dataset(name));
    let moved_to: Option<Uri> = dataset
        .url
        .parse()
        .ok()
        .filter(|url| *url != site.dataset(name));
    let document = DatasetActor {
        site: &site,
        name,
        title: &dataset.title,
        description: description.as_deref(),
        keys: &keys,
        uid: dataset.uid,
        genesis: dataset.genesis,
        license: dataset.license.as_deref(),
        audience: &dataset.audience,
        published: Some(dataset.created),
        moved_to: moved_to.as_ref(),
        also_known_as: &former,
    };
    Ok(document.to_json())
}

pub(super) fn description(dataset: &DatasetRecord) -> Option<String> {
    let schema: Value = serde_json::from_str(&dataset.schema).ok()?;
    Some(schema.get("description")?.as_str()?.to_owned())
}

/// Where the dataset lived before each of its moves.
fn former_addresses(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Vec<Uri>, DocumentProblem> {
    let mut addresses = Vec::new();
    for entry in tx.list_entries_of_kinds(dataset.id, &["move"])? {
        let header: Value =
            serde_json::from_str(&entry.header).map_err(|_| DocumentProblem::Damaged)?;
        let header = Header::parse(&header).map_err(|_| DocumentProblem::Damaged)?;
        addresses.extend(header.attributed_to.parse::<Uri>().ok());
    }
    Ok(addresses)
}

/// The public keys of a local actor, and when they were made.
fn keys(
    tx: &mut Tx<'_>,
    owner: &str,
) -> Result<(ActorKeys, rustine_domain::time::Timestamp), DocumentProblem> {
    let rsa = tx.find_key(owner, RSA)?.ok_or(DocumentProblem::NotFound)?;
    let multikeys = match tx.find_key(owner, ED25519)? {
        Some(key) => vec![
            key.public
                .parse::<Multikey>()
                .map_err(|_| DocumentProblem::Damaged)?,
        ],
        None => Vec::new(),
    };
    let keys = ActorKeys {
        rsa_pem: rsa.public,
        multikeys,
    };
    Ok((keys, rsa.created))
}
