//! Activities that arrive: the gate, the actor's key, the library's own checks, then a durable row and 202
//! (`protocol.md` §6, §7). What an activity means is decided afterwards, by [`worker`].

mod library;
pub(crate) use library::Library;
pub mod worker;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use rustine_app::actors::{FRESH_SECONDS, REFRESH_SECONDS, key_in_force};
use rustine_app::peers::mode;
use rustine_app::settings::Mode;
use rustine_app::{blocks, network, presence};
use rustine_domain::checks::Check;
use rustine_store::{RemoteActorRecord, StoreError};

use crate::actors;
use crate::gate::{
    self, Kind, MAX_BODY_BYTES, Outcome, Passed, Refusal, Site, Step, registrable_domain,
};
use crate::node::{Federation, blocking};
use crate::signature::{Fields, Received};

/// Registers the inboxes: the shared one, and one address for each actor.
pub fn routes(config: &mut web::ServiceConfig) {
    for path in [
        "/inbox",
        "/actor/inbox",
        "/users/{name}/inbox",
        "/datasets/{dataset}/inbox",
    ] {
        config.service(web::resource(path).route(web::post().to(receive)));
    }
}

async fn receive(
    request: HttpRequest,
    payload: Payload,
    federation: Data<Arc<Federation>>,
) -> HttpResponse {
    match try_receive(&request, payload, &federation).await {
        Ok(()) => HttpResponse::Accepted().finish(),
        Err(refused) => refused.answer(),
    }
}

/// Why an activity was not taken.
enum Refused {
    /// A check of the gate.
    Gate(Refusal),
    /// Too many of one sender.
    Wait(u64),
    /// The body did not arrive in time.
    Late,
    /// Ours to mend; the sender tries again.
    Later(StatusCode, String),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Gate(refusal)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        let status = if error == StoreError::Full {
            StatusCode::INSUFFICIENT_STORAGE
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        Self::Later(status, error.to_string())
    }
}

impl Refused {
    fn answer(self) -> HttpResponse {
        match self {
            Self::Gate(refusal) => {
                tracing::debug!(
                    step = refusal.step.name(),
                    "An activity was refused: {}",
                    refusal.sentence
                );
                let status =
                    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
                problem(status, refusal.step.name(), &refusal.sentence)
            }
            Self::Wait(seconds) => {
                let mut answer = problem(
                    StatusCode::TOO_MANY_REQUESTS,
                    "rate",
                    "too many requests: wait, then try again",
                );
                let value = actix_web::http::header::HeaderValue::from(seconds);
                answer
                    .headers_mut()
                    .insert(actix_web::http::header::RETRY_AFTER, value);
                answer
            }
            Self::Late => problem(
                StatusCode::REQUEST_TIMEOUT,
                "body",
                "the body did not arrive in time",
            ),
            Self::Later(status, why) => {
                tracing::error!("An activity could not be kept: {why}");
                problem(
                    status,
                    "store",
                    "the activity could not be kept: try again later",
                )
            }
        }
    }
}

fn problem(status: StatusCode, step: &str, detail: &str) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or("refused");
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .json(serde_json::json!({"type": format!("about:blank#{step}"), "title": title, "status": status.as_u16(), "detail": detail}))
}

async fn try_receive(
    request: &HttpRequest,
    payload: Payload,
    federation: &Arc<Federation>,
) -> Result<(), Refused> {
    let app = federation.app();
    if app.presence.is_elsewhere() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Err(Refused::Later(status, presence::REMEDY.to_owned()));
    }
    let now_ms = app.clock.now_ms();
    if let Some(address) = client_address(request, federation) {
        federation
            .per_address
            .take(network::of(address), now_ms)
            .map_err(|wait| Refused::Wait(wait.seconds))?;
    }
    let fields = Fields::new(
        request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    gate::check_head(&fields)?;
    let body = read_body(request, payload).await?;
    let Some(passed) = judge(request, &fields, &body, federation).await? else {
        return Ok(());
    };
    known_actor(federation, &passed).await?;
    let domain = registrable_domain(passed.actor.host_str().unwrap_or_default());
    federation
        .per_domain
        .take(domain, now_ms)
        .map_err(|wait| Refused::Wait(wait.seconds))?;
    library::receive(federation, request, body, *passed).await
}

/// The peer's address; the proxy's word counts only where the proxy is trusted.
fn client_address(request: &HttpRequest, federation: &Federation) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let forwarded = request.headers().get_all("x-forwarded-for");
    Some(network::client(
        peer,
        forwarded.filter_map(|value| value.to_str().ok()),
        &federation.app().settings.server.trusted_proxies,
    ))
}

