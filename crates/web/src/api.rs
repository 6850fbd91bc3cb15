//! `/api/v1`: the same data and decisions for programs, as JSON.
//!
//! Reads of public datasets are open to every site (CORS `*`, no credentials). Cookies count for nothing here, so
//! no other site can act for a person who is logged in; people show a token. Errors are `application/problem+json`.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use rustine_app::App;
use rustine_app::accounts::{Person, token};
use rustine_domain::problem::Lang;
use rustine_store::DatasetRecord;
use serde::Serialize;

use crate::client;
use crate::failure::Failure;
use crate::reading;

mod datasets;
mod patches;
mod rows;

/// OpenAPI 3.1, written by hand; a test walks its paths.
const OPENAPI: &str = include_str!("api/openapi.json");

/// Adds everything below `/api/v1`.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    let at = |path: &str| {
        web::resource(format!("/api/v1/{path}")).default_service(web::to(wrong_method))
    };
    let read = |path: &str, route: actix_web::Route, head: actix_web::Route| {
        at(path)
            .route(route)
            .route(head)
            .route(web::method(Method::OPTIONS).to(preflight))
    };
    let get = web::get;
    let head = web::head;
    cfg.service(read(
        "datasets",
        get().to(datasets::list),
        head().to(datasets::list),
    ))
    .service(read(
        "datasets/{dataset}",
        get().to(datasets::show),
        head().to(datasets::show),
    ))
    .service(read(
        "datasets/{dataset}/schema",
        get().to(datasets::schema),
        head().to(datasets::schema),
    ))
    .service(read(
        "datasets/{dataset}/log",
        get().to(datasets::log),
        head().to(datasets::log),
    ))
    .service(read(
        "datasets/{dataset}/digest",
        get().to(datasets::digest),
        head().to(datasets::digest),
    ))
    .service(read(
        "datasets/{dataset}/rows",
        get().to(rows::list),
        head().to(rows::list),
    ))
    .service(read(
        "datasets/{dataset}/rows/{id}",
        get().to(rows::show),
        head().to(rows::show),
    ))
    .service(read(
        "datasets/{dataset}/rows/{id}/history",
        get().to(rows::history),
        head().to(rows::history),
    ))
    .service(
        at("datasets/{dataset}/patches")
            .route(get().to(patches::list))
            .route(web::post().to(patches::propose)),
    )
    .service(at("patches/{id}").route(get().to(patches::show)))
    .service(at("patches/{id}/accept").route(web::post().to(patches::accept)))
    .service(at("patches/{id}/refuse").route(web::post().to(patches::refuse)))
    .service(at("patches/{id}/amend").route(web::post().to(patches::amend)))
    .service(at("patches/{id}/withdraw").route(web::post().to(patches::withdraw)))
    .service(at("openapi.json").route(get().to(openapi)))
    .service(at("{rest:.*}"));
}

/// The description of this API, for programs and for those who write them.
async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(OPENAPI)
}

async fn wrong_method(request: HttpRequest) -> HttpResponse {
    match request.match_pattern().as_deref() {
        Some("/api/v1/{rest:.*}") => problem(&Failure::not_found()),
        _ => problem(&Failure::new(
            405,
            format!("{} means nothing here", request.method()),
        )),
    }
}

/// Any site may read what is public; nothing else may be asked from a page of another site.
pub(crate) async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Accept, If-None-Match",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// A program that asks, with the token that it showed.
pub struct Caller {
    /// The instance.
    pub app: Arc<App>,
    /// Its network address, for quotas.
    pub address: std::net::IpAddr,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    token: Option<String>,
    lang: Lang,
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<web::Data<Arc<App>>>() else {
            return std::future::ready(Err(actix_web::error::ErrorInternalServerError(
                "the API is not configured",
            )));
        };
        let text = |name: header::HeaderName| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let token = text(header::AUTHORIZATION).map(|value| {
            let (scheme, token) = value.split_once(' ').unwrap_or_default();
            if scheme.eq_ignore_ascii_case("bearer") {
                token.trim().to_owned()
            } else {
                String::new()
            }
        });
        let lang = crate::i18n::Lang::choose(None, None, text(header::ACCEPT_LANGUAGE).as_deref());
        std::future::ready(Ok(Self {
            address: client::address(request, &app.settings.server.trusted_proxies),
            app: Arc::clone(app.get_ref()),
            query: url::form_urlencoded::parse(request.query_string().as_bytes())
                .into_owned()
                .collect(),
            token,
            lang: lang.into(),
        }))
    }
}

impl Caller {
    /// Whose token was shown; a wrong one is refused rather than taken for a visitor.
    pub fn person(&self) -> Result<Option<Person>, Failure> {
        let Some(shown) = &self.token else {
            return Ok(None);
        };
        token::whose(&self.app, shown)?
            .map(Some)
            .ok_or_else(Failure::log_in)
    }

    /// The person; a visitor is refused.
    pub fn known(&self) -> Result<Person, Failure> {
        self.person()?.ok_or_else(Failure::log_in)
    }

