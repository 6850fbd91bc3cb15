//! `/.well-known/nodeinfo` and `/nodeinfo/2.1`.

use actix_web::{HttpRequest, HttpResponse};
use rustine_protocol::object::NodeInfo;
use rustine_store::DatasetFilter;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// Names the versions that we speak: one.
pub async fn discovery(
    app: AppData,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let body = NodeInfo::discovery(&find::site(&app)?).to_string();
    Ok(answer::text(
        &request,
        "application/json",
        body,
        Keep::Never,
    ))
}

/// Counts people and public datasets.
pub async fn document(app: AppData, request: HttpRequest) -> Result<HttpResponse, DocumentProblem> {
    let body = read(&app, |app, tx| {
        let public = DatasetFilter {
            local: Some(true),
            status: Some("published".to_owned()),
            audience: Some("public".to_owned()),
        };
        let info = NodeInfo {
            version: env!("CARGO_PKG_VERSION"),
            name: &app.settings.name,
            charter: &app.settings.legal.charter,
            open_registrations: false,
            users: tx.count_users()?.unsigned_abs(),
            datasets: tx.list_datasets(&public, None, i64::MAX)?.len() as u64,
        };
        Ok(info.to_json().to_string())
    })
    .await?;
    Ok(answer::text(
        &request,
        NodeInfo::CONTENT_TYPE,
        body,
        Keep::Never,
    ))
}
