//! Rows as JSON: one document `{"rows":[…]}`, or JSON Lines, streamed.
//!
//! A cell is typed by its field where it reads as that type (a number, a boolean, an ISO date…) and stands as
//! its text where not, so nothing is lost; `null` where there is no value. Members are the field names, in the
//! order of the schema.

use std::io::{self, Write};

use rustine_domain::cell;
use rustine_domain::schema::Field;
use serde_json::Value;

/// How the rows are strung together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One document, `{"rows":[…]}`.
    Document,
    /// One object per line.
    Lines,
}

/// Writes rows one by one.
///
/// ```
/// # use rustine_domain::schema::Schema;
/// use rustine_formats::json_out::{Form, JsonWriter};
/// # let schema = Schema::parse(&serde_json::json!({"audience": "public", "title": "t", "fields": [
/// #     {"name": "nom", "type": "string"}, {"name": "places", "type": "integer"}]})).expect("a schema");
/// let mut writer = JsonWriter::new(Vec::new(), Form::Lines, &schema.fields);
/// writer.row(&[], |field| Some(if field == "nom" { "Labo" } else { "12" })).expect("memory");
/// writer.row(&[("_id", "…")], |field| (field == "places").then_some("douze")).expect("memory");
/// let text = writer.finish().expect("memory");
/// assert_eq!(
///     String::from_utf8(text).as_deref(),
///     Ok("{\"nom\":\"Labo\",\"places\":12}\n{\"_id\":\"…\",\"nom\":null,\"places\":\"douze\"}\n")
/// );
/// ```
pub struct JsonWriter<'f, W> {
    out: W,
    form: Form,
    fields: &'f [Field],
    rows: u64,
    line: Vec<u8>,
}

impl<'f, W: Write> JsonWriter<'f, W> {
    /// A writer for rows of these fields. It makes one call to `out` per row; give it a buffered one.
    pub fn new(out: W, form: Form, fields: &'f [Field]) -> Self {
        Self {
            out,
            form,
            fields,
            rows: 0,
            line: Vec::new(),
        }
    }

    /// Writes one row: first the members of ours (`_id`, `_order`… as text, where asked for), then every field.
    pub fn row<'c>(
        &mut self,
        ours: &[(&str, &str)],
        cell: impl FnMut(&str) -> Option<&'c str>,
    ) -> io::Result<()> {
        self.line.clear();
        let before: &[u8] = match (self.form, self.rows) {
            (Form::Lines, _) => b"",
            (Form::Document, 0) => b"{\"rows\":[\n",
            (Form::Document, _) => b",\n",
        };
        self.line.extend_from_slice(before);
        write_row(&mut self.line, self.fields, ours, cell)?;
        if self.form == Form::Lines {
            self.line.push(b'\n');
        }
        self.rows += 1;
        self.out.write_all(&self.line)
    }

    /// Ends the document, flushes, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        match (self.form, self.rows) {
            (Form::Lines, _) => {}
            (Form::Document, 0) => self.out.write_all(b"{\"rows\":[]}\n")?,
            (Form::Document, _) => self.out.write_all(b"\n]}\n")?,
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes one row as a JSON object (see [`JsonWriter::row`]), for documents of another frame.
pub fn write_row<'c>(
    out: &mut impl Write,
    fields: &[Field],
    ours: &[(&str, &str)],
    mut cell: impl FnMut(&str) -> Option<&'c str>,
) -> io::Result<()> {
    let mut between: &[u8] = b"{";
    let mut member = |out: &mut dyn Write, name: &str| -> io::Result<()> {
        out.write_all(between)?;
        between = b",";
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")
    };
    for (name, text) in ours {
        member(out, name)?;
        serde_json::to_writer(&mut *out, text)?;
    }
    for field in fields {
        member(out, field.name.as_str())?;
        serde_json::to_writer(&mut *out, &typed(field, cell(field.name.as_str())))?;
    }
    let empty = ours.is_empty() && fields.is_empty();
    out.write_all(if empty { b"{}" } else { b"}" })
}

/// The value of a cell as JSON: typed where it reads, else its text, null where there is none.
pub fn typed(field: &Field, cell: Option<&str>) -> Value {
    match cell {
        None => Value::Null,
        Some(text) => match cell::read(field, text) {
            Ok(value) => value.to_json(),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use rustine_domain::schema::Schema;
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::parse(&json!({"title": "t", "audience": "public", "fields": [
            {"name": "nom", "type": "string"},
            {"name": "lat", "type": "number", "decimalChar": ","},
            {"name": "ouvert", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
            {"name": "maj", "type": "date", "format": "%d/%m/%Y"},
        ]}))
        .expect("a schema")
    }

    fn write(form: Form, rows: &[[Option<&str>; 4]]) -> String {
        let schema = schema();
        let mut writer = JsonWriter::new(Vec::new(), form, &schema.fields);
        for row in rows {
            let cell = |name: &str| {
                let at = schema
                    .fields
                    .iter()
                    .position(|field| field.name.as_str() == name);
                at.and_then(|at| row[at])
            };
            writer.row(&[("_id", "r\"1")], cell).expect("memory");
        }
        String::from_utf8(writer.finish().expect("memory")).expect("UTF-8")
    }

    #[test]
    fn cells_are_typed_where_they_read_and_texts_where_not() {
        let good = [
            Some("É\n\""),
            Some("48,50"),
            Some("oui"),
            Some("29/02/2024"),
        ];
        let bad = [
            Some(" 01 "),
            Some("48.5"),
            Some("peut-être"),
            Some("30/02/2024"),
        ];
        let none = [None, None, Some(""), None];
        let lines = write(Form::Lines, &[good, bad, none]);
        let rows: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(
            rows,
            [
                json!({"_id": "r\"1", "nom": "É\n\"", "lat": 48.5, "ouvert": true, "maj": "2024-02-29"}),
                json!({"_id": "r\"1", "nom": " 01 ", "lat": "48.5", "ouvert": "peut-être", "maj": "30/02/2024"}),
                json!({"_id": "r\"1", "nom": null, "lat": null, "ouvert": null, "maj": null}),
            ]
        );
    }

    #[test]
    fn a_document_is_valid_with_any_number_of_rows() {
        for count in 0..3 {
            let document = write(Form::Document, &vec![[Some("a"), None, None, None]; count]);
            let value: Value = serde_json::from_str(&document).expect("JSON");
            assert_eq!(value["rows"].as_array().map(Vec::len), Some(count));
        }
    }

    #[test]
    fn a_row_of_nothing_is_an_empty_object() {
        let mut out = Vec::new();
        write_row(&mut out, &[], &[], |_| None).expect("memory");
        assert_eq!(out, b"{}");
    }
}
