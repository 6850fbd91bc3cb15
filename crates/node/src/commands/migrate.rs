//! `rustine migrate`

use std::path::Path;

use anyhow::Context as _;
use rustine_store::Db;
use serde_json::json;

use crate::config;
use crate::output::Answer;

/// Brings the database to this version's tables.
pub fn run(data: &Path) -> anyhow::Result<Answer> {
    let settings = config::load(data)?;
    let db = Db::open(&config::database_url(data, &settings))
        .context("the database cannot be opened")?;
    let before = !db.pending_migrations()?.is_empty();
    db.migrate().context("the database was not changed")?;
    let text = if before {
        "The database was brought to this version."
    } else {
        "The database is of this version already."
    };
    Ok(Answer::done(json!({"migrated": before}), text))
}
