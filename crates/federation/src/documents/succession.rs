//! `{dataset}/succession`: who goes on with a dataset whose origin is gone, as far as this instance knows, and the
//! signed votes for them.

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_app::succession::learn;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// Shows what is known here, about a dataset of ours too.
pub async fn known(
    app: AppData,
    dataset: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &dataset)?;
        Ok(learn::document(tx, &dataset)?)
    })
    .await?;
    let body = document.to_string();
    Ok(answer::text(
        &request,
        "application/json",
        body,
        Keep::Never,
    ))
}
