//! `{dataset}/modlog?from=N&limit=500`: the lines of the moderation log, ours or those of a copy (`protocol.md` §5).

use actix_web::{HttpRequest, HttpResponse, web};
use rustine_protocol::vocabulary;

use super::answer::{self, Keep};
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// Most lines in one answer.
const MOST: i64 = 500;

#[derive(serde::Deserialize)]
pub struct Parameters {
    from: Option<i64>,
    limit: Option<i64>,
}

/// Lines upwards from `from`, at most `limit`; past the last one there are none.
pub async fn modlog(
    app: AppData,
    path: web::Path<String>,
    parameters: web::Query<Parameters>,
    request: HttpRequest,
) -> Result<HttpResponse, DocumentProblem> {
    let from = parameters.from.unwrap_or(1);
    let limit = parameters.limit.unwrap_or(MOST).min(MOST);
    if from < 0 || limit < 1 {
        return Err(DocumentProblem::Request(
            "from must be 0 or more, limit 1 or more",
        ));
    }
    let lines = read(&app, move |app, tx| {
        let dataset = find::public_dataset(app, tx, &path)?;
        let lines = tx.list_modlog(dataset.id, from, limit)?;
        let lines: String = lines.into_iter().map(|line| line.line + "\n").collect();
        Ok(lines)
    })
    .await?;
    Ok(answer::text(
        &request,
        vocabulary::JSON_LINES,
        lines,
        Keep::Never,
    ))
}
