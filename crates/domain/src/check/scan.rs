//! A whole table, row by row: what an import and `rustine dataset validate` report.
//!
//! Unlike a patch, an import keeps what is wrong and reports it (`protocol.md` §4).

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::cell;
use crate::ids::FieldName;
use crate::matching::fold;
use crate::patch::value_problem;
use crate::problem::{Code, Place, Problem};
use crate::schema::{Field, Schema};

/// Checks rows in any order. Remembers, per unique key of the schema, 16 bytes and a place for every row.
pub struct Scan<'s> {
    schema: &'s Schema,
    keys: Vec<(Vec<&'s Field>, Seen)>,
}

/// Where each key was met first.
type Seen = HashMap<[u8; 16], Place>;

impl<'s> Scan<'s> {
    /// Begins a scan.
    pub fn new(schema: &'s Schema) -> Self {
        let fields = |key: Vec<FieldName>| -> Vec<&'s Field> {
            key.iter()
                .filter_map(|n| schema.field(n.as_str()))
                .collect()
        };
        let keys = schema.keys().into_iter().map(fields);
        Self {
            schema,
            keys: keys.map(|key| (key, HashMap::new())).collect(),
        }
    }

    /// Everything that is wrong with the next row, whose cells `value` gives by field name.
    pub fn row<'v>(
        &mut self,
        place: &Place,
        value: impl Fn(&FieldName) -> Option<&'v str>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for field in &self.schema.fields {
            problems.extend(cell_problems(self.schema, field, value(&field.name)));
        }
        for (fields, seen) in &mut self.keys {
            let Some(key) = fingerprint(fields, &value) else {
                continue;
            };
            match seen.get(&key) {
                Some(first) => problems.push(repeated(fields, first, &value)),
                None => {
                    seen.insert(key, place.clone());
                }
            }
        }
        problems.into_iter().map(|p| p.at(place.clone())).collect()
    }
}

fn cell_problems(schema: &Schema, field: &Field, value: Option<&str>) -> Vec<Problem> {
    if let Some(problem) = value.and_then(|v| value_problem(&field.name, field.shown_name(), v)) {
        return vec![problem];
    }
    match cell::check(field, value) {
        Err(problems) => problems,
        Ok(cell::TypedValue::Missing) if schema.requires(&field.name) => {
            let problem = Problem::new(Code::Required).about(&field.name, field.shown_name());
            vec![problem.with("value", value.unwrap_or(""))]
        }
        Ok(_) => Vec::new(),
    }
}

/// 16 bytes of SHA-256 over the folded values; `None` where one is missing, because that is no key.
fn fingerprint<'v>(
    fields: &[&Field],
    value: impl Fn(&FieldName) -> Option<&'v str>,
) -> Option<[u8; 16]> {
    let mut hasher = Sha256::new();
    for field in fields {
        let value = value(&field.name).filter(|v| !field.is_missing(v))?;
        let folded = fold(value);
        // The length in front keeps ("a", "bc") apart from ("ab", "c").
        hasher.update((folded.len() as u64).to_be_bytes());
        hasher.update(folded);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest[..16].try_into().ok()
}

fn repeated<'v>(
    fields: &[&Field],
    first: &Place,
    value: impl Fn(&FieldName) -> Option<&'v str>,
) -> Problem {
    let code = if fields.len() == 1 {
        Code::Unique
    } else {
        Code::UniqueKey
    };
    let titles: Vec<&str> = fields.iter().map(|f| f.shown_name()).collect();
    let values: Vec<&str> = fields.iter().filter_map(|f| value(&f.name)).collect();
    let other = match first {
        Place::Line(line) => line.to_string(),
        Place::Row(row) => row.to_string(),
        Place::Label(label) => label.clone(),
    };
    Problem::new(code)
        .about(&fields[0].name, &titles.join(" + "))
        .with("value", values.join(" + "))
        .with("other", other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scan(rows: &[&[&str]]) -> Vec<(u64, &'static str, String)> {
        let schema = Schema::parse(&json!({
            "fields": [{"name": "id"}, {"name": "town"}, {"name": "count", "type": "integer"}],
            "primaryKey": "id",
            "uniqueKeys": [["town", "count"]]
        }));
        let schema = schema.unwrap();
        let mut scan = Scan::new(&schema);
        let mut found = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let line = at as u64 + 2;
            let value = |name: &FieldName| {
                let at = schema.fields.iter().position(|f| &f.name == name)?;
                row.get(at).copied()
            };
            for problem in scan.row(&Place::Line(line), value) {
                assert_eq!(problem.row, Some(Place::Line(line)));
                found.push((line, problem.code.as_str(), problem.arg("other").to_owned()));
            }
        }
        found
    }

    #[test]
    fn a_repeated_key_names_the_row_that_had_it_first() {
        let found = scan(&[&["a", "x", "1"], &["b", "y", "1"], &["A", "X", "1"]]);
        let first = "2".to_owned();
        assert_eq!(
            found,
            [(4, "unique", first.clone()), (4, "unique-key", first)]
        );
    }

    #[test]
    fn a_key_with_a_hole_is_required_or_no_key() {
        assert_eq!(scan(&[&["", "x", "1"]]), [(2, "required", String::new())]);
        assert_eq!(
            scan(&[&["a", "", "1"], &["b", "", "1"], &["c"], &["d"]]),
            []
        );
        assert_eq!(scan(&[&["a", "bc", "1"], &["b", "b", "1"]]), []);
    }

    #[test]
    fn every_bad_cell_is_reported() {
        let found = scan(&[&["a", "x", "dix"], &["b\0", "x", "1"]]);
        let words: Vec<&str> = found.iter().map(|f| f.1).collect();
        assert_eq!(words, ["not-integer", "forbidden-character"]);
    }
}
