//! `rustine dataset …`

mod decisions;
mod import;
mod moving;
mod redact;
mod rotate;
mod succession;

use std::path::Path;

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::datasets::find::{address, find};
use rustine_app::datasets::{close, export, publish, validate, verify};
use rustine_domain::ids::DatasetAddress;
use rustine_domain::problem::{Lang, Problem};
use rustine_store::{DatasetFilter, DatasetRecord, StoreError};
use serde_json::{Value, json};

use crate::cli::{Dataset, ExportFormat};
use crate::output::Answer;

/// Problems that sentences show; `--json` has all that are listed.
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
        Dataset::Import(options) => import::import_file(&app, options),
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
