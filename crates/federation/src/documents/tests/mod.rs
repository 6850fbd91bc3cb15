//! The documents over HTTP, from a temporary database with one dataset, one copy and one person.

mod actors;
mod log;
mod patches;
mod webfinger;
mod world;

use actix_web::http::header::{ACCEPT, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{Bytes, Data};
use serde_json::Value;

use world::World;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    pub fn lines(&self) -> Vec<&[u8]> {
        self.body
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .collect()
    }
}

impl World {
    /// GET with an ActivityPub `Accept`.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[(ACCEPT, "application/activity+json")])
            .await
    }

    pub async fn ask(&self, method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
        let app = actix_web::App::new()
            .app_data(Data::new(self.app.clone()))
            .app_data(Data::from(self.hold.clone()))
            .configure(super::routes);
        let service = init_service(app).await;
        let mut request = TestRequest::default().method(method).uri(path);
        for header in headers {
            request = request.insert_header((header.0.clone(), header.1));
        }
        let response = call_service(&service, request.to_request()).await;
        let text =
            |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)));
        Answer {
            status: response.status(),
            headers: headers.collect(),
            body: read_body(response).await,
        }
    }
}
