//! `rustine config …`

use std::path::Path;

use serde_json::json;

use crate::cli::Config;
use crate::config;
use crate::output::Answer;

/// Checks or prints the settings in force.
pub fn run(data: &Path, command: &Config) -> anyhow::Result<Answer> {
    let settings = config::load(data)?;
    match command {
        Config::Check => {
            let db = rustine_store::Db::open(&config::database_url(data, &settings))?;
            let app = rustine_app::App::new(db, settings)?;
            super::client(&app)?;
            super::mailer(&app)?;
            Ok(Answer::done(
                json!({"problems": []}),
                "The settings can be used.",
            ))
        }
        Config::Dump => {
            let shown = config::without_secrets(&settings);
            Ok(Answer::done(
                serde_json::to_value(&shown)?,
                toml::to_string_pretty(&shown)?.trim_end(),
            ))
        }
    }
}
