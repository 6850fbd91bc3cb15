//! Creating a dataset: its keys and its genesis entry.

use rustine_domain::ids::ActorName;
use rustine_domain::log::build::BuildProblem;
use rustine_domain::log::{Genesis, Meta};
use rustine_domain::problem::Lang;
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, StoreError};
use serde_json::{Map, Value};

use crate::App;
use crate::accounts::account::insert_keys;
use crate::instance::recovery_next;
use crate::log::append::{AppendError, follow_head, save};
use crate::{keys, presence};

/// Why no dataset was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name is kept for the instance.
    #[error("the name {0} is reserved: choose another")]
    Reserved(ActorName),
    /// A person or a dataset has the name.
    #[error("the name {0} is taken: choose another")]
    Taken(ActorName),
    /// The schema cannot be read.
    #[error("the schema cannot be used: {0}")]
    Schema(String),
    /// The genesis entry cannot be made.
    #[error(transparent)]
    Entry(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates an empty dataset as a draft. Slow (a key is made): never inside a request.
///
/// # Errors
/// [`CreateError`]
pub fn create(app: &App, name: &ActorName, schema: &Value) -> Result<DatasetRecord, CreateError> {
    if name.is_reserved() {
        return Err(CreateError::Reserved(name.clone()));
    }
    let parsed = Schema::parse(schema).map_err(|problems| {
        let problems: Vec<String> = problems
            .iter()
            .map(|problem| problem.located(Lang::En))
            .collect();
        CreateError::Schema(problems.join("; "))
    })?;
    let rsa = app.entropy.rsa_pair();
    let seed = keys::generate_seed(&*app.entropy);
    let log_key = rustine_domain::key::LogKey::from_seed(seed);
    app.db.write(|tx| {
        if presence::is_elsewhere(tx)? {
            return Err(AppendError::Elsewhere.into());
        }
        let taken = tx.find_dataset_by_name(name.as_str(), "")?.is_some()
            || tx.find_user_by_name(name.as_str())?.is_some();
        if taken {
            return Err(CreateError::Taken(name.clone()));
        }
        let now = app.clock.now();
        let genesis = Genesis {
            uid: app.entropy.dataset_uid(),
            attributed_to: app.dataset_url(name),
            schema: schema.clone(),
            meta: Meta {
                salt: app.entropy.salt(),
                content: Map::new(),
            },
            next: recovery_next(tx)?,
            forked_from: None,
        };
        let signed = genesis
            .sign(now, &log_key)
            .map_err(|problem: BuildProblem| AppendError::from(problem))?;
        let chain = &signed.chain;
        let mut dataset = DatasetRecord {
            id: 0,
            uid: chain.uid,
            name: name.to_string(),
            host: String::new(),
            url: chain.attributed_to.clone(),
            genesis: chain.genesis,
            seq: 0,
            entry: chain.entry,
            state: chain.state,
            chain: String::new(),
            schema: schema.to_string(),
            schema_hash: chain.schema,
            policy: None,
            audience: parsed.audience.as_str().to_owned(),
            title: parsed.title.clone(),
            license: None,
            row_count: 0,
            rows_version: 0,
            status: "draft".to_owned(),
            created: now,
            updated: now,
        };
        follow_head(&mut dataset, chain, Some(schema), None)?;
        dataset.id = tx.insert_dataset(&dataset)?;
        insert_keys(app, tx, &format!("/datasets/{name}"), &rsa, seed)?;
        save(tx, &mut dataset, &signed)?;
        Ok(dataset)
    })
}
