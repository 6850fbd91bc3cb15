//! What a form sends, read back: the fields that a person changed, and nothing else.
//!
//! The form carries what it was opened on, each cell's text and commitment. Only a text that differs from what
//! was shown becomes an operation, with the commitment of that moment as its base: when somebody else changed
//! the cell in between, the proposal meets a visible conflict instead of undoing the other change.

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::{FieldName, Hash};
use rustine_domain::schema::{Field, Schema};
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::view::{Contact, Fault};

/// Longest message to the reviewer, in characters.
pub const MAX_SUMMARY: usize = 500;
/// Longest name and e-mail address, in characters.
const MAX_NAME: usize = 200;

/// A cell as the form showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen(
    /// Its commitment; none where there was no cell.
    pub Option<Hash>,
    /// Its text; empty where there was no cell.
    pub String,
);

/// What a form was opened on; travels in a hidden field as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base(pub BTreeMap<FieldName, Seen>);

impl Base {
    /// Reads the hidden field; none for anything that this program did not write.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of the hidden field.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A cell that a person changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The field.
    pub field: FieldName,
    /// Commitment of the cell when the form was opened.
    pub base: Option<Hash>,
    /// The new text; none to empty the cell.
    pub value: Option<String>,
}

/// A form as it arrived: names with their texts, in order.
#[derive(Debug, Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first text of this name; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text.as_str())
    }

    /// Every text of a field that may be sent more than once.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.0.iter().filter(move |(known, _)| known == name);
        all.map(|(_, text)| text.as_str())
    }

    /// The cell that was typed or chosen; several choices joined as the field joins them.
    pub fn cell(&self, field: &Field) -> String {
        self.cell_named(field.name.as_str(), field)
    }

    /// The same for an input that is called otherwise than its field.
    pub fn cell_named(&self, input: &str, field: &Field) -> String {
        let name = format!("f.{input}");
        let texts: Vec<&str> = self
            .0
            .iter()
            .filter(|(known, text)| *known == name && !text.is_empty())
            .map(|(_, text)| text.as_str())
            .collect();
        let separator = field.choices().and_then(|choices| choices.separator);
        match separator {
            Some(separator) => texts.join(&separator.to_string()),
            None => texts.first().copied().unwrap_or_default().to_owned(),
        }
    }

    /// Replaces what was typed into a field.
    pub fn put(&mut self, field: &Field, text: &str) {
        let name = format!("f.{}", field.name);
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, text.to_owned()));
    }

    /// What the person said about herself, cut to what we keep.
    pub fn contact(&self) -> Contact {
        let cut = |name: &str, limit: usize| {
            self.text(name)
                .trim()
                .chars()
                .take(limit)
                .collect::<String>()
        };
        Contact {
            // One more than is allowed, so that a longer one is noticed.
            summary: line_feeds(&cut("summary", MAX_SUMMARY + 1)),
            name: cut("name", MAX_NAME),
            email: cut("email", MAX_NAME),
            consent: self.text("consent") == "yes",
        }
    }

    /// The cells that differ from what the form showed. Fields that it did not show are left alone.
    pub fn edits(&self, schema: &Schema, base: &Base) -> Vec<Edit> {
        let mut edits = Vec::new();
        for field in &schema.fields {
            let Some(Seen(commitment, before)) = base.0.get(&field.name) else {
                continue;
            };
            let typed = self.cell(field);
            if same_cell(field, before, &typed) {
                continue;
            }
            edits.push(Edit {
                field: field.name.clone(),
                base: *commitment,
                value: Some(as_written(before, &typed)).filter(|text| !text.is_empty()),
            });
        }
        edits
    }

    /// The cells of a new row; empty ones are no cells.
    pub fn new_row(&self, schema: &Schema) -> BTreeMap<FieldName, String> {
        let cell = |field: &Field| {
            let text = line_feeds(self.cell(field).trim());
            (!text.is_empty()).then(|| (field.name.clone(), text))
        };
        schema.fields.iter().filter_map(cell).collect()
    }
}

/// Browsers send line breaks as CR LF whatever the cell held, and boxes in the order of the form.
fn same_cell(field: &Field, before: &str, typed: &str) -> bool {
    if before == typed || line_feeds(before) == line_feeds(typed) {
        return true;
    }
    let Some(choices) = field
        .choices()
        .filter(|choices| choices.separator.is_some())
    else {
        return false;
    };
    let set = |value: &str| -> BTreeSet<String> {
        let parts = choices
            .split(value)
            .into_iter()
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    set(before) == set(typed)
}

/// The new text with the line breaks that the cell already used.
fn as_written(before: &str, typed: &str) -> String {
    let text = line_feeds(typed);
    match before.contains("\r\n") {
        true => text.replace('\n', "\r\n"),
        false => text,
    }
}

fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What stands against keeping a name or an address, or sending the message.
pub fn check_contact(contact: &Contact, lang: Lang) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |anchor: &str, sentence: String| {
        faults.push(Fault {
            anchor: Some(anchor.to_owned()),
            sentence,
        });
    };
    if contact.summary.chars().count() > MAX_SUMMARY {
        let limit = vec![("limit", MAX_SUMMARY.to_string().into())];
        fault("summary", lang.say_with("problem-too-long", limit));
    }
    if !contact.email.is_empty() && !is_email(&contact.email) {
        fault("email", lang.say("problem-email"));
    }
    let given = !contact.email.is_empty() || !contact.name.is_empty();
    if given && !contact.consent {
        fault("consent", lang.say("problem-consent"));
    }
    faults
}

/// The shape of an address, without anything that could break a mail header.
fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
    };
    plain(user)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests;
