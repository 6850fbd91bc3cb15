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
}

/// `GET /datasets/{dataset}/add`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let (dataset, schema) = read(visit, &address)?;
            Answer::private(&page(
                visit,
                dataset,
                &schema,
                &Posted::default(),
                Refused::default(),
            ))
        })
        .await
}

/// `POST /datasets/{dataset}/add`
pub async fn send(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| write(visit, &address, body))
        .await
}

fn write(visit: &Visit, address: &str, body: Body) -> Result<Answer, Failure> {
    let posted = Posted::parse(&body.0?);
    let (dataset, schema) = read(visit, address)?;
    let cells = posted.new_row(&schema);
    if cells.is_empty() {
        let refused = Refused::because(visit.page.t("problem-empty-row"));
        return Answer::with(
            422,
            Keep::Never,
            &page(visit, dataset, &schema, &posted, refused),
        );
    }
    let ops = vec![ProposedOp::Add { cells }];
    match sending::send(visit, &posted, &dataset.address, ops, &posted.contact())? {
        Ok(answer) => Ok(answer),
        Err(refused) => Answer::with(
            422,
            Keep::Never,
            &page(visit, dataset, &schema, &posted, refused),
        ),
    }
}

fn read(visit: &Visit, address: &str) -> Result<(DatasetHead, Schema), Failure> {
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let dataset = reading::head(&visit.app, tx, &record, &schema)?;
        if !dataset.open {
            return Err(Failure::new(409, "the dataset takes no proposals"));
        }
        Ok((dataset, schema))
    })
}

fn page(
    visit: &Visit,
    dataset: DatasetHead,
    schema: &Schema,
    posted: &Posted,
    refused: Refused,
) -> AddPage {
    let input = |field| {
        let mut input = fields::input(schema, field, &posted.cell(field), visit.page.lang);
        input.error = refused.errors.get(&field.name).cloned();
        input
    };
    AddPage {
        page: visit.page.clone(),
        dataset,
        inputs: schema.fields.iter().map(input).collect(),
        contact: posted.contact(),
        problems: refused.faults,
    }
}
