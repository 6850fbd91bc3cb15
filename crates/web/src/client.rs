//! The network address behind a request, for quotas: forwarded headers count only from proxies that we trust.

use std::net::IpAddr;

use actix_web::HttpRequest;
use rustine_app::network;

/// The address of the client, as [`network::client`] tells it.
pub fn address(request: &HttpRequest, trusted: &[String]) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let forwarded = request.headers().get_all("x-forwarded-for");
    network::client(
        peer,
        forwarded.filter_map(|value| value.to_str().ok()),
        trusted,
    )
}
