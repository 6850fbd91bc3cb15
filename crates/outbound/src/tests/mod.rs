//! Against servers in this process.

mod canary;
mod limits;
mod redirects;
mod secure;
mod server;
mod streams;

use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::resolver::Lookup;
use crate::{Client, Limits, Settings};

/// Short limits, so that what must be cut is cut soon.
fn settings() -> Settings {
    Settings {
        user_agent: "Rustine-test".into(),
        dev: true,
        limits: Limits {
            connect_time: Duration::from_secs(5),
            total_time: Duration::from_secs(5),
            ..Limits::default()
        },
        ..Settings::default()
    }
}

fn client() -> Client {
    Client::new(settings()).unwrap()
}

/// A DNS that knows one answer.
fn always(address: SocketAddr) -> Lookup {
    Arc::new(move |_| Box::pin(ready(Ok(vec![address]))))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}
