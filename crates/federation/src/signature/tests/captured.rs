use std::collections::BTreeMap;
use std::time::Duration;

use http_signature_normalization::Config;

use super::at;
use super::fixtures::Captured;
use crate::signature::{Fault, Parameters, Signed, read_get, read_post};

/// The sink that Fedify wrote to when the requests were captured.
const HOSTS: &[&str] = &["127.0.0.1:8790"];

fn read(request: &Captured) -> Result<Signed, Fault> {
    let fields = request.fields();
    let received = request.received(&fields);
    match request.method.as_str() {
        "POST" => read_post(received, HOSTS, request_time(request)),
        _ => read_get(received, HOSTS, request_time(request)),
    }
}

/// The time of the unchanged request, whatever was done to its `Date`.
fn request_time(request: &Captured) -> rustine_domain::time::Timestamp {
    let all = Captured::all().unwrap();
    all.iter()
        .find(|own| own.name == request.name)
        .unwrap()
        .sent_at()
}

fn holds(request: &Captured) -> bool {
    read(request).is_ok_and(|signed| signed.verify(&request.key()))
}

fn of_the_draft() -> Vec<Captured> {
    let all = Captured::all().unwrap_or_default();
    all.into_iter()
        .filter(|request| !request.is_rfc9421())
        .collect()
}

#[test]
fn requests_of_fedify_hold_at_their_own_time() {
    let Some(all) = Captured::all() else { return };
    let (new, draft): (Vec<_>, Vec<_>) = all.iter().partition(|request| request.is_rfc9421());
    assert_eq!((draft.len(), new.len()), (5, 4));
    for request in draft {
        let signed = read(request).unwrap_or_else(|fault| panic!("{}: {fault}", request.name));
        assert!(signed.verify(&request.key()), "{}", request.name);
        assert_eq!(signed.key_id, "http://127.0.0.1:8702/users/alice#main-key");
        assert_eq!(signed.at, request.sent_at());
    }
    for request in new {
        assert_eq!(read(request), Err(Fault::Rfc9421), "{}", request.name);
    }
}

/// The part of a request that is signed under this name.
fn signed_text<'a>(request: &'a mut Captured, name: &str) -> &'a mut String {
    if name == "(request-target)" {
        return &mut request.target;
    }
    let mut headers = request.headers.iter_mut();
    let same = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
    &mut same.unwrap().1
}

#[test]
fn a_changed_byte_anywhere_breaks_a_captured_request() {
    let mut tried = 0;
    for request in of_the_draft() {
        let last = request.body.len().checked_sub(1);
        for at in (0..request.body.len()).step_by(97).chain(last) {
            let mut changed = request.clone();
            changed.body[at] ^= 1;
            assert!(!holds(&changed), "{}: byte {at} of the body", request.name);
            tried += 1;
        }
        let field = request.header("signature").unwrap();
        let signed = Parameters::parse(field).unwrap().headers;
        assert!(signed.len() >= 4);
        for name in signed {
            for at in 0..signed_text(&mut request.clone(), &name).len() {
                let mut changed = request.clone();
                let text = signed_text(&mut changed, &name);
                let other = if text.as_bytes()[at] == b'7' {
                    "8"
                } else {
                    "7"
                };
                text.replace_range(at..=at, other);
                assert!(!holds(&changed), "{}: byte {at} of {name}", request.name);
                tried += 1;
            }
        }
    }
    println!("{tried} changed requests refused");
}

#[test]
fn a_changed_signature_breaks_a_captured_request() {
    for request in of_the_draft() {
        let field = request
            .headers
            .iter()
            .position(|(name, _)| name == "Signature")
            .unwrap();
        let honest = request.headers[field].1.clone();
        let start = honest.find("signature=\"").unwrap() + "signature=\"".len();
        for at in (start..honest.len() - 1).step_by(31) {
            let mut changed = request.clone();
            let replaced = if honest.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            changed.headers[field].1.replace_range(at..=at, replaced);
            assert!(
                !holds(&changed),
                "{}: byte {at} of the signature",
                request.name
            );
        }
    }
}

#[test]
fn requests_hold_from_five_minutes_before_to_an_hour_after_their_time() {
    for request in of_the_draft() {
        let fields = request.fields();
        let sent = request.sent_at().seconds();
        let read = |now: i64| match request.method.as_str() {
            "POST" => read_post(request.received(&fields), HOSTS, at(now)).err(),
            _ => read_get(request.received(&fields), HOSTS, at(now)).err(),
        };
        assert_eq!(read(sent + 3600), None);
        assert_eq!(read(sent + 3601), Some(Fault::Old));
        assert_eq!(read(sent - 300), None);
        assert_eq!(read(sent - 301), Some(Fault::Future));
    }
}

#[test]
fn requests_made_for_another_host_are_refused() {
    for request in of_the_draft() {
        let fields = request.fields();
        for hosts in [
            &["a.example"][..],
            &[],
            &["127.0.0.1"],
            &["127.0.0.1:87900"],
        ] {
            let fault = read_get(request.received(&fields), hosts, request.sent_at()).unwrap_err();
            assert_eq!(fault, Fault::Host);
        }
    }
}

#[test]
fn the_library_of_other_servers_builds_the_same_signing_string() {
    let config = Config::new()
        .dont_use_created_field()
        .set_expiration(Duration::from_secs(1 << 32));
    for request in of_the_draft() {
        let headers: BTreeMap<String, String> = request.headers.iter().cloned().collect();
        let theirs = config
            .begin_verify(&request.method, &request.target, headers)
            .unwrap();
        let ours = read(&request).unwrap();
        assert_eq!(ours.signing_string, theirs.signing_string());
        assert_eq!(ours.key_id, theirs.key_id());
    }
}
