//! `{dataset}/proposals/{digest}`: what became of a patch, for whoever holds its digest (`protocol.md` §5).

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::App;
use rustine_domain::ids::{DatasetAddress, Hash};
use rustine_protocol::object::proposal::ReviewReceived;
use rustine_protocol::object::{EntryReference, Proposal};
use rustine_store::{DatasetRecord, PatchRecord, Tx};
use serde_json::Value;

use super::answer;
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// How long a decided patch still answers, in seconds: 90 days.
const ANSWERS_SECONDS: i64 = 90 * 86_400;

/// The proposal. The digest is 256 bits that only the proposer and the moderators know, so a dataset that is not
/// public answers too.
pub async fn proposal(
    app: AppData,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let (address, digest) = path.into_inner();
    let digest: Hash = digest.parse().map_err(|_| DocumentProblem::NotFound)?;
    let document = read(&app, move |app, tx| {
        let dataset = find_dataset(app, tx, &address)?;
        let patch = tx
            .find_patch_by_digest(dataset.id, digest)?
            .ok_or(DocumentProblem::NotFound)?;
        let over = |decided: &rustine_domain::time::Timestamp| {
            decided.plus_seconds(ANSWERS_SECONDS) < app.clock.now()
        };
        if patch.direction != "in" || patch.decided_at.as_ref().is_some_and(over) {
            return Err(DocumentProblem::NotFound);
        }
        proposal_document(app, tx, &dataset, &patch, digest)
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

fn find_dataset(
    app: &App,
    tx: &mut Tx<'_>,
    address: &str,
) -> Result<DatasetRecord, DocumentProblem> {
    let address: DatasetAddress = address.parse().map_err(|_| DocumentProblem::NotFound)?;
    let address = app.normalise(&address);
    if address.host.is_some() {
        return Err(DocumentProblem::NotFound);
    }
    tx.find_dataset_by_name(address.name.as_str(), "")?
        .ok_or(DocumentProblem::NotFound)
}

fn proposal_document(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    asked: Hash,
) -> Result<Value, DocumentProblem> {
    let site = find::site(app)?;
    let name = find::name_of(dataset)?;
    let entry = patch.result_seq.map(|seq| EntryReference {
        id: site.entry(&name, seq.unsigned_abs()),
        seq: seq.unsigned_abs(),
        entry: patch.result_entry,
    });
    let reviews = tx.list_reviews(patch.id)?;
    let reviews = reviews.iter().filter(|review| review.void.is_none());
    let received = |review: &rustine_store::ReviewRecord| {
        Some(ReviewReceived {
            id: review.url.parse().ok()?,
            verdict: review.verdict.clone(),
        })
    };
    let proposal = Proposal {
        id: site.proposal(&name, &asked),
        context: site.dataset(&name),
        digest: asked,
        current: patch.digest,
        status: patch.status.clone(),
        decided: patch.decided_at,
        reason: patch.reason.clone(),
        entry,
        reviews: reviews.filter_map(received).collect(),
    };
    Ok(proposal.to_json())
}
