//! `rustine dataset …`

mod decisions;
mod moving;
mod redact;
mod rotate;
mod succession;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rustine_app::App;
use rustine_app::datasets::find::{address, find};
use rustine_app::datasets::import::{
    ImportOptions, ImportProblem, Imported, Progress, Step, import,
};
use rustine_app::datasets::{close, export, publish, validate, verify};
use rustine_domain::ids::DatasetAddress;
use rustine_domain::problem::{Lang, Problem};
use rustine_outbound::Fetch;
use rustine_store::{DatasetFilter, DatasetRecord, StoreError};
use serde_json::{Value, json};

use crate::cli::{Dataset, ExportFormat, Import};
use crate::output::Answer;

/// Largest file that is fetched from a URL, in bytes.
const LARGEST_FETCHED: u64 = 512 << 20;
/// Problems that the sentences of an import show; `--json` has all that are listed.
const SHOWN_PROBLEMS: usize = 20;

/// Imports, shows, checks and exports.
pub fn run(data: &Path, command: &Dataset) -> anyhow::Result<Answer> {
    let signing = match command {
        Dataset::Import(_)
        | Dataset::Close { .. }
        | Dataset::Fork { .. }
        | Dataset::Move { .. }
        | Dataset::Redact { .. }
        | Dataset::Rotate { .. } => Some(super::signing::open(data)?),
        _ => None,
    };
    let app = match &signing {
        Some(signing) => signing.app().clone(),
        None => super::open(data)?,
    };
    match command {
        Dataset::Import(options) => import_file(&app, options),
        Dataset::Export {
            dataset,
            format,
            output,
            with_ids,
        } => export_file(&app, dataset, *format, output.as_deref(), *with_ids),
        Dataset::List => list(&app),
        Dataset::Show { dataset } => show(&app, dataset),
        Dataset::Validate { dataset } => validated(&app, dataset),
        Dataset::Publish { dataset } => {
            let dataset = publish::publish(&app, dataset)?;
            Ok(Answer::done(
                shown(&dataset),
                format!("{} is public.", dataset.name),
            ))
        }
        Dataset::Log { dataset } => log(&app, dataset),
        Dataset::Close { dataset } => {
            let dataset = close::close(&app, dataset, true)?;
            Ok(Answer::done(
                shown(&dataset),
                format!("{} is closed; copies keep it.", dataset.name),
            ))
        }
        Dataset::Digest { dataset } => {
            let dataset = load(&app, dataset)?;
            let json = digest(&dataset);
            Ok(Answer::done(json.clone(), json.to_string()))
        }
        Dataset::Verify { dataset } => verified(&app, dataset),
        Dataset::Redact {
            dataset,
            row,
            field,
            meta,
            reason,
        } => redact::run(&app, dataset, *row, field.as_ref(), *meta, reason),
        Dataset::Rotate {
            dataset,
            recovery_key,
        } => rotate::run(&app, data, dataset, recovery_key),
        Dataset::Move {
            dataset,
            recovery_key,
            to,
            name,
        } => {
            let signing = signing.as_ref().context("a move signs")?;
            let wanted = moving::Wanted {
                dataset,
                recovery_key,
                to,
                name: name.as_ref(),
            };
            moving::run(signing.federation(), &wanted)
        }
        Dataset::Agree {
            dataset,
            name,
            withdraw,
        } => moving::agree(&app, dataset, name.as_ref(), *withdraw),
        Dataset::Fork {
            dataset,
            name,
            beside,
        } => {
            let signing = signing.as_ref().context("a first entry is signed")?;
            succession::fork(signing.federation(), dataset, name, *beside)
        }
        Dataset::Successors { dataset } => {
            succession::list(&*super::open_federation(data)?, dataset)
        }
        Dataset::Vote {
            dataset,
            successor,
            user,
        } => succession::say(&app, dataset, *successor, user.as_ref()),
    }
}

