//! Proposals: making them, reading them, deciding on them.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use rustine_app::accounts::Person;
use rustine_app::patches::decide::{self, Decision};
use rustine_app::patches::ops_of;
use rustine_app::patches::propose::{self, Proposal, ProposedOp, Proposer};
use rustine_app::patches::withdraw::{self, Proof};
use rustine_domain::ids::{DatasetAddress, FieldName, PatchId};
use rustine_domain::patch::Reason;
use rustine_store::PatchFilter;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Caller, Json};
use crate::body::Body;
use crate::failure::Failure;
use crate::reading;
use crate::view::Standing;

mod document;

use document::{Offered, Shown, shown};

/// Proposals of one answer.
const PATCHES: i64 = 200;

/// A document; depth, doubled keys and numbers are checked as everywhere else.
fn read<T: DeserializeOwned>(body: Body) -> Result<T, Failure> {
    let bytes = body.0?;
    let value =
        rustine_domain::json::parse(&bytes).map_err(|problem| Failure::bad(problem.to_string()))?;
    serde_json::from_value(value)
        .map_err(|error| Failure::new(422, format!("the document does not fit: {error}")))
}

#[derive(Serialize)]
struct Recorded {
    id: PatchId,
    status: &'static str,
    status_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_at: Option<String>,
}

/// `POST /api/v1/datasets/{dataset}/patches`
pub(super) async fn propose(
    caller: Caller,
    address: web::Path<String>,
    body: Body,
) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.person()?;
            caller
                .app
                .db
                .read(|tx| reading::load(&caller.app, tx, person.as_ref(), &address))?;
            let offered: Offered = read(body)?;
            let dataset: DatasetAddress = address.parse().map_err(|_| Failure::not_found())?;
            let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
            let proposal = Proposal {
                dataset,
                ops: offered.ops.into_iter().map(ProposedOp::from).collect(),
                summary: filled(offered.summary),
                name: filled(offered.name),
                email: filled(offered.email),
                by: person.map_or(Proposer::Visitor(caller.address), Proposer::Person),
            };
            let proposed = propose::propose(&caller.app, &proposal)?;
            let recorded = Recorded {
                id: proposed.id,
                status: proposed.status.as_str(),
                status_url: caller.app.url(&format!("/suivi/{}", proposed.token)),
                waiting_at: proposed.waiting_at,
            };
            Json::with(StatusCode::ACCEPTED, &recorded)
        })
        .await
}

/// `GET /api/v1/patches/{id}`
pub(super) async fn show(caller: Caller, id: web::Path<String>) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.person()?;
            let id: PatchId = id.parse().map_err(|_| Failure::not_found())?;
            let (patch, dataset) = caller.app.db.read(|tx| {
                let patch = tx.find_patch(id)?.ok_or_else(Failure::not_found)?;
                let dataset = tx.load_dataset(patch.dataset)?;
                Ok::<_, Failure>((patch, dataset))
            })?;
            if !reading::may_read(person.as_ref(), &dataset) {
                return Err(Failure::not_found());
            }
            Json::ok(&shown(&caller.app, patch, &dataset, person.as_ref())?)
        })
        .await
}

#[derive(Serialize)]
struct List {
    patches: Vec<Shown>,
}

/// `GET /api/v1/datasets/{dataset}/patches?status=S`: all of them for an operator, her own for a member.
pub(super) async fn list(caller: Caller, address: web::Path<String>) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.known()?;
            let statuses: Vec<String> = match caller.asked("status") {
                Some(text) => vec![
                    Standing::find(text)
                        .ok_or_else(|| Failure::bad("no such status"))?
                        .name()
                        .to_owned(),
                ],
                None => Vec::new(),
            };
            let (dataset, patches) = caller.app.db.read(|tx| {
                let dataset = reading::load(&caller.app, tx, Some(&person), &address)?;
                let own = || caller.app.url(&format!("/users/{}", person.name));
                let filter = PatchFilter {
                    dataset: Some(dataset.id),
                    statuses: statuses.clone(),
                    proposer: (!person.may_decide(dataset.id)).then(own),
                    ..PatchFilter::default()
                };
                let patches = tx.list_patches(&filter, None, PATCHES)?;
                Ok::<_, Failure>((dataset, patches))
            })?;
            let patches = patches
                .into_iter()
                .map(|patch| shown(&caller.app, patch, &dataset, Some(&person)));
            Json::ok(&List {
                patches: patches.collect::<Result<_, _>>()?,
            })
        })
        .await
}

