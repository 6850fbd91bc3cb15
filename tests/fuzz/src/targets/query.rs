//! What a URL asks of the rows (`web::reading::query`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustine_domain::schema::Schema;
use serde_json::json;

use crate::reading::query::{is_numeric, parse, parse_form};
use crate::{Bound, Cursor, Filter, RowQuery};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let fields = [
        ("nom", "string"),
        ("places", "integer"),
        ("prix", "number"),
        ("an", "year"),
        ("jour", "date"),
    ];
    let fields = fields.map(|(name, kind)| json!({"name": name, "type": kind}));
    Schema::read(&json!({"title": "t", "fields": fields})).0
});

/// The store gets only what it can answer: known fields, finite numbers, a page within bounds; and a page's form
/// understands at least what the API does.
pub fn run(data: &[u8]) {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(data)
        .into_owned()
        .take(64)
        .collect();
    let form = parse_form(&pairs, 3, &SCHEMA, 50);
    sound(&form);
    assert_eq!(form.limit, 50, "a form cannot ask for more");
    let Ok(query) = parse(&pairs, 3, &SCHEMA) else {
        return;
    };
    sound(&query);
    assert_eq!(query.dataset, 3, "another dataset than that of the address");
    let said = |name: &str| pairs.iter().any(|(own, _)| own == name);
    let asked = pairs
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("field.")?, value)))
        .map(|(asked, value)| {
            let (name, condition) = asked.split_once('.').unwrap_or((asked, ""));
            (name, condition, value)
        });
    // Several values asked of one field are those that it may have: one condition.
    let (equal, others): (Vec<_>, Vec<_>) = asked.partition(|(_, condition, _)| condition.is_empty());
    let fields: BTreeSet<&str> = equal.iter().map(|(name, ..)| *name).collect();
    assert_eq!(
        query.filters.len(),
        others.len() + fields.len(),
        "a condition was lost"
    );
    for (name, _, value) in equal {
        let held = query.filters.iter().any(|(field, filter)| {
            field.as_str() == name
                && match filter {
                    Filter::Eq(one) => one == value,
                    Filter::In(several) => several.contains(value),
                    _ => false,
                }
        });
        assert!(held, "a value was lost");
    }
    assert_eq!(query.search.is_some(), said("q"));
    assert_eq!(query.bbox.is_some(), said("bbox"));
    assert!(said("limit") || query.limit == 100);
    if pairs.iter().all(|(_, value)| !value.is_empty()) {
        assert_eq!(
            (&form.filters, &form.sort, &form.bbox),
            (&query.filters, &query.sort, &query.bbox)
        );
    }
}

fn sound(query: &RowQuery) {
    assert!((1..=1000).contains(&query.limit), "{}", query.limit);
    assert!(
        query
            .bbox
            .is_none_or(|sides| sides.iter().all(|side| side.is_finite()))
    );
    for (name, filter) in &query.filters {
        let field = SCHEMA.field(name.as_str()).expect("a field of the schema");
        match filter {
            Filter::Gt(Bound::Number(bound)) | Filter::Lt(Bound::Number(bound)) => {
                assert!(is_numeric(field) && bound.is_finite());
            }
            Filter::Gt(Bound::Text(_)) | Filter::Lt(Bound::Text(_)) => assert!(!is_numeric(field)),
            Filter::In(values) => assert!(!values.is_empty()),
            Filter::Eq(_) | Filter::Contains(_) => {}
        }
    }
    if let Some(sort) = &query.sort {
        let field = SCHEMA
            .field(sort.field.as_str())
            .expect("a field of the schema");
        assert_eq!(sort.numeric, is_numeric(field));
    }
    for cursor in query.after.iter().chain(&query.before) {
        assert_eq!(cursor.to_string().parse::<Cursor>().as_ref(), Ok(cursor));
    }
}
