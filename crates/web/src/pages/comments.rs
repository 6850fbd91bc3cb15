//! Comments: what waits for a moderator, the form on a row, and the conversation about a proposal.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::comments::{self, CHARACTERS, CommentError, decide};
use rustine_domain::ids::PatchId;
use rustine_store::{CommentRecord, StoreError, Tx};

use super::review::opened::{Again, open};
use super::tracking;
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields::row_title;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::sending::Refused;
use crate::view::change::RowLink;
use crate::view::comment::{Comment, Content};
use crate::view::{DatasetHead, Fault};
use crate::visit::{Visit, address_of};

/// Comments shown at once.
const SHOWN: i64 = 50;

/// What waits for a moderator.
#[derive(Template)]
#[template(path = "comments.html")]
pub struct CommentsPage {
    /// The frame.
    pub page: Page,
    /// The oldest first.
    pub waiting: Vec<Waiting>,
}

/// A comment that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Itself, as a list of one.
    pub comments: Vec<Comment>,
    /// Its id.
    pub id: String,
    /// What it is about.
    pub about: RowLink,
}

/// The form on a row.
#[derive(Template)]
#[template(path = "comment.html")]
pub struct CommentPage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call the row.
    pub title: String,
    /// The row's page.
    pub href: String,
    /// What was typed.
    pub comment: String,
    /// Key of the words below the label.
    pub comment_hint: &'static str,
    /// What is wrong with it.
    pub problems: Vec<Fault>,
}

/// `GET /moderation/comments`
pub async fn list(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let person = visit.moderator()?;
            let waiting = visit.app.db.read(|tx| {
                let held = tx.list_held_comments(SHOWN)?;
                held.into_iter()
                    .filter(|comment| person.may_decide(comment.dataset))
                    .map(|comment| waiting(tx, comment))
                    .collect::<Result<Vec<_>, StoreError>>()
            })?;
            Answer::private(&CommentsPage {
                page: visit.page.clone(),
                waiting,
            })
        })
        .await
}

fn waiting(tx: &mut Tx<'_>, comment: CommentRecord) -> Result<Waiting, StoreError> {
    let dataset = tx.load_dataset(comment.dataset)?;
    let about = match (comment.patch, comment.row_id) {
        (Some(patch), _) => RowLink {
            title: reading::title(&dataset),
            href: format!("/moderation/{patch}"),
        },
        (None, Some(row)) => {
            let schema = reading::schema_of(&dataset)?;
            let held = tx.find_row(dataset.id, row)?;
            let cells = held.map(|held| held.cells.clone()).unwrap_or_default();
            reading::row_link(&dataset, &schema, row, &cells)
        }
        (None, None) => RowLink {
            title: reading::title(&dataset),
            href: format!("/datasets/{}", reading::address(&dataset)),
        },
    };
    Ok(Waiting {
        id: comment.id.clone(),
        comments: vec![Comment::of(comment)],
        about,
    })
}

/// `POST /moderation/comments/{comment}`
pub async fn settle(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let person = visit.moderator()?;
            let form = sent(visit, body)?;
            decide::decide(&visit.app, &id, person, form.text("show") == "yes")?;
            Ok(Answer::see("/moderation/comments"))
        })
        .await
}

/// `GET /datasets/{dataset}/rows/{id}/comment`
pub async fn show(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let page = on_row(visit, &path.0, &path.1, "", Refused::default())?;
            Answer::private(&page)
        })
        .await
}

/// `POST /datasets/{dataset}/rows/{id}/comment`
pub async fn send(visit: Visit, path: web::Path<(String, String)>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let person = visit.person.as_ref().ok_or_else(Failure::log_in)?;
            let form = sent(visit, body)?;
            let text = form.text("comment");
            let page = on_row(visit, &path.0, &path.1, text, Refused::default())?;
            let address = page.dataset.address.parse();
            let address = address.map_err(|_| Failure::not_found())?;
            let row = path.1.parse().map_err(|_| Failure::not_found())?;
            match comments::on_row(&visit.app, &address, row, person, text) {
                Ok(()) if page.comment_hint == "comment-hint-public" => {
                    Ok(Answer::see(format!("{}#comments", page.href)))
                }
                Ok(()) => Ok(Answer::see(format!("{}?comment=held#comments", page.href))),
                Err(error) => {
                    let refused = refused(visit, error)?;
                    let page = on_row(visit, &path.0, &path.1, text, refused)?;
                    Answer::with(422, Keep::Never, &page)
                }
            }
        })
        .await
}

fn on_row(
    visit: &Visit,
    address: &str,
    id: &str,
    comment: &str,
    refused: Refused,
) -> Result<CommentPage, Failure> {
    let person = visit.person.as_ref().ok_or_else(Failure::log_in)?;
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, Some(person), address)?;
        let schema = reading::schema_of(&record)?;
        let row = reading::load_row(tx, &record, id)?;
        if !record.is_local() {
            return Err(Failure::not_found());
        }
        Ok(CommentPage {
            page: visit.page.clone(),
            dataset: reading::head(&visit.app, tx, &record, &schema)?,
            title: row_title(&schema, &row.cells, row.row_id),
            href: reading::row_href(&record, row.row_id),
            comment: comment.to_owned(),
            comment_hint: match person.may_decide(record.id) {
                true => "comment-hint-public",
                false => "comment-hint-held",
            },
            problems: refused.faults,
        })
    })
}

/// `POST /suivi/{token}/comments`
pub async fn by_contributor(visit: Visit, token: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let form = sent(visit, body)?;
            let text = form.text("comment");
            // A token that is not one of ours never reaches the store.
            tracking::load(visit, &token)?;
            match comments::by_contributor(&visit.app, &token, text) {
                Ok(()) => Ok(Answer::see(format!("/suivi/{}#talk", *token))),
                Err(error) => {
                    let refused = refused(visit, error)?;
                    tracking::again(visit, &token, text, refused)
                }
            }
        })
        .await
}

/// `POST /moderation/{id}/comments`
pub async fn by_moderator(visit: Visit, id: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let person = visit.moderator()?;
            let form = sent(visit, body)?;
            let text = form.text("comment");
            let patch: PatchId = id.parse().map_err(|_| Failure::not_found())?;
            match comments::by_moderator(&visit.app, patch, person, text) {
                Ok(()) => {
                    let path = format!("/moderation/{patch}");
                    let query = &visit.query;
                    Ok(Answer::see(format!("{}#talk", address_of(&path, query))))
                }
                Err(error) => {
                    let again = Again {
                        refused: refused(visit, error)?,
                        comment: text.to_owned(),
                        ..Again::default()
                    };
                    open(visit, &id)?.again(visit, 422, again)
                }
            }
        })
        .await
}

fn sent(visit: &Visit, body: Body) -> Result<Posted, Failure> {
    let form = Posted::parse(&body.0?);
    visit.check_form(&form)?;
    Ok(form)
}

/// What a person can mend comes back with the form.
fn refused(visit: &Visit, error: CommentError) -> Result<Refused, Failure> {
    let key = match error {
        CommentError::Empty => "problem-comment-empty",
        CommentError::TooLong => "problem-too-long",
        CommentError::Full => "problem-comment-full",
        other => return Err(other.into()),
    };
    Ok(Refused::at(
        "comment",
        visit.page.t1(key, "limit", CHARACTERS),
    ))
}
