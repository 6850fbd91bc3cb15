//! `/account` (also `/compte`): what a person sees and changes of her own account.

use actix_web::{HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustine_app::accounts::own::{self, OwnError};
use rustine_app::accounts::password::{self, PasswordError};
use rustine_app::accounts::{Person, second_step};
use rustine_app::mail;
use rustine_domain::review::Role;
use rustine_domain::time::Timestamp;

use crate::account_limits::AccountLimits;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// Her data, password, second step, log-ins and tokens.
#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// The frame.
    pub page: Page,
    /// Account name.
    pub name: String,
    /// E-mail address, for her eyes only.
    pub email: String,
    /// She runs the instance.
    pub operator: bool,
    /// A log-in asks for a code.
    pub second_step: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// Her log-ins.
    pub log_ins: Vec<LogInLine>,
    /// There is another log-in than this one.
    pub has_others: bool,
    /// The datasets on which she has a role.
    pub roles: Vec<RoleLine>,
    /// Letters are sent, so that an address can be confirmed.
    pub letters: bool,
    /// Her tokens for the API.
    pub tokens: Vec<TokenLine>,
    /// What was just done; a key.
    pub done: Option<&'static str>,
    /// Why something was not done.
    pub problems: Vec<Fault>,
}

/// A log-in.
pub struct LogInLine {
    /// Names it in the form; opens nothing.
    pub id: String,
    /// The kind of browser.
    pub agent: String,
    /// The network, without the last part of the address.
    pub network: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used.
    pub last_seen: Timestamp,
    /// The one that looks.
    pub this: bool,
}

/// A role on one dataset.
pub struct RoleLine {
    /// The dataset's address.
    pub address: String,
    /// Its title.
    pub title: String,
    /// She also says who else decides.
    pub maintains: bool,
}

/// A token for the API.
pub struct TokenLine {
    /// Names it in the form; opens nothing.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
}

/// What may stand behind `?done=`.
const DONE: [&str; 5] = [
    "account-done-password",
    "account-done-log-in",
    "account-done-log-ins",
    "account-done-token",
    "account-done-second-step-off",
];

/// `GET /account`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| Answer::private(&page(visit, vec![])?))
        .await
}

/// The page as it stands, with what went wrong.
pub fn page(visit: &Visit, problems: Vec<Fault>) -> Result<AccountPage, Failure> {
    let (person, token) = visit.member()?;
    let app = &visit.app;
    let (user, second_step, codes_left) = app.db.read(|tx| {
        let user = tx.find_user(person.id)?;
        let on = second_step::is_on(tx, person.id)?;
        Ok::<_, rustine_store::StoreError>((user, on, tx.count_recovery_codes(person.id)?))
    })?;
    let log_ins: Vec<LogInLine> = own::log_ins(app, person, token)?
        .into_iter()
        .map(|log_in| LogInLine {
            id: URL_SAFE_NO_PAD.encode(log_in.id),
            agent: log_in.agent,
            network: log_in.network,
            created: log_in.created,
            last_seen: log_in.last_seen,
            this: log_in.this,
        })
        .collect();
    let tokens = own::tokens(app, person)?
        .into_iter()
        .map(|token| TokenLine {
            id: URL_SAFE_NO_PAD.encode(token.token_hash),
            label: token.label,
            created: token.created,
        });
    let roles = app.db.read(|tx| {
        let mut roles = Vec::new();
        for (dataset, role) in &person.roles {
            let dataset = tx.load_dataset(*dataset)?;
            roles.push(RoleLine {
                address: reading::address(&dataset),
                title: reading::title(&dataset),
                maintains: *role == Role::Maintain,
            });
        }
        Ok::<_, rustine_store::StoreError>(roles)
    })?;
    let asked = visit.asked("done");
    Ok(AccountPage {
        page: visit.page.clone(),
        name: person.name.clone(),
        email: user.map(|user| user.email).unwrap_or_default(),
        operator: person.operator,
        second_step,
        codes_left,
        has_others: log_ins.iter().any(|log_in| !log_in.this),
        log_ins,
        roles,
        letters: mail::is_on(app),
        tokens: tokens.collect(),
        done: DONE
            .into_iter()
            .find(|key| key.strip_prefix("account-done-") == Some(asked)),
        problems,
    })
}

/// `POST /account/password`
pub async fn set_password(
    visit: Visit,
    limits: web::Data<AccountLimits>,
    body: Body,
) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (posted, person) = checked(visit, body)?;
            let (_, token) = visit.member()?;
            limits.name(visit, &person.name)?;
            let (old, new) = (posted.text("old"), posted.text("new"));
            match own::change_password(&visit.app, person, token, old, new) {
                Ok(()) => Ok(Answer::see("/account?done=password")),
                Err(error) => refused(visit, error),
            }
        })
        .await
}

fn refused(visit: &Visit, error: OwnError) -> Result<Answer, Failure> {
    let (anchor, sentence) = match error {
        OwnError::Wrong => ("old", visit.page.t("password-wrong")),
        OwnError::Password(weak) => match weak_password(&visit.page, weak) {
            Some(sentence) => ("new", sentence),
            None => return Err(weak.into()),
        },
        error @ OwnError::Store(_) => return Err(error.into()),
    };
    let fault = Fault {
        anchor: Some(anchor.to_owned()),
        sentence,
    };
    Answer::with(422, Keep::Never, &page(visit, vec![fault])?)
}

/// Why a password is refused, in words; none where it is not the password's fault.
pub fn weak_password(page: &Page, error: PasswordError) -> Option<String> {
    match error {
        PasswordError::Short => Some(page.t1("password-short", "least", password::MIN_CHARACTERS)),
        PasswordError::Long => Some(page.t("password-long")),
        PasswordError::Busy => None,
    }
}

/// `POST /account/log-ins/end`
pub async fn end_log_ins(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            let (_, token) = visit.member()?;
            if posted.text("which") == "others" {
                own::end_other_log_ins(&visit.app, person, token)?;
                return Ok(Answer::see("/account?done=log-ins"));
            }
            match own::end_log_in(&visit.app, person, &id_of(&posted)?)? {
                true => Ok(Answer::see("/account?done=log-in")),
                false => Err(Failure::not_found()),
            }
        })
        .await
}

/// `POST /account/tokens/revoke`
pub async fn revoke_token(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = checked(visit, body)?;
            match own::revoke_token(&visit.app, person, &id_of(&posted)?)? {
                true => Ok(Answer::see("/account?done=token")),
                false => Err(Failure::not_found()),
            }
        })
        .await
}

/// The form of a person who is logged in, sent by herself.
pub fn checked(visit: &Visit, body: Body) -> Result<(Posted, &Person), Failure> {
    let posted = Posted::parse(&body.0?);
    let (person, _) = visit.member()?;
    visit.check_form(&posted)?;
    Ok((posted, person))
}

fn id_of(posted: &Posted) -> Result<Vec<u8>, Failure> {
    let decoded = URL_SAFE_NO_PAD.decode(posted.text("which"));
    decoded.map_err(|_| Failure::not_found())
}
