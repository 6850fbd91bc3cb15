//! Files embedded in the binary and served under `/assets/`, each at an address that holds the hash of its
//! content: a browser may keep it for ever, and a new release changes the address.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

// Debug builds would read the folder at run time; `debug-embed` is not needed, as tests run in the crate.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/"]
struct Files;

/// What the build script made of the islands, by name; nothing where there was no Node.
static ISLANDS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/islands.rs"));

struct Asset {
    address: String,
    body: Vec<u8>,
    kind: &'static str,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let files = Files::iter().filter_map(|name| {
        Some((
            name.clone().into_owned(),
            Files::get(&name)?.data.into_owned(),
        ))
    });
    let islands = ISLANDS
        .iter()
        .map(|(name, body)| ((*name).to_owned(), body.to_vec()));
    files
        .chain(islands)
        .map(|(name, body)| {
            let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..9]);
            let address = format!("/assets/{hash}/{name}");
            let kind = media_type(&name);
            (
                name,
                Asset {
                    address,
                    body,
                    kind,
                },
            )
        })
        .collect()
});

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// The address of an embedded file; the plain folder for a name that is not embedded, which answers 404.
pub fn address(name: &str) -> &'static str {
    find(name).unwrap_or("/assets/")
}

/// The address of a file that may not be there: an island, where the build had no Node.
pub fn find(name: &str) -> Option<&'static str> {
    ASSETS.get(name).map(|asset| asset.address.as_str())
}

/// Adds `GET /assets/{hash}/{name}`.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/assets/{hash}/{name}")
            .route(web::get().to(serve))
            .route(web::head().to(serve)),
    );
}

async fn serve(path: web::Path<(String, String)>) -> HttpResponse {
    let (hash, name) = path.into_inner();
    let wanted = format!("/assets/{hash}/{name}");
    match ASSETS.get(&name) {
        Some(asset) if asset.address == wanted => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, asset.kind))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(asset.body.as_slice()),
        _ => HttpResponse::NotFound()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};

    use super::*;

    #[actix_web::test]
    async fn a_file_is_served_for_ever_at_the_address_of_its_content() {
        let app = test::init_service(App::new().configure(configure)).await;
        let request = test::TestRequest::get()
            .uri(address("rustine.css"))
            .to_request();
        let answer = test::call_service(&app, request).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.headers().get("cache-control").unwrap(),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            answer.headers().get("content-type").unwrap(),
            "text/css; charset=utf-8"
        );
        assert_eq!(
            answer.headers().get("x-content-type-options").unwrap(),
            "nosniff"
        );
    }

    #[actix_web::test]
    async fn scripts_are_served_as_scripts_and_absent_ones_have_no_address() {
        assert_eq!(media_type("map.js"), "text/javascript; charset=utf-8");
        assert_eq!(media_type("icon.svg"), "image/svg+xml");
        assert_eq!(find("absent.js"), None);
        assert_eq!(find("rustine.css"), Some(address("rustine.css")));
    }

    #[actix_web::test]
    async fn another_hash_is_not_found() {
        let app = test::init_service(App::new().configure(configure)).await;
        let request = test::TestRequest::get()
            .uri("/assets/AAAAAAAAAAAA/rustine.css")
            .to_request();
        assert_eq!(test::call_service(&app, request).await.status(), 404);
    }
}
