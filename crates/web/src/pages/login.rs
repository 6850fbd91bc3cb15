//! `/connexion` (also `/login`): the people of this node enter.

use std::sync::Mutex;

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::session;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::cookies;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::limit::Limiter;
use crate::page::Page;
use crate::view::Fault;
use crate::visit::Visit;

/// The form; a wrong name and a wrong password read the same.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// The frame.
    pub page: Page,
    /// Where to go then: a path of this node.
    pub return_to: String,
    /// The name typed.
    pub user: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}

/// The window that `rates.log_ins` counts in.
const WINDOW_S: i64 = 5 * 60;

/// Attempts of each network, of which `rates.log_ins` are let through in five minutes.
pub struct LogInLimit(Mutex<Limiter>);

impl Default for LogInLimit {
    fn default() -> Self {
        Self(Mutex::new(Limiter::new(WINDOW_S)))
    }
}

/// `GET /connexion`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let return_to = local_path(visit.asked("return_to"));
            match visit.person {
                Some(_) => Ok(Answer::see(return_to)),
                None => Answer::private(&page(visit, return_to, "", vec![])),
            }
        })
        .await
}

/// `POST /connexion`
pub async fn enter(visit: Visit, limit: web::Data<LogInLimit>, body: Body) -> HttpResponse {
    visit.answer(move |visit| log_in(visit, &limit, body)).await
}

fn log_in(visit: &Visit, limit: &LogInLimit, body: Body) -> Result<Answer, Failure> {
    let posted = Posted::parse(&body.0?);
    visit.check_form(&posted)?;
    let allowed = match limit.0.lock() {
        Ok(mut limiter) => {
            let most = visit.app.settings.rates.log_ins;
            limiter.allows(visit.address, most, visit.page.now)
        }
        Err(_) => true,
    };
    if !allowed {
        return Err(Failure::new(429, "too many attempts: wait five minutes"));
    }
    let return_to = local_path(posted.text("return_to"));
    let (user, password) = (posted.text("user").trim(), posted.text("password"));
    let dev = visit.app.settings.dev;
    match session::log_in(&visit.app, user, password)? {
        Some(begun) => {
            let days = session::SESSION_SECONDS / 86_400;
            let answer = Answer::see(return_to);
            Ok(answer.and_cookie(cookies::make(
                cookies::SESSION,
                &begun.token,
                Some(days),
                dev,
            )))
        }
        None => {
            let fault = Fault {
                anchor: Some("user".to_owned()),
                sentence: visit.page.t("login-failed"),
            };
            Answer::with(422, Keep::Never, &page(visit, return_to, user, vec![fault]))
        }
    }
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

/// A path of this node, or the queue: never another site (`//evil`, `/\\evil`, `https:`).
fn local_path(text: &str) -> String {
    let second = text.chars().nth(1);
    let plain = text.chars().all(|c| c.is_ascii_graphic()) && !text.contains('\\');
    match text.starts_with('/') && second != Some('/') && plain {
        true => text.to_owned(),
        false => "/moderation".to_owned(),
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
            assert_eq!(local_path(bad), "/moderation", "{bad:?}");
        }
    }
}
