//! The HTTP library's server with watched connections.
//!
//! `actix_web::HttpServer` fixes the type of its streams, so this puts together what it is made of: the library's
//! acceptor and workers, its HTTP/1.1 service, and between them the watched stream.

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, apply_fn_factory, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;

use super::registry::{IDLE, Registry};
use super::requests::Connection;
use super::stream::Watched;

/// Connections that wait to be accepted; the system may allow fewer.
pub const BACKLOG: u32 = 4096;
/// Bytes of an answer that the system takes before its reader does. With more, a slow but honest reader would seem to
/// take nothing for longer than `server.stalled_seconds`: the system asks for more only when a third has left.
const SEND_BUFFER: usize = 128 * 1024;
/// How long a connection may take to end after its last answer.
const LINGER: Duration = Duration::from_secs(1);

/// A listener for connections of this server.
///
/// # Errors
/// Where the system refuses the address.
pub fn listen(address: std::net::SocketAddr) -> std::io::Result<TcpListener> {
    let family = match address {
        std::net::SocketAddr::V4(_) => rustix::net::AddressFamily::INET,
        std::net::SocketAddr::V6(_) => rustix::net::AddressFamily::INET6,
    };
    let flags = rustix::net::SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(family, rustix::net::SocketType::STREAM, flags, None)?;
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    // Accepted connections inherit it.
    rustix::net::sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, i32::try_from(BACKLOG).unwrap_or(i32::MAX))?;
    Ok(TcpListener::from(socket))
}

/// Serves `factory` on `listener`, each connection known to `registry`.
///
/// # Errors
/// Where the listener cannot be used.
pub fn run<F, I, S, B>(
    builder: ServerBuilder,
    listener: TcpListener,
    registry: &Arc<Registry>,
    factory: F,
) -> std::io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as actix_service::Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let stopping = builder.graceful_shutdown_signal();
    let registry = registry.clone();
    let server = builder.listen("rustine", listener, move || {
        let (stopping, registry) = (stopping.clone(), registry.clone());
        let app = factory()
            .into_factory()
            .map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(IDLE)
            .client_request_timeout(registry.limits().head)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|stream: &Watched<TcpStream>, data| {
                data.insert(Connection {
                    entry: stream.entry.clone(),
                    registry: stream.registry.clone(),
                });
            })
            .finish(map_config(app, |()| AppConfig::default()));
        apply_fn_factory(http, move |stream: TcpStream, http| {
            let peer = stream.peer_addr().ok();
            // Somebody who has gone already has no address any more.
            let address = peer.map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
            let entry = registry.admit(address, registry.now_ms());
            // What is streamed comes in several writes: held together, the last one would wait 40 ms for an answer to
            // those before. A stream that cannot be set is one that is gone.
            let _ = stream.set_nodelay(true);
            let stream = Watched::new(stream, entry.clone(), registry.clone());
            let served = actix_service::Service::call(http, (stream, Protocol::Http1, peer));
            async move {
                tokio::select! {
                    served = served => served,
                    () = entry.is_cut() => Ok(()),
                }
            }
        })
    })?;
    Ok(server.run())
}
