//! Steps of stories about who decides on a dataset, and what its moderation log says of it.

use rustine_testkit::node::{ADMIN, Node};
use rustine_testkit::wait;
use serde_json::Value;

use crate::{LIEUX, SOON_S, converge, text};

/// Gives the first operator of `to` a role on `origin`'s places, and waits until `to` knows it from its own copy.
/// Returns the grant's id.
#[must_use]
pub fn delegated(origin: &Node, to: &Node, role: &str) -> String {
    let person = format!("{ADMIN}@{}", to.host());
    let given = origin.json(&["grant", "add", LIEUX, "--to", &person, "--role", role]);
    let id = text(&given, "id");
    wait::until("the grant at its holder", SOON_S, || {
        (held(to, &id).as_deref() == Some("offered")).then_some(())
    });
    converge(origin, &[to]);
    id
}

/// How a grant stands at its holder's instance.
#[must_use]
pub fn held(node: &Node, id: &str) -> Option<String> {
    let list = node.json(&["grant", "list"]);
    let all = list["held"].as_array()?.iter();
    let found = all.filter(|held| held["id"] == *id).collect::<Vec<_>>();
    found.first()?["state"].as_str().map(str::to_owned)
}

/// Waits until a proposal stands in the queue of a moderator elsewhere.
pub fn is_queued(node: &Node, patch: &str) {
    wait::until("the proposal in the queue elsewhere", SOON_S, || {
        let shown = node.call(&["patch", "show", patch, "--json"]);
        (shown.code == Some(0)).then_some(())
    });
}

/// The lines that a node serves of a dataset's moderation log.
#[must_use]
pub fn modlog(node: &Node, dataset: &str) -> Vec<String> {
    let served = node.get(&format!("/datasets/{dataset}/modlog")).expect(200);
    served.text().lines().map(str::to_owned).collect()
}

/// Waits until a node serves these lines.
///
/// # Panics
/// When it does not, with what it serves.
pub fn has_modlog(node: &Node, dataset: &str, wanted: &[String]) {
    let equal = wait::within(3 * SOON_S, || {
        (modlog(node, dataset) == wanted).then_some(())
    });
    if equal.is_none() {
        let served = modlog(node, dataset);
        panic!(
            "{} serves {served:#?}\n instead of {wanted:#?}",
            node.host()
        );
    }
}

/// `n action role instance` of each line, with the instances by their names in the story.
///
/// # Panics
/// When a line is no JSON.
#[must_use]
pub fn said(lines: &[String], names: &[(&Node, &str)]) -> Vec<String> {
    let of = |line: &String| {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let mut by = line["by"]["instance"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        for (node, name) in names {
            if by == node.host() {
                by = (*name).to_owned();
            }
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (action, role) = (text(&line["action"]), text(&line["by"]["role"]));
        format!("{} {action} {role} {by}", line["n"])
    };
    lines.iter().map(of).collect()
}
