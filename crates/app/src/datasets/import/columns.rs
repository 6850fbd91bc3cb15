//! Which column of the file is which field, and the schema that follows from it. Pure.
//!
//! Columns are known by their titles, exactly as they stand; of columns with one title the first is the first, and
//! so on. The schema has the columns of the file in their order: new ones are guessed, gone ones leave it. A name
//! that a field of the dataset ever had is not given to another one (`protocol.md` §3.1).

mod keys;
mod naming;

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::FieldName;
use rustine_domain::schema::{Audience, Schema, adopt, draft};
use rustine_formats::csv::Survey;
use serde_json::{Value, json};

use self::naming::{Definition, Naming, definitions};
use super::{ImportError, ImportOptions};

/// The title of the column of row ids in an export with ids.
pub const ID_TITLE: &str = "_id";

/// The columns of the file and the schema for them.
pub struct Columns {
    /// The field of each column; `None` for columns of ours, which an export with ids has.
    pub fields: Vec<Option<FieldName>>,
    /// The schema that the dataset is to have.
    pub document: Value,
    /// Its reading.
    pub schema: Schema,
    /// The fields that the dataset had before and that the file has too, with their columns.
    pub known: Vec<(FieldName, usize)>,
    /// How rows are recognised.
    pub key: Key,
    /// Whether the schema is another than before; false for a new dataset.
    pub changes_schema: bool,
    /// The titles of columns that the dataset lacks.
    pub added: Vec<String>,
    /// The titles of fields that the file lacks.
    pub removed: Vec<String>,
    /// Titles of the given schema that the file lacks.
    pub without_column: Vec<String>,
}

/// How a line is recognised as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// By its content and place.
    Content,
    /// By the row ids in this column.
    RowId(usize),
    /// By the values of these fields.
    Fields(Vec<(FieldName, usize)>),
}

impl Columns {
    /// The columns of a dataset to be created.
    pub fn of_new(survey: &Survey, options: &ImportOptions) -> Result<Self, ImportError> {
        Self::of(survey, options, None, &BTreeSet::new())
    }

    /// The columns of a dataset with the schema `before`; `former` are all names that fields of it ever had.
    pub fn of_existing(
        survey: &Survey,
        options: &ImportOptions,
        before: &Schema,
        former: &BTreeSet<String>,
    ) -> Result<Self, ImportError> {
        Self::of(survey, options, Some(before), former)
    }

    fn of(
        survey: &Survey,
        options: &ImportOptions,
        before: Option<&Schema>,
        former: &BTreeSet<String>,
    ) -> Result<Self, ImportError> {
        let guessed = draft(
            options.title.as_deref().unwrap_or(options.name.as_str()),
            &survey.fields,
            &[],
            "",
            &Audience::Public,
        );
        let given = adopted(survey, options)?;
        let old = before
            .map(|schema| definitions(schema.document()))
            .unwrap_or_default();
        let ours = columns_of_ours(&survey.titles, before.map(|_| old.as_slice()));
        let mut naming = Naming::new(&old, given.as_ref(), &guessed, former);
        let named = naming.columns(&survey.titles, &ours);
        let without_column = naming.without_column();
        let renamed = naming.renamed;
        let fields: Vec<Option<FieldName>> = named
            .iter()
            .map(|field| field.as_ref().map(|field| field.name.clone()))
            .collect();
        let differences = Differences::of(&named, &old);

        let asked = keys::asked(&survey.titles, &fields, &options.key)?;
        let is_given = given.is_some();
        let mut document = given
            .or_else(|| before.map(|schema| schema.document().clone()))
            .unwrap_or(guessed);
        keys::fit(&mut document, &fields, is_given.then_some(&renamed));
        document["fields"] = named
            .into_iter()
            .flatten()
            .map(|field| Value::Object(field.members))
            .collect();
        if !asked.is_empty() && (before.is_none() || is_given) {
            let names: Vec<&FieldName> = asked.iter().map(|(name, _)| name).collect();
            document["primaryKey"] = json!(names);
        }
        describe(&mut document, options, before);
        let schema = Schema::parse(&document).map_err(ImportError::Schema)?;
        let id_column = ours
            .into_iter()
            .find(|index| survey.titles[*index] == ID_TITLE);
        let key = match id_column {
            Some(index) => Key::RowId(index),
            None => keys::chosen(
                asked,
                &schema,
                &fields,
                before.map(|_| differences.known.as_slice()),
            ),
        };
        Ok(Self {
            key,
            changes_schema: before.is_some_and(|before| *before.document() != document),
            fields,
            document,
            schema,
            known: differences.known,
            added: differences.added,
            removed: differences.removed,
            without_column,
        })
    }