fn load(app: &App, wanted: &DatasetAddress) -> anyhow::Result<DatasetRecord> {
    Ok(app.db.read(|tx| find(app, tx, wanted))?)
}

/// What two copies compare.
fn digest(dataset: &DatasetRecord) -> Value {
    json!({
        "uid": dataset.uid,
        "genesis": dataset.genesis,
        "seq": dataset.seq,
        "entry": dataset.entry,
        "state": dataset.state,
    })
}

fn shown(dataset: &DatasetRecord) -> Value {
    json!({
        "name": address(dataset),
        "uid": dataset.uid,
        "title": dataset.title,
        "license": dataset.license,
        "status": dataset.status,
        "rows": dataset.row_count,
        "seq": dataset.seq,
    })
}

fn show(app: &App, wanted: &DatasetAddress) -> anyhow::Result<Answer> {
    let dataset = load(app, wanted)?;
    let mut json = shown(&dataset);
    json["schema"] =
        serde_json::from_str(&dataset.schema).context("the stored schema is damaged")?;
    let license = dataset.license.as_deref().unwrap_or("-");
    let text = format!(
        "{}\n  title    {}\n  licence  {license}\n  status   {}\n  rows     {}\n  seq      {}\n  uid      {}",
        address(&dataset),
        dataset.title,
        dataset.status,
        dataset.row_count,
        dataset.seq,
        dataset.uid
    );
    Ok(Answer::done(json, text))
}

