//! Names to addresses, with the check in the answer that the socket uses: there is no second look-up between
//! the check and the connection, so a name that changes its answer (DNS rebinding) gains nothing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::address::Forbidden;
use crate::target::Rules;

/// Look-ups under way at once. The system's resolver holds a thread for each, sometimes for half a minute.
const LOOKUPS: usize = 32;

/// Asks the DNS for a name; replaced in tests.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Why a name led to no connection. Travels inside the HTTP library's error and is found again there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("{0} is {1}")]
    Forbidden(SocketAddr, Forbidden),
    #[error("the name is unknown")]
    Unknown(#[source] Option<io::Error>),
}

/// The resolver handed to the HTTP library.
pub(crate) struct GuardedResolver {
    rules: Arc<Rules>,
    lookup: Lookup,
    permits: Arc<Semaphore>,
}

impl GuardedResolver {
    pub(crate) fn new(rules: Arc<Rules>, lookup: Lookup) -> Self {
        Self {
            rules,
            lookup,
            permits: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }
}

/// The operating system's resolver.
pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    })
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_ascii_lowercase();
        let rules = self.rules.clone();
        let lookup = self.lookup.clone();
        let permits = self.permits.clone();
        Box::pin(async move {
            if let Some(address) = rules.fixed(&name) {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let permit = permits.acquire_owned().await?;
            // A task of its own keeps the permit until the look-up really ends, even if the caller gives up.
            let found = tokio::spawn(async move {
                let found = lookup(name).await;
                drop(permit);
                found
            });
            let found = found.await?.map_err(|e| ResolveError::Unknown(Some(e)))?;
            Ok(Box::new(permitted(&rules, found)?.into_iter()) as Addrs)
        })
    }
}

/// The addresses that may be opened. A name with both kinds keeps its public ones.
fn permitted(rules: &Rules, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut refused = None;
    let mut open = Vec::with_capacity(found.len());
    for address in found {
        match rules.forbids(address) {
            None => open.push(address),
            Some(why) => refused = Some((address, why)),
        }
    }
    match (open.is_empty(), refused) {
        (false, _) => Ok(open),
        (true, Some((address, why))) => Err(ResolveError::Forbidden(address, why)),
        (true, None) => Err(ResolveError::Unknown(None)),
    }
}
