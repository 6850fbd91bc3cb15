//! `/admin/people`: the accounts of this node, for its operators: invitations, and links to a new password to hand over.

use actix_web::HttpResponse;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustine_app::accounts::links::{self, Invited};
use rustine_app::accounts::{OPERATOR, Person, account, open};
use rustine_app::mail;
use rustine_domain::time::Timestamp;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::pages::account::checked;
use crate::pages::reset::no_address;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// Accounts and invitations.
#[derive(Template)]
#[template(path = "people.html")]
pub struct PeoplePage {
    /// The frame.
    pub page: Page,
    /// Letters are sent.
    pub letters: bool,
    /// A link that was just made, to be handed over; shown this once.
    pub link: Option<String>,
    /// What was just done; a key.
    pub done: Option<&'static str>,
    /// What is wrong.
    pub problems: Vec<Fault>,
    /// The accounts.
    pub people: Vec<PersonLine>,
    /// The datasets of this node: address and title.
    pub datasets: Vec<(String, String)>,
    /// Invitations that can still be opened.
    pub invitations: Vec<InvitationLine>,
}

/// An account.
pub struct PersonLine {
    /// Its name.
    pub name: String,
    /// Runs the node.
    pub operator: bool,
    /// Closed.
    pub disabled: bool,
    /// Its address was never confirmed.
    pub unconfirmed: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// An invitation.
pub struct InvitationLine {
    /// Names it in the form; opens nothing.
    pub id: String,
    /// Whom it was sent to; empty for a link that was handed over.
    pub email: String,
    /// Who made it.
    pub by: String,
    /// It makes an operator.
    pub operator: bool,
    /// Until when it opens.
    pub expires: Timestamp,
}

/// `GET /admin/people`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            visit.operator()?;
            let done = match visit.asked("done") {
                "invited" => Some("people-invited"),
                "withdrawn" => Some("people-withdrawn"),
                _ => None,
            };
            Answer::private(&PeoplePage {
                done,
                ..page(visit)?
            })
        })
        .await
}

fn page(visit: &Visit) -> Result<PeoplePage, Failure> {
    let people = account::list(&visit.app)?
        .into_iter()
        .map(|user| PersonLine {
            name: user.name,
            operator: user.role == OPERATOR,
            disabled: user.disabled,
            unconfirmed: !user.confirmed,
            created: user.created,
        });
    let invitations = links::invitations(&visit.app)?.into_iter();
    let invitations = invitations.map(|link| InvitationLine {
        id: URL_SAFE_NO_PAD.encode(link.token_hash),
        email: link.email,
        by: link.made_by,
        operator: link.role == OPERATOR,
        expires: link.expires,
    });
    let datasets = visit
        .app
        .db
        .read(|tx| reading::list(tx, visit.person.as_ref()))?;
    let datasets = datasets.iter().filter(|dataset| dataset.is_local());
    Ok(PeoplePage {
        datasets: datasets
            .map(|dataset| (reading::address(dataset), reading::title(dataset)))
            .collect(),
        page: visit.page.clone(),
        letters: mail::is_on(&visit.app),
        link: None,
        done: None,
        problems: Vec::new(),
        people: people.collect(),
        invitations: invitations.collect(),
    })
}

fn operator(visit: &Visit, body: Body) -> Result<(Posted, &Person), Failure> {
    let (posted, person) = checked(visit, body)?;
    visit.operator()?;
    Ok((posted, person))
}

/// `POST /admin/people/invite`
pub async fn invite(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = operator(visit, body)?;
            let email = posted.text("email").trim();
            if !email.is_empty() && !mail::is_address(email) {
                let refused = PeoplePage {
                    problems: vec![no_address(&visit.page)],
                    ..page(visit)?
                };
                return Answer::with(422, Keep::Never, &refused);
            }
            let operator = posted.text("role") == OPERATOR;
            match links::invite(&visit.app, person, email, operator)? {
                Invited::Sent => Ok(Answer::see("/admin/people?done=invited")),
                Invited::Link(link) => shown(visit, link),
            }
        })
        .await
}

fn shown(visit: &Visit, link: String) -> Result<Answer, Failure> {
    Answer::private(&PeoplePage {
        link: Some(link),
        ..page(visit)?
    })
}

/// `POST /admin/people/withdraw`
pub async fn withdraw(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, _) = operator(visit, body)?;
            let id = URL_SAFE_NO_PAD
                .decode(posted.text("which"))
                .map_err(|_| Failure::not_found())?;
            match links::withdraw_invitation(&visit.app, &id)? {
                true => Ok(Answer::see("/admin/people?done=withdrawn")),
                false => Err(Failure::not_found()),
            }
        })
        .await
}

/// `POST /admin/people/reset`
pub async fn reset(visit: Visit, body: Body) -> HttpResponse {
    visit
        .answer(|visit| {
            let (posted, person) = operator(visit, body)?;
            let name = posted.text("which").parse();
            let name = name.map_err(|_| Failure::not_found())?;
            let link =
                open::reset_link(&visit.app, &person.name, &name).map_err(|error| match error {
                    open::OpenError::Link => Failure::not_found(),
                    error => error.into(),
                })?;
            shown(visit, link)
        })
        .await
}
