//! From the store to what pages and the API show; reading only, and only what this reader may see.

use std::collections::BTreeMap;

use rustine_app::App;
use rustine_app::accounts::Person;
use rustine_app::datasets::find;
use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_domain::schema::Schema;
use rustine_store::{DatasetFilter, DatasetRecord, RowRecord, StoreError, Tx};

use crate::failure::Failure;
use crate::fields::row_title;
use crate::license::License;
use crate::view::change::RowLink;
use crate::view::{CopyOf, DatasetHead};

pub mod facts;
pub mod history;
pub mod operations;
pub mod query;

/// Everybody reads what is published for all; people with an account also what is for them; nobody reads what a
/// later version meant by an audience that this one does not know (`protocol.md` §3.3).
pub fn may_read(person: Option<&Person>, dataset: &DatasetRecord) -> bool {
    if dataset.status == "draft" {
        return person.is_some_and(|person| person.may_decide(dataset.id));
    }
    match dataset.audience.as_str() {
        "public" => true,
        "peers" | "private" => person.is_some(),
        _ => false,
    }
}

/// True for what programs of any site may read.
pub fn is_public(dataset: &DatasetRecord) -> bool {
    may_read(None, dataset)
}

/// The dataset of an address, if this reader may see it.
pub fn load(
    app: &App,
    tx: &mut Tx<'_>,
    person: Option<&Person>,
    address: &str,
) -> Result<DatasetRecord, Failure> {
    let address: DatasetAddress = address.parse().map_err(|_| Failure::not_found())?;
    let dataset = find(app, tx, &address)?;
    match may_read(person, &dataset) {
        true => Ok(dataset),
        false => Err(Failure::not_found()),
    }
}

/// Every dataset that this reader may see, ours first.
pub fn list(tx: &mut Tx<'_>, person: Option<&Person>) -> Result<Vec<DatasetRecord>, StoreError> {
    const PAGE: i64 = 500;
    let mut all: Vec<DatasetRecord> = Vec::new();
    loop {
        let after = all
            .last()
            .map(|last| (last.host.clone(), last.name.clone()));
        let after = after
            .as_ref()
            .map(|(host, name)| (host.as_str(), name.as_str()));
        let page = tx.list_datasets(&DatasetFilter::default(), after, PAGE)?;
        let full = i64::try_from(page.len()).is_ok_and(|length| length == PAGE);
        all.extend(page);
        if !full {
            all.retain(|dataset| may_read(person, dataset));
            return Ok(all);
        }
    }
}

/// The schema as far as it can be read: a page must show a dataset whose schema is careless or of a later version.
pub fn schema_of(dataset: &DatasetRecord) -> Result<Schema, StoreError> {
    let document = rustine_domain::json::parse(dataset.schema.as_bytes());
    let document = document
        .map_err(|_| StoreError::Other(format!("the schema of {} is damaged", dataset.name)))?;
    Ok(Schema::read(&document).0)
}

/// `name`, or `name@host` for a copy.
pub fn address(dataset: &DatasetRecord) -> String {
    rustine_app::datasets::find::address(dataset)
}

/// The head of a dataset's pages.
pub fn head(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    schema: &Schema,
) -> Result<DatasetHead, StoreError> {
    let copy = match dataset.is_local() {
        true => None,
        false => {
            let state = tx.find_replica_state(dataset.id)?;
            Some(CopyOf {
                origin: dataset.host.clone(),
                confirmed: state.as_ref().and_then(|state| state.confirmed_at),
                silent_since: state.and_then(|state| state.silent_since),
            })
        }
    };
    let host = if dataset.is_local() {
        app.host().as_str()
    } else {
        &dataset.host
    };
    Ok(DatasetHead {
        address: address(dataset),
        title: title(dataset),
        description: description(schema),
        license: dataset.license.as_deref().map(License::of),
        follow: format!("@{}@{host}", dataset.name),
        copy,
        updated: dataset.updated,
        open: dataset.status == "published",
        closed: dataset.status == "closed",
    })
}

/// What people call a dataset.
pub fn title(dataset: &DatasetRecord) -> String {
    match dataset.title.trim() {
        "" => dataset.name.clone(),
        title => title.to_owned(),
    }
}

/// What it holds, in its own words.
pub fn description(schema: &Schema) -> Option<String> {
    let text = schema.description.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The path of a row's page.
pub fn row_href(dataset: &DatasetRecord, row: RowId) -> String {
    format!("/datasets/{}/rows/{row}", address(dataset))
}

/// A row as a link.
pub fn row_link(
    dataset: &DatasetRecord,
    schema: &Schema,
    row: RowId,
    cells: &BTreeMap<String, String>,
) -> RowLink {
    RowLink {
        title: row_title(schema, cells, row),
        href: row_href(dataset, row),
    }
}

/// A row by the text of its id.
pub fn load_row(tx: &mut Tx<'_>, dataset: &DatasetRecord, id: &str) -> Result<RowRecord, Failure> {
    let id: RowId = id.parse().map_err(|_| Failure::not_found())?;
    tx.find_row(dataset.id, id)?.ok_or_else(Failure::not_found)
}