    /// The first text of a query parameter.
    pub fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }

    /// Works on a blocking thread and answers with JSON, or with a problem document.
    pub async fn answer<W>(self, work: W) -> HttpResponse
    where
        W: FnOnce(&Self) -> Result<Json, Failure> + Send + 'static,
    {
        let lang = self.lang;
        match web::block(move || work(&self)).await {
            Ok(Ok(json)) => json.into_response(),
            Ok(Err(failure)) => problem_in(&failure, lang),
            Err(_) => HttpResponse::ServiceUnavailable().finish(),
        }
    }

    /// The same for a read of a dataset: with its `ETag`, `304` where the caller has that state, and CORS.
    pub async fn read<W>(self, request: HttpRequest, address: String, work: W) -> HttpResponse
    where
        W: FnOnce(&Self, &DatasetRecord, &mut rustine_store::Tx<'_>) -> Result<Json, Failure>
            + Send
            + 'static,
    {
        let lang = self.lang;
        let known = known_etags(&request);
        let done = web::block(move || {
            let person = self.person()?;
            self.app.db.read(|tx| {
                let dataset = reading::load(&self.app, tx, person.as_ref(), &address)?;
                let etag = etag(&dataset);
                let json = if matches(&known, &etag) {
                    None
                } else {
                    Some(work(&self, &dataset, tx)?)
                };
                Ok::<_, Failure>((dataset, etag, json))
            })
        });
        match done.await {
            Ok(Ok((dataset, etag, None))) => unchanged(&dataset, &etag),
            Ok(Ok((dataset, etag, Some(json)))) => {
                let mut builder = HttpResponse::Ok();
                open_to_all(&mut builder, &dataset, &etag);
                builder
                    .insert_header((header::CONTENT_TYPE, "application/json"))
                    .body(json.body)
            }
            Ok(Err(failure)) => {
                let mut answer = problem_in(&failure, lang);
                let any = header::HeaderValue::from_static("*");
                answer
                    .headers_mut()
                    .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
                answer
            }
            Err(_) => HttpResponse::ServiceUnavailable().finish(),
        }
    }
}

/// A JSON document, written.
pub struct Json {
    status: StatusCode,
    body: Vec<u8>,
}

impl Json {
    /// 200 with a document.
    pub fn ok(document: &impl Serialize) -> Result<Self, Failure> {
        Self::with(StatusCode::OK, document)
    }

    /// A status with a document.
    pub fn with(status: StatusCode, document: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(document)
            .map_err(|_| Failure::new(500, "the answer could not be written"))?;
        Ok(Self { status, body })
    }

    /// 200 with a document that is written already.
    pub fn written(body: Vec<u8>) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    fn into_response(self) -> HttpResponse {
        HttpResponse::build(self.status)
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(self.body)
    }
}

/// Names a state of a dataset: its log and its rows.
pub(crate) fn etag(dataset: &DatasetRecord) -> String {
    let entry = dataset.entry.to_string();
    format!(
        "\"{}-{}-{}\"",
        dataset.seq,
        dataset.rows_version,
        entry.get(..12).unwrap_or_default()
    )
}

fn known_etags(request: &HttpRequest) -> String {
    let header = request.headers().get(header::IF_NONE_MATCH);
    header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

fn matches(known: &str, etag: &str) -> bool {
    let one = |text: &str| text.trim().trim_start_matches("W/") == etag || text.trim() == "*";
    known.split(',').any(one)
}

/// The caller has this state already.
pub(crate) fn is_known(request: &HttpRequest, etag: &str) -> bool {
    matches(&known_etags(request), etag)
}

/// 304, with what a 200 would say about keeping.
pub(crate) fn unchanged(dataset: &DatasetRecord, etag: &str) -> HttpResponse {
    let mut builder = HttpResponse::NotModified();
    open_to_all(&mut builder, dataset, etag);
    builder.finish()
}

/// Headers of a read: its state, and for public datasets that every site may read it.
pub(crate) fn open_to_all(builder: &mut HttpResponseBuilder, dataset: &DatasetRecord, etag: &str) {
    let public = reading::is_public(dataset);
    builder
        .insert_header((header::ETAG, etag))
        .insert_header((
            header::CACHE_CONTROL,
            if public {
                "no-cache"
            } else {
                "private, no-cache"
            },
        ))
        .insert_header((header::VARY, "Accept, Authorization"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if public {
        builder
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                "ETag, Content-Disposition",
            ));
    }
}

/// An error document (RFC 9457).
#[derive(Serialize)]
struct ProblemDocument<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<FieldProblem<'a>>,
}

/// What is wrong with one value.
#[derive(Serialize)]
struct FieldProblem<'a> {
    #[serde(flatten)]
    problem: &'a rustine_domain::problem::Problem,
    sentence: String,
}

/// A failure as a problem document, in English.
pub(crate) fn problem(failure: &Failure) -> HttpResponse {
    problem_in(failure, Lang::En)
}

fn problem_in(failure: &Failure, lang: Lang) -> HttpResponse {
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let field = |problem| FieldProblem {
        problem,
        sentence: rustine_domain::problem::Problem::sentence(problem, lang),
    };
    let document = ProblemDocument {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: &failure.detail,
        problems: failure.problems.iter().map(field).collect(),
    };
    let mut builder = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        builder.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    if matches!(status.as_u16(), 429 | 503) {
        builder.insert_header((header::RETRY_AFTER, "60"));
    }
    builder
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(serde_json::to_vec(&document).unwrap_or_default())
}
