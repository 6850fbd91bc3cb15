use insta::assert_snapshot;
use rustine_domain::ids::Hash;
use serde_json::{Value, json};

use super::published;
use crate::object::*;
use crate::testing::{fixture, pretty, site, uri};

#[test]
fn nodeinfo_counts_and_names_nobody() {
    let info = NodeInfo {
        version: "0.1.0",
        name: "Hub A",
        charter: "",
        open_registrations: false,
        users: 3,
        datasets: 2,
    };
    assert_snapshot!(pretty(&info.to_json()), @r#"
    {
      metadata: {
        datasets: 2
        nodeName: "Hub A"
      }
      openRegistrations: false
      protocols: ["activitypub"]
      services: {
        inbound: []
        outbound: ["atom1.0"]
      }
      software: {
        name: "rustine"
        version: "0.1.0"
      }
      usage: {
        users: {
          total: 3
        }
      }
      version: "2.1"
    }
    "#);
    assert_snapshot!(pretty(&NodeInfo::discovery(&site())), @r#"
    {
      links: [
        {
          href: "https://a.example/nodeinfo/2.1"
          rel: "http://nodeinfo.diaspora.software/ns/schema/2.1"
        }
        {
          href: "https://a.example/actor"
          rel: "https://www.w3.org/ns/activitystreams#Application"
        }
      ]
    }
    "#);
}

#[test]
fn a_digest_note_reaches_everybody_and_reads_back() {
    let dataset = uri("https://a.example/datasets/lieux");
    let page = uri("https://a.example/datasets/lieux/changes/12");
    let note = Note::digest(
        uri("https://a.example/notes/1"),
        &dataset,
        "<p>3</p>".into(),
        page,
        published(),
    );
    assert_snapshot!(pretty(&note.to_json()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams"]
      attributedTo: "https://a.example/datasets/lieux"
      cc: ["https://a.example/datasets/lieux/followers"]
      content: "<p>3</p>"
      id: "https://a.example/notes/1"
      published: "2026-11-20T10:00:00Z"
      to: ["https://www.w3.org/ns/activitystreams#Public"]
      type: "Note"
      url: "https://a.example/datasets/lieux/changes/12"
    }
    "#);
    assert_eq!(Note::parse(&note.to_json()), Ok(note.clone()));
    assert!(note.is_public());
}

#[test]
fn a_note_with_several_authors_is_refused() {
    let Some(mut note) = fixture("lemmyrepo-mastodon-obj-note_1.json") else {
        return;
    };
    let read = Note::parse(&note).unwrap();
    assert!(read.published.is_some() && !read.content.is_empty());
    for author in [
        json!(["https://a.example/x", "https://b.example/y"]),
        json!(1),
        json!({"id": "https://a.example/x"}),
    ] {
        note["attributedTo"] = author;
        assert!(Note::parse(&note).is_err());
    }
}

#[test]
fn a_proposal_reads_back_as_it_was_written() {
    let open = Proposal {
        id: uri("https://a.example/datasets/lieux/proposals/x"),
        context: uri("https://a.example/datasets/lieux"),
        digest: Hash([1; 32]),
        current: Hash([2; 32]),
        status: "pending".into(),
        decided: None,
        reason: None,
        entry: None,
        reviews: vec![],
    };
    let decided = Proposal {
        status: "accepted".into(),
        decided: Some(published()),
        reason: Some("merci".into()),
        entry: Some(EntryReference {
            id: uri("https://a.example/datasets/lieux/log/7"),
            seq: 7,
            entry: Some(Hash([3; 32])),
        }),
        reviews: vec![proposal::ReviewReceived {
            id: uri("https://b.example/reviews/1"),
            verdict: "approve".into(),
        }],
        ..open.clone()
    };
    assert_eq!(Proposal::parse(&open.to_json()), Ok(open));
    assert_eq!(Proposal::parse(&decided.to_json()), Ok(decided.clone()));
    assert_snapshot!(pretty(&decided.to_json()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams","our terms"]
      context: "https://a.example/datasets/lieux"
      current: "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
      decision: {
        at: "2026-11-20T10:00:00Z"
      }
      digest: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
      entry: {
        entry: "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"
        id: "https://a.example/datasets/lieux/log/7"
        seq: 7
        type: "LogEntry"
      }
      id: "https://a.example/datasets/lieux/proposals/x"
      reason: "merci"
      reviews: [
        {
          id: "https://b.example/reviews/1"
          verdict: "approve"
        }
      ]
      status: "accepted"
      type: "Proposal"
    }
    "#);
}

#[test]
fn a_head_needs_all_its_members() {
    let head = LogHead {
        genesis: Hash([1; 32]),
        seq: 9,
        entry: Hash([2; 32]),
        bodies_from: 4,
    };
    assert_eq!(LogHead::parse(&head.to_json()), Ok(head));
    for member in ["genesis", "seq", "entry", "bodiesFrom"] {
        for wrong in [Value::Null, json!(-1), json!(1.5), json!("x")] {
            let mut document = head.to_json();
            document[member] = wrong;
            assert!(LogHead::parse(&document).is_err(), "{document}");
        }
    }
}

#[test]
fn collections_say_what_is_public() {
    let id = uri("https://a.example/datasets/lieux/followers");
    let followers = Collection::counted(id.clone(), 12).to_json();
    assert_eq!(
        (&followers["totalItems"], followers.get("orderedItems")),
        (&json!(12), None)
    );
    let items = vec![
        json!("https://b.example/actor"),
        json!(3),
        json!({"id": "https://c.example/actor"}),
    ];
    let ids = collection::read_ids(&Collection::of(id.clone(), items).to_json()).unwrap();
    assert_eq!(
        ids,
        [
            uri("https://b.example/actor"),
            uri("https://c.example/actor")
        ]
    );
    let head = LogHead {
        genesis: Hash([1; 32]),
        seq: 0,
        entry: Hash([1; 32]),
        bodies_from: 0,
    };
    let log = LogCollection { id, head }.to_json();
    assert_eq!(log["totalItems"], 1);
    assert_eq!(LogHead::parse(&log["head"]), Ok(head));
}