async fn read_body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, Refused> {
    let too_large = || {
        Step::BodySize.refuse(format!(
            "an activity may have at most {MAX_BODY_BYTES} bytes"
        ))
    };
    let announced = request
        .headers()
        .get("content-length")
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES) && Check::BodySize.stands() {
        return Err(too_large().into());
    }
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        if body.len() + chunk.len() > MAX_BODY_BYTES && Check::BodySize.stands() {
            return Err(too_large().into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The server that reads for us sets the deadline (`server.body_seconds`), and says so by this kind of error.
fn broken_off(error: &PayloadError) -> Refused {
    match error {
        PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Refused::Late,
        _ => Refused::Gate(Step::Json.refuse("the body broke off")),
    }
}

/// The gate, with the lists and the known actors of the store. `None`: nothing to do here.
async fn judge(
    request: &HttpRequest,
    fields: &Fields,
    body: &Bytes,
    federation: &Arc<Federation>,
) -> Result<Option<Box<Passed>>, Refused> {
    let method = request.method().as_str().to_owned();
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    let (fields, body, federation) = (fields.clone(), body.clone(), federation.clone());
    let outcome = blocking(move || {
        let app = federation.app();
        app.db.read(|tx| {
            let mode = mode::of(app, tx)?;
            let peers = match mode {
                Mode::Open => Vec::new(),
                Mode::AllowList | Mode::Silent => mode::allowed(tx)?,
            };
            let known = std::cell::RefCell::new(tx);
            // One question finds the domain and those above it; where the store fails, nobody passes.
            let blocked = |domain: &str| {
                !matches!(blocks::covers(&mut known.borrow_mut(), domain), Ok(false))
            };
            let allowed = |domain: &str| peers.iter().any(|peer| blocks::name_of(peer) == domain);
            let knows_actor = |url: &rustine_outbound::Url| {
                known
                    .borrow_mut()
                    .find_remote_actor(url.as_str())
                    .is_ok_and(|found| found.is_some())
            };
            let site = Site {
                origin: &app.settings.origin,
                hosts: &[app.host().as_str()],
                dev: app.settings.dev,
                now: app.clock.now(),
                blocked: &blocked,
                allowed: (mode != Mode::Open).then_some(&allowed as &dyn Fn(&str) -> bool),
                may_ask: mode == Mode::AllowList,
                knows_actor: &knows_actor,
            };
            let received = Received {
                method: &method,
                target: &target,
                fields: &fields,
                body: &body,
            };
            Ok::<_, StoreError>(gate::judge(received, &site))
        })
    })
    .await?;
    match outcome {
        Outcome::Refuse(refusal) => Err(refusal.into()),
        Outcome::Ignore202 { why } => {
            tracing::debug!("An activity has no effect here: {why}");
            Ok(None)
        }
        Outcome::Accept(passed) => Ok(Some(passed)),
    }
}

/// The sender, with a key that made the signature: as kept, or fetched within the budget (steps 6 and 7).
///
/// Suspended is only the sender of an `Update` of itself, signed by the pinned key: it may announce another key.
async fn known_actor(
    federation: &Arc<Federation>,
    passed: &Passed,
) -> Result<RemoteActorRecord, Refused> {
    let (app, wanted) = (federation.app().clone(), passed.actor.to_string());
    let kept = blocking(move || app.db.read(|tx| tx.find_remote_actor(&wanted))).await?;
    if let Some(actor) = kept {
        let age = federation.app().clock.now().seconds() - actor.fetched_at.seconds();
        let key = key_in_force(&actor);
        match gate::verify_signature(&passed.signed, key, &federation.keys) {
            Ok(()) if speaks_of_itself(passed) => return Ok(actor),
            Ok(()) if actor.suspended && Check::KeyContinuity.stands() => {
                return Err(key_changed(&actor).into());
            }
            Ok(()) if age < FRESH_SECONDS => return Ok(actor),
            Ok(()) => {}
            Err(refusal) if age < REFRESH_SECONDS || !may_refresh(federation, &actor.id) => {
                return Err(if actor.suspended {
                    key_changed(&actor).into()
                } else {
                    refusal.into()
                });
            }
            Err(_) => {}
        }
    }
    let fetched = fetch(federation, passed).await?;
    gate::verify_signature(&passed.signed, &fetched.key_pem, &federation.keys)?;
    Ok(fetched)
}

fn speaks_of_itself(passed: &Passed) -> bool {
    let object = &passed.activity["object"];
    let id = object.get("id").unwrap_or(object);
    passed.kind == Kind::Update && id.as_str() == Some(passed.actor.as_str())
}

fn key_changed(actor: &RemoteActorRecord) -> Refusal {
    Step::KeyContinuity.refuse(actors::ActorError::KeyChanged(actor.id.clone()).to_string())
}

/// One look at the same actor for a signature that does not fit, in ten minutes, whatever comes of it.
fn may_refresh(federation: &Federation, actor: &str) -> bool {
    let now_ms = federation.app().clock.now_ms();
    federation.refreshes.take(actor.to_owned(), now_ms).is_ok()
}

async fn fetch(
    federation: &Arc<Federation>,
    passed: &Passed,
) -> Result<RemoteActorRecord, Refused> {
    let domain = registrable_domain(passed.actor.host_str().unwrap_or_default());
    let now_ms = federation.app().clock.now_ms();
    federation
        .fetches
        .take(domain, now_ms)
        .map_err(|wait| Refused::Wait(wait.seconds))?;
    match actors::fetch(federation, passed.actor.as_str()).await {
        Ok(actor) => Ok(actor),
        Err(actors::ActorError::Store(error)) => Err(error.into()),
        Err(error @ actors::ActorError::KeyChanged(_)) => {
            Err(Step::KeyContinuity.refuse(error.to_string()).into())
        }
        Err(error) => Err(Step::ActorFetch.refuse(error.to_string()).into()),
    }
}

#[cfg(test)]
mod tests;
