//! `{dataset}/queue`: the open proposals of a dataset of ours, for the instances of those who hold a grant on it
//! (`protocol.md` §5). The request is signed by their instance; nobody else reads what is not decided yet.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use rustine_app::App;
use rustine_app::actors::key_in_force;
use rustine_app::blocks;
use rustine_app::patches::decide::patch_url;
use rustine_app::patches::{ops_of, parse_ops};
use rustine_domain::checks::Check;
use rustine_domain::ids::{DatasetAddress, PatchId};
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;
use rustine_protocol::object::{DataPatch, Queued, Review};
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, RemoteActorRecord, StoreError, Tx};
use serde_json::{Value, json};

use super::problem::DocumentProblem;
use crate::actors;
use crate::gate::{self, Site};
use crate::node::{Federation, blocking};
use crate::signature::{Fields, Received};

/// Proposals of one answer.
const PAGE: i64 = 100;

/// The queue, as JSON Lines; the last line of a full page is `{"next": cursor}`.
pub async fn queue(
    federation: web::Data<Arc<Federation>>,
    path: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let federation = federation.get_ref().clone();
    let actor = match asker(&federation, &request).await {
        Ok(actor) => actor,
        Err((status, why)) => return refused(status, &why),
    };
    let app = federation.app().clone();
    let after = after(request.query_string());
    let answer = blocking(move || app.db.read(|tx| lines(&app, tx, &path, &actor, after))).await;
    match answer {
        Ok(Some(text)) => HttpResponse::Ok()
            .content_type("application/jsonl")
            .insert_header(("cache-control", "private, no-store"))
            .body(text),
        Ok(None) => refused(
            403,
            "nobody of this instance holds a grant in force on this dataset",
        ),
        Err(error) => error.error_response(),
    }
}

fn refused(status: u16, why: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status)
        .unwrap_or(actix_web::http::StatusCode::FORBIDDEN);
    let title = status.canonical_reason().unwrap_or("refused");
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .json(json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": why}))
}

