//! `rustine init`

use std::path::Path;

use anyhow::{Context as _, bail};
use rustine_app::accounts::account::{self, NewAccount};
use rustine_app::{App, Settings, instance};
use rustine_store::Db;
use serde_json::json;

use crate::cli::Init;
use crate::output::Answer;
use crate::{config, password};

const RECOVERY_FILE: &str = "recovery-key.txt";

/// Creates the data folder, the settings, the database, the keys and the first operator.
pub fn run(data: &Path, options: &Init) -> anyhow::Result<Answer> {
    if config::file(data).exists() {
        bail!(
            "{} holds an instance already; nothing was changed",
            data.display()
        );
    }
    let mut settings = Settings::new(options.origin.clone(), options.listen, options.name.clone());
    settings.dev = options.dev;
    settings.database_url.clone_from(&options.database_url);
    if let [problem, ..] = settings.problems().as_slice() {
        bail!("{problem}");
    }
    let password = password::obtain("RUSTINE_ADMIN_PASSWORD")?;
    rustine_app::accounts::password::check(&password)?;
    std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    close_to_others(data)?;
    let db = Db::open(&config::database_url(data, &settings))
        .context("the database cannot be opened")?;
    db.migrate().context("the database cannot be prepared")?;
    let app = App::new(db, settings.clone()).context("the origin cannot be used")?;
    let recovery = instance::create(&app)?;
    let operator = NewAccount {
        name: options.admin.clone(),
        email: options.admin_email.clone(),
        password,
        operator: true,
    };
    account::create(&app, operator)?;
    let file = data.join(RECOVERY_FILE);
    write_secret(&file, &recovery_sheet(&app, &recovery))?;
    // The settings come last: a folder without them is no instance, so an interrupted init can be repeated.
    config::write(data, &settings)?;
    let text = format!(
        "The instance {} is ready in {}.\n\
         Print {} and keep it away from this machine, then delete the file: with it your datasets can be moved\n\
         or their keys replaced; without it nobody can, not even you.\n\
         Next: rustine --data {} serve",
        app.origin(),
        data.display(),
        file.display(),
        data.display()
    );
    let json =
        json!({"origin": app.origin(), "data": data, "recovery_key": file, "admin": options.admin});
    Ok(Answer::done(json, text))
}

/// Lets nobody but its owner into a folder.
pub(super) fn close_to_others(data: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let only_owner = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(data, only_owner)
            .with_context(|| format!("{} cannot be closed to others", data.display()))?;
    }
    Ok(())
}

/// The page with a recovery key, to be printed.
pub(super) fn recovery_sheet(app: &App, recovery: &str) -> String {
    format!(
        "Rustine - clé de secours / recovery key\n\
         {}\n\n\
         {recovery}\n\n\
         Imprimez cette page, rangez-la hors du serveur, puis effacez ce fichier.\n\
         Print this page, keep it away from the server, then delete this file.\n",
        app.origin()
    )
}

/// Writes a new file that only its owner can read.
pub(super) fn write_secret(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options
        .open(file)
        .and_then(|mut out| out.write_all(text.as_bytes()));
    written.with_context(|| format!("{} cannot be written", file.display()))
}
