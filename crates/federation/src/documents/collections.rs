//! Collections: followers (a number), outbox (the digests), replicas (accepted peers that keep a copy).

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_domain::ids::ActorName;
use rustine_protocol::activity::Create;
use rustine_protocol::object::Collection;
use rustine_protocol::{Site, Uri};
use serde_json::Value;
use uuid::Uuid;

use super::answer;
use super::find::{self, AppData, read};
use super::notes::note_document;
use super::problem::DocumentProblem;

/// Digests in an outbox: what a server shows of an account that it did not know before.
const OUTBOX_NOTES: i64 = 20;

/// `/datasets/{dataset}/followers`: how many.
pub async fn followers_of_dataset(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let dataset = find::local_dataset(app, tx, &dataset)?;
        let actor = find::site(app)?.dataset(&find::name_of(&dataset)?);
        let count = tx.count_followers(&format!("/datasets/{}", dataset.name))?;
        counted(&actor, count)
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `/users/{name}/followers`: how many.
pub async fn followers_of_person(
    app: AppData,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let name: ActorName = name.parse().map_err(|_| DocumentProblem::NotFound)?;
        if name.as_str() != Site::SCRIBE {
            find::person(tx, &name)?;
        }
        let count = tx.count_followers(&format!("/users/{name}"))?;
        counted(&find::site(app)?.person(&name), count)
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `/actor/followers`: how many.
pub async fn followers_of_instance(
    app: AppData,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, |app, tx| {
        let count = tx.count_followers("/actor")?;
        counted(&find::site(app)?.actor(), count)
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

fn counted(actor: &Uri, count: i64) -> Result<Value, DocumentProblem> {
    let id = beside(actor, "followers")?;
    Ok(Collection::counted(id, count.unsigned_abs()).to_json())
}

/// The outbox of an actor that publishes nothing of its own: the instance and people.
pub async fn empty_outbox(
    app: AppData,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let path = request.path().to_owned();
    let id = read(&app, move |app, tx| {
        if let Some(name) = path
            .strip_prefix("/users/")
            .and_then(|rest| rest.strip_suffix("/outbox"))
        {
            let name: ActorName = name.parse().map_err(|_| DocumentProblem::NotFound)?;
            if name.as_str() != Site::SCRIBE {
                find::person(tx, &name)?;
            }
        }
        find::site(app)?
            .page(&path)
            .ok_or(DocumentProblem::NotFound)
    })
    .await?;
    Ok(answer::activity(
        &request,
        &Collection::of(id, Vec::new()).to_json(),
    ))
}

/// `/datasets/{dataset}/outbox`: the last digests, newest first.
pub async fn outbox(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let dataset = find::local_dataset(app, tx, &dataset)?;
        let site = find::site(app)?;
        let mut items = Vec::new();
        for record in tx.list_notes(dataset.id, OUTBOX_NOTES)? {
            let note = note_document(&site, &dataset, &record)?;
            // One Create for each note, so its id can be that of the note.
            let id: Uuid = record.id.parse().map_err(|_| DocumentProblem::Damaged)?;
            items.push(Create::note(site.activity(id), note).to_json());
        }
        let id = beside(&site.dataset(&find::name_of(&dataset)?), "outbox")?;
        Ok(Collection::of(id, items).to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// `/datasets/{dataset}/replicas`: the instance actors that a person accepted as peers and that keep a copy.
pub async fn replicas(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let dataset = find::local_dataset(app, tx, &dataset)?;
        let listed = tx
            .list_replicas(dataset.id)?
            .into_iter()
            .filter(|replica| replica.listed);
        let items = listed.map(|replica| Value::from(replica.actor)).collect();
        let id = find::site(app)?.replicas(&find::name_of(&dataset)?);
        Ok(Collection::of(id, items).to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

fn beside(actor: &Uri, part: &str) -> Result<Uri, DocumentProblem> {
    format!("{actor}/{part}")
        .parse()
        .map_err(|_| DocumentProblem::Damaged)
}
