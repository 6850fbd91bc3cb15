//! Reviews of a proposal as moderators read them: an instance and a verdict.

use rustine_app::patches::parse_ops;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::FieldName;
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_store::ReviewRecord;

use crate::fields::name_of;
use crate::page::Page;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `name@host`.
    pub who: String,
    /// Key of what was said.
    pub verdict_key: &'static str,
    /// When it came.
    pub at: Timestamp,
    /// What was said with it.
    pub content: Option<String>,
    /// It counts for nothing, and why, in the words of the operator's log.
    pub void: Option<String>,
    /// What an approval would have applied instead, by the name of the field; no value for what it leaves out.
    pub corrections: Vec<(String, Option<String>)>,
    /// The review's id, where somebody may agree to its corrections.
    pub like: Option<String>,
}

impl Said {
    /// From the store; `offered` is what it speaks of.
    pub fn of(review: &ReviewRecord, schema: &Schema, offered: &[OfferedOp]) -> Self {
        let name = review.reviewer.rsplit('/').next().unwrap_or_default();
        let amended = review
            .amended
            .as_deref()
            .and_then(|ops| parse_ops(ops).ok());
        let corrects = amended.is_some();
        Self {
            corrections: amended
                .map(|amended| corrections(schema, offered, &amended))
                .unwrap_or_default(),
            like: (corrects && review.void.is_none()).then(|| review.url.clone()),
            who: format!("{name}@{}", review.host),
            verdict_key: match review.verdict.as_str() {
                "approve" if corrects => "verdict-amend",
                "approve" => "verdict-approve",
                "revise" => "verdict-revise",
                "reject" => "verdict-reject",
                _ => "verdict-remark",
            },
            at: review.received,
            content: review.content.clone(),
            void: review.void.clone(),
        }
    }

    /// Who said what.
    pub fn sentence(&self, page: &Page) -> String {
        page.t1(self.verdict_key, "who", &self.who)
    }
}

/// The values that differ from those offered, and what is left out.
fn corrections(
    schema: &Schema,
    offered: &[OfferedOp],
    amended: &[OfferedOp],
) -> Vec<(String, Option<String>)> {
    let title = |field: &FieldName| {
        let known = schema.field(field.as_str());
        known.map_or_else(|| field.to_string(), name_of)
    };
    let mut found = Vec::new();
    for op in offered {
        let same = amended.iter().find(|other| op.is_about_the_same(other));
        match (op, same) {
            (OfferedOp::Set { field, .. }, None) => found.push((title(field), None)),
            (OfferedOp::Add { label, .. }, None) => found.push((label.clone(), None)),
            (OfferedOp::Del { row, .. }, None) => found.push((row.to_string(), None)),
            (OfferedOp::Set { field, value, .. }, Some(OfferedOp::Set { value: other, .. }))
                if value != other =>
            {
                found.push((title(field), Some(other.clone().unwrap_or_default())));
            }
            (OfferedOp::Add { cells, .. }, Some(OfferedOp::Add { cells: others, .. })) => {
                let names: std::collections::BTreeSet<_> =
                    cells.keys().chain(others.keys()).collect();
                let changed = names
                    .into_iter()
                    .filter(|name| cells.get(*name) != others.get(*name));
                found.extend(changed.map(|name| {
                    (
                        title(name),
                        Some(others.get(name).cloned().unwrap_or_default()),
                    )
                }));
            }
            _ => {}
        }
    }
    found
}
