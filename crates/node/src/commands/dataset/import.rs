//! `rustine dataset import`

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rustine_app::App;
use rustine_app::datasets::import::{
    ImportOptions, ImportProblem, Imported, Progress, Step, import,
};
use rustine_app::datasets::publish;
use rustine_domain::ids::DatasetAddress;
use rustine_domain::problem::Lang;
use rustine_outbound::Fetch;
use serde_json::{Value, json};

use super::{SHOWN_PROBLEMS, load};
use crate::cli::Import;
use crate::commands::{client, runtime};
use crate::output::Answer;

/// Largest file that is fetched from a URL, in bytes.
const LARGEST_FETCHED: u64 = 512 << 20;

pub(super) fn import_file(app: &App, options: &Import) -> anyhow::Result<Answer> {
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
    let client = client(app)?;
    let url = url.parse().with_context(|| format!("{url} is no URL"))?;
    runtime()?.block_on(async {
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
