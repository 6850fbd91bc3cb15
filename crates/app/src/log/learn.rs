//! What the tables say beside the rows, from what entries say: roles, and where the moderation log went on. Called in the
//! transaction that signs an entry, applies it, or completes its meta.

use rustine_domain::log::{Body, Header};
use rustine_store::{DatasetRecord, StoreError, Tx};

use crate::App;
use crate::grants;
use crate::modlog::anchor;

/// Takes over what an entry says. One whose meta was erased says nothing.
///
/// # Errors
/// Where the store fails.
pub(crate) fn learn(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    header: &Header,
    body: &Body,
) -> Result<(), StoreError> {
    grants::learn::learn(app, tx, dataset, header, body)?;
    anchor::learn(app, tx, dataset, header, body)
}
