//! The commands, one file for each group.

mod backup;
mod block;
mod closing;
mod config;
mod dataset;
mod follow;
mod grant;
mod healthcheck;
mod init;
mod migrate;
mod patch;
mod peer;
mod policy;
mod replica;
mod review;
mod signing;
mod user;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::mail::Transport;
use rustine_app::settings::mail as settings;
use rustine_federation::Federation;
use rustine_outbound::mail::{Mailer, Route, Sender, Server, Tls};
use rustine_store::Db;
use serde_json::Value;

use crate::cli::{Cli, Command};
use crate::output::Answer;

/// Runs the command that was typed.
///
/// # Errors
/// Sentences for the person who typed it.
pub fn run(cli: &Cli) -> anyhow::Result<Answer> {
    let data = cli.data.as_path();
    match &cli.command {
        Command::Demo(options) => {
            runtime()?.block_on(crate::demo::run(options))?;
            Ok(Answer::done(Value::Null, ""))
        }
        Command::Init(options) => init::run(data, options),
        Command::Serve(options) => {
            crate::serve::run(data, options)?;
            Ok(Answer::done(Value::Null, ""))
        }
        Command::Dataset(command) => dataset::run(data, command),
        Command::Replica(command) => replica::run(data, command),
        Command::Follow(command) => follow::run(data, command),
        Command::Patch(command) => patch::run(data, command),
        Command::Peer(command) => peer::run(data, command),
        Command::Block(command) => block::run(data, command),
        Command::Closing(command) => closing::run(data, command),
        Command::Grant(command) => grant::run(data, command),
        Command::Review(command) => review::run(data, command),
        Command::Policy(command) => policy::run(data, command),
        Command::User(command) => user::run(data, command),
        Command::Backup { dir } => backup::backup(data, dir),
        Command::Restore(options) => backup::restore(data, options),
        Command::Migrate => migrate::run(data),
        Command::Healthcheck => healthcheck::run(data),
        Command::Config(command) => config::run(data, command),
    }
}

/// Opens the instance of a data folder.
///
/// # Errors
/// Where there is none, or its database is of another version or origin.
pub fn open(data: &Path) -> anyhow::Result<Arc<App>> {
    let settings = crate::config::load(data)?;
    let url = crate::config::database_url(data, &settings);
    let db = Db::open(&url).context("the database cannot be opened")?;
    if !db.pending_migrations()?.is_empty() {
        anyhow::bail!(
            "the database is of an older version: make a backup, then run `rustine migrate`"
        );
    }
    let app = App::new(db, settings)
        .context("the origin cannot be used")?
        .in_folder(data);
    rustine_app::instance::check(&app)?;
    Ok(Arc::new(app))
}

/// The instance with its way to others, for commands that ask other instances.
///
/// # Errors
/// As [`open`], and where the outbound settings cannot be used.
pub fn open_federation(data: &Path) -> anyhow::Result<Arc<Federation>> {
    let app = open(data)?;
    let client = client(&app)?;
    Ok(Federation::new(app, client)?)
}

/// The only way out, as the settings allow it.
///
/// # Errors
/// Where a range or certificate in the settings cannot be read.
pub fn client(app: &App) -> anyhow::Result<rustine_outbound::Client> {
    let outbound = &app.settings.outbound;
    let allow = outbound
        .allow
        .iter()
        .map(|range| {
            range
                .parse()
                .with_context(|| format!("outbound.allow: {range:?} is no address range"))
        })
        .collect::<Result<_, _>>()?;
    let settings = rustine_outbound::Settings {
        user_agent: format!("Rustine/{} (+{}/)", env!("CARGO_PKG_VERSION"), app.origin()),
        dev: app.settings.dev,
        allow,
        ca_file: outbound.ca_file.clone(),
        resolve: outbound
            .resolve
            .iter()
            .map(|(name, address)| (name.clone(), *address))
            .collect(),
        ..rustine_outbound::Settings::default()
    };
    rustine_outbound::Client::new(settings).context("the outbound settings cannot be used")
}

/// What sends letters, as the settings say; `None` where letters are off.
///
/// # Errors
/// Where an address, a certificate or the way of protection in the settings cannot be used.
pub fn mailer(app: &App) -> anyhow::Result<Option<Mailer>> {
    let mail = &app.settings.mail;
    let host = app.settings.origin.host_str().unwrap_or_default();
    let route = match rustine_app::mail::transport(app) {
        Transport::None => return Ok(None),
        Transport::File => match &app.mails {
            Some(folder) => Route::Folder(folder.clone()),
            None => return Ok(None),
        },
        Transport::Smtp => Route::Smtp(Server {
            host: mail.host.clone(),
            port: mail.port(),
            tls: match mail.tls {
                settings::Tls::Starttls => Tls::Starttls,
                settings::Tls::Tls => Tls::Tls,
                settings::Tls::None => Tls::None,
            },
            log_in: (!mail.user.is_empty()).then(|| (mail.user.clone(), mail.password.clone())),
            hello: host.to_owned(),
        }),
    };
    let set = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let sender = Sender {
        // Only files get here without a sender: the settings demand one for a mail server.
        from: set(&mail.from).unwrap_or_else(|| format!("rustine@{host}")),
        reply_to: set(&mail.reply_to),
        host: host.to_owned(),
    };
    let mailer = Mailer::new(&sender, route, app.settings.outbound.ca_file.as_deref());
    Ok(Some(mailer.context("the settings of mail cannot be used")?))
}

/// A runtime for the commands that wait on the network.
///
/// # Errors
/// Where the system has no room for it.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")
}

/// Prints why a command failed, and all that caused it, on standard error.
pub fn report(error: &anyhow::Error) {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if causes
            .last()
            .is_none_or(|last: &String| !last.ends_with(&text))
        {
            causes.push(text);
        }
    }
    let mut out = std::io::stderr().lock();
    // Nobody is left to tell where standard error is closed.
    let _ = writeln!(out, "rustine: {}", causes.join(": "));
}
