//! `rustine dataset redact`

use anyhow::bail;
use rustine_app::App;
use rustine_app::datasets::redact::{self, What};
use rustine_app::log::obey;
use rustine_domain::ids::{DatasetAddress, FieldName, RowId};
use serde_json::json;

use crate::output::Answer;

/// Erases, and removes the traces from the files of the database before it answers.
pub fn run(
    app: &App,
    dataset: &DatasetAddress,
    row: Option<RowId>,
    field: Option<&FieldName>,
    meta: Option<u64>,
    reason: &str,
) -> anyhow::Result<Answer> {
    let what = match (row, field, meta) {
        (Some(row), Some(field), _) => What::Cell(row, field.clone()),
        (Some(row), None, _) => What::Row(row),
        (None, _, Some(seq)) => What::Meta(seq),
        (None, _, None) => {
            bail!("name what to erase: --row ID, with --field F or alone, or --meta SEQ")
        }
    };
    let redacted = redact::redact(app, dataset, &what, reason)?;
    obey::purge_due(app)?;
    let withheld = redacted.seqs.is_empty();
    let count = redacted.cells + redacted.metas;
    let text = match withheld {
        true => format!(
            "{count} values of {dataset} are erased here and withheld from others. Only their owner can have them \
             erased everywhere: ask there."
        ),
        false => format!(
            "{count} values of {dataset} are erased here; every copy is told to erase them by the entries {:?}.",
            redacted.seqs
        ),
    };
    let json = json!({
        "dataset": dataset,
        "seqs": redacted.seqs,
        "cells": redacted.cells,
        "metas": redacted.metas,
        "withheld": withheld,
    });
    Ok(Answer::done(json, text))
}
