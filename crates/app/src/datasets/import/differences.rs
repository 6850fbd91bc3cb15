//! The differences between a file and a dataset as a proposal, for whoever may not import into it.

use std::path::Path;

use rustine_store::DatasetRecord;

use super::columns::Columns;
use super::source::Source;
use super::spool::{Planned, PlannedOp};
use super::{ImportError, ImportOptions, former_names, plan};
use crate::App;
use crate::log::append::schema_of;
use crate::patches::propose::ProposedOp;

/// What a patch would have to change to make the dataset equal to the file. The order of rows is the owner's, so
/// moved rows are left where they are.
///
/// # Errors
/// Where the file cannot be read, or has other columns than the dataset.
pub fn differences(
    app: &App,
    dataset: &DatasetRecord,
    file: &Path,
) -> Result<Vec<ProposedOp>, ImportError> {
    let source = Source::look(file, app.settings.limits.import_rows, &mut |_| {})?;
    let name = dataset.name.parse().map_err(|_| ImportError::FileChanged)?;
    let mut spool = app.db.read(|tx| {
        let before = schema_of(dataset)?;
        let former = former_names(tx, dataset)?;
        let columns =
            Columns::of_existing(&source.survey, &ImportOptions::new(name), &before, &former)?;
        if !columns.added.is_empty() || !columns.removed.is_empty() {
            return Err(ImportError::OtherColumns {
                added: columns.added,
                removed: columns.removed,
            });
        }
        plan::plan(tx, Some(dataset), &columns, &source, &mut |_| {}).map(|plan| plan.spool)
    })?;
    let mut ops = Vec::new();
    for part in spool.parts().to_vec() {
        spool.each(part, |op| {
            ops.extend(proposed(op));
            Ok(())
        })?;
    }
    Ok(ops)
}

fn proposed(op: Planned<'_>) -> Option<ProposedOp> {
    match op {
        Planned::Add(cells) => {
            let theirs = cells.iter().filter(|(field, _)| !field.is_ours());
            let cells = theirs.map(|(field, text)| ((*field).clone(), (*text).to_owned()));
            Some(ProposedOp::Add {
                cells: cells.collect(),
            })
        }
        Planned::Op(PlannedOp::Set(_, field, _, _)) if field.is_ours() => None,
        Planned::Op(PlannedOp::Set(row, field, base, value)) => Some(ProposedOp::Set {
            row,
            field,
            value,
            base: Some(base),
        }),
        Planned::Op(PlannedOp::Del(row, base)) => Some(ProposedOp::Del {
            row,
            base: Some(base),
        }),
    }
}