/// The instance that signed the request, its signature verified with the key that it is known by.
async fn asker(
    federation: &Arc<Federation>,
    request: &HttpRequest,
) -> Result<RemoteActorRecord, (u16, String)> {
    let fields = Fields::new(
        request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    let target = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let shared = federation.clone();
    let signed = blocking(move || {
        let app = shared.app();
        app.db.read(|tx| {
            let tx = std::cell::RefCell::new(tx);
            // Where the store fails, nobody passes.
            let blocked =
                |domain: &str| !matches!(blocks::covers(&mut tx.borrow_mut(), domain), Ok(false));
            let site = Site {
                origin: &app.settings.origin,
                hosts: &[app.host().as_str()],
                dev: app.settings.dev,
                now: app.clock.now(),
                blocked: &blocked,
                // Whoever holds a grant was chosen by a person already.
                allowed: None,
                may_ask: false,
                knows_actor: &|_| true,
            };
            let received = Received {
                method: &method,
                target: &target,
                fields: &fields,
                body: &[],
            };
            Ok::<_, StoreError>(gate::judge_get(received, &site))
        })
    })
    .await;
    let signed = signed
        .map_err(|error| (500, error.to_string()))?
        .map_err(|refusal| (refusal.status, refusal.sentence))?;
    let mut id = signed.key_id.clone();
    id.set_fragment(None);
    let (app, wanted) = (federation.app().clone(), id.to_string());
    let known = blocking(move || app.db.read(|tx| tx.find_remote_actor(&wanted))).await;
    let actor = match known.map_err(|error| (500, error.to_string()))? {
        Some(known) => known,
        None => {
            let domain = id.host_str().unwrap_or_default().to_owned();
            let now_ms = federation.app().clock.now_ms();
            let within = federation.fetches.take(domain, now_ms);
            within.map_err(|_| (429, "too many actors are being fetched: later".to_owned()))?;
            let fetched = actors::fetch(federation, id.as_str()).await;
            fetched.map_err(|error| (401, error.to_string()))?
        }
    };
    if actor.suspended && Check::KeyContinuity.stands() {
        return Err((401, rustine_app::actors::sentence(&actor)));
    }
    gate::verify_signature(&signed.signed, key_in_force(&actor), &federation.keys)
        .map_err(|refusal| (refusal.status, refusal.sentence))?;
    Ok(actor)
}

/// `after=SECONDS.UUID`
fn after(query: &str) -> Option<(Timestamp, PatchId)> {
    let cursor = query
        .split('&')
        .find_map(|part| part.strip_prefix("after="))?;
    let (seconds, id) = cursor.split_once('.')?;
    Some((
        Timestamp::from_seconds(seconds.parse().ok()?)?,
        id.parse().ok()?,
    ))
}

/// One page of the queue; `None` for whoever may not read it.
fn lines(
    app: &App,
    tx: &mut Tx<'_>,
    address: &str,
    asker: &RemoteActorRecord,
    after: Option<(Timestamp, PatchId)>,
) -> Result<Option<String>, DocumentProblem> {
    let address: DatasetAddress = address.parse().map_err(|_| DocumentProblem::NotFound)?;
    let address = app.normalise(&address);
    if address.host.is_some() {
        return Err(DocumentProblem::NotFound);
    }
    let dataset = tx
        .find_dataset_by_name(address.name.as_str(), "")?
        .filter(|dataset| dataset.status != "draft")
        .ok_or(DocumentProblem::NotFound)?;
    if !may_read(app, tx, &dataset, asker)? {
        return Ok(None);
    }
    let filter = PatchFilter {
        dataset: Some(dataset.id),
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        direction: Some("in".to_owned()),
        ..PatchFilter::default()
    };
    let patches = tx.list_oldest_patches(&filter, after, PAGE)?;
    let mut text = String::new();
    for patch in &patches {
        // What lost its nonce to an erasure cannot be checked against its digest by anybody else.
        if let Some(line) = line(app, tx, &dataset, patch)? {
            text.push_str(&line.to_json().to_string());
            text.push('\n');
        }
    }
    if let (Some(last), true) = (patches.last(), patches.len() as i64 == PAGE) {
        let next = format!("{}.{}", last.created.seconds(), last.id);
        text.push_str(&json!({"next": next}).to_string());
        text.push('\n');
    }
    Ok(Some(text))
}

/// True for the instance of somebody who holds a grant in force.
fn may_read(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    asker: &RemoteActorRecord,
) -> Result<bool, StoreError> {
    let grants = tx.active_grants(dataset.id, app.clock.now())?;
    let is_instance = asker.kind == "Application" && asker.id.ends_with("/actor");
    let holds = grants
        .iter()
        .any(|grant| grant.host == asker.host && Role::from_word(&grant.role) >= Role::Write);
    Ok((is_instance && holds) || !Check::QueueReader.stands())
}

fn line(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<Option<Queued>, DocumentProblem> {
    let damaged = |_| DocumentProblem::Damaged;
    let Some(nonce) = patch.nonce else {
        return Ok(None);
    };
    let scheme = app.settings.origin.scheme();
    let instance = format!("{scheme}://{}/actor", patch.proposer_host);
    let by = patch.proposer.as_ref().unwrap_or(&instance);
    let mut reviews = Vec::new();
    let mut corrections = Vec::new();
    for kept in tx.list_reviews(patch.id)? {
        let document: Value = serde_json::from_str(&kept.document).unwrap_or_default();
        if kept.void.is_none()
            && let Ok(review) = Review::parse(&document)
        {
            if let Some(ops) = kept.amended.as_deref() {
                let ops = parse_ops(ops).map_err(|_| DocumentProblem::Damaged)?;
                corrections.push((review.id.clone(), ops));
            }
            reviews.push(review);
        }
    }
    Ok(Some(Queued {
        status: patch.status.clone(),
        received: patch.created,
        patch: DataPatch {
            id: patch_url(app, patch).parse().map_err(damaged)?,
            attributed_to: by.parse().map_err(damaged)?,
            context: dataset.url.parse().map_err(damaged)?,
            uid: dataset.uid,
            published: patch.created,
            summary: patch.summary.clone(),
            schema: patch.schema_hash,
            nonce,
            digest: patch.digest,
            ops: ops_of(patch).map_err(|_| DocumentProblem::Damaged)?,
            visitor: None,
        },
        by_visitor: patch.proposer.is_none(),
        reviews,
        corrections,
    }))
}
