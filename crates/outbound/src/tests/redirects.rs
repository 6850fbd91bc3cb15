use std::sync::Mutex;

use http::header::{AUTHORIZATION, DATE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::server::{Server, answer, redirect};
use super::{client, url};
use crate::{BadUrl, Error, Fetch, Post, SignError, Signer, Unsigned};

/// `/3` redirects to `/2`, down to `/0`.
fn countdown(path: &str) -> Vec<super::server::Step> {
    match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) => answer(200, "", b"there"),
        Ok(n) => redirect(&format!("/{}", n - 1)),
        Err(_) => answer(404, "", b""),
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_the_end_is_told() {
    let server = Server::start(countdown).await;
    let response = client()
        .get(Fetch::new(server.url("/3#part")))
        .await
        .unwrap();
    assert_eq!(response.body, "there");
    assert_eq!(response.final_url, server.url("/0"));
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_fourth_redirect_ends_the_fetch() {
    let server = Server::start(countdown).await;
    let error = client()
        .get(Fetch::new(server.url("/50")))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooManyRedirects { limit: 3, .. }),
        "{error}"
    );
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn circles_are_noticed_at_once() {
    let server = Server::start(|path| match path {
        "/self" => redirect("/self#again"),
        "/a" => redirect("/b"),
        _ => redirect("/a"),
    })
    .await;
    for (path, requests) in [("/self", 1), ("/a", 3)] {
        let error = client()
            .get(Fetch::new(server.url(path)))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::RedirectLoop { .. }), "{error}");
        assert_eq!(server.count(), requests, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_is_checked_like_a_first_url() {
    let server = Server::start(|path| match path {
        "/scheme" => redirect("https://s.localhost/"),
        "/file" => redirect("file:///etc/passwd"),
        "/address" => redirect("http://127.0.0.1/"),
        "/decimal" => redirect("http://2130706433/"),
        "/plain" => redirect("http://b.example/"),
        "/user" => redirect("http://u:p@s.localhost/"),
        "/nonsense" => redirect("http://[/"),
        _ => answer(302, "", b"nowhere"),
    })
    .await;
    for path in ["/scheme", "/file"] {
        let error = client()
            .get(Fetch::new(server.url(path)))
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::SchemeChange { .. }),
            "{path}: {error}"
        );
    }
    for (path, expected) in [
        ("/address", BadUrl::LiteralAddress),
        ("/decimal", BadUrl::LiteralAddress),
        ("/plain", BadUrl::Scheme),
        ("/user", BadUrl::Userinfo),
    ] {
        let error = client()
            .get(Fetch::new(server.url(path)))
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::BadUrl { why, .. } if why == expected),
            "{path}: {error}"
        );
    }
    let error = client()
        .get(Fetch::new(server.url("/nonsense")))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::BadRedirect { .. }), "{error}");
    let response = client()
        .get(Fetch::new(server.url("/without")))
        .await
        .unwrap();
    assert_eq!(response.status, 302);
}

/// Notes what it was shown and adds a date.
#[derive(Default)]
struct Witness(Mutex<Vec<String>>);

impl Signer for Witness {
    fn sign(&self, request: Unsigned<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
        let body = request
            .body
            .map(|b| String::from_utf8_lossy(b).into_owned());
        let seen = format!("{} {} {body:?}", request.method, request.url);
        self.0.lock().unwrap().push(seen);
        Ok(vec![(DATE, HeaderValue::from_static("today"))])
    }
}

#[tokio::test]
async fn each_hop_is_signed_for_itself_and_secrets_stay_with_their_origin() {
    let far = Server::start(|_| answer(200, "", b"far")).await;
    let there = format!("http://far.localhost:{}/doc", far.address.port());
    let to = there.clone();
    let near = Server::start(move |path| {
        if path == "/1" {
            redirect("/2")
        } else {
            redirect(&to)
        }
    })
    .await;

    let witness = Witness::default();
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer x"))]);
    let fetch = Fetch::new(near.url("/1"))
        .accept("text/csv")
        .headers(headers)
        .signed_by(&witness);
    assert_eq!(client().get(fetch).await.unwrap().final_url, url(&there));

    let expected = [near.url("/1"), near.url("/2"), url(&there)].map(|u| format!("GET {u} None"));
    assert_eq!(*witness.0.lock().unwrap(), expected);
    for head in near.requests.lock().unwrap().iter() {
        assert!(
            head.contains("authorization: Bearer x") && head.contains("accept: text/csv"),
            "{head}"
        );
    }
    let head = far.requests.lock().unwrap()[0].clone();
    assert!(
        head.contains(&format!("host: far.localhost:{}", far.address.port())),
        "{head}"
    );
    assert!(
        head.contains("date: today") && head.contains("accept: text/csv"),
        "{head}"
    );
    assert!(!head.contains("Bearer"), "{head}");
}

#[tokio::test]
async fn a_post_is_signed_with_its_body_and_its_redirect_is_only_reported() {
    let server = Server::start(|_| redirect("/elsewhere")).await;
    let witness = Witness::default();
    let post = Post {
        url: server.url("/inbox"),
        headers: HeaderMap::new(),
        body: "{}".into(),
        signer: Some(&witness),
    };
    let response = client().post(post).await.unwrap();
    assert_eq!((response.status.as_u16(), server.count()), (302, 1));
    let expected = format!("POST {} Some(\"{{}}\")", server.url("/inbox"));
    assert_eq!(*witness.0.lock().unwrap(), [expected]);
}

/// Holds no key.
struct Keyless;
impl Signer for Keyless {
    fn sign(&self, _: Unsigned<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
        Err(SignError("no key for this actor".into()))
    }
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() {
    let server = Server::start(|_| answer(200, "", b"")).await;
    let error = client()
        .get(Fetch::new(server.url("/")).signed_by(&Keyless))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request to s.localhost could not be signed: no key for this actor"
    );
    assert_eq!(server.count(), 0);
}
