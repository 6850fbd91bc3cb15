//! `rustine backup` and `rustine restore`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rustine_app::datasets::find::address;
use rustine_app::datasets::verify;
use rustine_app::erasures::{Erasure, ErasureFile};
use rustine_app::log::obey;
use rustine_app::{App, custody, instance};
use rustine_store::{DatasetFilter, Db, StoreError};
use serde_json::json;

use crate::cli::Restore;
use crate::config;
use crate::output::Answer;
use crate::run_lock::RunLock;

/// The database in a backup.
const DATABASE: &str = "rustine.sqlite";

/// Writes a consistent copy of the database, the settings and the list of erasures into a new folder, while the server
/// runs.
///
/// # Errors
/// On PostgreSQL; where the folder holds something already or cannot be written.
pub fn backup(data: &Path, target: &Path) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    fs::create_dir_all(target).with_context(|| format!("{} cannot be made", target.display()))?;
    super::init::close_to_others(target)?;
    let database = target.join(DATABASE);
    if database.exists() {
        bail!(
            "{} holds a backup already: name another folder",
            target.display()
        );
    }
    app.db
        .backup_into(&database)
        .context("the database was not copied")?;
    copy_if_there(&config::file(data), &config::file(target))?;
    copy_if_there(
        &data.join(ErasureFile::NAME),
        &target.join(ErasureFile::NAME),
    )?;
    let bytes = fs::metadata(&database)?.len();
    Ok(Answer::done(
        json!({"folder": target, "bytes": bytes}),
        format!(
            "The database was copied into {} ({bytes} bytes), with the settings and the list of erasures. It holds the \
             keys of all your actors: keep it as safe as the server.",
            target.display()
        ),
    ))
}

fn copy_if_there(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.exists() {
        fs::copy(from, to).with_context(|| format!("{} cannot be written", to.display()))?;
    }
    Ok(())
}

/// Puts a backup into a data folder that holds no database, erases again what was erased since, and makes every dataset
/// ask its copies before it signs.
///
/// # Errors
/// Where a server runs on the folder, or a database stands there; where the backup cannot be used.
pub fn restore(data: &Path, options: &Restore) -> anyhow::Result<Answer> {
    let Some(source) = &options.dir else {
        return accept_loss(data);
    };
    fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    super::init::close_to_others(data)?;
    let Some(_lock) = RunLock::take(data)? else {
        bail!(
            "a server or a command runs on {}: stop it first",
            data.display()
        );
    };
    let erasures = put_in_place(data, source)?;
    let settings = config::load(data)?;
    let db =
        Db::open(&config::database_url(data, &settings)).context("the backup cannot be opened")?;
    db.migrate()
        .context("the backup cannot be brought to this version")?;
    // Without its data folder: what is erased again stands in the list already.
    let app = App::new(db, settings).context("the origin cannot be used")?;
    instance::check(&app)?;
    custody::restored(&app)?;
    for erasure in &erasures {
        app.db.write(|tx| obey::repeat(&app, tx, erasure))?;
    }
    obey::purge_due(&app)?;
    let verified = match options.verify {
        true => verify_all(&app)?,
        false => 0,
    };
    if options.accept_loss {
        custody::accept_loss(&app)?;
    }
    let mut text = format!(
        "The backup stands in {}; {} erasures were repeated.",
        data.display(),
        erasures.len()
    );
    if options.verify {
        text.push_str(&format!(" {verified} datasets were verified."));
    }
    text.push_str(match options.accept_loss {
        true => " Nothing waits for copies, as you said.",
        false => " A dataset with copies signs nothing until one of them has said what it holds.",
    });
    let json = json!({
        "erasures": erasures.len(),
        "verified": verified,
        "accept_loss": options.accept_loss,
    });
    Ok(Answer::done(json, text))
}

fn accept_loss(data: &Path) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    custody::accept_loss(&app)?;
    Ok(Answer::done(
        json!({"accept_loss": true}),
        "The datasets of this instance sign again. An entry that only a silent copy holds becomes a fork there.",
    ))
}

/// Copies the files; all erasures that the folder and the backup know of, without repetition.
fn put_in_place(data: &Path, source: &Path) -> anyhow::Result<Vec<Erasure>> {
    let database = source.join(DATABASE);
    if !database.exists() {
        bail!(
            "{} holds no {DATABASE}: no backup of ours",
            source.display()
        );
    }
    if !config::file(data).exists() {
        copy_if_there(&config::file(source), &config::file(data))?;
    }
    let settings = config::load(data)?;
    let target = PathBuf::from(config::database_url(data, &settings));
    if settings.database_url.is_some() {
        bail!(
            "this instance keeps its database in database_url: restore it with that server's own tools"
        );
    }
    if target.exists() {
        bail!(
            "{} is there: move it away first, with the files beside it that begin with the same name",
            target.display()
        );
    }
    let unfinished = target.with_extension("restoring");
    fs::copy(&database, &unfinished)
        .and_then(|_| fs::rename(&unfinished, &target))
        .with_context(|| format!("{} cannot be written", target.display()))?;
    let ours = ErasureFile::in_folder(data);
    let mut all = ours.read().context("the list of erasures cannot be read")?;
    let theirs = ErasureFile::in_folder(source)
        .read()
        .context("the backup's list of erasures cannot be read")?;
    for erasure in theirs {
        if !all.contains(&erasure) {
            ours.append(&erasure)
                .context("the list of erasures cannot be written")?;
            all.push(erasure);
        }
    }
    Ok(all)
}

fn verify_all(app: &App) -> anyhow::Result<usize> {
    let datasets = app.db.read(|tx| {
        let mut all = tx.list_datasets(&DatasetFilter::default(), None, 10_000)?;
        all.retain(|dataset| dataset.seq >= 0);
        Ok::<_, StoreError>(all)
    })?;
    for dataset in &datasets {
        let name = address(dataset);
        verify::verify(app, &name.parse()?).with_context(|| {
            format!("{name} does not hold, so nothing should be served from it")
        })?;
    }
    Ok(datasets.len())
}
