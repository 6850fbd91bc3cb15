//! `/actor/datasets`: the datasets that this instance publishes, with their heads. What partners list, and what
//! anybody may read before asking for a peering.

use actix_web::{HttpRequest, HttpResponse};
use rustine_protocol::object::listing::MOST_LISTED;
use rustine_protocol::object::{Collection, ListedDataset, LogHead};
use rustine_store::{DatasetFilter, DatasetRecord};

use super::answer;
use super::find::{self, AppData, read};
use super::problem::DocumentProblem;

/// The public datasets of this instance, no copies.
pub async fn datasets(app: AppData, request: HttpRequest) -> Result<HttpResponse, DocumentProblem> {
    let document = read(&app, |app, tx| {
        let site = find::site(app)?;
        let public = DatasetFilter {
            local: Some(true),
            status: Some("published".to_owned()),
            audience: Some("public".to_owned()),
        };
        let most = i64::try_from(MOST_LISTED).unwrap_or(i64::MAX);
        let published = tx.list_datasets(&public, None, most)?;
        let items = published
            .iter()
            .map(|dataset| Ok(listed(&site, dataset)?.to_json()))
            .collect::<Result<Vec<_>, DocumentProblem>>()?;
        let id = site
            .page("/actor/datasets")
            .ok_or(DocumentProblem::Damaged)?;
        Ok(Collection::of(id, items).to_json())
    })
    .await?;
    Ok(answer::activity(&request, &document))
}

fn listed(
    site: &rustine_protocol::Site,
    dataset: &DatasetRecord,
) -> Result<ListedDataset, DocumentProblem> {
    let name = find::name_of(dataset)?;
    Ok(ListedDataset {
        id: site.dataset(&name),
        title: dataset.title.clone(),
        description: super::actors::description(dataset).unwrap_or_default(),
        license: dataset.license.clone(),
        rows: dataset.row_count.unsigned_abs(),
        head: LogHead {
            genesis: dataset.genesis,
            seq: dataset.seq.unsigned_abs(),
            entry: dataset.entry,
            bodies_from: 0,
        },
        name,
    })
}
