//! A pushed log entry is applied at once where it is the next one; otherwise it is a hint to pull.

use std::sync::Arc;

use rustine_app::replicas::apply::{self, Outcome};
use rustine_domain::log::Line;

use crate::node::Federation;
use crate::replication::machine::Head;

/// Applies a pushed entry; whatever is wrong with it, pulling will tell.
pub fn apply(federation: &Arc<Federation>, dataset: i64, line: &Line) {
    match apply::apply(federation.app(), dataset, "push", line) {
        Ok(Outcome::Applied { seq, entry }) => {
            federation.replication.pushed(dataset, Head { seq, entry })
        }
        Ok(Outcome::Same | Outcome::Evidence) => {}
        Ok(_) => federation.replication.hint(dataset, line.header.seq),
        Err(error) => {
            tracing::info!(
                seq = line.header.seq,
                "A pushed entry was not applied: {error}"
            );
            federation.replication.hint(dataset, line.header.seq);
        }
    }
}
