//! `{copy}/heir`: what this instance has agreed to about a dataset that it may go on with (`app::datasets::heir`).

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::datasets::heir;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// Shows the keys for a move to here; 404 where nothing was agreed, or the move is done.
pub async fn agreement(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let agreed = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &dataset)?;
        let shown = heir::shown(app, tx, &dataset).map_err(|_| DocumentProblem::Damaged)?;
        shown.ok_or(DocumentProblem::NotFound)
    })
    .await?;
    let body = agreed.to_json().to_string();
    Ok(answer::text(
        &request,
        "application/json",
        body,
        Keep::Never,
    ))
}
