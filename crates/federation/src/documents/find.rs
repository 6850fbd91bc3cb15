//! Finding what an address names, as far as it is public; reading it on a blocking thread.

use std::sync::Arc;

use actix_web::web;
use rustine_app::App;
use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_protocol::Site;
use rustine_store::{DatasetRecord, Tx, UserRecord};

use super::DocumentProblem;

/// The application as handlers receive it.
pub type AppData = web::Data<Arc<App>>;

/// Runs `work` in one reading transaction on a blocking thread.
pub async fn read<T: Send + 'static>(
    app: &AppData,
    work: impl FnOnce(&App, &mut Tx<'_>) -> Result<T, DocumentProblem> + Send + 'static,
) -> Result<T, DocumentProblem> {
    let app = Arc::clone(app.get_ref());
    web::block(move || app.db.read(|tx| work(&app, tx)))
        .await
        .map_err(|_| DocumentProblem::NotNow("this instance is busy: ask again"))?
}

/// The addresses of this instance.
pub fn site(app: &App) -> Result<Site, DocumentProblem> {
    Site::new(&app.settings.origin).map_err(|_| DocumentProblem::Damaged)
}

/// A dataset that anybody may read: ours by `name`, a copy by `name@host`.
pub fn public_dataset(
    app: &App,
    tx: &mut Tx<'_>,
    address: &str,
) -> Result<DatasetRecord, DocumentProblem> {
    let address: DatasetAddress = address.parse().map_err(|_| DocumentProblem::NotFound)?;
    let address = app.normalise(&address);
    let host = address.host.as_ref().map_or("", |host| host.as_str());
    tx.find_dataset_by_name(address.name.as_str(), host)?
        .filter(is_public)
        .ok_or(DocumentProblem::NotFound)
}

/// A dataset of ours that anybody may read.
pub fn local_dataset(
    app: &App,
    tx: &mut Tx<'_>,
    address: &str,
) -> Result<DatasetRecord, DocumentProblem> {
    let dataset = public_dataset(app, tx, address)?;
    if dataset.is_local() {
        Ok(dataset)
    } else {
        Err(DocumentProblem::NotFound)
    }
}

/// True for a published dataset for everybody. A draft has a log already; it is nobody's business yet.
pub fn is_public(dataset: &DatasetRecord) -> bool {
    dataset.audience == "public" && dataset.status != "draft"
}

/// The name of a dataset of ours, parsed again.
pub fn name_of(dataset: &DatasetRecord) -> Result<ActorName, DocumentProblem> {
    dataset.name.parse().map_err(|_| DocumentProblem::Damaged)
}

/// A person of this instance; a disabled account is no longer there.
pub fn person(tx: &mut Tx<'_>, name: &ActorName) -> Result<UserRecord, DocumentProblem> {
    tx.find_user_by_name(name.as_str())?
        .filter(|user| !user.disabled)
        .ok_or(DocumentProblem::NotFound)
}
