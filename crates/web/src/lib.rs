//! The pages that people see, and the JSON API and exports that programs read.
//!
//! Server-rendered HTML that works without scripts, with a keyboard and at 320 px, in French and English. One
//! page is one file with its template beside it in `pages`. Never here: a rule about data (that is `domain`), a
//! write to the store (that is `app`), a word outside `locales`. Start with [`configure`], then `pages`.

pub mod answer;
pub mod assets;
pub mod csrf;
pub mod diff;
pub mod fields;
pub mod forms;
pub mod i18n;
pub mod license;
pub mod page;
pub mod pages;
pub mod view;

use actix_web::web;

/// Adds every page, the JSON API and the exports to a server.
pub fn configure(cfg: &mut web::ServiceConfig) {
    assets::configure(cfg);
}
