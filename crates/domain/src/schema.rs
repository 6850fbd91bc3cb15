//! The schema of a dataset: a Table Schema v2 document, read into fields, constraints and keys.
//!
//! The document itself is what the log commits to and is kept whole, unknown members included
//! (`protocol.md` §3.3); everything else here is a reading of it. An owner's new schema must pass
//! [`Schema::parse`]; somebody else's, already in a log, is read as far as possible by [`Schema::read`].
//! A schema found in the wild is first made ours by [`adopt()`].

mod adopt;
mod constraints;
mod draft;
mod field;
mod parse;
mod pattern;

use std::collections::BTreeSet;

use serde_json::Value;

pub use self::adopt::{adopt, field_name};
pub use self::constraints::{Allowed, Bound, Constraints};
pub use self::draft::{FieldDraft, draft};
pub use self::field::{Field, FieldType};
pub use self::pattern::{Choices, Pattern, Shape};
use crate::ids::FieldName;
use crate::problem::Code;
pub use crate::problem::SchemaProblem;

/// How many fields a dataset may have (`protocol.md` §3.3).
pub const MAX_FIELDS: usize = 200;

/// A schema document and its reading.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Name of the dataset for people.
    pub title: String,
    /// What the dataset is about.
    pub description: String,
    /// Under which licences it may be re-used.
    pub licenses: Vec<License>,
    /// Who may read it.
    pub audience: Audience,
    /// The fields, in the order of the document.
    pub fields: Vec<Field>,
    /// The fields that identify a row; empty where nothing does.
    pub primary_key: Vec<FieldName>,
    /// Other sets of fields whose values are unique together.
    pub unique_keys: Vec<Vec<FieldName>>,
    /// References to rows of this or another table.
    pub foreign_keys: Vec<ForeignKey>,
    /// Texts that mean "no value" in fields that do not say otherwise.
    pub missing_values: Vec<String>,
    document: Value,
}

/// A licence as Data Package writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct License {
    /// SPDX or Open Definition id, such as `etalab-2.0`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Address of its text.
    pub path: String,
}

/// Who may read a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Instances that we agreed to exchange with.
    Peers,
    /// People of this instance only. Also what a document means that says nothing.
    Private,
    /// A word of a later version: neither replicated nor served (`protocol.md` §3.3).
    Other(String),
}

impl Audience {
    /// The word in the document.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Public => "public",
            Self::Peers => "peers",
            Self::Private => "private",
            Self::Other(word) => word,
        }
    }
    /// Reads the word; every other one is kept.
    pub fn from_word(word: &str) -> Self {
        match word {
            "public" => Self::Public,
            "peers" => Self::Peers,
            "private" => Self::Private,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Values that must exist elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Fields of this dataset.
    pub fields: Vec<FieldName>,
    /// The table referred to; `None` for this dataset itself.
    pub resource: Option<String>,
    /// Fields of that table, in the same order.
    pub references: Vec<String>,
}

impl Schema {
    /// Reads a document that an owner wants to publish: every problem refuses it.
    pub fn parse(document: &Value) -> Result<Self, Vec<SchemaProblem>> {
        let (schema, mut problems) = Self::read(document);
        problems.extend(schema.unusable_patterns());
        if problems.is_empty() {
            Ok(schema)
        } else {
            Err(problems)
        }
    }

    /// Reads any document as far as it goes. What cannot be used is left out and reported: a replica must
    /// show a dataset whose schema is of a later version, or careless. This is also how a schema that was
    /// parsed once is read again: patterns are compiled only when a cell is checked.
    pub fn read(document: &Value) -> (Self, Vec<SchemaProblem>) {
        parse::read(document)
    }

    fn unusable_patterns(&self) -> Vec<SchemaProblem> {
        let fault = |field: &Field| {
            let pattern = field.constraints.pattern.as_ref()?;
            let problem = || {
                SchemaProblem::new(Code::SchemaBadPattern)
                    .about(&field.name, field.shown_name())
                    .with("value", pattern.as_str())
            };
            (!pattern.is_usable()).then(problem)
        };
        self.fields.iter().filter_map(fault).collect()
    }

    /// The document as it was read.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name.as_str() == name)
    }

    /// The document's own words for a field.
    pub fn definition(&self, name: &str) -> Option<&Value> {
        self.document["fields"]
            .as_array()?
            .iter()
            .find(|f| f["name"] == name)
    }

    /// Every set of fields whose values may occur once: the primary key, unique fields, unique keys.
    pub fn keys(&self) -> Vec<Vec<FieldName>> {
        let mut keys: Vec<Vec<FieldName>> = Vec::new();
        let single = self
            .fields
            .iter()
            .filter(|f| f.constraints.unique)
            .map(|f| vec![f.name.clone()]);
        let all = std::iter::once(self.primary_key.clone())
            .chain(single)
            .chain(self.unique_keys.iter().cloned());
        for key in all {
            if !key.is_empty() && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// True where a row cannot do without the field: it says so, or the primary key needs it.
    pub fn requires(&self, name: &FieldName) -> bool {
        self.primary_key.contains(name)
            || self
                .field(name.as_str())
                .is_some_and(|f| f.constraints.required)
    }

    /// Those of `names` that `later` does not define exactly as this schema does (`protocol.md` §4).
    pub fn changed_fields(
        &self,
        later: &Self,
        names: impl IntoIterator<Item = FieldName>,
    ) -> BTreeSet<FieldName> {
        let same = |name: &FieldName| {
            let old = self.definition(name.as_str());
            old.is_some() && old == later.definition(name.as_str())
        };
        names
            .into_iter()
            .filter(|name| !name.is_ours() && !same(name))
            .collect()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod tests;
