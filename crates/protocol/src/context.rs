//! `@context` of what we write, and the context document that every instance serves at `/ns/v1`.
//!
//! No node ever fetches a context: these are for others, who may read our JSON as JSON-LD. Some of them fetch every
//! address that stands in `@context` and give the document up where one does not answer, so what servers of another
//! make read names only addresses that all of them know, and brings our terms along.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::vocabulary::{
    ACTIVITY_STREAMS, DATA_INTEGRITY_V2, DID_V1, MULTIKEY_V1, RUSTINE_V1, SECURITY_V1,
};

/// `@context` of documents that use no term of ours.
pub fn plain() -> Value {
    json!([ACTIVITY_STREAMS])
}

/// `@context` of documents that use terms of ours and that anybody may read.
pub fn extended() -> Value {
    json!([ACTIVITY_STREAMS, terms()])
}

/// `@context` of activities that go only to instances which speak our vocabulary.
pub fn between_nodes() -> Value {
    json!([ACTIVITY_STREAMS, RUSTINE_V1])
}

/// `@context` of objects that carry a proof (FEP-8b32); the same as in the header of a log entry.
pub fn signed() -> Value {
    json!([ACTIVITY_STREAMS, DATA_INTEGRITY_V2, RUSTINE_V1])
}

/// `@context` of actors: with the terms of RSA keys (security/v1) and of Multikeys (FEP-521a).
pub fn actor() -> Value {
    json!([ACTIVITY_STREAMS, SECURITY_V1, DID_V1, MULTIKEY_V1, terms()])
}

/// The context document of version 1; terms are never removed nor given another meaning.
///
/// It also defines the terms of others that we write (`manuallyApprovesFollowers`, `postingRestrictedToMods`,
/// `implements`, `webfinger`, …).
pub fn document() -> Value {
    json!({ "@context": terms() })
}

/// What our terms mean.
fn terms() -> &'static Value {
    static TERMS: LazyLock<Value> = LazyLock::new(define);
    &TERMS
}

fn define() -> Value {
    let mut terms = serde_json::Map::new();
    terms.insert("rustine".into(), json!(format!("{RUSTINE_V1}#")));
    for (prefix, iri) in PREFIXES {
        terms.insert((*prefix).into(), json!(iri));
    }
    for name in CLASSES.iter().chain(VALUES) {
        terms.insert((*name).into(), json!(format!("rustine:{name}")));
    }
    for name in LINKS {
        terms.insert(
            (*name).into(),
            json!({"@id": format!("rustine:{name}"), "@type": "@id"}),
        );
    }
    for name in DOCUMENTS {
        terms.insert(
            (*name).into(),
            json!({"@id": format!("rustine:{name}"), "@type": "@json"}),
        );
    }
    for (name, meaning) in FOREIGN {
        terms.insert((*name).into(), json!(meaning));
    }
    terms.insert(
        "implements".into(),
        json!({"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@list"}),
    );
    Value::Object(terms)
}

const PREFIXES: &[(&str, &str)] = &[
    ("lemmy", "https://join-lemmy.org/ns#"),
    ("toot", "http://joinmastodon.org/ns#"),
    ("as", "https://www.w3.org/ns/activitystreams#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Types of objects and activities.
const CLASSES: &[&str] = &[
    "DataPatch",
    "LogEntry",
    "Proposal",
    "GrantRequest",
    "Review",
    "Grant",
    "Revoke",
    "Receipt",
];

/// Members whose value is a text or a number. `prev`, `next` and `current` have another meaning in
/// ActivityStreams, for pages of a collection, which no document with our context has.
const VALUES: &[&str] = &[
    "uid",
    "genesis",
    "seq",
    "entry",
    "prev",
    "kind",
    "time",
    "meta",
    "schema",
    "state",
    "next",
    "by",
    "digest",
    "patchDigest",
    "amendedDigest",
    "nonce",
    "visitor",
    "verdict",
    "status",
    "decision",
    "reason",
    "current",
    "license",
    "bodiesFrom",
    "keep",
    "role",
];

/// Members whose value is an address.
const LINKS: &[&str] = &["log", "replicas", "proposals", "snapshot", "successor"];

/// Members that hold JSON of a fixed shape, which JSON-LD must not rearrange.
const DOCUMENTS: &[&str] = &[
    "ops",
    "head",
    "conflicts",
    "amended",
    "body",
    "redact",
    "forkedFrom",
    "batch",
    "policy",
    "reviews",
];

/// Terms of other vocabularies.
const FOREIGN: &[(&str, &str)] = &[
    ("manuallyApprovesFollowers", "as:manuallyApprovesFollowers"),
    ("movedTo", "as:movedTo"),
    ("sensitive", "as:sensitive"),
    ("discoverable", "toot:discoverable"),
    ("indexable", "toot:indexable"),
    ("postingRestrictedToMods", "lemmy:postingRestrictedToMods"),
    (
        "webfinger",
        "https://purl.archive.org/socialweb/webfinger#webfinger",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_defined_once_and_expands_to_an_iri() {
        let names: Vec<&str> = CLASSES
            .iter()
            .chain(VALUES)
            .chain(LINKS)
            .chain(DOCUMENTS)
            .copied()
            .chain(PREFIXES.iter().chain(FOREIGN).map(|(name, _)| *name))
            .collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        // Two more: our own prefix and `implements`.
        assert_eq!(
            document()["@context"].as_object().unwrap().len(),
            names.len() + 2
        );
        assert_eq!(document()["@context"]["digest"], "rustine:digest");
    }

    #[test]
    fn no_term_of_ours_is_protected_by_a_context_beside_it() {
        let ours = document()["@context"].clone();
        for (file, document) in crate::testing::contexts() {
            let context = &document["@context"];
            if file.contains("gotosocial") || context["@protected"] != true {
                continue;
            }
            for term in ours.as_object().unwrap().keys() {
                assert!(context.get(term).is_none(), "{term} is protected by {file}");
            }
        }
    }

    #[test]
    fn every_document_names_activity_streams_first() {
        for context in [plain(), extended(), between_nodes(), signed(), actor()] {
            assert_eq!(context[0], ACTIVITY_STREAMS);
        }
    }

    #[test]
    fn what_anybody_reads_names_no_context_that_must_be_fetched_from_us() {
        for context in [plain(), extended(), actor()] {
            let context = context.as_array().unwrap();
            assert!(!context.contains(&json!(RUSTINE_V1)), "{context:?}");
        }
        assert_eq!(extended()[1]["genesis"], "rustine:genesis");
        assert_eq!(actor()[4]["rustine"], format!("{RUSTINE_V1}#"));
    }
}
