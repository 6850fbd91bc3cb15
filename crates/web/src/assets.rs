//! Files embedded in the binary and served under `/assets/`, each at an address that holds the hash of its
//! content: a browser may keep it for ever, and a new release changes the address.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;

// Debug builds would read the folder at run time; `debug-embed` is not needed, as tests run in the crate.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/"]
struct Files;

struct Asset {
    address: String,
    body: Vec<u8>,
    kind: String,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let hash = URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..9]);
            let asset = Asset {
                address: format!("/assets/{hash}/{name}"),
                kind: media_type(&name, file.metadata.mimetype()),
                body: file.data.into_owned(),
            };
            Some((name.into_owned(), asset))
        })
        .collect()
});

fn media_type(name: &str, guessed: &str) -> String {
    if name.ends_with(".css") {
        "text/css; charset=utf-8".to_owned()
    } else {
        guessed.to_owned()
    }
}

/// The address of an embedded file; the plain folder for a name that is not embedded, which answers 404.
pub fn address(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/assets/", |asset| &asset.address)
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
            .insert_header((header::CONTENT_TYPE, asset.kind.as_str()))
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
    async fn another_hash_is_not_found() {
        let app = test::init_service(App::new().configure(configure)).await;
        let request = test::TestRequest::get()
            .uri("/assets/AAAAAAAAAAAA/rustine.css")
            .to_request();
        assert_eq!(test::call_service(&app, request).await.status(), 404);
    }
}
