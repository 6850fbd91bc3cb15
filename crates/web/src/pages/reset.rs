//! `/password`: somebody forgot her password; `/password/{token}`: she chooses another.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::links::{self, RESET};
use rustine_app::accounts::open::{self, OpenError};
use rustine_app::mail;

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::weak_password;
use crate::pages::letter;
use crate::view::Fault;
use crate::visit::Visit;

/// Asks for an address to write to.
#[derive(Template)]
#[template(path = "ask_letter.html")]
pub struct AskLetterPage {
    /// The frame.
    pub page: Page,
    /// Key of the heading.
    pub title_key: &'static str,
    /// Key of what it is about.
    pub text_key: &'static str,
    /// Where the form goes; none where there is no form.
    pub action: Option<&'static str>,
    /// What was typed.
    pub email: String,
    /// What is wrong with it.
    pub problems: Vec<Fault>,
}

/// Asks for a new password.
#[derive(Template)]
#[template(path = "reset.html")]
pub struct ResetPage {
    /// The frame.
    pub page: Page,
    /// Where the form goes.
    pub action: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}

/// `GET /password`
pub async fn ask(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| Answer::private(&ask_page(visit, "", vec![])))
        .await
}

fn ask_page(visit: &Visit, email: &str, problems: Vec<Fault>) -> AskLetterPage {
    let on = mail::is_on(&visit.app);
    AskLetterPage {
        page: visit.page.clone(),
        title_key: "reset-ask",
        text_key: if on { "reset-ask-how" } else { "reset-no-mail" },
        action: on.then_some("/password"),
        email: email.chars().take(254).collect(),
        problems,
    }
}

/// `POST /password`: the same answer whoever has the address.
pub async fn send(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            limits.reset(visit)?;
            let email = posted.text("email").trim();
            if !mail::is_address(email) {
                let page = ask_page(visit, email, vec![no_address(&visit.page)]);
                return Answer::with(422, Keep::Never, &page);
            }
            links::ask_reset(&visit.app, email, visit.page.lang.into())?;
            letter::answer(visit, "letter-sent", "reset-sent", None)
        })
        .await
}

/// What was typed is no address.
pub fn no_address(page: &Page) -> Fault {
    Fault {
        anchor: Some("email".to_owned()),
        sentence: page.t("email-wrong"),
    }
}

/// `GET /password/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit
        .answer(
            move |visit| match links::find(&visit.app, &[RESET], &token)? {
                Some(_) => Answer::private(&page(visit, &token, vec![])),
                None => gone(visit),
            },
        )
        .await
}

/// `POST /password/{token}`
pub async fn set(
    visit: Visit,
    token: web::Path<String>,
    limits: web::Data<AccountLimits>,
    body: Body,
) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            limits.reset(visit)?;
            match open::reset(&visit.app, &token, posted.text("new")) {
                Ok(()) => letter::answer(
                    visit,
                    "reset-done",
                    "reset-done-how",
                    Some(("/connexion", "log-in")),
                ),
                Err(OpenError::Link) => gone(visit),
                Err(OpenError::Password(weak)) => match weak_password(&visit.page, weak) {
                    Some(sentence) => {
                        let fault = Fault {
                            anchor: Some("new".to_owned()),
                            sentence,
                        };
                        Answer::with(422, Keep::Never, &page(visit, &token, vec![fault]))
                    }
                    None => Err(weak.into()),
                },
                Err(error) => Err(error.into()),
            }
        })
        .await
}

fn page(visit: &Visit, token: &str, problems: Vec<Fault>) -> ResetPage {
    ResetPage {
        page: visit.page.clone(),
        action: links::path(RESET, token),
        problems,
    }
}

/// A link that opens nothing (any more): the page says how to get another.
pub fn gone(visit: &Visit) -> Result<Answer, Failure> {
    let page = letter::LetterPage {
        page: visit.page.clone(),
        title_key: "link-gone",
        text_key: "link-gone-how",
        onward: Some(("/connexion", "log-in")),
    };
    Answer::with(410, Keep::Never, &page)
}
