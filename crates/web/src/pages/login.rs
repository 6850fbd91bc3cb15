//! `/connexion` (also `/login`): the people of this node enter; `/connexion/code` asks for the second step.

use actix_web::cookie::Cookie;
use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::accounts::open;
use rustine_app::accounts::session::{self, Begun, Completed, Entered};

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::cookies;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::letter;
use crate::view::Fault;
use crate::visit::{Visit, address_of};

/// The form; a wrong name and a wrong password read the same.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// The frame.
    pub page: Page,
    /// Where to go then: a path of this node, or nothing.
    pub return_to: String,
    /// The name typed.
    pub user: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}

/// The second step: a code of the device, or a recovery code.
#[derive(Template)]
#[template(path = "code.html")]
pub struct CodePage {
    /// The frame.
    pub page: Page,
    /// Where to go then.
    pub return_to: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}

/// `GET /connexion`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let return_to = local_path(visit.asked("return_to"));
            match &visit.person {
                Some(person) => Ok(Answer::see(landing(&return_to, person))),
                None => Answer::private(&page(visit, return_to, "", vec![])),
            }
        })
        .await
}

/// `POST /connexion`
pub async fn enter(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| log_in(visit, &limits, body))
        .await
}

fn log_in(visit: &Visit, limits: &AccountLimits, body: Body) -> Result<Answer, Failure> {
    let posted = Posted::parse(&body.0?);
    visit.check_form(&posted)?;
    limits.address(visit)?;
    let return_to = local_path(posted.text("return_to"));
    let typed = posted.text("user").trim();
    let user = session::find(&visit.app, typed)?;
    limits.name(visit, user.as_ref().map_or(typed, |user| &user.name))?;
    let password = posted.text("password");
    match session::log_in(&visit.app, user.as_ref(), password, &visit.from())? {
        Entered::In(begun) => Ok(inside(visit, begun, &return_to)),
        Entered::Half(half) => {
            let back = [("return_to".to_owned(), return_to)];
            let answer = Answer::see(address_of("/connexion/code", &back));
            let dev = visit.app.settings.dev;
            Ok(answer.and_cookie(cookies::make(cookies::HALF, &half, None, dev)))
        }
        Entered::Unconfirmed(user) => {
            open::ask_again(&visit.app, user)?;
            letter::answer(visit, "letter-sent", "confirm-sent", None)
        }
        Entered::No => {
            let fault = Fault {
                anchor: Some("user".to_owned()),
                sentence: visit.page.t("login-failed"),
            };
            let page = page(visit, return_to, typed, vec![fault]);
            Answer::with(422, Keep::Never, &page)
        }
    }
}

/// In, with the cookie that says so.
pub fn inside(visit: &Visit, begun: Begun, return_to: &str) -> Answer {
    let dev = visit.app.settings.dev;
    let answer = Answer::see(landing(return_to, &begun.person));
    answer
        .and_cookie(session_cookie(&begun, dev))
        .and_cookie(cookies::end(cookies::HALF, dev))
}

fn session_cookie(begun: &Begun, dev: bool) -> Cookie<'static> {
    let days = session::SESSION_SECONDS / 86_400;
    cookies::make(cookies::SESSION, &begun.token, Some(days), dev)
}

/// `GET /connexion/code`
pub async fn ask_code(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let return_to = local_path(visit.asked("return_to"));
            let waits = match &visit.half {
                Some(half) => session::is_half(&visit.app, half)?,
                None => false,
            };
            match waits {
                true => Answer::private(&code_page(visit, return_to, vec![])),
                false => Ok(again(visit, return_to)),
            }
        })
        .await
}

/// `POST /connexion/code`
pub async fn take_code(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| complete(visit, &limits, body))
        .await
}

fn complete(visit: &Visit, limits: &AccountLimits, body: Body) -> Result<Answer, Failure> {
    let posted = Posted::parse(&body.0?);
    visit.check_form(&posted)?;
    limits.address(visit)?;
    let return_to = local_path(posted.text("return_to"));
    let Some(half) = &visit.half else {
        return Ok(again(visit, return_to));
    };
    // Half a log-in lasts for few codes, and each of them begins with a password that is counted for its name.
    match session::complete(&visit.app, half, posted.text("code"), &visit.from())? {
        Completed::In(begun) => Ok(inside(visit, begun, &return_to)),
        Completed::Over => Ok(again(visit, return_to)),
        Completed::Wrong => {
            let fault = Fault {
                anchor: Some("code".to_owned()),
                sentence: visit.page.t("code-wrong"),
            };
            Answer::with(422, Keep::Never, &code_page(visit, return_to, vec![fault]))
        }
    }
}

/// Back to the password.
fn again(visit: &Visit, return_to: String) -> Answer {
    let back = [("return_to".to_owned(), return_to)];
    let answer = Answer::see(address_of("/connexion", &back));
    answer.and_cookie(cookies::end(cookies::HALF, visit.app.settings.dev))
}

/// `POST /deconnexion`
pub async fn leave(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.check_form(&Posted::parse(&body.0?))?;
            if let Some(token) = &visit.session {
                session::log_out(&visit.app, token)?;
            }
            Ok(Answer::see("/").and_cookie(cookies::end(cookies::SESSION, visit.app.settings.dev)))
        })
        .await
}

fn page(visit: &Visit, return_to: String, user: &str, problems: Vec<Fault>) -> LoginPage {
    LoginPage {
        page: visit.page.clone(),
        return_to,
        user: user.chars().take(200).collect(),
        problems,
    }
}

fn code_page(visit: &Visit, return_to: String, problems: Vec<Fault>) -> CodePage {
    CodePage {
        page: visit.page.clone(),
        return_to,
        problems,
    }
}

/// Where somebody goes who was on the way to no page: to what waits for her.
fn landing(return_to: &str, person: &Person) -> String {
    match (return_to, person.decides_somewhere()) {
        ("", true) => "/moderation".to_owned(),
        ("", false) => "/account".to_owned(),
        (path, _) => path.to_owned(),
    }
}

/// A path of this node, or nothing: never another site (`//evil`, `/\\evil`, `https:`).
fn local_path(text: &str) -> String {
    let second = text.chars().nth(1);
    let plain = text.chars().all(|c| c.is_ascii_graphic()) && !text.contains('\\');
    match text.starts_with('/') && second != Some('/') && plain {
        true => text.to_owned(),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_log_in_leads_to_this_node_only() {
        assert_eq!(
            local_path("/moderation/1?x=%C3%A9"),
            "/moderation/1?x=%C3%A9"
        );
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "/ x",
        ] {
            assert_eq!(local_path(bad), "", "{bad:?}");
        }
    }
}
