use serde_json::json;

use super::{dataset, person};
use crate::object::webfinger::{Account, Query};
use crate::object::{RemoteActor, WebFinger};
use crate::site::Site;
use crate::testing::{fixture, site, uri};

#[test]
fn webfinger_loops_back() {
    let site: Site = site();
    let answer = WebFinger::local(&site, "lieux", uri("https://a.example/datasets/lieux"));
    let read = WebFinger::parse(&answer.to_json()).unwrap();
    assert_eq!(read, answer);
    assert!(read.answers(&"@Lieux@A.example".parse().unwrap()));
    assert!(!read.answers(&"lieux@b.example".parse().unwrap()));
    assert!(read.confirms(&RemoteActor::parse(&dataset()).unwrap()));
    assert!(!read.confirms(&RemoteActor::parse(&person()).unwrap()));
    assert_eq!(dataset()["webfinger"], "lieux@a.example");
}

#[test]
fn the_instance_has_the_link_of_a_server() {
    let rel = "https://www.w3.org/ns/activitystreams#Service";
    let links =
        |name: &str| WebFinger::local(&site(), name, site().actor()).to_json()["links"].to_string();
    assert!(links(Site::INSTANCE).contains(rel));
    assert!(!links("lieux").contains(rel));
}

#[test]
fn webfinger_of_other_servers_is_read() {
    if let Some(document) = fixture("mobilizonrepo-webfinger-mastodon-webfinger.json") {
        let read = WebFinger::parse(&document).unwrap();
        assert_eq!(read.actor.as_str(), "https://social.tcit.fr/users/tcit");
        assert!(read.answers(&"tcit@social.tcit.fr".parse().unwrap()));
    }
    if let Some(document) = fixture("wordpressrepo-notiz-blog-well-known-webfinger.json") {
        assert_eq!(
            WebFinger::parse(&document).unwrap().subject.name,
            "pfefferle"
        );
    }
    let html = json!({"subject": "acct:x@a.example", "links": [{"rel": "self", "type": "text/html", "href": "https://a.example/x"}]});
    assert!(WebFinger::parse(&html).is_err());
}

#[test]
fn a_resource_is_an_account_or_an_address() {
    let account = Query::Account(Account {
        name: "lieux".into(),
        host: "a.example:8080".into(),
    });
    assert_eq!("acct:lieux@a.example:8080".parse(), Ok(account));
    assert_eq!(
        "https://a.example/".parse(),
        Ok(Query::Address(uri("https://a.example/")))
    );
    for bad in [
        "",
        "lieux",
        "acct:@a.example",
        "acct:li eux@a.example",
        "acct:x@a/b",
        "acct:x@u:p@a.example",
    ] {
        assert!(bad.parse::<Query>().is_err(), "{bad}");
    }
}
