//! Patches: what people propose, what the origin decides, and what proposers hear (`protocol.md` §4, §5).
//!
//! A patch is one record on the proposer's instance (`out`) and one at the dataset's origin (`in`), under the same
//! id; for a dataset of ours there is only the second. Start reading at [`propose`], then [`decide`].

pub mod answers;
pub mod burst;
pub mod by_link;
pub mod care;
pub mod changes;
pub mod check;
pub mod decide;
#[cfg(test)]
pub(crate) mod desk;
pub mod expire;
pub mod held;
pub mod list;
pub mod look;
pub mod offer;
mod offered;
pub mod propose;
pub mod quota;
pub mod receive;
pub mod sender;
pub mod undo;
pub mod visitor;
pub mod withdraw;

use rustine_domain::digest::OfferedOp;
use rustine_store::{PatchRecord, StoreError};

/// Direction of a patch that others, or visitors, proposed on a dataset of ours.
pub const IN: &str = "in";
/// Direction of a patch that our people proposed on a dataset of another instance.
pub const OUT: &str = "out";

/// The operations of a stored patch.
///
/// # Errors
/// Where the record is damaged.
pub fn ops_of(patch: &PatchRecord) -> Result<Vec<OfferedOp>, StoreError> {
    parse_ops(&patch.ops)
}

/// Operations as they are stored: a JSON array of the offered form.
///
/// # Errors
/// Where the text is damaged.
pub fn parse_ops(text: &str) -> Result<Vec<OfferedOp>, StoreError> {
    let damaged = |error: &dyn std::fmt::Display| {
        StoreError::Other(format!("a stored patch is damaged: {error}"))
    };
    let values: Vec<serde_json::Value> =
        serde_json::from_str(text).map_err(|error| damaged(&error))?;
    values
        .iter()
        .map(|value| OfferedOp::from_json(value).map_err(|error| damaged(&error)))
        .collect()
}

/// Operations as they are stored.
pub fn write_ops(ops: &[OfferedOp]) -> String {
    serde_json::Value::Array(ops.iter().map(OfferedOp::to_json).collect()).to_string()
}
