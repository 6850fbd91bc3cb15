//! *Ajouter*: proposes a new row, without an account.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::propose::ProposedOp;
use rustine_domain::schema::Schema;

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::fields;
use crate::forms::Posted;
use crate::page::Page;
use crate::place::{self, Finder, Found, PlaceBox};
use crate::reading;
use crate::sending::{self, Refused};
use crate::view::input::{Control, Input};
use crate::view::{Contact, DatasetHead, Fault};
use crate::visit::Visit;

/// The form for a new row.
#[derive(Template)]
#[template(path = "add.html")]
pub struct AddPage {
    /// The frame.
    pub page: Page,
    /// Where the row would stand.
    pub dataset: DatasetHead,
    /// One per field of the schema.
    pub inputs: Vec<Input>,
    /// About the visitor.
    pub contact: Contact,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
    /// Helps to find the place of the row.
    pub place: Option<PlaceBox>,
}

/// `GET /datasets/{dataset}/add`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let opened = read(visit, &address)?;
            opened.answer(visit, 200, &Posted::default(), Refused::default())
        })
        .await
}

/// `POST /datasets/{dataset}/add`
pub async fn send(
    visit: Visit,
    address: web::Path<String>,
    finder: web::Data<Finder>,
    body: Body,
) -> HttpResponse {
    let found = place::look_up(&visit, &finder, &body).await;
    visit
        .answer(move |visit| write(visit, &address, body, found))
        .await
}

fn write(
    visit: &Visit,
    address: &str,
    body: Body,
    found: Option<Found>,
) -> Result<Answer, Failure> {
    let mut posted = Posted::parse(&body.0?);
    let mut opened = read(visit, address)?;
    place::fill_in(&mut posted, &opened.schema);
    opened.place = opened
        .place
        .map(|place| place.with(&posted, found.as_ref()));
    if found.is_some() {
        return opened.answer(visit, 200, &posted, Refused::default());
    }
    let cells = posted.new_row(&opened.schema);
    if cells.is_empty() {
        let refused = Refused::because(visit.page.t("problem-empty-row"));
        return opened.answer(visit, 422, &posted, refused);
    }
    let ops = vec![ProposedOp::Add { cells }];
    match sending::send(
        visit,
        &posted,
        &opened.dataset.address,
        ops,
        &posted.contact(),
    )? {
        Ok(answer) => Ok(answer),
        Err(refused) => opened.answer(visit, 422, &posted, refused),
    }
}

/// Where the row would stand.
struct Opened {
    dataset: DatasetHead,
    schema: Schema,
    place: Option<PlaceBox>,
}

fn read(visit: &Visit, address: &str) -> Result<Opened, Failure> {
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        if !dataset.open {
            return Err(Failure::new(409, "the dataset takes no proposals"));
        }
        Ok(Opened {
            place: PlaceBox::of(visit, tx, &record, &schema)?,
            dataset,
            schema,
        })
    })
}

impl Opened {
    /// The form with what was typed.
    fn answer(
        self,
        visit: &Visit,
        status: u16,
        posted: &Posted,
        refused: Refused,
    ) -> Result<Answer, Failure> {
        let input = |field| {
            let mut input =
                fields::input(&self.schema, field, &posted.cell(field), visit.page.lang);
            input.error = refused.errors.get(&field.name).cloned();
            input
        };
        let allowed = self.place.as_ref().map(|place| place.allowed(visit));
        let page = AddPage {
            page: visit.page.clone(),
            inputs: self.schema.fields.iter().map(input).collect(),
            contact: posted.contact(),
            problems: refused.faults,
            dataset: self.dataset,
            place: self.place,
        };
        let keep = Keep::Never;
        Ok(Answer::with(status, keep, &page)?.and_allow(allowed.unwrap_or_default()))
    }
}
