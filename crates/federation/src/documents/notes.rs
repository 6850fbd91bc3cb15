//! `/notes/{id}`: the digests that a dataset writes for its followers.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_protocol::object::Note;
use rustine_protocol::{Site, Uri};
use rustine_store::{DatasetRecord, NoteRecord};
use uuid::Uuid;

use super::answer;
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// One digest.
pub async fn note(
    app: AppData,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let note = tx.find_note(&id)?.ok_or(DocumentProblem::NotFound)?;
        let dataset = tx.load_dataset(note.dataset)?;
        // The dataset may have been made private since.
        let dataset = find::local_dataset(app, tx, &dataset.name)?;
        Ok(note_document(&find::site(app)?, &dataset, &note)?.to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// A digest as followers receive it; its page is the dataset's.
///
/// # Errors
/// Where the stored note cannot be read.
pub fn note_document(
    site: &Site,
    dataset: &DatasetRecord,
    note: &NoteRecord,
) -> Result<Note, DocumentProblem> {
    let id: Uuid = note.id.parse().map_err(|_| DocumentProblem::Damaged)?;
    let actor: Uri = site.dataset(&find::name_of(dataset)?);
    Ok(Note::digest(
        site.note(id),
        &actor,
        note.content.clone(),
        actor.clone(),
        note.published,
    ))
}