fn list(app: &App) -> anyhow::Result<Answer> {
    let mut all: Vec<DatasetRecord> = Vec::new();
    loop {
        let place = all
            .last()
            .map(|last| (last.host.clone(), last.name.clone()));
        let after = place
            .as_ref()
            .map(|(host, name)| (host.as_str(), name.as_str()));
        let page = app
            .db
            .read(|tx| tx.list_datasets(&DatasetFilter::default(), after, 500))?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let line = |dataset: &DatasetRecord| {
        format!(
            "{:<36} {:<10} {:>9} rows  seq {:<6} {}",
            address(dataset),
            dataset.status,
            dataset.row_count,
            dataset.seq,
            dataset.title
        )
    };
    let lines: Vec<String> = all.iter().map(line).collect();
    Ok(Answer::done(
        json!({"datasets": all.iter().map(shown).collect::<Vec<_>>()}),
        lines.join("\n"),
    ))
}

fn import_file(app: &App, options: &Import) -> anyhow::Result<Answer> {
    let wanted = DatasetAddress {
        name: options.name.clone(),
        host: None,
    };
    if options.publish && options.license.is_none() && options.schema.is_none() {
        let known = load(app, &wanted).ok();
        if known.is_none_or(|known| known.license.is_none()) {
            bail!("--publish needs a licence: add --license, for example --license etalab-2.0");
        }
    }
    let fetched;
    let file = if options.source.starts_with("https://") || options.source.starts_with("http://") {
        fetched = fetch(app, &options.source)?;
        fetched.path().to_owned()
    } else {
        PathBuf::from(&options.source)
    };
    let schema = options
        .schema
        .as_ref()
        .map(|path| read_schema(path))
        .transpose()?;
    let wanted_import = ImportOptions {
        name: options.name.clone(),
        title: options.title.clone(),
        license: options.license.clone(),
        key: options.key.clone(),
        schema,
        dry_run: options.dry_run,
    };
    let mut bar = Bar::default();
    let imported = import(app, &wanted_import, &file, &mut |progress| {
        bar.show(progress)
    })
    .with_context(|| format!("{} was not imported", options.source))?;
    bar.end();
    if options.publish && !options.dry_run {
        publish::publish(app, &wanted)?;
    }
    Ok(Answer::done(
        imported_json(&imported),
        imported_text(&imported),
    ))
}

fn read_schema(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    rustine_domain::json::parse_document(&text).map_err(|problem| {
        anyhow::anyhow!(
            "{} is no JSON document that can be used: {problem}",
            path.display()
        )
    })
}

fn fetch(app: &App, url: &str) -> anyhow::Result<tempfile::NamedTempFile> {
    let client = super::client(app)?;
    let url = url.parse().with_context(|| format!("{url} is no URL"))?;
    super::runtime()?.block_on(async {
        let mut answer = client
            .stream(Fetch::new(url).at_most(LARGEST_FETCHED))
            .await?;
        if !answer.status.is_success() {
            bail!("the server answered {}", answer.status);
        }
        let mut file = tempfile::NamedTempFile::new().context("no temporary file can be made")?;
        while let Some(chunk) = answer.chunk().await? {
            file.write_all(&chunk)
                .context("the temporary file cannot be written")?;
        }
        file.flush()
            .context("the temporary file cannot be written")?;
        Ok(file)
    })
}

fn imported_json(imported: &Imported) -> Value {
    let problem = |problem: &ImportProblem| {
        json!({
            "code": problem.code(),
            "line": problem.line(),
            "column": problem.column(),
            "field": problem.field(),
            "sentence": problem.located(Lang::Fr),
            "sentence_en": problem.located(Lang::En),
        })
    };
    json!({
        "name": imported.name,
        "uid": imported.uid,
        "created": imported.created,
        "dry_run": imported.dry_run,
        "added": imported.counts.added,
        "changed": imported.counts.changed,
        "removed": imported.counts.removed,
        "moved": imported.counts.moved,
        "cells": imported.counts.cells,
        "rows": imported.rows,
        "columns_added": imported.columns_added,
        "columns_removed": imported.columns_removed,
        "entries": imported.entries,
        "problems": imported.problems.iter().map(problem).collect::<Vec<_>>(),
        "problems_total": imported.problems_total,
        "seq": imported.seq,
    })
}

fn imported_text(imported: &Imported) -> String {
    let counts = imported.counts;
    let would = if imported.dry_run { "would be " } else { "" };
    let mut text = format!(
        "{}: {} rows {would}added, {} {would}changed ({} cells), {} {would}removed, {} {would}moved",
        imported.name, counts.added, counts.changed, counts.cells, counts.removed, counts.moved
    );
    if !imported.columns_added.is_empty() && !imported.created {
        text.push_str(&format!(
            "\nNew columns: {}",
            imported.columns_added.join(", ")
        ));
    }
    if !imported.columns_removed.is_empty() {
        text.push_str(&format!(
            "\nColumns that are gone: {}",
            imported.columns_removed.join(", ")
        ));
    }
    for problem in imported.problems.iter().take(SHOWN_PROBLEMS) {
        text.push_str(&format!("\n  {}", problem.located(Lang::En)));
    }
    let shown = imported.problems.len().min(SHOWN_PROBLEMS) as u64;
    if imported.problems_total > shown {
        text.push_str(&format!(
            "\n  … and {} more; --json lists them. Every cell was kept as it is.",
            imported.problems_total - shown
        ));
    }
    text
}

/// Progress on standard error, for people only.
#[derive(Default)]
struct Bar {
    shown: bool,
}

impl Bar {
    fn show(&mut self, progress: Progress) {
        let mut out = std::io::stderr();
        if !out.is_terminal() || progress.total == 0 {
            return;
        }
        let step = match progress.step {
            Step::Reading => "reading",
            Step::Comparing => "comparing",
            Step::Writing => "writing",
        };
        self.shown = true;
        // A progress line that cannot be shown is no reason to stop.
        let _ = write!(
            out,
            "\r{step:<10} {:>3} %",
            progress.done * 100 / progress.total
        );
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(std::io::stderr());
        }
    }
}

