//! `rustine policy …`

use std::path::Path;

use rustine_app::accounts::account;
use rustine_app::grants::policy;
use rustine_domain::policy::Policy as Quorum;
use serde_json::json;

use crate::cli::Policy;
use crate::output::Answer;

/// Shows how many must agree; with any of the options, writes an entry that changes it, as the first operator.
pub fn run(data: &Path, command: &Policy) -> anyhow::Result<Answer> {
    let asked =
        command.quorum.is_some() || command.instances.is_some() || command.owner_required.is_some();
    if !asked {
        let app = super::open(data)?;
        return Ok(shown(&policy::show(&app, &command.dataset)?, None));
    }
    let signing = super::signing::open(data)?;
    let app = signing.app();
    let before = policy::show(app, &command.dataset)?;
    let wanted = Quorum::new(
        command.quorum.unwrap_or(before.quorum),
        command.instances.unwrap_or(before.instances),
        command.owner_required.unwrap_or(before.owner_required),
    );
    let by = account::person(app, None)?;
    let seq = policy::set(app, &by, &command.dataset, &wanted)?;
    Ok(shown(&wanted, seq))
}

fn shown(policy: &Quorum, seq: Option<u64>) -> Answer {
    let owner = match policy.owner_required {
        true => ", one of them from this dataset's own instance",
        false => "",
    };
    let json = json!({
        "quorum": policy.quorum, "instances": policy.instances,
        "ownerRequired": policy.owner_required, "seq": seq,
    });
    let text = format!(
        "A proposal is accepted by {} approvals from at least {} instances{owner}; a maintainer of the origin may decide alone.",
        policy.quorum, policy.instances
    );
    Answer::done(json, text)
}
