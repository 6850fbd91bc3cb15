//! `/sign-up`: somebody would like an account; `/sign-up/{token}`: an invitation or a letter leads to one.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::account::AccountError;
use rustine_app::accounts::links;
use rustine_app::accounts::open::{self, Chosen, OpenError, Opened, TO_AN_ACCOUNT};
use rustine_app::mail;
use rustine_app::settings::SignUp;
use rustine_domain::ids::ActorName;

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::weak_password;
use crate::pages::reset::{AskLetterPage, gone, no_address};
use crate::pages::{letter, login};
use crate::view::Fault;
use crate::visit::Visit;

/// Chooses name and password.
#[derive(Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    /// The frame.
    pub page: Page,
    /// Where the form goes.
    pub action: String,
    /// Who invites; empty for nobody.
    pub by: String,
    /// The address of the link; none where it is to be typed.
    pub known_email: Option<String>,
    /// The address typed.
    pub email: String,
    /// The name typed.
    pub name: String,
    /// Why it failed.
    pub problems: Vec<Fault>,
}

/// True where the form for everybody is open.
pub fn is_open(visit: &Visit) -> bool {
    visit.app.settings.accounts.sign_up == SignUp::Open && mail::is_on(&visit.app)
}

/// `GET /sign-up`
pub async fn ask(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| Answer::private(&ask_page(visit, "", vec![])))
        .await
}

fn ask_page(visit: &Visit, email: &str, problems: Vec<Fault>) -> AskLetterPage {
    let (text_key, action) = match visit.app.settings.accounts.sign_up {
        SignUp::Open if mail::is_on(&visit.app) => ("sign-up-how", Some("/sign-up")),
        SignUp::Closed => ("sign-up-closed", None),
        SignUp::Open | SignUp::Invitation => ("sign-up-by-invitation", None),
    };
    AskLetterPage {
        page: visit.page.clone(),
        title_key: "sign-up",
        text_key,
        action,
        email: email.chars().take(254).collect(),
        problems,
    }
}

/// `POST /sign-up`: the same answer whether the address has an account or not.
pub async fn send(visit: Visit, limits: web::Data<AccountLimits>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            if !is_open(visit) {
                return Err(Failure::new(403, "accounts are opened by invitation here"));
            }
            limits.sign_up(visit)?;
            let email = posted.text("email").trim();
            if !mail::is_address(email) {
                let page = ask_page(visit, email, vec![no_address(&visit.page)]);
                return Answer::with(422, Keep::Never, &page);
            }
            links::ask_sign_up(&visit.app, email, visit.page.lang.into())?;
            letter::answer(visit, "letter-sent", "sign-up-sent", None)
        })
        .await
}

/// `GET /sign-up/{token}`
pub async fn show(visit: Visit, token: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| match page(visit, &token)? {
            Some(page) => Answer::private(&page),
            None => gone(visit),
        })
        .await
}

fn page(visit: &Visit, token: &str) -> Result<Option<SignUpPage>, Failure> {
    let link = links::find(&visit.app, &TO_AN_ACCOUNT, token)?.filter(open::opens);
    Ok(link.map(|link| SignUpPage {
        page: visit.page.clone(),
        action: links::path(&link.kind, token),
        by: link.made_by,
        known_email: Some(link.email).filter(|email| !email.is_empty()),
        email: String::new(),
        name: String::new(),
        problems: Vec::new(),
    }))
}

/// `POST /sign-up/{token}`
pub async fn open(
    visit: Visit,
    token: web::Path<String>,
    limits: web::Data<AccountLimits>,
    body: Body,
) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            limits.sign_up(visit)?;
            let Some(page) = page(visit, &token)? else {
                return gone(visit);
            };
            make(visit, &token, &posted, page)
        })
        .await
}

fn make(
    visit: &Visit,
    token: &str,
    posted: &Posted,
    mut page: SignUpPage,
) -> Result<Answer, Failure> {
    let (name, email) = (posted.text("name").trim(), posted.text("email").trim());
    page.name = name.chars().take(60).collect();
    page.email = email.chars().take(254).collect();
    let chosen = name.to_lowercase().parse::<ActorName>();
    let done = match chosen {
        _ if page.known_email.is_none() && !mail::is_address(email) => Err(no_address(&visit.page)),
        Err(_) => Err(fault("name", visit.page.t("sign-up-name-wrong"))),
        Ok(name) => {
            let chosen = Chosen {
                name,
                email: email.to_owned(),
                password: posted.text("new").to_owned(),
                lang: visit.page.lang.tag().to_owned(),
            };
            match open::account(&visit.app, token, &chosen, &visit.from()) {
                Ok(opened) => Ok(opened),
                Err(OpenError::Link) => return gone(visit),
                Err(error) => Err(refusal(&visit.page, error)?),
            }
        }
    };
    match done {
        Ok(Opened::In(begun)) => Ok(login::inside(visit, begun, "/account")),
        Ok(Opened::Unconfirmed) => letter::answer(visit, "letter-sent", "confirm-sent", None),
        Err(fault) => {
            page.problems.push(fault);
            Answer::with(422, Keep::Never, &page)
        }
    }
}

fn fault(anchor: &str, sentence: String) -> Fault {
    Fault {
        anchor: Some(anchor.to_owned()),
        sentence,
    }
}

/// What is wrong with what was chosen; everything else is a failure.
fn refusal(page: &Page, error: OpenError) -> Result<Fault, Failure> {
    let weak = match &error {
        OpenError::Password(weak) | OpenError::Account(AccountError::Password(weak)) => {
            weak_password(page, *weak)
        }
        _ => None,
    };
    match (weak, error) {
        (Some(sentence), _) => Ok(fault("new", sentence)),
        (_, OpenError::Account(AccountError::Reserved(_) | AccountError::Taken(_))) => {
            Ok(fault("name", page.t("sign-up-name-taken")))
        }
        (_, OpenError::Account(AccountError::Email(_))) => Ok(no_address(page)),
        (_, error) => Err(error.into()),
    }
}