fn export_file(
    app: &App,
    wanted: &DatasetAddress,
    format: ExportFormat,
    output: Option<&Path>,
    with_ids: bool,
) -> anyhow::Result<Answer> {
    let format = match format {
        ExportFormat::Csv => export::Format::Csv,
        ExportFormat::Json => export::Format::Json,
        ExportFormat::Jsonl => export::Format::JsonLines,
    };
    match output {
        None => {
            export::export(app, wanted, format, with_ids, std::io::stdout().lock())?;
            // The export itself is the answer.
            Ok(Answer {
                json: Value::Null,
                text: String::new(),
                done: true,
            })
        }
        Some(path) => {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            // Written beside and renamed, so that a broken export never stands under the name.
            let mut file = tempfile::NamedTempFile::new_in(folder)
                .with_context(|| format!("{} cannot be written", folder.display()))?;
            let rows = export::export(app, wanted, format, with_ids, file.as_file_mut())?;
            file.persist(path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            Ok(Answer::done(
                json!({"rows": rows, "file": path}),
                format!("{rows} rows were written to {}.", path.display()),
            ))
        }
    }
}

fn validated(app: &App, wanted: &DatasetAddress) -> anyhow::Result<Answer> {
    let found = validate::validate(app, wanted)?;
    let all: Vec<&Problem> = found
        .schema_problems
        .iter()
        .chain(&found.problems)
        .collect();
    let json = json!({
        "rows": found.rows,
        "total": found.total(),
        "counts": found.counts,
        "problems": all.iter().map(|problem| json!({
            "code": problem.code,
            "row": problem.row,
            "field": problem.field,
            "sentence": problem.located(Lang::Fr),
            "sentence_en": problem.located(Lang::En),
        })).collect::<Vec<_>>(),
    });
    let mut lines = vec![format!(
        "{} rows read, {} problems",
        found.rows,
        found.total()
    )];
    lines.extend(
        all.iter()
            .take(SHOWN_PROBLEMS)
            .map(|problem| format!("  {}", problem.located(Lang::En))),
    );
    Ok(Answer {
        json,
        text: lines.join("\n"),
        done: found.total() == 0,
    })
}

fn log(app: &App, wanted: &DatasetAddress) -> anyhow::Result<Answer> {
    let dataset = load(app, wanted)?;
    let mut entries: Vec<Value> = Vec::new();
    let mut lines = Vec::new();
    let mut next = 0;
    loop {
        let page = app.db.read(|tx| tx.list_entries(dataset.id, next, 500))?;
        let Some(last) = page.last() else { break };
        next = last.seq + 1;
        for entry in page {
            lines.push(format!(
                "{:>7}  {}  {:<8} {}",
                entry.seq, entry.time, entry.kind, entry.entry
            ));
            let header: Value = serde_json::from_str(&entry.header).map_err(|_| {
                StoreError::Other(format!("the stored entry {} is damaged", entry.seq))
            })?;
            entries.push(json!({"seq": entry.seq, "kind": entry.kind, "time": entry.time, "entry": entry.entry, "header": header}));
        }
    }
    Ok(Answer::done(json!({"entries": entries}), lines.join("\n")))
}

fn verified(app: &App, wanted: &DatasetAddress) -> anyhow::Result<Answer> {
    let dataset = load(app, wanted)?;
    match verify::verify(app, wanted) {
        Ok(found) => {
            let mut json = digest(&dataset);
            json["verified"] = json!(true);
            json["entries"] = json!(found.entries);
            json["rows"] = json!(found.rows);
            let mut text = format!(
                "{} entries and {} rows hold; the digest is {}",
                found.entries,
                found.rows,
                digest(&dataset)
            );
            text.push_str(&decisions::text(&found.decisions));
            json["decisions"] = decisions::json(&found.decisions);
            Ok(Answer {
                json,
                text,
                done: !decisions::any_violated(&found.decisions),
            })
        }
        Err(verify::VerifyError::Dataset(error)) => Err(error.into()),
        Err(error) => {
            let text = format!("{} does not hold: {error}", address(&dataset));
            Ok(Answer {
                json: json!({"verified": false, "fault": error.to_string()}),
                text,
                done: false,
            })
        }
    }
}
