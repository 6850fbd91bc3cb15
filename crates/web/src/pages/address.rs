//! `/address/{token}`: an address is confirmed; and the form by which somebody asks for another one.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::links::{self, ADDRESS};
use rustine_app::accounts::open::{self, OpenError};
use rustine_app::accounts::own::OwnError;
use rustine_app::mail;

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::{self, checked};
use crate::pages::letter;
use crate::pages::reset::{gone, no_address};
use crate::view::Fault;
use crate::visit::Visit;

/// A button that confirms: a link alone never does, as scanners of letters follow links.
#[derive(Template)]
#[template(path = "address.html")]
pub struct AddressPage {
    /// The frame.
    pub page: Page,
    /// Where the form goes.
    pub action: String,
    /// The address.
    pub email: String,
}

/// `GET /address/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit
        .answer(
            move |visit| match links::find(&visit.app, &[ADDRESS], &token)? {
                Some(link) => Answer::private(&AddressPage {
                    page: visit.page.clone(),
                    action: links::path(ADDRESS, &token),
                    email: link.email,
                }),
                None => gone(visit),
            },
        )
        .await
}

/// `POST /address/{token}`
pub async fn confirm(visit: Visit, token: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            visit.check_form(&Posted::parse(&body.0?))?;
            match open::confirm_address(&visit.app, &token) {
                Ok(()) => letter::answer(
                    visit,
                    "address-done",
                    "address-done-how",
                    Some(("/account", "account")),
                ),
                Err(OpenError::Link) => gone(visit),
                Err(error) => Err(error.into()),
            }
        })
        .await
}

/// `POST /account/address`
pub async fn ask(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            if !mail::is_on(&visit.app) {
                return Err(Failure::new(
                    409,
                    "letters are off: no address can be confirmed",
                ));
            }
            limits.name(visit, &person.name)?;
            let email = posted.text("email").trim();
            let fault = if !mail::is_address(email) {
                no_address(&visit.page)
            } else {
                let password = posted.text("password");
                match open::ask_other_address(&visit.app, person, password, email) {
                    Ok(true) => return letter::answer(visit, "letter-sent", "confirm-sent", None),
                    Ok(false) => return Err(Failure::new(429, "too many letters: wait a while")),
                    Err(OwnError::Wrong) => Fault {
                        anchor: Some("email".to_owned()),
                        sentence: visit.page.t("password-wrong"),
                    },
                    Err(error) => return Err(error.into()),
                }
            };
            Answer::with(422, Keep::Never, &account::page(visit, vec![fault])?)
        })
        .await
}
