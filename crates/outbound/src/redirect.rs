//! Where an answer sends us next. Each hop is checked like a first one by the caller.

use std::collections::HashSet;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::error::Error;

/// The hops of one fetch.
pub(crate) struct Hops {
    first: Url,
    visited: HashSet<Url>,
    limit: usize,
}

impl Hops {
    pub(crate) fn starting_at(first: &Url, limit: usize) -> Self {
        Self {
            first: first.clone(),
            visited: HashSet::from([first.clone()]),
            limit,
        }
    }

    /// The URL of the next hop, or `None` if this answer is the last.
    pub(crate) fn next(
        &mut self,
        current: &Url,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<Url>, Error> {
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = headers.get(LOCATION) else {
            return Ok(None);
        };
        let first = || self.first.clone();
        let Some(mut next) = location.to_str().ok().and_then(|l| current.join(l).ok()) else {
            return Err(Error::BadRedirect { url: first() });
        };
        next.set_fragment(None);
        if next.scheme() != current.scheme() {
            return Err(Error::SchemeChange { url: first() });
        }
        if self.visited.len() > self.limit {
            return Err(Error::TooManyRedirects {
                url: first(),
                limit: self.limit,
            });
        }
        if self.visited.contains(&next) {
            return Err(Error::RedirectLoop { url: first() });
        }
        self.visited.insert(next.clone());
        Ok(Some(next))
    }
}
