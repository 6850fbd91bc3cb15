//! *Corriger*: proposes new values for a row, without an account.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::log::rows::row_state;
use rustine_app::patches::propose::ProposedOp;
use rustine_domain::ids::RowId;
use rustine_domain::log::RowState;
use rustine_domain::schema::{Field, Schema};
use rustine_store::{DatasetRecord, RowRecord};

use crate::answer::{Allowed, Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields::{self, row_title};
use crate::forms::{Base, Posted, Seen};
use crate::page::Page;
use crate::place::{self, Finder, Found, PlaceBox};
use crate::reading;
use crate::sending::{self, Refused};
use crate::view::input::{Control, Input};
use crate::view::{Contact, DatasetHead, Fault};
use crate::visit::Visit;

/// The form, filled with the row's values or with what was typed.
#[derive(Template)]
#[template(path = "correct.html")]
pub struct CorrectPage {
    /// The frame.
    pub page: Page,
    /// Where the row stands.
    pub dataset: DatasetHead,
    /// What people call the row.
    pub title: String,
    /// The row's page.
    pub href: String,
    /// One per field of the schema.
    pub inputs: Vec<Input>,
    /// What the form was opened on: values and commitments by field, so that only changes are sent.
    pub base: String,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
    /// Helps to find the place of the row.
    pub place: Option<PlaceBox>,
}

/// `GET /datasets/{dataset}/rows/{id}/correct`
pub async fn show(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let opened = read(visit, &path.0, &path.1)?;
            Ok(Answer::private(&opened.page(visit, None))?.and_allow(opened.allowed(visit)))
        })
        .await
}

/// `POST /datasets/{dataset}/rows/{id}/correct`
pub async fn send(
    visit: Visit,
    path: web::Path<(String, String)>,
    finder: web::Data<Finder>,
    body: Body,
) -> HttpResponse {
    let found = place::look_up(&visit, &finder, &body).await;
    visit
        .answer(move |visit| write(visit, &path.0, &path.1, body, found))
        .await
}

fn write(
    visit: &Visit,
    address: &str,
    id: &str,
    body: Body,
    found: Option<Found>,
) -> Result<Answer, Failure> {
    let mut posted = Posted::parse(&body.0?);
    let mut opened = read(visit, address, id)?;
    place::fill_in(&mut posted, &opened.schema);
    opened.place = opened
        .place
        .map(|place| place.with(&posted, found.as_ref()));
    let base = Base::parse(posted.text("base"))
        .ok_or_else(|| Failure::bad("the form is not one of ours"))?;
    let edits = posted.edits(&opened.schema, &base);
    let set = |edit: &crate::forms::Edit| ProposedOp::Set {
        row: opened.row.row_id,
        field: edit.field.clone(),
        value: edit.value.clone(),
        base: Some(edit.base),
    };
    let ops = edits.iter().map(set).collect();
    let contact = posted.contact();
    if found.is_some() {
        let again = Again {
            posted: &posted,
            base: &base,
            contact,
            refused: Refused::default(),
        };
        return opened.again(visit, 200, again);
    }
    match sending::send(visit, &posted, &opened.dataset.address, ops, &contact)? {
        Ok(answer) => Ok(answer),
        Err(refused) => {
            let again = Again {
                posted: &posted,
                base: &base,
                contact,
                refused,
            };
            opened.again(visit, 422, again)
        }
    }
}

/// A row as the form opens on it.
struct Opened {
    dataset: DatasetHead,
    schema: Schema,
    row: RowRecord,
    base: Base,
    href: String,
    place: Option<PlaceBox>,
}

/// A form that comes back with what was typed.
struct Again<'a> {
    posted: &'a Posted,
    base: &'a Base,
    contact: Contact,
    refused: Refused,
}

fn read(visit: &Visit, address: &str, id: &str) -> Result<Opened, Failure> {
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let row = reading::load_row(tx, &record, id)?;
        let base = seen(&record, &schema, row.row_id, &row_state(&row)?);
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        let href = reading::row_href(&record, row.row_id);
        if !dataset.open {
            return Err(Failure::new(409, "the dataset takes no proposals"));
        }
        Ok(Opened {
            place: PlaceBox::of(visit, tx, &record, &schema)?,
            dataset,
            schema,
            row,
            base,
            href,
        })
    })
}

fn seen(record: &DatasetRecord, schema: &Schema, row: RowId, state: &RowState) -> Base {
    let cell = |field: &Field| {
        let text = state
            .value(field.name.as_str())
            .unwrap_or_default()
            .to_owned();
        (
            field.name.clone(),
            Seen(state.commitment(record.uid, row, &field.name), text),
        )
    };
    Base(schema.fields.iter().map(cell).collect())
}

impl Opened {
    fn allowed(&self, visit: &Visit) -> Allowed {
        let place = self.place.as_ref();
        place.map_or_else(Allowed::default, |place| place.allowed(visit))
    }

    /// The form once more, with what was typed.
    fn again(&self, visit: &Visit, status: u16, again: Again<'_>) -> Result<Answer, Failure> {
        let page = self.page(visit, Some(again));
        Ok(Answer::with(status, Keep::Never, &page)?.and_allow(self.allowed(visit)))
    }

    /// The form, always on the row as it stands; typed values stay, and say where the cell changed meanwhile.
    fn page(&self, visit: &Visit, again: Option<Again<'_>>) -> CorrectPage {
        let (refused, contact) = match &again {
            Some(again) => (Some(&again.refused), again.contact.clone()),
            None => (None, Contact::default()),
        };
        let mut problems = refused
            .map(|refused| refused.faults.clone())
            .unwrap_or_default();
        let mut inputs = Vec::new();
        for field in &self.schema.fields {
            let mut input = self.input(visit, field, again.as_ref());
            input.error = refused.and_then(|refused| refused.errors.get(&field.name).cloned());
            if input.meanwhile.is_some() {
                let title = vec![("field", input.title.clone().into())];
                problems.push(Fault {
                    anchor: Some(input.anchor()),
                    sentence: visit.page.lang.say_with("problem-changed-meanwhile", title),
                });
            }
            inputs.push(input);
        }
        CorrectPage {
            page: visit.page.clone(),
            dataset: self.dataset.clone(),
            title: row_title(&self.schema, &self.row.cells, self.row.row_id),
            href: self.href.clone(),
            inputs,
            base: self.base.to_text(),
            contact,
            problems,
            place: self.place.clone(),
        }
    }

    fn input(&self, visit: &Visit, field: &Field, again: Option<&Again<'_>>) -> Input {
        let current = self.base.0.get(&field.name);
        let now = current.map_or("", |Seen(_, text)| text.as_str());
        let edited = again.and_then(|again| {
            let edits = again.posted.edits(&self.schema, again.base);
            edits.into_iter().find(|edit| edit.field == field.name)
        });
        let Some(edit) = edited else {
            return fields::input(&self.schema, field, now, visit.page.lang);
        };
        let typed = edit.value.unwrap_or_default();
        let mut input = fields::input(&self.schema, field, &typed, visit.page.lang);
        let changed =
            current.is_some_and(|Seen(commitment, _)| *commitment != edit.base) && typed != now;
        input.meanwhile = changed.then(|| match now {
            "" => visit.page.t("no-value"),
            text => text.to_owned(),
        });
        input
    }
}
