//! One partner, in words and as JSON.

use rustine_app::peers::view::{Ours, Theirs, View};
use serde_json::{Value, json};

/// As JSON.
pub(super) fn json(view: &View) -> Value {
    let facts = view.facts.as_ref();
    let about = view.about.as_ref();
    json!({
        "host": view.peer.host,
        "state": view.peer.state,
        "since": view.peer.updated,
        "groups": view.groups,
        "suspended": !view.changes.is_empty(),
        "heardAt": facts.and_then(|facts| facts.heard_at),
        "reachedAt": facts.and_then(|facts| facts.reached_at),
        "lookedAt": facts.and_then(|facts| facts.looked_at),
        "error": facts.and_then(|facts| facts.error.clone()),
        "name": about.map(|about| &about.name),
        "charter": about.map(|about| &about.charter),
        "software": about.map(|about| &about.software),
        "version": about.map(|about| &about.version),
        "theirs": view.theirs.iter().map(theirs).collect::<Vec<_>>(),
        "ours": view.ours.iter().map(ours).collect::<Vec<_>>(),
        "deliveries": view.deliveries.iter().map(|delivery| json!({
            "about": delivery.about, "state": delivery.state, "since": delivery.since, "attempts": delivery.attempts,
            "nextAt": delivery.next_at, "status": delivery.status, "why": delivery.why,
        })).collect::<Vec<_>>(),
        "refused": view.refused.iter().map(|refused| json!({
            "type": refused.kind, "why": refused.why, "when": refused.when,
        })).collect::<Vec<_>>(),
    })
}

fn theirs(theirs: &Theirs) -> Value {
    let copy = theirs.copy.as_ref().map(|copy| {
        json!({"seq": copy.status.seq, "originSeq": copy.status.origin_seq, "state": copy.status.state, "entry": copy.entry,
            "same": copy.same, "percent": copy.percent, "confirmedAt": copy.status.confirmed_at, "error": copy.status.error})
    });
    let wished = theirs.wish.as_ref().map(|why| json!({"error": why}));
    json!({"name": theirs.name, "title": theirs.title, "rows": theirs.rows, "license": theirs.license, "copy": copy, "wished": wished})
}

fn ours(ours: &Ours) -> Value {
    let head = ours.head.as_ref();
    json!({"name": ours.name, "seq": ours.seq, "entry": ours.entry, "theirSeq": head.and_then(|head| head.seq),
        "lag": ours.lag, "same": ours.same, "error": head.and_then(|head| head.error.clone())})
}

/// In words.
pub(super) fn text(view: &View) -> String {
    let mut lines = vec![format!(
        "{:<32} {}",
        view.peer.host,
        super::words(&view.peer.state)
    )];
    if let Some(about) = &view.about {
        lines.push(format!(
            "  {} ({} {})",
            about.name, about.software, about.version
        ));
    }
    if !view.groups.is_empty() {
        lines.push(format!("  groups: {}", view.groups.join(", ")));
    }
    if let Some(facts) = &view.facts {
        let time = |time: Option<rustine_domain::time::Timestamp>| {
            time.map_or_else(|| "never".to_owned(), |time| time.to_string())
        };
        lines.push(format!(
            "  last heard {}, last reached {}",
            time(facts.heard_at),
            time(facts.reached_at)
        ));
        lines.extend(
            facts
                .error
                .iter()
                .map(|error| format!("  last look: {error}")),
        );
    }
    for change in &view.changes {
        lines.push(format!(
            "  {} shows another key: rights are suspended",
            change.actor
        ));
    }
    for theirs in &view.theirs {
        let state = match (&theirs.copy, &theirs.wish) {
            (Some(copy), _) => format!(
                "copied here, {} of {}{}",
                number(copy.status.seq),
                number(copy.status.origin_seq),
                same(copy.same)
            ),
            (None, Some(Some(why))) => format!("to be copied: {why}"),
            (None, Some(None)) => "to be copied".to_owned(),
            (None, None) => "listed".to_owned(),
        };
        lines.push(format!("  theirs  {:<28} {state}", theirs.name));
    }
    for ours in &view.ours {
        let theirs = ours.head.as_ref().and_then(|head| head.seq);
        let theirs = number(theirs.and_then(|seq| u64::try_from(seq).ok()));
        let same = same(ours.same);
        lines.push(format!(
            "  ours    {:<28} {theirs} of {}{same}",
            ours.name, ours.seq
        ));
    }
    for delivery in &view.deliveries {
        lines.push(format!(
            "  {} {} after {} attempts: {}",
            delivery.about, delivery.state, delivery.attempts, delivery.why
        ));
    }
    for refused in &view.refused {
        lines.push(format!("  {} was not taken: {}", refused.kind, refused.why));
    }
    lines.join("\n")
}

fn number(number: Option<u64>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

fn same(same: Option<bool>) -> &'static str {
    match same {
        Some(true) => ", equal",
        Some(false) => ", NOT EQUAL",
        None => "",
    }
}
