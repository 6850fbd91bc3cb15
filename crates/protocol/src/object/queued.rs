//! A line of `{dataset}/queue`: one open proposal as the moderators of other instances need it (`protocol.md` §5).

use rustine_domain::digest::OfferedOp;
use rustine_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::DataPatch;
use super::data_patch::read_ops;
use super::review::Review;
use crate::activity::ActivityProblem;
use crate::limits;
use crate::problem::DocumentProblem;
use crate::read::Members;
use crate::uri::Uri;

/// An open proposal. Who a visitor said she is, and her address, are in no line.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// `pending` or `conflict`.
    pub status: String,
    /// When its dataset's origin received it.
    pub received: Timestamp,
    /// The patch; its digest was recomputed.
    pub patch: DataPatch,
    /// It came from a visitor, through the instance that it is attributed to.
    pub by_visitor: bool,
    /// The signed reviews that came so far.
    pub reviews: Vec<Review>,
    /// What the reviews that correct it would have applied, by the id of the review.
    pub corrections: Vec<(Uri, Vec<OfferedOp>)>,
}

impl Queued {
    /// The line.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("type".into(), "Queued".into());
        map.insert("status".into(), self.status.as_str().into());
        map.insert("received".into(), self.received.to_string().into());
        map.insert("visitor".into(), self.by_visitor.into());
        map.insert("patch".into(), self.patch.embedded());
        let reviews = self.reviews.iter().map(Review::to_json);
        map.insert("reviews".into(), reviews.collect());
        if !self.corrections.is_empty() {
            let corrections = self.corrections.iter().map(|(review, ops)| {
                let ops: Vec<Value> = ops.iter().map(OfferedOp::to_json).collect();
                json!({"review": review.as_str(), "ops": ops})
            });
            map.insert("corrections".into(), corrections.collect());
        }
        Value::Object(map)
    }

    /// Reads a line; members that this version does not know are passed over.
    pub fn parse(line: &Value) -> Result<Self, ActivityProblem> {
        let members = Members::document(line)?;
        if members.text("type", limits::WORD)? != "Queued" {
            return Err(members.wrong("type", "Queued").into());
        }
        let reviews = members.list("reviews", limits::LIST)?;
        let reviews: Result<Vec<Review>, DocumentProblem> = reviews
            .iter()
            .map(|review| Review::read(&Members::document(review)?))
            .collect();
        Ok(Self {
            status: members.text("status", limits::WORD)?.to_owned(),
            received: members.parsed("received", "an instant written YYYY-MM-DDTHH:MM:SSZ")?,
            patch: DataPatch::read(&members.object("patch")?)?,
            by_visitor: members.flag_opt("visitor")?.unwrap_or(false),
            reviews: reviews?,
            corrections: corrections(&members)?,
        })
    }
}

fn corrections(members: &Members<'_>) -> Result<Vec<(Uri, Vec<OfferedOp>)>, ActivityProblem> {
    if members.get("corrections").is_none() {
        return Ok(Vec::new());
    }
    let list = members.list("corrections", limits::LIST)?;
    list.iter()
        .map(|one| {
            let one = Members::document(one)?;
            Ok((one.uri("review")?, read_ops(&one, "ops")?))
        })
        .collect()
}
