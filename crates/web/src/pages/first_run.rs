//! `/` of an empty node: what to do next.

use askama::Template;

use crate::page::Page;

/// Three steps, each with the command that does it.
#[derive(Template)]
#[template(path = "first_run.html")]
pub struct FirstRunPage {
    /// The frame.
    pub page: Page,
    /// Publishes a file.
    pub import_command: &'static str,
    /// Copies a partner's dataset.
    pub replica_command: &'static str,
}

impl FirstRunPage {
    /// The page with the commands of this release.
    pub fn new(page: Page) -> Self {
        Self {
            page,
            import_command: "rustine dataset import lieux.csv --name lieux --license etalab-2.0 --publish",
            replica_command: "rustine replica add lieux@hub.example",
        }
    }
}
