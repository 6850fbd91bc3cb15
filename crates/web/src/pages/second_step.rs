//! `/account/second-step`: a device is added to an account, and recovery codes are shown once.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::second_step::{self, SecondStepError};

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::page::Page;
use crate::pages::account::{self, checked};
use crate::qr;
use crate::view::Fault;
use crate::visit::Visit;

/// The secret as a picture and as letters, and the form for the first code.
#[derive(Template)]
#[template(path = "second_step.html")]
pub struct SecondStepPage {
    /// The frame.
    pub page: Page,
    /// The secret, in groups of four letters.
    pub secret: String,
    /// The same as an address that a device opens.
    pub address: String,
    /// Why the code was refused.
    pub problems: Vec<Fault>,
}

/// Recovery codes, this once.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// The frame.
    pub page: Page,
    /// The codes.
    pub codes: Vec<String>,
}

/// `GET /account/second-step`
pub async fn show(visit: Visit) -> HttpResponse {
    visit.answer(|visit| enrolment(visit, 200, vec![])).await
}

fn enrolment(visit: &Visit, status: u16, problems: Vec<Fault>) -> Result<Answer, Failure> {
    let (person, _) = visit.member()?;
    let shown = match second_step::enrol(&visit.app, person) {
        Err(SecondStepError::On) => return Ok(Answer::see("/account#second-step")),
        shown => shown?,
    };
    let letters: Vec<char> = shown.secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    let page = SecondStepPage {
        page: visit.page.clone(),
        secret: groups.join(" "),
        address: shown.address,
        problems,
    };
    Answer::with(status, Keep::Never, &page)
}

/// `GET /account/second-step/qr.svg`
pub async fn picture(visit: Visit) -> HttpResponse {
    let drawn = web::block(move || {
        let (person, _) = visit.member()?;
        qr::draw(&second_step::enrol(&visit.app, person)?.address)
    });
    match drawn.await {
        Ok(Ok(picture)) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
            .body(picture),
        Ok(Err(failure)) => crate::api::problem(&failure),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// `POST /account/second-step`
pub async fn confirm(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            limits.name(visit, &person.name)?;
            match second_step::confirm(&visit.app, person, posted.text("code")) {
                Ok(codes) => codes_page(visit, codes),
                Err(SecondStepError::Code) => {
                    let fault = Fault {
                        anchor: Some("code".to_owned()),
                        sentence: visit.page.t("code-wrong"),
                    };
                    enrolment(visit, 422, vec![fault])
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}

/// `POST /account/second-step/codes`
pub async fn renew_codes(
    visit: Visit,
    limits: web::Data<AccountLimits>,
    body: Body,
) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            limits.name(visit, &person.name)?;
            match second_step::renew_codes(&visit.app, person, posted.text("password")) {
                Ok(codes) => codes_page(visit, codes),
                Err(error) => refused(visit, error),
            }
        })
        .await
}

/// `POST /account/second-step/remove`
pub async fn remove(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            limits.name(visit, &person.name)?;
            match second_step::remove(&visit.app, person, posted.text("password")) {
                Ok(()) => Ok(Answer::see("/account?done=second-step-off")),
                Err(error) => refused(visit, error),
            }
        })
        .await
}

fn codes_page(visit: &Visit, codes: Vec<String>) -> Result<Answer, Failure> {
    Answer::private(&RecoveryCodesPage {
        page: visit.page.clone(),
        codes,
    })
}

fn refused(visit: &Visit, error: SecondStepError) -> Result<Answer, Failure> {
    match error {
        SecondStepError::Password => {
            let fault = Fault {
                anchor: Some("second-step".to_owned()),
                sentence: visit.page.t("password-wrong"),
            };
            Answer::with(422, Keep::Never, &account::page(visit, vec![fault])?)
        }
        error => Err(error.into()),
    }
}
