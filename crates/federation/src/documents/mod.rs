//! Documents that others fetch from us: actors, WebFinger, NodeInfo, collections, patches, proposals, the log.
//!
//! Every handler reads in one transaction on a blocking thread and writes nothing. Public documents answer
//! unsigned GETs, because some servers fetch an actor before they can sign anything (`protocol.md` §1). What is
//! not public is not there: drafts, private datasets and words we do not know are answered with 404.
//! Start reading at [`routes`].

mod actors;
mod answer;
mod collections;
mod find;
mod heir;
mod hold;
mod lines;
mod listing;
mod log;
mod modlog;
mod nodeinfo;
mod notes;
mod patches;
mod problem;
mod proposals;
mod queue;
mod succession;
mod webfinger;

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::ACCEPT;
use actix_web::web::{ServiceConfig, get, head, resource};
use actix_web::{Handler, HttpResponse, Resource};
use rustine_protocol::vocabulary;

pub use actors::{actor_document, dataset_document};
pub use hold::Hold;
pub use notes::note_document;
pub use problem::DocumentProblem;

/// Registers every document. Must be registered before the pages: `/` and `/datasets/{dataset}` are documents
/// only for an ActivityPub `Accept`, and fall through to the page otherwise.
///
/// Handlers take `web::Data<Arc<App>>` and `web::Data<Hold>` from the application.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/.well-known/webfinger").route(get().to(webfinger::answer)))
        .service(reading("/.well-known/nodeinfo", nodeinfo::discovery))
        .service(reading("/nodeinfo/2.1", nodeinfo::document))
        .service(reading("/ns/v1", actors::context))
        .service(reading("/actor", actors::instance))
        .service(reading("/", actors::instance).guard(AsksForActivity))
        .service(reading("/actor/datasets", listing::datasets))
        .service(reading("/actor/outbox", collections::empty_outbox))
        .service(reading(
            "/actor/followers",
            collections::followers_of_instance,
        ))
        .service(reading("/users/{name}", actors::person))
        .service(reading("/users/{name}/outbox", collections::empty_outbox))
        .service(reading(
            "/users/{name}/followers",
            collections::followers_of_person,
        ))
        .service(reading("/datasets/{dataset}", actors::dataset).guard(AsksForActivity))
        .service(reading("/datasets/{dataset}/outbox", collections::outbox))
        .service(reading(
            "/datasets/{dataset}/followers",
            collections::followers_of_dataset,
        ))
        .service(reading(
            "/datasets/{dataset}/replicas",
            collections::replicas,
        ))
        .service(reading(
            "/datasets/{dataset}/proposals/{digest}",
            proposals::proposal,
        ))
        .service(reading("/datasets/{dataset}/heir", heir::agreement))
        .service(reading("/datasets/{dataset}/succession", succession::known))
        .service(reading("/datasets/{dataset}/modlog", modlog::modlog))
        .service(resource("/datasets/{dataset}/queue").route(get().to(queue::queue)))
        .service(reading("/datasets/{dataset}/log", log::collection))
        .service(reading("/datasets/{dataset}/log/head", log::head))
        .service(reading("/datasets/{dataset}/log/entries", log::entries))
        .service(reading("/datasets/{dataset}/log/snapshot", log::snapshot))
        .service(reading("/datasets/{dataset}/log/{seq:[0-9]+}", log::entry))
        .service(reading("/patches/{patch}", patches::patch))
        .service(reading("/activities/{activity}", patches::offer))
        .service(reading("/notes/{note}", notes::note));
}

/// A resource that is read, and nothing else: GET and HEAD.
fn reading<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args, Output = Result<HttpResponse, DocumentProblem>>,
    Args: actix_web::FromRequest + 'static,
{
    resource(path)
        .route(get().to(handler.clone()))
        .route(head().to(handler))
}

/// Lets a request through that asks for an ActivityPub document in words; a browser does not.
struct AsksForActivity;

impl Guard for AsksForActivity {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context
            .head()
            .headers()
            .get_all(ACCEPT)
            .filter_map(|value| value.to_str().ok())
            .any(vocabulary::accepts_activity)
    }
}

#[cfg(test)]
mod tests;
