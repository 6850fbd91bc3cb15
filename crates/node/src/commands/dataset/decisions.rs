//! What `dataset verify` says of the decisions in a log.

use std::fmt::Write as _;

use rustine_domain::audit::Finding;
use serde_json::{Value, json};

/// True where one of them broke the policy that stood.
pub fn any_violated(found: &[(i64, Finding)]) -> bool {
    found
        .iter()
        .any(|(_, finding)| matches!(finding, Finding::Violated(_)))
}

fn count(found: &[(i64, Finding)], word: &str) -> usize {
    let of_word = found.iter().filter(|(_, finding)| finding.word() == word);
    of_word.count()
}

/// How many of each, and each with its entry.
pub fn json(found: &[(i64, Finding)]) -> Value {
    let each = found.iter().map(
        |(seq, finding)| json!({"seq": seq, "finding": finding.word(), "why": finding.to_string()}),
    );
    json!({
        "kept": count(found, "kept"), "violated": count(found, "violated"),
        "notCheckable": count(found, "notCheckable"), "each": each.collect::<Vec<_>>(),
    })
}

/// A line of counts, and a line for each that was not kept.
pub fn text(found: &[(i64, Finding)]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n{} decisions: {} kept the policy, {} did not, {} cannot be checked from the log",
        found.len(),
        count(found, "kept"),
        count(found, "violated"),
        count(found, "notCheckable")
    );
    for (seq, finding) in found {
        if finding.word() != "kept" {
            // Writing to a text cannot fail.
            let _ = write!(text, "\nentry {seq}: {finding}");
        }
    }
    text
}