#[derive(Serialize)]
struct Decided {
    id: PatchId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
}

fn decide(
    caller: &Caller,
    id: &str,
    person: &Person,
    decision: &Decision,
) -> Result<Json, Failure> {
    let id: PatchId = id.parse().map_err(|_| Failure::not_found())?;
    let decided = decide::decide(&caller.app, id, person, decision)?;
    Json::ok(&Decided {
        id: decided.id,
        status: decided.status.as_str(),
        seq: decided.seq,
    })
}

/// `POST /api/v1/patches/{id}/accept`
pub(super) async fn accept(caller: Caller, id: web::Path<String>) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.known()?;
            decide(caller, &id, &person, &Decision::Accept)
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    reason: String,
}

/// `POST /api/v1/patches/{id}/refuse` with `{"reason"}`
pub(super) async fn refuse(caller: Caller, id: web::Path<String>, body: Body) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.known()?;
            let refusal: Refusal = read(body)?;
            let reason = Reason::new(&refusal.reason);
            let reason = reason
                .ok_or_else(|| Failure::new(422, "give a reason of 1 to 2,000 characters"))?;
            decide(caller, &id, &person, &Decision::Refuse(reason))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amendment {
    #[serde(default)]
    set: BTreeMap<FieldName, String>,
    /// Places in `ops`, from 0.
    #[serde(default)]
    leave_out: BTreeSet<usize>,
}

/// `POST /api/v1/patches/{id}/amend` with `{"set": {field: value}, "leave_out": [place]}`, at least one of both
pub(super) async fn amend(caller: Caller, id: web::Path<String>, body: Body) -> HttpResponse {
    caller
        .answer(move |caller| {
            let person = caller.known()?;
            let amendment: Amendment = read(body)?;
            if amendment.set.is_empty() && amendment.leave_out.is_empty() {
                let detail = "say what to change: set, leave_out or both; or accept";
                return Err(Failure::new(422, detail));
            }
            let patch: PatchId = id.parse().map_err(|_| Failure::not_found())?;
            let found = caller
                .app
                .db
                .read(|tx| tx.find_patch(patch))?
                .ok_or_else(Failure::not_found)?;
            let corrections: Vec<(FieldName, String)> = amendment.set.into_iter().collect();
            let ops = decide::amended_ops(&ops_of(&found)?, &corrections).map_err(|field| {
                Failure::new(
                    422,
                    format!("the proposal does not touch the field {field}"),
                )
            })?;
            let ops = decide::without(ops, &amendment.leave_out).map_err(|place| {
                Failure::new(
                    422,
                    format!("the proposal has no operation {place}; the first is 0"),
                )
            })?;
            decide(caller, &id, &person, &Decision::Amend(ops))
        })
        .await
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    token: Option<String>,
}

/// `POST /api/v1/patches/{id}/withdraw`, by the person who proposed, or with `{"token"}` of the status page
pub(super) async fn withdraw(caller: Caller, id: web::Path<String>, body: Body) -> HttpResponse {
    caller
        .answer(move |caller| {
            let id: PatchId = id.parse().map_err(|_| Failure::not_found())?;
            let empty = body.0.as_ref().is_ok_and(|bytes| bytes.is_empty());
            let withdrawal: Withdrawal = if empty {
                Withdrawal::default()
            } else {
                read(body)?
            };
            let proof = match withdrawal.token {
                Some(token) => Proof::Token(token),
                None => Proof::Person(id, caller.known()?),
            };
            let id = withdraw::withdraw(&caller.app, &proof)?;
            Json::ok(&Decided {
                id,
                status: "withdrawn",
                seq: None,
            })
        })
        .await
}
