//! Request bodies: a limit on bytes. The server that reads for us sets the deadline (`server.body_seconds`).

use std::io::ErrorKind;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use rustine_app::App;
use rustine_app::presence::REMEDY;

use crate::failure::Failure;

/// Most bytes of a form or a JSON document: a patch of 256 KiB, and what a form adds around it.
const MAX_BYTES: usize = 512 * 1024;

/// The body of a request, or why there is none; the handler answers in its own form.
pub struct Body(pub Result<web::Bytes, Failure>);

impl FromRequest for Body {
    type Error = std::convert::Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        let app = request.app_data::<web::Data<Arc<App>>>();
        let elsewhere = app.is_some_and(|app| app.presence.is_elsewhere());
        Box::pin(async move {
            // What is written here would be lost with this database, or stand in two.
            if elsewhere {
                return Ok(Self(Err(Failure::new(503, REMEDY))));
            }
            Ok(Self(collect(payload).await))
        })
    }
}

async fn collect(mut payload: Payload) -> Result<web::Bytes, Failure> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Failure::new(413, "the request is larger than 512 KiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn broken_off(error: &PayloadError) -> Failure {
    match error {
        PayloadError::Io(error) if error.kind() == ErrorKind::TimedOut => {
            Failure::new(408, "the request took too long to arrive")
        }
        _ => Failure::bad("the request ended too early"),
    }
}
