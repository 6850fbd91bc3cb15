//! Which column of the file is which field, and the schema that follows from it. Pure.
//!
//! Columns are known by their titles, exactly as they stand; of columns with one title the first is the first, and
//! so on. The schema has the columns of the file in their order: new ones are guessed, gone ones leave it. A name
//! that a field of the dataset ever had is not given to another one (`protocol.md` §3.1).

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::FieldName;
use rustine_domain::schema::{Audience, Schema, adopt, draft, field_name};
use rustine_formats::csv::Survey;
use serde_json::{Map, Value, json};

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

/// A field with its words in a schema document.
struct Definition {
    name: FieldName,
    title: String,
    members: Map<String, Value>,
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
        let given = options
            .schema
            .as_ref()
            .map(|schema| adopt(schema, &survey.titles));
        if let Some(given) = &given {
            Schema::parse(given).map_err(ImportError::Schema)?;
        }
        let old = before
            .map(|schema| definitions(schema.document()))
            .unwrap_or_default();
        let ours = columns_of_ours(&survey.titles, before.map(|_| old.as_slice()));
        let mut naming = Naming {
            old: &old,
            given: given.as_ref().map(definitions).unwrap_or_default(),
            guessed: definitions(&guessed),
            taken: former
                .iter()
                .filter_map(|name| name.parse().ok())
                .chain(old.iter().map(|field| field.name.clone()))
                .collect(),
            renamed: BTreeMap::new(),
        };
        let named: Vec<Option<Definition>> = survey
            .titles
            .iter()
            .enumerate()
            .map(|(index, title)| {
                (!ours.contains(&index)).then(|| {
                    let nth = nth(&survey.titles, index);
                    naming.define(title, nth, index)
                })
            })
            .collect();
        let fields: Vec<Option<FieldName>> = named
            .iter()
            .map(|field| field.as_ref().map(|field| field.name.clone()))
            .collect();
        let kept: BTreeSet<&FieldName> = fields.iter().flatten().collect();
        let without_column = naming
            .given
            .iter()
            .filter(|field| !naming.renamed.contains_key(field.name.as_str()))
            .map(|field| field.title.clone())
            .collect();
        let removed = old
            .iter()
            .filter(|field| !kept.contains(&field.name))
            .map(|field| field.title.clone())
            .collect();
        let known: Vec<(FieldName, usize)> = fields
            .iter()
            .enumerate()
            .filter_map(|(index, name)| Some((name.clone()?, index)))
            .filter(|(name, _)| old.iter().any(|field| field.name == *name))
            .collect();
        let added = named
            .iter()
            .flatten()
            .filter(|field| old.iter().all(|before| before.name != field.name))
            .map(|field| field.title.clone())
            .collect();

        let is_given = given.is_some();
        let renamed = std::mem::take(&mut naming.renamed);
        let base = given.or_else(|| before.map(|schema| schema.document().clone()));
        let mut document = base.unwrap_or(guessed);
        let keys = key_columns(survey, &fields, options)?;
        fit_keys(&mut document, &fields, is_given.then_some(&renamed));
        document["fields"] = named
            .into_iter()
            .flatten()
            .map(|field| Value::Object(field.members))
            .collect();
        if !keys.is_empty() && (before.is_none() || is_given) {
            let names: Vec<&FieldName> = keys.iter().map(|(name, _)| name).collect();
            document["primaryKey"] = json!(names);
        }
        describe(&mut document, options, before);
        let schema = Schema::parse(&document).map_err(ImportError::Schema)?;
        Ok(Self {
            key: key(
                &ours,
                &survey.titles,
                keys,
                &schema,
                &fields,
                before.map(|_| known.as_slice()),
            ),
            changes_schema: before.is_some_and(|before| *before.document() != document),
            fields,
            document,
            schema,
            known,
            added,
            removed,
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

/// Finds a name and a definition for one column after the other.
struct Naming<'a> {
    old: &'a [Definition],
    given: Vec<Definition>,
    guessed: Vec<Definition>,
    /// Names that another field has or had.
    taken: BTreeSet<FieldName>,
    /// Names of the given schema, and what became of them.
    renamed: BTreeMap<String, FieldName>,
}

impl Naming<'_> {
    fn define(&mut self, title: &str, nth: usize, index: usize) -> Definition {
        let old = find(self.old, title, nth);
        let given = find(&self.given, title, nth);
        let guessed = &self.guessed[index];
        let wanted = given.map_or(&guessed.name, |given| &given.name);
        let name = match old {
            Some(old) => old.name.clone(),
            None if given.is_some() && !self.taken.contains(wanted) => wanted.clone(),
            // The name of a given field is kept for its own column.
            None => {
                let theirs = self.given.iter().map(|given| given.name.clone());
                let mut taken: BTreeSet<FieldName> = theirs.collect();
                taken.extend(self.taken.iter().cloned());
                if taken.contains(wanted) {
                    field_name(title, &taken)
                } else {
                    wanted.clone()
                }
            }
        };
        if let Some(given) = given {
            self.renamed.insert(given.name.to_string(), name.clone());
        }
        let mut members = given.or(old).unwrap_or(guessed).members.clone();
        members.insert("name".to_owned(), json!(name));
        // A field without a title is called by its name: then it stays without.
        if members.contains_key("title") || name.as_str() != title {
            members.insert("title".to_owned(), json!(title));
        }
        self.taken.insert(name.clone());
        Definition {
            name,
            title: title.to_owned(),
            members,
        }
    }
}

/// The fields of a document that can be used.
fn definitions(document: &Value) -> Vec<Definition> {
    let fields = document["fields"].as_array();
    let definition = |field: &Value| {
        let members = field.as_object()?;
        let name: FieldName = members.get("name")?.as_str()?.parse().ok()?;
        let title = members
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or(name.as_str());
        Some(Definition {
            title: title.to_owned(),
            members: members.clone(),
            name,
        })
    };
    fields
        .into_iter()
        .flatten()
        .filter_map(definition)
        .collect()
}

/// How many earlier columns have the same title.
fn nth(titles: &[String], index: usize) -> usize {
    titles[..index]
        .iter()
        .filter(|title| **title == titles[index])
        .count()
}

fn find<'d>(fields: &'d [Definition], title: &str, nth: usize) -> Option<&'d Definition> {
    fields.iter().filter(|field| field.title == title).nth(nth)
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

