//! The requests on a connection: their bodies have a deadline, and what nobody read of them ends the connection.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};
use futures_util::Stream;
use tokio::time::Sleep;

use super::entry::{Entry, Phase};
use super::registry::Registry;

/// What a connection gives to each of its requests.
#[derive(Clone)]
pub struct Connection {
    /// The connection, as the registry knows it.
    pub entry: Arc<Entry>,
    /// Where it is known.
    pub registry: Arc<Registry>,
}

/// Hands a request on, with a deadline on its body, unless its network has too many under way.
pub fn watch<S, B>(
    mut request: ServiceRequest,
    service: &S,
) -> impl Future<Output = Result<ServiceResponse<Held>, Error>> + use<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let begun = begin(&mut request);
    let under_way = match begun.refused {
        true => Err(request.into_response(too_many())),
        false => Ok(service.call(request)),
    };
    async move {
        match under_way {
            Err(refused) => Ok(refused.map_body(|_, body| begun.hold(body))),
            Ok(under_way) => match under_way.await {
                Ok(answer) => Ok(answer.map_body(|_, body| begun.hold(body.boxed()))),
                Err(error) => {
                    begun.enter(Phase::Leaving);
                    Err(error)
                }
            },
        }
    }
}

/// A request under way.
struct Begun {
    connection: Option<Connection>,
    unread: Option<Rc<RefCell<Payload>>>,
    refused: bool,
}

impl Begun {
    fn enter(&self, phase: Phase) {
        if let Some(Connection { entry, registry }) = &self.connection {
            entry.enter(phase, registry.now_ms());
        }
    }

    fn hold(self, body: BoxBody) -> Held {
        Held {
            body,
            _unread: self.unread,
            connection: self.connection,
        }
    }
}

fn begin(request: &mut ServiceRequest) -> Begun {
    let connection = request.conn_data::<Connection>().cloned();
    let mut begun = Begun {
        connection,
        unread: None,
        refused: false,
    };
    let Some(connection) = begun.connection.clone() else {
        // A server without watched connections, as in tests of pages.
        return begun;
    };
    match request.take_payload() {
        Payload::None => begun.enter(Phase::Working),
        payload => {
            begun.enter(Phase::Body);
            let payload = Rc::new(RefCell::new(payload));
            begun.unread = Some(payload.clone());
            let body = Timed {
                payload: Some(payload),
                deadline: Box::pin(tokio::time::sleep(connection.registry.limits().body)),
                connection: connection.clone(),
            };
            request.set_payload(Payload::Stream {
                payload: Box::pin(body),
            });
        }
    }
    let Connection { entry, registry } = &connection;
    let client = rustine_web::client::address(request.request(), registry.trusted());
    begun.refused = !registry.ask(entry, client);
    begun
}

fn too_many() -> HttpResponse {
    HttpResponse::TooManyRequests()
        .insert_header((header::RETRY_AFTER, "1"))
        .insert_header((header::CONNECTION, "close"))
        .content_type("text/plain; charset=utf-8")
        .body("too many requests of your network are under way: wait, then try again\n")
}

/// A body that has to be there in time. Late, it fails with an error of the kind `TimedOut`.
struct Timed {
    payload: Option<Rc<RefCell<Payload>>>,
    deadline: Pin<Box<Sleep>>,
    connection: Connection,
}

impl Timed {
    fn ended(&mut self) {
        // What nobody reads any more we do not wait for.
        if self.payload.take().is_some() {
            let Connection { entry, registry } = &self.connection;
            if entry.state().0 == Phase::Body {
                entry.enter(Phase::Working, registry.now_ms());
            }
        }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.ended();
    }
}

impl Stream for Timed {
    type Item = Result<web::Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(payload) = self.payload.clone() else {
            return Poll::Ready(None);
        };
        // Whoever sends without a pause must not get around the deadline.
        if self.deadline.as_mut().poll(cx).is_ready() {
            self.ended();
            let late = io::Error::new(io::ErrorKind::TimedOut, "the body is late");
            return Poll::Ready(Some(Err(PayloadError::Io(late))));
        }
        let polled = Pin::new(&mut *payload.borrow_mut()).poll_next(cx);
        if !matches!(polled, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
            self.ended();
        }
        polled
    }
}

/// The body of an answer. It keeps what is unread of the request: the HTTP library ends the connection behind an
/// answer that overtakes its request, but reads a chunked body that was thrown away for as long as somebody sends.
pub struct Held {
    body: BoxBody,
    _unread: Option<Rc<RefCell<Payload>>>,
    connection: Option<Connection>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(Connection { entry, registry }) = &self.connection {
            entry.enter(Phase::Leaving, registry.now_ms());
        }
    }
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
