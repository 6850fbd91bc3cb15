//! `/datasets/{dataset}/rows/{id}/qr.svg`: the address of a row as a code to print; and how other codes are drawn.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

use crate::api::{self, Caller};
use crate::failure::Failure;
use crate::pages::second_step;
use crate::reading;

/// Side of the picture, in units of the drawing.
const SIDE: u32 = 240;

/// Adds the codes.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/datasets/{dataset}/rows/{id}/qr.svg")
            .route(web::get().to(show))
            .route(web::head().to(show)),
    )
    .service(
        web::resource("/account/second-step/qr.svg").route(web::get().to(second_step::picture)),
    );
}

async fn show(caller: Caller, path: web::Path<(String, String)>) -> HttpResponse {
    let (address, id) = path.into_inner();
    let drawn = web::block(move || -> Result<String, Failure> {
        let person = caller.person()?;
        caller.app.db.read(|tx| {
            let dataset = reading::load(&caller.app, tx, person.as_ref(), &address)?;
            let row = reading::load_row(tx, &dataset, &id)?;
            let href = reading::row_href(&dataset, row.row_id);
            draw(&caller.app.url(&href))
        })
    });
    match drawn.await {
        Ok(Ok(picture)) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
            .insert_header((header::CACHE_CONTROL, "private, max-age=86400"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(picture),
        Ok(Err(failure)) => api::problem(&failure),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// Black on white in every theme, with the quiet zone around it: cameras want it so.
pub(crate) fn draw(address: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|_| Failure::new(422, "this address is too long for a code"))?;
    Ok(code
        .render()
        .min_dimensions(SIDE, SIDE)
        .dark_color(Color("#000"))
        .light_color(Color("#fff"))
        .build())
}
