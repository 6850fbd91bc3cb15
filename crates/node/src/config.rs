//! Settings: `rustine.toml` in the data folder < environment `RUSTINE_*` < flags. Secrets may come from `*_FILE`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use rustine_app::Settings;

/// The settings that the environment may give, as `RUSTINE_` and the name in capitals; `__` stands between
/// a section and its key.
pub const ENVIRONMENT: &[&str] = &[
    "origin",
    "listen",
    "name",
    "database_url",
    "dev",
    "mode",
    "server.trusted_proxies",
    "server.workers",
    "server.connections",
    "server.connections_per_address",
    "server.head_seconds",
    "server.body_seconds",
    "server.stalled_seconds",
    "outbound.allow",
    "outbound.ca_file",
    "outbound.resolve",
    "limits.pending_per_actor",
    "limits.pending_per_visitor",
    "limits.pending_per_instance_visitors",
    "limits.pending_per_instance",
    "limits.pending_per_dataset",
    "limits.burst_per_hour",
    "limits.set_aside_per_dataset",
    "limits.proposal_days",
    "limits.held_comments_per_dataset",
    "limits.proposal_look_seconds",
    "limits.import_rows",
    "limits.replica_bytes",
    "limits.replica_entries",
    "rates.address_burst",
    "rates.address_per_minute",
    "rates.domain_burst",
    "rates.domain_per_minute",
    "rates.fetches_burst",
    "rates.fetches_per_minute",
    "rates.log_ins",
    "rates.log_ins_per_name",
    "rates.resets",
    "rates.sign_ups",
    "rates.letters_per_address",
    "rates.searches",
    "accounts.sign_up",
    "legal.publisher",
    "legal.director",
    "legal.hosting",
    "legal.contact",
    "legal.charter",
    "mail.transport",
    "mail.host",
    "mail.port",
    "mail.tls",
    "mail.user",
    "mail.password",
    "mail.from",
    "mail.reply_to",
    "map.tiles",
    "map.attribution",
    "geocoder.url",
    "reading.stale_months",
];

/// The settings file of a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("rustine.toml")
}

/// Reads the settings of a data folder.
///
/// # Errors
/// Where there is none, where a setting cannot be read, or where settings contradict each other: the sentence
/// says what to do.
pub fn load(data: &Path) -> anyhow::Result<Settings> {
    let path = file(data);
    if !path.exists() {
        bail!(
            "no instance in {}: create one with `rustine init`, or name its folder with --data",
            data.display()
        );
    }
    let settings: Settings = Figment::new()
        .merge(Toml::file_exact(&path))
        .merge(environment())
        .merge(secret_file("database_url", "RUSTINE_DATABASE_URL_FILE")?)
        .merge(secret_file("mail.password", "RUSTINE_MAIL__PASSWORD_FILE")?)
        .extract()
        .map_err(|error| anyhow::anyhow!("{error}"))
        .with_context(|| format!("the settings in {} cannot be read", path.display()))?;
    match settings.problems().as_slice() {
        [] => Ok(settings),
        problems => bail!("settings in {}: {}", path.display(), problems.join("; ")),
    }
}

fn environment() -> Env {
    Env::prefixed("RUSTINE_")
        .map(|key| key.as_str().to_ascii_lowercase().replace("__", ".").into())
        .only(ENVIRONMENT)
}

fn secret_file(key: &'static str, variable: &str) -> anyhow::Result<Figment> {
    match std::env::var_os(variable) {
        None => Ok(Figment::new()),
        Some(path) => {
            let text = std::fs::read_to_string(&path).with_context(|| {
                format!("{variable} names {}, which cannot be read", path.display())
            })?;
            Ok(Figment::from(Serialized::default(key, text.trim_end())))
        }
    }
}

/// Writes the settings of a new instance.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(data: &Path, settings: &Settings) -> anyhow::Result<()> {
    let path = file(data);
    let text =
        toml::to_string_pretty(settings).context("settings that cannot be written as TOML")?;
    let head = "# Settings of this instance; each is explained in docs/admin/settings.md.\n\
                # The origin stands in every id that other servers keep: it can never change.\n";
    std::fs::write(&path, format!("{head}{text}"))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The address of the database: the setting, or a SQLite file in the data folder.
pub fn database_url(data: &Path, settings: &Settings) -> String {
    settings
        .database_url
        .clone()
        .unwrap_or_else(|| data.join("rustine.sqlite").display().to_string())
}

/// The settings with every secret hidden, for `config dump`.
pub fn without_secrets(settings: &Settings) -> Settings {
    let mut shown = settings.clone();
    shown.database_url = shown.database_url.map(|text| match url::Url::parse(&text) {
        Ok(mut url) if url.password().is_some() => {
            // A URL that had a password can have another one.
            let _ = url.set_password(Some("hidden"));
            url.to_string()
        }
        _ => text,
    });
    if !shown.mail.password.is_empty() {
        "hidden".clone_into(&mut shown.mail.password);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::new(
            "https://hub.example".parse().unwrap(),
            "127.0.0.1:8080".parse().unwrap(),
            "Hub".into(),
        )
    }

    #[test]
    fn what_init_writes_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &settings()).unwrap();
        assert_eq!(load(folder.path()).unwrap(), settings());
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            file(folder.path()),
            "origin = \"https://hub.example\"\nname = \"Hub\"\ncolour = 1\n",
        )
        .unwrap();
        let error = format!("{:#}", load(folder.path()).unwrap_err());
        assert!(error.contains("colour"), "{error}");
    }

    #[test]
    fn a_folder_without_an_instance_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("rustine init"), "{error}");
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut settings = settings();
        settings.database_url = Some("postgres://rustine:secret@db/rustine".into());
        settings.mail.password = "secret".to_owned();
        let shown = toml::to_string(&without_secrets(&settings)).unwrap();
        assert!(!shown.contains("secret"), "{shown}");
    }
}