    /// The column of each field.
    pub fn by_name(&self) -> BTreeMap<FieldName, usize> {
        let columns = self.fields.iter().enumerate();
        columns
            .filter_map(|(index, name)| Some((name.clone()?, index)))
            .collect()
    }
}

/// What the columns of a file and the fields before have in common, and what not.
struct Differences {
    known: Vec<(FieldName, usize)>,
    added: Vec<String>,
    removed: Vec<String>,
}

impl Differences {
    fn of(named: &[Option<Definition>], old: &[Definition]) -> Self {
        let mut differences = Self {
            known: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
        };
        for (index, field) in named.iter().enumerate() {
            let Some(field) = field else { continue };
            if old.iter().any(|before| before.name == field.name) {
                differences.known.push((field.name.clone(), index));
            } else {
                differences.added.push(field.title.clone());
            }
        }
        let kept = |field: &&Definition| {
            differences
                .known
                .iter()
                .any(|(name, _)| *name == field.name)
        };
        let gone = old.iter().filter(|field| !kept(field));
        differences.removed = gone.map(|field| field.title.clone()).collect();
        differences
    }
}

/// The given schema, made ours for the columns of the file.
fn adopted(survey: &Survey, options: &ImportOptions) -> Result<Option<Value>, ImportError> {
    let Some(schema) = &options.schema else {
        return Ok(None);
    };
    let schema = adopt(schema, &survey.titles);
    Schema::parse(&schema).map_err(ImportError::Schema)?;
    Ok(Some(schema))
}

/// The columns that an export with ids has besides those of the schema: none for a new dataset, because files from
/// elsewhere have columns of these titles too.
fn columns_of_ours(titles: &[String], old: Option<&[Definition]>) -> BTreeSet<usize> {
    const OURS: [&str; 4] = ["_order", "_source", "_same", "_license"];
    let Some(old) = old else {
        return BTreeSet::new();
    };
    let unknown = |title: &str| old.iter().all(|field| field.title != title);
    if !titles.iter().any(|title| title == ID_TITLE) || !unknown(ID_TITLE) {
        return BTreeSet::new();
    }
    let ours = |title: &str| (title == ID_TITLE || OURS.contains(&title)) && unknown(title);
    (0..titles.len())
        .filter(|index| ours(&titles[*index]))
        .collect()
}

/// Title, licence and audience: as asked for, else as before, else as a new dataset has them.
fn describe(document: &mut Value, options: &ImportOptions, before: Option<&Schema>) {
    let inherited = before.map(Schema::document);
    for member in ["title", "audience", "licenses", "description"] {
        if document.get(member).is_none()
            && let Some(value) = inherited.and_then(|before| before.get(member))
        {
            document[member] = value.clone();
        }
    }
    if let Some(title) = &options.title {
        document["title"] = json!(title);
    } else if document.get("title").is_none() {
        document["title"] = json!(options.name);
    }
    if document.get("audience").is_none() {
        document["audience"] = json!(Audience::Public.as_str());
    }
    if let Some(license) = options
        .license
        .as_deref()
        .filter(|license| !license.is_empty())
        && document["licenses"][0]["name"] != *license
    {
        document["licenses"] = json!([{ "name": license }]);
    }
}
