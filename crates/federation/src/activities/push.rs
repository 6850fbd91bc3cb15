//! A pushed log entry is applied at once where it is the next one; otherwise it is a hint to pull.

use std::sync::Arc;

use rustine_app::replicas::apply::{self, Outcome};
use rustine_domain::checks::Check;
use rustine_domain::log::{Kind, Line};

use crate::node::Federation;
use crate::replication::machine::Head;

/// Applies a pushed entry; whatever is wrong with it, pulling will tell.
pub fn apply(federation: &Arc<Federation>, dataset: i64, line: &Line) {
    match apply::apply(federation.app(), dataset, "push", line) {
        Ok(Outcome::Applied { seq, entry }) => {
            federation.replication.pushed(dataset, Head { seq, entry })
        }
        Ok(Outcome::Same | Outcome::Evidence) => {}
        Ok(Outcome::Ahead) => tracing::info!(
            seq = line.header.seq,
            check = Check::TimeAhead.name(),
            "A pushed entry was not applied: it is dated more than a day ahead"
        ),
        Ok(_) => hint(federation, dataset, line),
        Err(error) => {
            tracing::info!(
                seq = line.header.seq,
                check = error.check().map(Check::name),
                "A pushed entry was not applied: {error}"
            );
            hint(federation, dataset, line);
        }
    }
}

fn hint(federation: &Federation, dataset: i64, line: &Line) {
    match line.header.kind {
        Kind::Redact(_) => federation.replication.hint_redact(dataset, line.header.seq),
        _ => federation.replication.hint(dataset, line.header.seq),
    }
}
