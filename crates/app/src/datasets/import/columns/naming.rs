//! A name and a definition for each column: the field of the dataset with this title, else that of the given schema,
//! else what was guessed.

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::FieldName;
use rustine_domain::schema::field_name;
use serde_json::{Map, Value, json};

/// A field with its words in a schema document.
pub struct Definition {
    /// Its name.
    pub name: FieldName,
    /// Its header.
    pub title: String,
    /// Its definition.
    pub members: Map<String, Value>,
}

/// Finds a name and a definition for one column after the other.
pub struct Naming<'a> {
    old: &'a [Definition],
    given: Vec<Definition>,
    guessed: Vec<Definition>,
    /// Names that another field has or had.
    taken: BTreeSet<FieldName>,
    /// Names of the given schema, and what became of them.
    pub renamed: BTreeMap<String, FieldName>,
}

impl<'a> Naming<'a> {
    /// Names may not be any of `former`.
    pub fn new(
        old: &'a [Definition],
        given: Option<&Value>,
        guessed: &Value,
        former: &BTreeSet<String>,
    ) -> Self {
        let former = former.iter().filter_map(|name| name.parse().ok());
        Self {
            old,
            given: given.map(definitions).unwrap_or_default(),
            guessed: definitions(guessed),
            taken: former
                .chain(old.iter().map(|field| field.name.clone()))
                .collect(),
            renamed: BTreeMap::new(),
        }
    }

    /// The field of each column but those of ours.
    pub fn columns(
        &mut self,
        titles: &[String],
        ours: &BTreeSet<usize>,
    ) -> Vec<Option<Definition>> {
        let define = |(index, title): (usize, &String)| {
            let nth = nth(titles, index);
            (!ours.contains(&index)).then(|| self.define(title, nth, index))
        };
        titles.iter().enumerate().map(define).collect()
    }

    /// The titles of given fields for which no column was found.
    pub fn without_column(&self) -> Vec<String> {
        let given = self.given.iter();
        given
            .filter(|field| !self.renamed.contains_key(field.name.as_str()))
            .map(|field| field.title.clone())
            .collect()
    }

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
pub fn definitions(document: &Value) -> Vec<Definition> {
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
