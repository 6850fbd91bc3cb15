//! Lists of domains that others would block: the CSV that servers of the fediverse export, and feeds of FIRES
//! (Fediverse Intelligence Replication Endpoint Server).
//!
//! Reading decides nothing: a list of somebody else is a proposal to the people here. Only what it says to cut off
//! (`suspend`; a recommended policy of `drop` or `reject`) counts as a wish to block. Milder words mean nothing to an
//! instance without timelines, and a recommendation without a policy recommends nothing.

use serde_json::Value;

use crate::csv::{Dialect, ReadError, Reader};

/// Domains of one list at most; the rest is left out, and counted as unreadable.
pub const MOST_DOMAINS: usize = 20_000;

/// What a list says of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It would block it.
    Block,
    /// It names it without wanting a block, or has taken that back.
    Other,
}

/// One domain of a list, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The domain, not checked.
    pub domain: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why, where the list says so.
    pub reason: String,
}

/// A list that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it says; of two entries about one domain the later counts.
    pub entries: Vec<Entry>,
    /// Lines that name no domain.
    pub unreadable: usize,
}

impl Reading {
    fn push(&mut self, domain: &str, verdict: Verdict, reason: &str) {
        let domain = domain.trim();
        if domain.is_empty() || self.entries.len() >= MOST_DOMAINS {
            self.unreadable += usize::from(!domain.is_empty());
            return;
        }
        self.entries.push(Entry {
            domain: domain.to_owned(),
            verdict,
            reason: reason.trim().to_owned(),
        });
    }
}

/// Reads a CSV. With a header it is the export of Mastodon and others (`#domain,#severity,…,#public_comment`); without
/// one, the first cell of each line is a domain.
///
/// # Errors
/// Where the text is no CSV.
pub fn csv(text: &str) -> Result<Reading, ReadError> {
    let mut reader = Reader::with_dialect(text.as_bytes(), Dialect::default())?;
    let titles: Vec<String> = reader
        .header()
        .iter()
        .map(|title| title.trim().trim_start_matches('#').to_ascii_lowercase())
        .collect();
    let column = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| titles.iter().position(|title| title == name))
    };
    let domain = column(&["domain", "instance", "host"]);
    let (severity, reason) = (
        column(&["severity", "block_severity"]),
        column(&["public_comment", "reason", "comment", "digest"]),
    );
    let mut reading = Reading::default();
    if domain.is_none() {
        let first = reader.header().first().cloned().unwrap_or_default();
        reading.push(&first, Verdict::Block, "");
    }
    for row in reader.rows() {
        let (_, cells) = row?;
        let cell = |column: Option<usize>| {
            let cell = column.and_then(|column| cells.get(column));
            cell.map_or("", String::as_str)
        };
        let verdict = match cell(severity).trim() {
            "" | "suspend" | "block" | "reject" | "drop" => Verdict::Block,
            _ => Verdict::Other,
        };
        reading.push(cell(Some(domain.unwrap_or(0))), verdict, cell(reason));
    }
    Ok(reading)
}

/// One document of a FIRES feed, and the address of the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its changes with their times, as they stand.
    changes: Vec<(String, Entry)>,
    /// Where the feed goes on.
    pub next: Option<String>,
}

/// Reads a document of a feed: a collection of changes about domains, under the names of either draft of the protocol
/// (`entityKey` or `entity_key`). Changes about actors and others are passed over.
pub fn fires_page(document: &Value) -> Page {
    let named = ["orderedItems", "items", "changes"];
    let items = named.iter().find_map(|name| document[name].as_array());
    let changes = items.into_iter().flatten().filter_map(change);
    let next = ["next", "next_page"]
        .iter()
        .find_map(|name| document[name].as_str())
        .map(str::to_owned);
    Page {
        changes: changes.collect(),
        next,
    }
}

fn change(item: &Value) -> Option<(String, Entry)> {
    let text = |names: [&str; 2]| names.iter().find_map(|name| item[*name].as_str());
    let kind = text(["entityKind", "entity_kind"])?;
    if !kind.eq_ignore_ascii_case("domain") {
        return None;
    }
    let recommends = item["type"]
        .as_str()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("recommendation"));
    let policy = text(["recommendedPolicy", "recommended_policy"]).unwrap_or_default();
    let cuts = recommends && matches!(policy.to_ascii_lowercase().as_str(), "drop" | "reject");
    let entry = Entry {
        domain: text(["entityKey", "entity_key"])?.to_owned(),
        verdict: if cuts { Verdict::Block } else { Verdict::Other },
        reason: text(["comment", "reason"]).unwrap_or_default().to_owned(),
    };
    let when = text(["published", "created_at"]).unwrap_or_default();
    Some((when.to_owned(), entry))
}

