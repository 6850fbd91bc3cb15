//! `rustine review …`

use std::path::Path;

use rustine_app::accounts::account;
use rustine_app::reviews::ReviewError;
use rustine_app::reviews::cast::cast;
use rustine_app::reviews::receive::Taken;
use rustine_domain::review::{Tally, Verdict};
use serde_json::{Value, json};

use crate::cli::{Review, ReviewVerdict};
use crate::output::Answer;

/// Signs a review. On a dataset of ours it counts at once; on one elsewhere it travels.
pub fn run(data: &Path, command: &Review) -> anyhow::Result<Answer> {
    // An approval may complete a quorum, and then an entry is signed.
    let signing = super::signing::open(data)?;
    let app = signing.app();
    let person = account::person(app, command.user.as_ref())?;
    let verdict = match command.verdict {
        ReviewVerdict::Approve => Verdict::Approve,
        ReviewVerdict::Revise => Verdict::Revise,
        ReviewVerdict::Reject => Verdict::Reject,
        ReviewVerdict::Remark => Verdict::Remark,
    };
    let taken = cast(
        app,
        command.patch,
        &person,
        verdict,
        command.content.as_deref(),
    )?;
    let (outcome, text) = match &taken {
        None => (
            "sent",
            "The review is signed and on its way; `rustine patch show` tells the outcome.".to_owned(),
        ),
        Some(Taken::Void(void)) => return Err(ReviewError::Void(*void).into()),
        Some(Taken::Decided(decided)) => (
            decided.status.as_str(),
            format!("The quorum is reached: the proposal is {}.", decided.status.as_str()),
        ),
        Some(Taken::Conflict) => (
            "conflict",
            "The quorum is reached, but cells changed since: the proposal is marked as a conflict.".to_owned(),
        ),
        Some(Taken::Counted(Tally::Blocked)) => (
            "blocked",
            "The review counts; as long as an objection stands, no votes accept the proposal.".to_owned(),
        ),
        Some(Taken::Counted(Tally::Accepts)) => (
            "pending",
            "The review counts. The quorum stands: the next approval accepts, unless the values break the schema by now.".to_owned(),
        ),
        Some(Taken::Counted(Tally::Waits { approvals, instances })) => (
            "pending",
            format!("The review counts: {approvals} approvals of {instances} instances so far."),
        ),
    };
    let seq: Value = match &taken {
        Some(Taken::Decided(decided)) => json!(decided.seq),
        _ => Value::Null,
    };
    let json =
        json!({"id": command.patch, "verdict": verdict.as_str(), "outcome": outcome, "seq": seq});
    Ok(Answer::done(json, text))
}
