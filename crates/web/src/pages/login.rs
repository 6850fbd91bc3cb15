//! `/connexion` (also `/login`): the people of this node enter.

use askama::Template;

use crate::page::Page;
use crate::view::Fault;

/// The form; a wrong name and a wrong password read the same.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// The frame.
    pub page: Page,
    /// Where to go then: a path of this node.
    pub return_to: String,
    /// The name typed.
    pub user: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}