/// The columns that `--key` names, by title or by name.
fn key_columns(
    survey: &Survey,
    fields: &[Option<FieldName>],
    options: &ImportOptions,
) -> Result<Vec<(FieldName, usize)>, ImportError> {
    let column = |text: &str| {
        let by_title = survey.titles.iter().position(|title| title == text);
        let named =
            |name: &Option<FieldName>| name.as_ref().is_some_and(|name| name.as_str() == text);
        let index = by_title.or_else(|| fields.iter().position(named))?;
        Some((fields[index].clone()?, index))
    };
    // A title may hold a comma, which the command line takes for the next field.
    let whole = options.key.join(",");
    if options.key.len() > 1
        && let Some(column) = column(&whole)
    {
        return Ok(vec![column]);
    }
    let mut columns = Vec::new();
    for text in &options.key {
        let found = column(text.trim()).ok_or_else(|| ImportError::UnknownKey {
            key: text.clone(),
            titles: survey.titles.clone(),
        })?;
        if !columns.contains(&found) {
            columns.push(found);
        }
    }
    Ok(columns)
}

/// How lines are recognised: by the row ids of an export, by the key asked for, by the primary key, else by content.
/// A key that the rows held do not have yet recognises nothing.
fn key(
    ours: &BTreeSet<usize>,
    titles: &[String],
    asked: Vec<(FieldName, usize)>,
    schema: &Schema,
    fields: &[Option<FieldName>],
    known: Option<&[(FieldName, usize)]>,
) -> Key {
    if let Some(index) = ours.iter().find(|index| titles[**index] == ID_TITLE) {
        return Key::RowId(*index);
    }
    let wanted = if asked.is_empty() {
        let column = |name: &FieldName| {
            let index = fields
                .iter()
                .position(|field| field.as_ref() == Some(name))?;
            Some((name.clone(), index))
        };
        schema.primary_key.iter().filter_map(column).collect()
    } else {
        asked
    };
    let held = |key: &(FieldName, usize)| known.is_none_or(|known| known.contains(key));
    if wanted.is_empty() || !wanted.iter().all(held) {
        return Key::Content;
    }
    Key::Fields(wanted)
}

/// Keys that name a field which is not there are left out; names of a given schema become those of its fields.
fn fit_keys(
    document: &mut Value,
    fields: &[Option<FieldName>],
    renamed: Option<&BTreeMap<String, FieldName>>,
) {
    let name = |text: &str| match renamed {
        Some(renamed) => renamed.get(text).map(ToString::to_string),
        None => {
            let there = fields.iter().flatten().any(|name| name.as_str() == text);
            there.then(|| text.to_owned())
        }
    };
    let fit = |key: &Value| -> Option<Value> {
        match key {
            Value::String(text) => name(text).map(Value::String),
            Value::Array(names) => names
                .iter()
                .map(|text| text.as_str().and_then(name).map(Value::String))
                .collect::<Option<Vec<Value>>>()
                .map(Value::Array),
            _ => None,
        }
    };
    let Some(members) = document.as_object_mut() else {
        return;
    };
    if let Some(key) = members.remove("primaryKey")
        && let Some(key) = fit(&key)
    {
        members.insert("primaryKey".to_owned(), key);
    }
    if let Some(Value::Array(keys)) = members.remove("uniqueKeys") {
        let keys: Vec<Value> = keys.iter().filter_map(fit).collect();
        if !keys.is_empty() {
            members.insert("uniqueKeys".to_owned(), Value::Array(keys));
        }
    }
    if let Some(Value::Array(keys)) = members.remove("foreignKeys") {
        let fit_foreign = |key: &Value| {
            let mut key = key.clone();
            *key.get_mut("fields")? = fit(&key["fields"])?;
            let itself = key["reference"]["resource"]
                .as_str()
                .unwrap_or("")
                .is_empty();
            if itself && let Some(theirs) = key.pointer("/reference/fields").map(&fit) {
                *key.pointer_mut("/reference/fields")? = theirs?;
            }
            Some(key)
        };
        let keys: Vec<Value> = keys.iter().filter_map(fit_foreign).collect();
        if !keys.is_empty() {
            members.insert("foreignKeys".to_owned(), Value::Array(keys));
        }
    }
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
