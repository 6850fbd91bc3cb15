//! `/patches/{uuid}` and `/activities/{uuid}`: what somebody of this instance proposed, for the dataset's origin to
//! read again.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_app::patches::OUT;
use rustine_app::patches::decide::status_of;
use rustine_domain::commit::OfferedOp;
use rustine_domain::ids::PatchId;
use rustine_protocol::activity::OfferPatch;
use rustine_protocol::object::DataPatch;
use rustine_store::{PatchRecord, Tx};
use serde_json::Value;

use super::answer;
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// The patch. Its summary is free text and stays here; so does who a visitor said they are, and the word that
/// stands for them in an offer: it would tell which patches are by one person.
pub async fn patch(
    app: AppData,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let id: PatchId = id.parse().map_err(|_| DocumentProblem::NotFound)?;
    let document = read(&app, move |app, tx| patch_document(app, tx, id)).await?;
    Ok(answer::activity(&request, &document))
}

fn patch_document(app: &App, tx: &mut Tx<'_>, id: PatchId) -> Result<Value, DocumentProblem> {
    let record = tx.find_patch(id)?.ok_or(DocumentProblem::NotFound)?;
    Ok(public_part(app, tx, &record)?.to_json())
}

/// `/activities/{uuid}`: the Offer of a proposal of ours, as long as its answer is owed. What else we sent has its
/// document elsewhere: a decision under the proposal's digest, an entry in the log, a post under its own id.
pub async fn offer(
    app: AppData,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let id = app.url(&format!("/activities/{id}"));
        let found = tx.find_patch_by_offer(&id)?;
        let record = found.filter(|patch| patch.direction == OUT);
        let record = record.ok_or(DocumentProblem::NotFound)?;
        let patch = public_part(app, tx, &record)?;
        if status_of(&record).is_final() {
            return Err(DocumentProblem::Gone);
        }
        let id = id.parse().map_err(|_| DocumentProblem::NotFound)?;
        Ok(OfferPatch::new(id, patch).to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

/// What anybody may read of a patch that was made here.
fn public_part(
    app: &App,
    tx: &mut Tx<'_>,
    record: &PatchRecord,
) -> Result<DataPatch, DocumentProblem> {
    let site = find::site(app)?;
    let dataset = tx.load_dataset(record.dataset)?;
    // A patch of another instance has its address there. One that lost its nonce to an erasure cannot be checked
    // against its digest any more, and what is left of it helps nobody.
    let nonce = record.nonce.ok_or(DocumentProblem::NotFound)?;
    if record.proposer_host != app.host().as_str() || !find::is_public(&dataset) {
        return Err(DocumentProblem::NotFound);
    }
    let attributed_to = match &record.proposer {
        Some(actor) => actor.parse().map_err(|_| DocumentProblem::Damaged)?,
        None => site.actor(),
    };
    Ok(DataPatch {
        id: site.patch(record.id),
        attributed_to,
        context: dataset.url.parse().map_err(|_| DocumentProblem::Damaged)?,
        uid: record.uid,
        published: record.created,
        summary: None,
        schema: record.schema_hash,
        nonce,
        digest: record.digest,
        ops: operations(record)?,
        visitor: None,
    })
}

fn operations(record: &PatchRecord) -> Result<Vec<OfferedOp>, DocumentProblem> {
    let ops: Vec<Value> =
        serde_json::from_str(&record.ops).map_err(|_| DocumentProblem::Damaged)?;
    ops.iter()
        .map(|op| OfferedOp::from_json(op).map_err(|_| DocumentProblem::Damaged))
        .collect()
}