/// A feed, of all its documents: the newest change about a domain counts, in whatever order they came.
pub fn fires(pages: Vec<Page>) -> Reading {
    let mut changes: Vec<(String, Entry)> =
        pages.into_iter().flat_map(|page| page.changes).collect();
    if changes.iter().all(|(when, _)| !when.is_empty()) {
        changes.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    let mut reading = Reading::default();
    for (_, entry) in changes {
        reading.push(&entry.domain, entry.verdict, &entry.reason);
    }
    reading
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expected: &[(&str, Verdict, &str)]) {
        let reading = csv(text).expect("a list");
        let found: Vec<_> = reading
            .entries
            .iter()
            .map(|entry| (entry.domain.as_str(), entry.verdict, entry.reason.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_usual_export_is_read_with_its_severities() {
        check(
            "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
             spam.example,suspend,TRUE,TRUE,\"Spam, every day\",FALSE\n\
             loud.example,silence,FALSE,FALSE,,FALSE\n\
             nil.example,noop,FALSE,FALSE,,FALSE\n",
            &[
                ("spam.example", Verdict::Block, "Spam, every day"),
                ("loud.example", Verdict::Other, ""),
                ("nil.example", Verdict::Other, ""),
            ],
        );
    }

    #[test]
    fn a_bare_list_of_names_is_read_from_its_first_line() {
        let both = [
            ("a.example", Verdict::Block, ""),
            ("b.example", Verdict::Block, ""),
        ];
        check("a.example\nb.example\n", &both);
        check("domain\na.example\nb.example\n", &both);
    }

    #[test]
    fn of_a_list_without_end_only_so_much_is_read() {
        let many: String = (0..MOST_DOMAINS + 3)
            .map(|n| format!("s{n}.example\n"))
            .collect();
        let reading = csv(&many).expect("a list");
        assert_eq!(
            (reading.entries.len(), reading.unreadable),
            (MOST_DOMAINS, 3)
        );
    }

    fn verdicts(reading: &Reading) -> Vec<(&str, Verdict)> {
        let entries = reading.entries.iter();
        entries
            .map(|entry| (entry.domain.as_str(), entry.verdict))
            .collect()
    }

    #[test]
    fn only_a_recommendation_to_cut_off_is_a_wish_to_block() {
        let item = |kind: &str, policy: &str, domain: &str| json!({"type": kind, "entityKind": "Domain", "entityKey": domain, "recommendedPolicy": policy});
        let mut silent = item("Recommendation", "drop", "silent.example");
        silent
            .as_object_mut()
            .expect("an object")
            .remove("recommendedPolicy");
        let mut actor = item("Recommendation", "drop", "x@actor.example");
        actor["entityKind"] = "Actor".into();
        let snake = json!({"type": "recommendation", "entity_kind": "Domain", "entity_key": "b.example",
            "recommended_policy": "reject"});
        let page = fires_page(
            &json!({"type": "OrderedCollection", "next": "https://f.example/2", "orderedItems": [
                item("Recommendation", "drop", "a.example"), snake, item("Recommendation", "filter", "c.example"),
                item("Advisory", "drop", "d.example"), item("Retraction", "drop", "e.example"), silent, actor,
            ]}),
        );
        assert_eq!(page.next.as_deref(), Some("https://f.example/2"));
        assert_eq!(
            verdicts(&fires(vec![page])),
            [
                ("a.example", Verdict::Block),
                ("b.example", Verdict::Block),
                ("c.example", Verdict::Other),
                ("d.example", Verdict::Other),
                ("e.example", Verdict::Other),
                ("silent.example", Verdict::Other),
            ]
        );
    }

    #[test]
    fn the_newest_change_stands_last_whatever_their_order() {
        let item = |kind: &str, when: &str| {
            json!({"type": kind, "entityKind": "Domain", "entityKey": "a.example",
                "recommendedPolicy": "drop", "published": when})
        };
        let newest_first = fires_page(&json!({"items": [
            item("Retraction", "2026-02-01T00:00:00Z"), item("Recommendation", "2026-01-01T00:00:00Z"),
        ]}));
        let reading = fires(vec![newest_first]);
        assert_eq!(
            reading.entries.last().map(|entry| entry.verdict),
            Some(Verdict::Other)
        );
    }

    #[test]
    fn whatever_is_no_feed_says_nothing() {
        for document in [
            json!(null),
            json!([]),
            json!({"items": [1, null, {"entityKind": "Domain"}]}),
        ] {
            assert_eq!(
                fires(vec![fires_page(&document)]),
                Reading::default(),
                "{document}"
            );
        }
    }
}
