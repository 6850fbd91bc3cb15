//! The pages that people see, and the JSON API and exports that programs read.
//!
//! Server-rendered HTML that works without scripts, with a keyboard and at 320 px, in French and English. One
//! page is one file with its template beside it in `pages`. Never here: a rule about data (that is `domain`), a
//! write to the store (that is `app`), a word outside `locales`. Start with [`Site::configure`], then `pages`.

pub mod account_limits;
pub mod agent;
pub mod answer;
pub mod api;
pub mod assets;
pub mod body;
pub mod client;
pub mod cookies;
pub mod csrf;
pub mod diff;
pub mod exports;
pub mod failure;
pub mod fields;
pub mod finding;
pub mod forms;
pub mod geocoder;
pub mod i18n;
pub mod license;
pub mod limit;
pub mod page;
pub mod pages;
pub mod place;
mod qr;
pub mod reading;
pub mod sending;
pub mod view;
pub mod visit;

#[cfg(test)]
mod tests;

use actix_web::middleware::Compress;
use actix_web::web::{self, Data};

use account_limits::AccountLimits;
use finding::{CopyAsker, HeirFinder, PeerFinder, PeopleFinder};
use place::Finder;
use visit::FormKeyCell;

/// What all workers of a server share: made once, before the first of them. A limit that each worker counted for
/// itself would be as many times as generous.
#[derive(Clone, Default)]
pub struct Site {
    form_key: Data<FormKeyCell>,
    finder: Data<Finder>,
    limits: Data<AccountLimits>,
    people: Data<PeopleFinder>,
    heirs: Data<HeirFinder>,
    peers: Data<PeerFinder>,
    copies: Data<CopyAsker>,
}

impl Site {
    /// A site that looks addresses up through this client; the default one asks nobody.
    pub fn with_client(client: rustine_outbound::Client) -> Self {
        Self {
            finder: Data::new(Finder::new(Some(client))),
            ..Self::default()
        }
    }

    /// The same, whose people find others elsewhere by this.
    #[must_use]
    pub fn finding(self, people: PeopleFinder) -> Self {
        Self {
            people: Data::new(people),
            ..self
        }
    }

    /// The same, whose operators ask other instances about themselves by this.
    #[must_use]
    pub fn asking(self, peers: PeerFinder) -> Self {
        Self {
            peers: Data::new(peers),
            ..self
        }
    }

    /// The same, which asks other instances by this whether they go on with a dataset.
    #[must_use]
    pub fn asking_heirs(self, heirs: HeirFinder) -> Self {
        Self {
            heirs: Data::new(heirs),
            ..self
        }
    }

    /// The same, which asks the other copies of a dataset by this.
    #[must_use]
    pub fn asking_copies(self, copies: CopyAsker) -> Self {
        Self {
            copies: Data::new(copies),
            ..self
        }
    }

    /// Adds every page, the JSON API and the exports to a server whose application data holds `Data<Arc<App>>`.
    ///
    /// Registered last: `federation` answers `/datasets/{dataset}` to servers first, and whatever nobody answers
    /// gets the page that says so.
    pub fn configure(&self, cfg: &mut web::ServiceConfig) {
        cfg.app_data(self.form_key.clone())
            .app_data(self.finder.clone())
            .app_data(self.limits.clone())
            .app_data(self.people.clone())
            .app_data(self.heirs.clone())
            .app_data(self.peers.clone())
            .app_data(self.copies.clone())
            .configure(all);
    }
}

fn all(cfg: &mut web::ServiceConfig) {
    // Pages and tables shrink four times and more. What such an answer holds of a secret is a form's token, and that
    // is another one every second, so its length tells nothing about it (BREACH).
    let ours = web::scope("").wrap(Compress::default());
    cfg.service(
        ours.configure(assets::configure)
            .configure(api::configure)
            .configure(exports::configure)
            .configure(qr::configure)
            .configure(pages::configure),
    );
}
